import type { Json } from './server.ts'

/** What would break a client that was made for an older document: the operation or schema that it names, and what of it. */
export type Break = { name: string; what: string }

type Direction = 'request' | 'response'

const limits: [name: string, narrows: (before: number, after: number) => boolean][] = [
  ['maxLength', (before, after) => after < before],
  ['maxItems', (before, after) => after < before],
  ['maxProperties', (before, after) => after < before],
  ['maximum', (before, after) => after < before],
  ['minLength', (before, after) => after > before],
  ['minItems', (before, after) => after > before],
  ['minimum', (before, after) => after > before],
]

const unlimited: Record<string, number> = { minLength: 0, minItems: 0, minimum: Number.NEGATIVE_INFINITY }

const nameOf = (schema: Json): string | undefined => schema?.$ref?.split('/').at(-1)

/** What a schema is where it isn't null, and whether it may be: unions with null and lists of types are the same. */
function withoutNull(schema: Json): [core: Json, isNullable: boolean] {
  const [branch, none, ...more] = schema.anyOf ?? []
  if (branch && none?.type === 'null' && more.length === 0) return [withoutNull({ ...schema, anyOf: undefined, ...branch })[0], true]
  if (!Array.isArray(schema.type) || !schema.type.includes('null')) return [schema, false]
  const types = schema.type.filter((type: string) => type !== 'null')
  return [{ ...schema, type: types.length === 1 ? types[0] : types }, true]
}

/** The types that a value may have, those of all branches. */
function typesOf(schema: Json): string[] {
  const own = schema.type === undefined ? [] : [schema.type].flat()
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((branch: Json) => (branch.$ref ? [`$${nameOf(branch)}`] : typesOf(branch)))
  return [...new Set([...(branches.length > 0 ? branches : own)])]
}

/**
 * The breaks between two OpenAPI documents. Clients are made of names, so operations, schemas and parameters may not go or change
 * theirs. What goes in may not be refused that was taken: no property, value or length less, nothing more required. What comes out
 * may not lack what was promised: no property less, none optional that was required, no other type. Answers may gain properties, values and
 * types of blocks.
 */
