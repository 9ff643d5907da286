import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parse } from 'yaml'
import { problemTypes } from '../src/http/problems.ts'
import { type Json, startServer } from './support/server.ts'
import { t } from './support/tap.ts'

const server = await startServer(t)
const served = await (await fetch(`${server.url}/openapi.json`)).text()
const document: Json = JSON.parse(served)
const operations: [path: string, method: string, operation: Json][] = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [path, method, operation] as [string, string, Json]),
)

t.test('as YAML it says the same', async (t) => {
  const answer = await fetch(`${server.url}/openapi.yaml`)
  t.match(answer.headers.get('content-type'), 'application/yaml')
  t.strictSame(parse(await answer.text()), document)
})

t.test('each operation says all that a reader needs', async (t) => {
  t.equal(new Set(operations.map(([, , { operationId }]) => operationId)).size, operations.length)
  for (const [path, method, operation] of operations) {
    const name = `${method} ${path}`
    for (const part of ['operationId', 'summary', 'description']) t.ok(operation[part], `${name} has a ${part}`)
    t.equal(operation.tags.length, 1)
    t.ok(operation.security.length > 0, `${name} says who may`)
    for (const response of Object.values(operation.responses) as Json[]) {
      const { headers, description } = response.$ref ? document.components.responses[response.$ref.split('/').at(-1)] : response
      t.ok(headers['X-Request-Id'] && description, name)
    }
  }
})

t.test('each segment of a path that names something says what, with its form and an example', async (t) => {
  for (const [path, method, { parameters = [] }] of operations) {
    const named = parameters.filter((parameter: Json) => parameter.in === 'path')
    t.strictSame(named.map(({ name }: Json) => `{${name}}`).sort(), (path.match(/\{\w+\}/g) ?? []).sort(), `${method} ${path}`)
    for (const { name, schema, description, example } of named)
      t.ok(description && example !== undefined && (schema.pattern || schema.format || schema.minimum), `${method} ${path}: ${name}`)
  }
})

t.test('each address in the document is served', async (t) => {
  for (const [path, method] of operations) {
    const { status } = await server.request(
      method.toUpperCase(),
      path.replaceAll(/\{\w+\}/g, '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55'),
      method === 'get' || method === 'delete' ? undefined : {},
    )
    t.notOk([405, 500].includes(status), `${method} ${path} answers ${status}`)
  }
})

t.test('every example is valid', async (t) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ ...document, $id: 'document' })
  let count = 0
  const visit = (value: Json, pointer: string): void => {
    if (typeof value !== 'object' || value === null) return
    const at = (key: string) => `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const examples: [Json, string][] = [
      ...(value.schema && 'example' in value ? [[value.example, at('schema')] as [Json, string]] : []),
      ...(Array.isArray(value.examples) ? value.examples.map((example: Json) => [example, pointer] as [Json, string]) : []),
    ]
    for (const [example, schema] of examples) {
      count++
      const validate = ajv.compile({ $ref: `document#${encodeURI(schema)}` })
      t.ok(validate(example), `${schema}: ${JSON.stringify(validate.errors?.[0])}`)
    }
    for (const [key, part] of Object.entries(value)) if (!['example', 'examples'].includes(key)) visit(part, at(key))
  }
  visit(document.components, '/components')
  visit(document.paths, '/paths')
  t.ok(count > 100)
})

t.test('bodies and answers have examples', async (t) => {
  for (const [path, method, { requestBody, responses }] of operations)
    for (const content of [requestBody?.content, ...Object.values(responses as Record<string, Json>).map((response) => response.content)])
      for (const media of Object.values(content ?? {}) as Json[]) t.ok('example' in media, `${method} ${path}`)
})

t.test('blocks and targets are unions that clients can tell apart', async (t) => {
  const { Block, BlockInput, KnownBlock, KnownBlockInput, Target, Problem } = document.components.schemas
  for (const { anyOf } of [Block, BlockInput]) t.equal(anyOf.at(-1).$ref, '#/components/schemas/UnknownBlock', 'there may be more types of blocks')
  for (const schema of [KnownBlock, KnownBlockInput, Target, Problem]) {
    t.equal(schema.discriminator.propertyName, 'type')
    t.equal(Object.keys(schema.discriminator.mapping).length, schema.oneOf.length)
  }
})

/** Whether a schema says what it is, itself or by what it refers to. */
function isDescribed(schema: Json): boolean {
  if (schema.description) return true
  if (schema.$ref) return isDescribed(document.components.schemas[schema.$ref.split('/').at(-1)])
  return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].some((branch: Json) => branch.type !== 'null' && isDescribed(branch))
}

