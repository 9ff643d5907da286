import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { TSchema } from 'typebox'
import { chapters } from './chapters.ts'
import { exampleOf } from './examples.ts'
import { fixed } from './fixed.ts'
import { isJson, jsonType } from './media-types.ts'
import { inOpenApi30 } from './openapi-30.ts'
import { linksByOperation, optionalBodies } from './operations.ts'
import { pathParameters } from './path-parameters.ts'
import type { Named } from './schemas.ts'
import type { App } from './server.ts'
import { tags } from './tags.ts'

const info = {
  title: 'Broadsheet',
  version: '1.0.0',
  summary: 'A headless CMS for news.',
  description: chapters,
  contact: { name: 'Broadsheet', url: 'https://broadsheet.example' },
  license: { name: 'MIT', identifier: 'MIT' },
}

type Media = { schema?: TSchema & { $ref?: string }; example?: unknown }
type Response = { links?: object; headers?: Record<string, unknown>; content?: Record<string, Media> }
type DocumentOperation = {
  operationId: string
  summary: string
  tags: string[]
  parameters?: { required?: boolean }[]
  requestBody?: { required?: boolean; content: Record<string, Media> }
  responses: Record<string, Response | { $ref: string }>
}
type Document = {
  components: { schemas: Record<string, TSchema>; responses?: Record<string, Response>; headers?: Record<string, unknown> }
  paths: Record<string, Record<string, DocumentOperation>>
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Says what the document says more than what is checked, leaves out what it doesn't name, and drops our own hints. */
function applyHints(value: unknown): void {
  if (!isObject(value)) return
  for (const [name, part] of Object.entries(value)) {
    if (!isObject(part)) continue
    if (part['x-document'] === null) delete value[name]
    else if (isObject(part['x-document'])) {
      const { 'x-document': more, ...own } = part
      const { 'x-without': without = [], ...added } = more
      for (const keyword of without as string[]) delete own[keyword]
      value[name] = { ...own, ...added }
    }
    applyHints(value[name])
  }
}

/** Says beside a reference what is said of it (OpenAPI 3.1 allows that). */
function unwrapReferences(value: unknown): void {
  if (!isObject(value)) return
  const [reference, ...more] = (Array.isArray(value.allOf) ? value.allOf : []) as { $ref?: string }[]
  if (reference?.$ref && more.length === 0) {
    delete value.allOf
    value.$ref = reference.$ref
  }
  for (const part of Object.values(value)) unwrapReferences(part)
}

/** Writes what may be null as a list of types, with its description where clients look for it. */
function flattenNullables(value: unknown): void {
  if (!isObject(value)) return
  for (const [name, part] of Object.entries(value)) if (!['example', 'examples', 'default'].includes(name)) flattenNullables(part)
  const [branch, none, ...more] = (Array.isArray(value.anyOf) ? value.anyOf : []) as Record<string, unknown>[]
  if (branch && none?.type === 'null' && more.length === 0) {
    if (branch.type && !branch.oneOf) {
      delete value.anyOf
      const { description = branch.description } = value
      const types = [...new Set([branch.type, 'null'].flat())]
      Object.assign(value, branch, { type: types }, description ? { description } : {}, branch.enum ? { enum: [...(branch.enum as []), null] } : {})
    } else if (branch.description && !value.description) {
      value.description = branch.description
      delete branch.description
    }
  }
}

/** Adds to each discriminator the mapping that generated clients need, and that Ajv refuses; drops our own hint. */
function completeDiscriminators(value: unknown): void {
  if (!isObject(value)) return
  if (isObject(value.discriminator) && Array.isArray(value.oneOf)) {
    const tagged = (value['x-tags'] ?? []) as string[]
    value.discriminator.mapping = Object.fromEntries(tagged.map((tag, index) => [tag, (value.oneOf as { $ref: string }[])[index]?.$ref]))
    delete value['x-tags']
  }
  for (const part of Object.values(value)) completeDiscriminators(part)
}

// These are checks of ours; what they mean stands in the description.
const ownFormats = ['slug', 'language', 'line', 'visible', 'visible-line', 'title', 'name', 'site-path', 'change-set']

function dropOwnFormats(value: unknown): void {
  if (!isObject(value)) return
  if (ownFormats.includes(String(value.format))) delete value.format
  for (const [name, part] of Object.entries(value)) if (!['example', 'examples', 'default'].includes(name)) dropOwnFormats(part)
}

type Shape = { $ref?: string; properties?: Record<string, unknown>; oneOf?: Shape[]; anyOf?: Shape[] }

/** Says of what writes answer with what a dry run adds to it. */
function addDryRuns({ components, paths }: Document): void {
  const add = (shape: Shape) => {
    if (shape.$ref) add(components.schemas[shape.$ref.split('/').at(-1) as string] as Shape)
    for (const one of [...(shape.oneOf ?? []), ...(shape.anyOf ?? [])]) add(one)
    if (shape.properties && !('dryRun' in shape.properties))
      shape.properties.dryRun = { $ref: '#/components/schemas/DryRun', description: 'Only with `dryRun=true`.' }
  }
  for (const path of Object.values(paths))
    for (const [method, { responses }] of Object.entries(path))
      for (const [status, response] of Object.entries(responses))
        if (method !== 'get' && status < '300' && 'content' in response && response.content?.[jsonType]?.schema) add(response.content[jsonType].schema as Shape)
}

/** Says once what all operations share: headers by name, problems by status. */
function shareResponses({ components, paths }: Document): void {
  const headers: Record<string, unknown> = {}
  const responses: Record<string, Response> = {}
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path)))
    for (const [status, response] of Object.entries(operation.responses)) {
      if ('$ref' in response) continue
      for (const [name, header] of Object.entries(response.headers ?? {})) {
        headers[name] = header
        Object.assign(response.headers ?? {}, { [name]: { $ref: `#/components/headers/${name}` } })
      }
      const schema = response.content?.['application/problem+json']?.schema
      // Of those of one status that may be several, each operation has its own.
      if (!schema || 'oneOf' in schema) continue
      const name = (schema.$ref as string).split('/').at(-1) as string
      responses[name] = response
      operation.responses[status] = { $ref: `#/components/responses/${name}` }
    }
  Object.assign(components, { headers, responses })
}

