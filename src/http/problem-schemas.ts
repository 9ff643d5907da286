import type { TProperties, TSchema } from 'typebox'
import { faultCodes, mostFaults, type ProblemType, problemTypes } from './problems.ts'
import { Enum, Id, type Named, Nullable, named, Revision, ref, Time } from './schemas.ts'
import Type from './type.ts'

export const FaultCode = named(
  'FaultCode',
  Enum(faultCodes, {
    description: 'What is wrong; the list is closed: `read-only` is given by the server, `missing-path` and `test-failed` are of a JSON Patch.',
  }),
)

export const Fault = named(
  'Fault',
  Type.Object(
    {
      pointer: Type.Optional(Type.String({ description: 'A JSON Pointer (RFC 6901) into the body, or into what a patch made of the resource.' })),
      parameter: Type.Optional(Type.String({ description: 'The name of the query parameter.' })),
      header: Type.Optional(Type.String({ description: 'The name of the header.' })),
      code: ref(FaultCode),
      message: Type.String({ description: 'What is wrong, for people.' }),
      suggestion: Type.Optional(Type.String({ description: 'The nearest right name or value.' })),
    },
    {
      description: 'One fault, and its place: exactly one of `pointer`, `parameter` and `header`.',
      examples: [{ pointer: '/headlin', code: 'unknown', message: 'is not known here', suggestion: 'headline' }],
    },
  ),
)

const errors = Type.Array(ref(Fault), { maxItems: mostFaults, description: 'Every fault with its place, of at most a hundred.' })
const notice = Type.Optional(Nullable(Type.String({ description: 'What the newsroom says about it.' })))

/** What problems have besides the members of RFC 9457, by type. */
const problemMembers: Partial<Record<ProblemType, TProperties>> = {
  'bad-request': { errors },
  conflict: { errors },
  'slug-taken': {
    errors: Type.Optional(errors),
    holder: Type.Object({ type: Type.String({ description: 'What kind of thing has it.' }), id: Id }, { description: 'Who has the slug.' }),
  },
  'external-id-taken': {
    errors,
    holder: Type.Object({ type: Type.String({ description: 'What kind of thing has it.' }), id: Id }, { description: 'Who has the external id.' }),
  },
  'alias-taken': {
    errors,
    holder: Type.Object({ type: Type.String({ description: 'What kind of thing has it: `article`.' }), id: Id }, { description: 'Who has the first of them.' }),
  },
  'translation-taken': {
    errors,
    holder: Type.Object({ type: Type.String({ description: 'What kind of thing has it: `article`.' }), id: Id }, { description: 'Who has the language.' }),
  },
  'in-use': {
    count: Type.Integer({ minimum: 1, description: 'How many others name it.' }),
    list: Type.Optional(Type.String({ description: 'The path of a list of those that do: the first of `lists`.' })),
    lists: Type.Optional(
      Type.Array(Type.String(), {
        description: 'The paths of lists that hold all of them: working copies, what is public, the trash, what is planned, topics.',
      }),
    ),
  },
  embargoed: {
    errors,
    embargoUntil: { ...Time, description: 'When it may be published.' },
    plannedAt: Type.Optional({ ...Time, description: 'The planned publication that stands in the way.' }),
  },
  forbidden: { requiredScope: Type.Optional(Type.String({ description: 'The scope that is needed, where one would do.' })) },
  banned: { until: Type.Optional({ ...Time, description: 'When the ban ends.' }) },
  'comments-closed': { closedAt: Type.Optional({ ...Time, description: 'When it closed by itself.' }) },
  gone: { headline: Type.Optional(Type.String({ description: 'The headline of what was taken down.' })), notice },
  'unavailable-for-legal-reasons': { notice },
  'precondition-failed': { currentRevision: { ...Revision, description: 'The revision that the resource has now.' } },
}

