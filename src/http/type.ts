import type TypeBox from 'typebox'

type Schema = Record<string, unknown>
type Properties = Record<string, Schema>

const optional = '~optional'

// Not enumerable: it is no part of the schema.
const asOptional = (schema: Schema): Schema => Object.defineProperty({ ...schema }, optional, { value: true })

function objectOf(properties: Properties, options: Schema = {}): Schema {
  const required = Object.keys(properties).filter((name) => !(optional in (properties[name] as Schema)))
  return { type: 'object', ...(required.length > 0 ? { required } : {}), properties, ...options }
}

const plain =
  (type: string) =>
  (options: Schema = {}): Schema => ({ type, ...options })

const builders = {
  Array: (items: Schema, options: Schema = {}): Schema => ({ type: 'array', items, ...options }),
  Boolean: plain('boolean'),
  Integer: plain('integer'),
  Null: plain('null'),
  Number: plain('number'),
  Object: objectOf,
  Optional: asOptional,
  Partial: ({ properties }: Schema): Schema =>
    objectOf(Object.fromEntries(Object.entries(properties as Properties).map(([name, schema]) => [name, asOptional(schema)]))),
  String: plain('string'),
  Union: (anyOf: Schema[], options: Schema = {}): Schema => ({ anyOf, ...options }),
  Unsafe: (schema: Schema): Schema => ({ ...schema }),
}

/**
 * TypeBox's builders of JSON Schema that are used here, with TypeBox's own types. Its modules are half of all that a server
 * would load before its first answer, for these few lines.
 */
const Type = builders as unknown as Pick<typeof TypeBox, keyof typeof builders>

export default Type
