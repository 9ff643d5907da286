import type { TSchema } from 'typebox'

type Schema = TSchema & {
  $ref?: string
  examples?: unknown[]
  default?: unknown
  enum?: unknown[]
  const?: unknown
  type?: string
  format?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
}

const texts: Record<string, string> = {
  uuid: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55',
  'date-time': '2026-05-01T09:30:00.000Z',
  uri: 'https://news.example/harbour',
  email: 'reader@mail.example',
  language: 'en',
}

/** An example of a schema: its own, or one put together from those of its parts. @param named the schemas that may be referred to */
export function exampleOf(schema: Schema, named: Map<string, Schema>): unknown {
  if (schema.examples?.length) return schema.examples[0]
  if (schema.$ref) return exampleOf(named.get(schema.$ref.replace(/#$/, '')) ?? {}, named)
  if (schema.const !== undefined) return schema.const
  if (schema.default !== undefined) return schema.default
  if (schema.enum) return schema.enum[0]
  const [branch] = schema.oneOf ?? schema.anyOf ?? []
  if (branch) return exampleOf(branch, named)
  if (schema.type === 'object')
    return Object.fromEntries(
      Object.entries(schema.properties ?? {})
        .filter(([name]) => schema.required?.includes(name))
        .map(([name, part]) => [name, exampleOf(part, named)]),
    )
  if (schema.type === 'array') return [exampleOf(schema.items ?? {}, named)]
  if (schema.type === 'integer' || schema.type === 'number') return 1
  if (schema.type === 'boolean') return false
  return schema.format ? (texts[schema.format] ?? 'harbour') : 'harbour'
}