const exampleMembers: Partial<Record<ProblemType, Record<string, unknown>>> = {
  'bad-request': { errors: [{ pointer: '/headlin', code: 'unknown', message: 'is not known here', suggestion: 'headline' }] },
  conflict: { errors: [{ pointer: '', code: 'conflict', message: 'is at odds with what is stored; nothing was changed' }] },
  'slug-taken': {
    holder: { type: 'article', id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' },
    errors: [{ pointer: '/slug', code: 'conflict', message: 'belongs to another' }],
  },
  'external-id-taken': {
    holder: { type: 'article', id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' },
    errors: [{ pointer: '/externalId', code: 'conflict', message: 'belongs to another' }],
  },
  'alias-taken': {
    holder: { type: 'article', id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' },
    errors: [{ pointer: '/aliases/0', code: 'conflict', message: 'belongs to another article' }],
  },
  'translation-taken': {
    holder: { type: 'article', id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' },
    errors: [{ pointer: '/translationOf', code: 'conflict', message: 'leads to stories of which one is in fr already' }],
  },
  'in-use': {
    count: 3,
    list: '/v1/articles?copy=working&topic=01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c02',
    lists: ['/v1/articles?copy=working&topic=01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c02'],
  },
  embargoed: {
    embargoUntil: '2026-05-02T06:00:00.000Z',
    errors: [{ pointer: '/embargoUntil', code: 'conflict', message: 'is later than the time of publishing' }],
  },
  forbidden: { requiredScope: 'content:publish' },
  gone: { headline: 'Harbour reopens', notice: null },
  'unavailable-for-legal-reasons': { notice: null },
  'precondition-failed': { currentRevision: 4 },
}

const pascal = (name: string) => name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())

function problemSchema(type: ProblemType): Named {
  const [status, title, explanation] = problemTypes[type]
  const { errors: listed, ...members } = exampleMembers[type] ?? {}
  return named(
    `${pascal(type)}Problem`,
    Type.Object(
      {
        type: Type.Unsafe<string>({ type: 'string', const: `/problems/${type}`, description: 'The address of the page that explains this kind of problem.' }),
        title: Type.String({ description: 'What kind of problem it is.' }),
        status: Type.Unsafe<number>({ type: 'integer', const: status, description: 'The status of the answer.' }),
        detail: Type.String({ description: 'What is wrong here, for people.' }),
        instance: Type.String({ description: 'The request’s id.' }),
        operation: Type.Optional(Type.Integer({ minimum: 0, description: 'In a batch: which operation it was, from 0.' })),
        ...problemMembers[type],
      },
      {
        description: explanation,
        externalDocs: { url: `/problems/${type}` },
        examples: [
          {
            type: `/problems/${type}`,
            title,
            status,
            detail: type === 'bad-request' ? '/headlin is not known here; did you mean headline?' : explanation,
            instance: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c99',
            ...members,
            ...(listed ? { errors: listed } : {}),
          },
        ],
      },
    ),
  )
}

/** The schema of each kind of problem. */
const problemSchemas = Object.fromEntries(Object.keys(problemTypes).map((type) => [type, problemSchema(type as ProblemType)])) as Record<ProblemType, Named>

/** One of some kinds of problems, told apart by `type`. */
export const problemUnion = (types: readonly ProblemType[], description: string): TSchema => {
  const [only, ...more] = types
  if (only && more.length === 0) return ref(problemSchemas[only])
  return Type.Unsafe({
    type: 'object',
    required: ['type'],
    discriminator: { propertyName: 'type' },
    oneOf: types.map((type) => ({ $ref: `${problemSchemas[type].$id}#` })),
    'x-tags': types.map((type) => `/problems/${type}`),
    description,
  })
}

const ProblemBody = named('Problem', problemUnion(Object.keys(problemTypes) as ProblemType[], 'A problem (RFC 9457), by `type`; the list is closed.'))

export const PROBLEM_SCHEMAS: Named[] = [FaultCode, Fault, ...Object.values(problemSchemas), ProblemBody]