/** What was answered when the examples of requests were sent, by operation. */
const answered = (): Record<string, unknown> => JSON.parse(readFileSync(new URL('../../openapi/examples.json', import.meta.url), 'utf8'))

/** Shows of an operation what it answered to its example and where that leads, and as a JSON Patch what is its merge patch. */
function exemplify({ operationId, requestBody, responses }: DocumentOperation, answer: unknown, exampleFor: (media: Media) => unknown): void {
  const links = linksByOperation.get(operationId)
  for (const [status, response] of Object.entries(responses)) {
    const media = 'content' in response && status < '300' ? Object.entries(response.content ?? {}).find(([type]) => isJson(type))?.[1] : undefined
    if (media && answer !== undefined) media.example = answer
    if ('content' in response && status < '300' && links) response.links = links
  }
  const { 'application/merge-patch+json': merge, 'application/json-patch+json': patch } = requestBody?.content ?? {}
  if (merge && patch) patch.example = Object.entries(exampleFor(merge) as object).map(([name, value]) => ({ op: 'replace', path: `/${name}`, value }))
}

function completed(document: Document, named: Map<string, TSchema>): Document {
  document = structuredClone(document)
  applyHints(document)
  completeDiscriminators(document)
  dropOwnFormats(document)
  flattenNullables(document)
  unwrapReferences(document)
  const answers = answered()
  const exampleFor = ({ schema }: Media) => exampleOf(local(schema as TSchema), named)
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    const { operationId, requestBody, responses } = operation
    if (requestBody) requestBody.required = !optionalBodies.has(operationId)
    exemplify(operation, answers[operationId], exampleFor)
    const contents = [requestBody?.content, ...Object.values(responses).map((response) => ('content' in response ? response.content : undefined))]
    for (const media of contents.flatMap((content) => Object.values(content ?? {})))
      if (media.schema && media.example === undefined) media.example = exampleFor(media)
  }
  addDryRuns(document)
  shareResponses(document)
  return document
}

/** The schema with its references as the code has them: by name alone. */
function local(schema: TSchema): TSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', ''))
}

/** Describes all routes that come after it (OpenAPI 3.1). */
export async function describeRoutes(app: App, shared: Named[]): Promise<void> {
  const { default: swagger } = await import('@fastify/swagger')
  for (const schema of shared) app.addSchema(schema)
  app.addHook('onRoute', (route) => {
    const schema = route.schema as { operationId?: string; params?: TSchema } | undefined
    const params = schema?.operationId ? pathParameters(route.url) : undefined
    if (schema && params) schema.params = params
  })
  const named = new Map(shared.map((schema) => [schema.$id, schema as TSchema]))
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info,
      tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'bsh_…',
            description: 'An access token. The first start prints one; `npm run broadsheet -- token create` makes more.',
          },
        },
      },
    },
    hideUntagged: true,
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => (typeof json.$id === 'string' ? json.$id : `schema-${index}`) },
    transformObject: (documented) => completed(('openapiObject' in documented ? documented.openapiObject : {}) as Document, named) as never,
  })
}

/** The document as it is committed: what the routes give, since a test fails where it isn't. */
const file = new URL('../../openapi/openapi.json', import.meta.url)

/** The document that is served. */
export const publishedDocument = async (): Promise<Document & { info: Record<string, string>; tags: { name: string; description: string }[] }> =>
  JSON.parse(await readFile(file, 'utf8'))

/** Serves the document as JSON and YAML, and for older tools in OpenAPI 3.0. */
export function serveDocument(app: App): void {
  const hidden = { schema: { hide: true } }
  app.get(
    '/openapi.json',
    hidden,
    fixed('application/json; charset=utf-8', () => readFile(file)),
  )
  app.get(
    '/openapi-3.0.json',
    hidden,
    fixed('application/json; charset=utf-8', async () => `${JSON.stringify(inOpenApi30(await publishedDocument()), null, 2)}\n`),
  )
  app.get(
    '/openapi.yaml',
    hidden,
    fixed('application/yaml; charset=utf-8', async () => (await import('yaml')).stringify(await publishedDocument(), { aliasDuplicateObjects: false })),
  )
}

/** The document as it is published and committed: JSON with two spaces. */
export function documentText(app: App): string {
  return `${JSON.stringify(app.swagger(), null, 2)}\n`
}
