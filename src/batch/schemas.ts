import type { Static } from 'typebox'
import { Closed, Count, Enum, type Named, named, ref } from '../http/schemas.ts'
import Type from '../http/type.ts'

/** What a batch may hold. */
export const mostOperations = 1000
/** So many characters has the path of an operation at the most. */
export const longestPath = 8000

export const BatchOperationInput = named(
  'BatchOperationInput',
  Closed(
    {
      id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.-]{1,100}$', maxLength: 100, description: 'By which later operations refer to its answer.' })),
      method: Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], { description: 'The method.' }),
      path: Type.String({
        pattern: '^/v1/',
        maxLength: longestPath,
        description: 'The path with its query, as a request has it; `{opId#/id}` in it is a value of an earlier answer.',
        examples: ['/v1/articles/ext:wire-123?publish=true'],
      }),
      headers: Type.Optional(
        Type.Unsafe<Record<string, string>>({
          type: 'object',
          additionalProperties: { type: 'string', maxLength: 8000 },
          maxProperties: 20,
          description:
            'Of the headers that the operation takes: `If-Match`, `If-None-Match`, `X-Change-Note`, `Content-Type` …, but for `Idempotency-Key`, which is the whole batch’s; a body without type is JSON.',
        }),
      ),
      body: Type.Optional(
        Type.Unsafe<unknown>({
          description:
            'The body, as JSON, or as a string where it is a text. `{"$ref": "opId#/id"}` in it is a value of an earlier answer: a JSON Pointer into its body.',
        }),
      ),
    },
    {
      description: 'A read or a write of this API.',
      examples: [{ id: 'lead', method: 'PUT', path: '/v1/articles/ext:wire-123', body: { headline: 'Harbour reopens' } }],
    },
  ),
)
export type BatchOperationInput = Static<typeof BatchOperationInput>

export const BatchInput = named(
  'BatchInput',
  Closed(
    {
      atomic: Type.Optional(Type.Boolean({ description: 'Whether all is done or nothing, as it is where this is left out; `false` answers each by itself.' })),
      operations: Type.Array(ref(BatchOperationInput), { minItems: 1, maxItems: mostOperations, description: 'What is to be done, in order.' }),
    },
    {
      description: 'Operations of this API, in order.',
      examples: [
        {
          operations: [
            { id: 'lead', method: 'PUT', path: '/v1/articles/ext:wire-123', body: { headline: 'Harbour reopens', topics: [{ name: 'Shipping' }] } },
            { method: 'POST', path: '/v1/articles/{lead#/id}/sections', body: { heading: 'Background' } },
          ],
        },
      ],
    },
  ),
)
export type BatchInput = Static<typeof BatchInput>

export const BatchResult = named(
  'BatchResult',
  Type.Object(
    {
      id: Type.Optional(Type.String({ description: 'The id that the operation has.' })),
      status: Type.Integer({ minimum: 200, maximum: 599, description: 'The status of its answer.' }),
      headers: Type.Object(
        {
          Location: Type.Optional(Type.String({ description: 'Where what was made is.' })),
          ETag: Type.Optional(Type.String({ description: 'For `If-Match`.' })),
          'Content-Type': Type.Optional(Type.String({ description: 'Of a body that isn’t JSON, such as a rendition.' })),
        },
        { description: 'Of the headers of its answer those that a script needs.' },
      ),
      body: Type.Unsafe<unknown>({ description: 'The body of its answer, as a string where that isn’t JSON; `null` where it has none.' }),
    },
    { description: 'What an operation was answered.', examples: [{ id: 'lead', status: 204, headers: {}, body: null }] },
  ),
)
export type BatchResult = Static<typeof BatchResult>

export const BatchResults = named(
  'BatchResults',
  Type.Object(
    {
      data: Type.Array(ref(BatchResult), { description: 'An answer an operation, in their order.' }),
      succeeded: Count('How many were done.'),
      failed: Count('How many were refused; none where the batch is atomic.'),
    },
    { description: 'What the operations of a batch were answered.' },
  ),
)

export const BATCH_SCHEMAS = [BatchOperationInput, BatchInput, BatchResult, BatchResults] as Named[]