export function breaksBetween(before: Json, after: Json): Break[] {
  const breaks: Break[] = []
  const compared = new Set<string>()

  function compare(name: string, place: string, a: Json, b: Json, direction: Direction): void {
    const add = (what: string) => breaks.push({ name, what: `${place || 'it'} ${what}` })
    // What is read-only is taken whatever it is.
    if (direction === 'request' && b.readOnly) return
    const [[aCore, aNull], [bCore, bNull]] = [withoutNull(a), withoutNull(b)]
    if (aNull && !bNull && direction === 'request') add('takes no null any more')
    if (!aNull && bNull && direction === 'response') add('may be null, too')
    if (aNull || bNull) return compare(name, place, aCore, bCore, direction)
    const [aName, bName] = [nameOf(a), nameOf(b)]
    if (bName && !aName) return compare(name, place, a, after.components.schemas[bName] ?? {}, direction)
    if (aName) {
      if (aName !== bName) return void add(`was ${aName ?? 'inline'} and is ${bName ?? 'inline'}`)
      const key = `${aName} ${direction}`
      if (compared.has(key)) return
      compared.add(key)
      const [one, other] = [before.components.schemas[aName as string], after.components.schemas[bName as string]]
      if (one && other) compare(aName as string, '', one, other, direction)
      return
    }
    const [aTypes, bTypes] = [typesOf(a), typesOf(b)]
    const gone = aTypes.filter((type) => !bTypes.includes(type) && !(type === 'integer' && bTypes.includes('number')))
    const come = bTypes.filter((type) => !aTypes.includes(type))
    if (direction === 'request' && gone.length > 0 && bTypes.length > 0) add(`is ${bTypes.join(' or ')}, and was ${aTypes.join(' or ')}`)
    if (direction === 'response' && come.some((type) => !type.startsWith('$')) && aTypes.length > 0) add(`may be ${come.join(' or ')}, too`)
    const less = (a.enum ?? []).filter((value: unknown) => !(b.enum ?? a.enum).includes(value))
    const more = (b.enum ?? []).filter((value: unknown) => !(a.enum ?? b.enum).includes(value))
    if (direction === 'response' && more.length > 0) add(`may be ${more.join(', ')}, too`)
    if (direction === 'request' && (less.length > 0 || (b.enum && !a.enum))) add(`takes ${less.join(', ') || 'any value'} no more`)
    if (direction === 'request')
      for (const [limit, narrows] of limits)
        if (b[limit] !== undefined && narrows(a[limit] ?? unlimited[limit] ?? Number.MAX_SAFE_INTEGER, b[limit])) add(`has ${limit} ${b[limit]}`)
    for (const [property, schema] of Object.entries<Json>(a.properties ?? {})) {
      const other = b.properties?.[property]
      if (other) compare(name, `${place}/${property}`, schema, other, direction)
      else if (b.properties) add(`has no ${property}`)
    }
    const wasRequired: string[] = a.required ?? []
    const isRequired: string[] = b.required ?? []
    if (direction === 'request') for (const property of isRequired) if (!wasRequired.includes(property)) add(`requires ${property}`)
    if (direction === 'response') for (const property of wasRequired) if (!isRequired.includes(property)) add(`may lack ${property}`)
    if (a.items && b.items) compare(name, `${place}/items`, a.items, b.items, direction)
    for (const [index, branch] of (a.anyOf ?? []).entries()) if (b.anyOf?.[index]) compare(name, place, branch, b.anyOf[index], direction)
  }

  function compareContents(name: string, what: string, a: Json = {}, b: Json = {}, direction: Direction): void {
    for (const [type, media] of Object.entries<Json>(a))
      if (!b[type]) breaks.push({ name, what: `${what} is no ${type} any more` })
      else if (media.schema && b[type].schema) compare(name, what, media.schema, b[type].schema, direction)
  }

  for (const [path, methods] of Object.entries<Json>(before.paths))
    for (const [method, operation] of Object.entries<Json>(methods)) {
      const name = operation.operationId
      // Where a path's own names changed it is the same address.
      const shape = path.replaceAll(/\{\w+\}/g, '{}')
      const other = Object.entries<Json>(after.paths).find(([candidate, own]) => candidate.replaceAll(/\{\w+\}/g, '{}') === shape && own[method])
      if (!other) {
        breaks.push({ name, what: `${method.toUpperCase()} ${path} is gone` })
        continue
      }
      const [newPath, { [method]: now }] = other
      if (now.operationId !== name) breaks.push({ name, what: `is called ${now.operationId}` })
      const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)
      for (const [index, parameter] of names(path).entries())
        if (names(newPath)[index] !== parameter) breaks.push({ name, what: `{${parameter}} is called {${names(newPath)[index]}}` })
      const find = (list: Json[] = [], wanted: Json) => list.find((one) => one.in === wanted.in && one.name === wanted.name)
      for (const parameter of operation.parameters ?? []) {
        const same = find(now.parameters, parameter)
        // What a path can't name was never found: only another type is another client.
        if (same && parameter.in === 'path') compare(name, `path ${parameter.name}`, { type: parameter.schema.type }, { type: same.schema.type }, 'request')
        else if (same) compare(name, `${parameter.in} ${parameter.name}`, parameter.schema, same.schema, 'request')
        else if (parameter.in !== 'path') breaks.push({ name, what: `takes no ${parameter.in} ${parameter.name}` })
      }
      for (const parameter of now.parameters ?? [])
        if (parameter.required && parameter.in !== 'path' && !find(operation.parameters, parameter)?.required)
          breaks.push({ name, what: `requires ${parameter.in} ${parameter.name}` })
      if (now.requestBody?.required && !operation.requestBody?.required) breaks.push({ name, what: 'requires a body' })
      compareContents(name, 'its body', operation.requestBody?.content, now.requestBody?.content, 'request')
      for (const [status, response] of Object.entries<Json>(operation.responses)) {
        if (status >= '400') continue
        if (!now.responses[status]) breaks.push({ name, what: `answers ${status} no more` })
        else compareContents(name, `its ${status}`, response.content, now.responses[status].content, 'response')
        for (const header of Object.keys(response.headers ?? {}))
          if (!now.responses[status]?.headers?.[header]) breaks.push({ name, what: `its ${status} has no header ${header}` })
      }
    }
  for (const name of Object.keys(before.components.schemas)) if (!after.components.schemas[name]) breaks.push({ name, what: 'is gone' })
  return breaks
}