t.test('each schema, property, parameter and answer says what it is', async (t) => {
  for (const [name, schema] of Object.entries<Json>(document.components.schemas)) {
    t.ok(schema.description, name)
    for (const [property, own] of Object.entries<Json>(schema.properties ?? {})) t.ok(isDescribed(own), `${name}.${property}`)
  }
  for (const [, , { operationId, parameters = [], responses }] of operations) {
    for (const { in: place, name, description } of parameters) t.ok(description, `${operationId}: ${place} ${name}`)
    for (const [status, { description }] of Object.entries<Json>(responses))
      if (status < '300') t.notMatch(description, /^(OK|Created|No Content)$/, operationId)
  }
})

t.test('each operation says who may, in words and as roles, and leads on to what there is', async (t) => {
  const ids = new Set(operations.map(([, , { operationId }]) => operationId))
  for (const [, , { operationId, description, security, responses }] of operations) {
    const roles = security.flatMap((one: Json) => one.token ?? [])
    const [said = ''] = /\*\*Who may:\*\* .*/.exec(description) ?? []
    t.strictSame(
      [...said.matchAll(/`([^`]+)`/g)].map(([, scope]) => scope),
      roles,
      operationId,
    )
    if (['createArticle', 'publishArticle', 'createAuthor', 'createComment'].includes(operationId))
      t.ok(Object.values<Json>(responses)[0].links?.read, `${operationId} leads to what can be read`)
    for (const { links = {} } of Object.values<Json>(responses))
      for (const link of Object.values<Json>(links)) {
        t.ok(ids.has(link.operationId), `${operationId} leads to ${link.operationId}`)
        const [path = ''] = operations.find(([, , { operationId }]) => operationId === link.operationId) ?? []
        for (const name of Object.keys(link.parameters)) t.ok(path.includes(`{${name}}`), `${link.operationId} has ${name}`)
      }
  }
})

t.test('what comes in is bounded', async (t) => {
  const seen = new Set<string>()
  function check(schema: Json, place: string): void {
    if (schema.readOnly) return
    if (schema.$ref) {
      const name = schema.$ref.split('/').at(-1)
      if (seen.has(name)) return
      seen.add(name)
      check(document.components.schemas[name], name)
      return
    }
    const type = [schema.type].flat().find((one) => one !== 'null')
    if (type === 'array') t.ok('maxItems' in schema, place)
    if (type === 'integer') t.ok('minimum' in schema && 'maximum' in schema && 'format' in schema, place)
    // A text of a page is as long as a body may be, a block of another version what that says.
    if (type === 'string' && !['UnknownBlock.type', 'createArticle', 'runBatch'].includes(place))
      t.ok('maxLength' in schema || 'enum' in schema || ['uuid', 'date-time'].includes(schema.format), place)
    for (const [name, part] of Object.entries<Json>(schema.properties ?? {})) check(part, `${place}.${name}`)
    for (const part of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.items ? [schema.items] : [])]) check(part, place)
  }
  for (const [, , { operationId, requestBody, parameters = [] }] of operations) {
    for (const { schema } of Object.values<Json>(requestBody?.content ?? {})) check(schema, operationId)
    for (const { in: place, name, schema } of parameters) if (place !== 'header') check(schema, `${operationId} ${name}`)
  }
})

t.test('input is closed, answers are open', async (t) => {
  for (const [name, schema] of Object.entries(document.components.schemas as Record<string, Json>)) {
    if (schema.type !== 'object' || schema.oneOf) continue
    if (/(Input|Patch|Create)$/.test(name)) t.equal(schema.additionalProperties, false, name)
    else t.not(schema.additionalProperties, false, name)
  }
})

t.test('the client for TypeScript knows every type of a problem', async (t) => {
  const text = readFileSync(new URL('../clients/typescript/src/problems.ts', import.meta.url), 'utf8')
  for (const type of Object.keys(problemTypes)) t.ok(text.includes(`  | '${type}'`), type)
})

const typeOf = ({ $ref }: Json) => document.components.schemas[$ref.split('/').at(-1)].properties.type.enum[0]

t.test('every type of a problem has its answer', async (t) => {
  const declared = new Set(JSON.stringify(Object.values(document.paths)).match(/\/problems\/[a-z-]+(?=")/g))
  for (const { content } of Object.values<Json>(document.components.responses)) declared.add(typeOf(content['application/problem+json'].schema))
  // It is answered where there is no operation.
  t.strictSame(
    [...declared].sort(),
    Object.keys(problemTypes)
      .filter((type) => type !== 'method-not-allowed')
      .map((type) => `/problems/${type}`)
      .sort(),
  )
})
