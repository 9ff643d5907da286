import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

type Answered = { status: number; headers: Headers; text: string }
type Response = { $ref?: string; content?: Record<string, unknown>; headers?: Record<string, unknown> }
type Document = {
  paths: Record<string, Record<string, { responses: Record<string, Response>; operationId: string }>>
  components: { responses: Record<string, Response> }
}

const escape = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')

// What says how an answer came, and what browsers may do with any.
const everywhere =
  /^(?:content-(?:type|length|encoding|security-policy)|date|connection|keep-alive|transfer-encoding|x-content-type-options|access-control-.*)$/

type Checker = (method: string, path: string, answer: Answered) => string[]

// Servers of one test file mostly serve the same document, and compiling its schemas takes longer than starting a server.
const checkers = new Map<string, Checker>()

/** Checks answers against a served OpenAPI document. @param text of the document, as it is served */
export function documentChecker(text: string): Checker {
  const checker = checkers.get(text) ?? checkerOf(JSON.parse(text))
  checkers.set(text, checker)
  return checker
}

function checkerOf(document: unknown): Checker {
  const ajv = new Ajv2020({ strict: false, allErrors: true, discriminator: false })
  addFormats.default(ajv)
  for (const name of ['int32', 'int64']) ajv.addFormat(name, true)
  ajv.addSchema({ ...(document as object), $id: 'document' })
  const { paths, components } = document as Document
  const templates = Object.keys(paths)
    .map((template) => ({ template, pattern: new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`) }))
    // What is written out comes before what may be anything.
    .sort((a, b) => a.template.split('{').length - b.template.split('{').length)
  const validators = new Map<string, ValidateFunction>()

  function bodyFaults(pointer: string, body: unknown): string[] {
    let validate = validators.get(pointer)
    if (!validate) {
      validate = ajv.compile({ $ref: `document#${pointer}` })
      validators.set(pointer, validate)
    }
    if (validate(body)) return []
    return (validate.errors ?? []).slice(0, 5).map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`)
  }

  return (method, path, { status, headers, text }) => {
    const template = templates.find(({ pattern }) => pattern.test(path.split('?')[0] ?? ''))?.template
    const operation = template === undefined ? undefined : paths[template]?.[method === 'HEAD' ? 'get' : method.toLowerCase()]
    // An unknown address or method isn't in the document; its answer is still a problem.
    const problem = '/components/schemas/Problem'
    if (template === undefined || !operation)
      return headers.get('content-type')?.startsWith('application/problem+json') ? bodyFaults(problem, JSON.parse(text)) : []
    const declared = operation.responses[status]
    if (!declared) return [`${operation.operationId} does not declare the status ${status}`]
    const name = declared.$ref?.split('/').at(-1)
    const response = name === undefined ? declared : (components.responses[name] as Response)
    const base =
      name === undefined
        ? `/paths/${escape(template)}/${method === 'HEAD' ? 'get' : method.toLowerCase()}/responses/${status}`
        : `/components/responses/${escape(name)}`
    const unknown = [...headers.keys()].filter(
      (header) => !everywhere.test(header) && !Object.keys(response.headers ?? {}).some((known) => known.toLowerCase() === header),
    )
    const undeclared = unknown.map((header) => `${operation.operationId} ${status} does not declare the header ${header}`)
    if (text === '')
      return [...undeclared, ...(response.content && method !== 'HEAD' ? [`${operation.operationId} ${status} declares a body and has none`] : [])]
    const type = headers.get('content-type')?.split(';')[0] ?? ''
    if (!response.content?.[type]) return [`${operation.operationId} ${status} does not declare ${type}`]
    return [...undeclared, ...bodyFaults(`${base}/content/${escape(type)}/schema`, /[/+]json$/.test(type) ? JSON.parse(text) : text)]
  }
}
