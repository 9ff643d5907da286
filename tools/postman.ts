type Json = Record<string, unknown>
type Operation = {
  operationId: string
  summary: string
  description: string
  tags: string[]
  security: Json[]
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { example?: unknown }> }
}
type Parameter = { in: string; name: string; required?: boolean; description?: string; schema: { examples?: unknown[]; default?: unknown }; example?: unknown }

const textOf = (example: unknown) => (typeof example === 'string' ? example : JSON.stringify(example, null, 2))

function request(path: string, method: string, { description, security, parameters = [], requestBody }: Operation): Json {
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? []
  const shown = (parameter: Parameter) => ({
    key: parameter.name,
    value: String(parameter.example ?? parameter.schema.examples?.[0] ?? parameter.schema.default ?? ''),
    description: parameter.description ?? '',
  })
  const query = parameters.filter((parameter) => parameter.in === 'query').map((parameter) => ({ ...shown(parameter), disabled: !parameter.required }))
  const variable = parameters.filter((parameter) => parameter.in === 'path').map(shown)
  const segments = path
    .slice(1)
    .split('/')
    .map((segment) => segment.replace(/^\{(\w+)\}$/, ':$1'))
  return {
    method: method.toUpperCase(),
    description,
    header: type ? [{ key: 'Content-Type', value: type }] : [],
    ...(security.every((one) => Object.keys(one).length === 0) ? { auth: { type: 'noauth' } } : {}),
    ...(media ? { body: { mode: 'raw', raw: textOf(media.example) } } : {}),
    url: { raw: `{{baseUrl}}/${segments.join('/')}`, host: ['{{baseUrl}}'], path: segments, query, variable },
  }
}

/** A Postman collection (v2.1) of all operations, by tag; `baseUrl` and `token` are its variables. */
export function postmanCollection(document: {
  info: Json
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
}): Json {
  const all = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
  return {
    info: {
      name: document.info.title,
      description: document.info.description,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
    variable: [
      { key: 'baseUrl', value: 'http://127.0.0.1:3000' },
      { key: 'token', value: '' },
    ],
    item: document.tags.map(({ name, description }) => ({
      name,
      description,
      item: all
        .filter(({ operation }) => operation.tags.includes(name))
        .map(({ path, method, operation }) => ({ name: operation.summary, request: request(path, method, operation) })),
    })),
  }
}
