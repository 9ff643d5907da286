type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const each = (map: unknown, convert: (value: Json) => Json) =>
  isObject(map) ? Object.fromEntries(Object.entries(map).map(([name, value]) => [name, isObject(value) ? convert(value) : value])) : map

const onlyNull: Json = { type: 'object', nullable: true, enum: [null] }

/** A schema as OpenAPI 3.0 has it: `nullable` in place of the type null, nothing beside a reference, one example. */
function schemaOf(schema: Json): Json {
  const { $ref, examples, type, anyOf, ...rest } = schema
  if ($ref !== undefined) return Object.keys(rest).length > 0 ? { ...schemaOf(rest), allOf: [{ $ref }] } : { $ref }
  const types = [type ?? []].flat() as string[]
  const branches = Array.isArray(anyOf) ? (anyOf as Json[]) : []
  const others = branches.filter((branch) => branch.type !== 'null')
  const isNullable = types.includes('null') || others.length < branches.length
  const [only, ...more] = others.map(schemaOf)
  const converted: Json = {
    ...rest,
    ...(types.length > 0 ? { type: types.find((one) => one !== 'null') } : {}),
    // Beside a reference `nullable` alone lets no null through.
    ...(branches.length > 0 ? { anyOf: [only, ...more, ...(isNullable ? [onlyNull] : [])] } : isNullable ? { nullable: true } : {}),
    ...(Array.isArray(examples) && examples.length > 0 ? { example: examples[0] } : {}),
  }
  for (const name of ['allOf', 'oneOf']) if (Array.isArray(rest[name])) converted[name] = (rest[name] as Json[]).map(schemaOf)
  for (const name of ['items', 'additionalProperties', 'not']) if (isObject(rest[name])) converted[name] = schemaOf(rest[name])
  if (rest.properties) converted.properties = each(rest.properties, schemaOf)
  return converted
}

const withSchema = (holder: Json): Json => (isObject(holder.schema) ? { ...holder, schema: schemaOf(holder.schema) } : holder)

const contentOf = (holder: Json): Json => ({
  ...holder,
  ...(holder.content ? { content: each(holder.content, withSchema) } : {}),
  ...(holder.headers ? { headers: each(holder.headers, withSchema) } : {}),
})

function operationOf(operation: Json): Json {
  return {
    ...operation,
    // Roles are named by OpenAPI 3.1 alone; who may is in the description, too.
    ...(Array.isArray(operation.security)
      ? {
          security: [
            ...new Map(
              operation.security.map((one: Json) => [Object.keys(one).join(), Object.fromEntries(Object.keys(one).map((name) => [name, []]))]),
            ).values(),
          ],
        }
      : {}),
    ...(Array.isArray(operation.parameters) ? { parameters: operation.parameters.map(withSchema) } : {}),
    ...(isObject(operation.requestBody) ? { requestBody: contentOf(operation.requestBody) } : {}),
    responses: each(operation.responses, contentOf),
  }
}

/**
 * The document for tools that don't know OpenAPI 3.1.
 * @param document as it is published, OpenAPI 3.1
 * @returns the same in OpenAPI 3.0.3
 */
export function inOpenApi30(document: Json): Json {
  const { openapi: _, info, components, paths, ...rest } = document as { openapi: string; info: Json; components: Json; paths: Json }
  const { summary: _summary, license, ...about } = info as { summary?: string; license?: Json }
  const { schemas, responses, headers, ...others } = components
  return {
    openapi: '3.0.3',
    info: { ...about, ...(license ? { license: { name: license.name, url: 'https://opensource.org/license/mit' } } : {}) },
    ...rest,
    paths: each(paths, (methods) => each(methods, operationOf) as Json),
    components: { ...others, schemas: each(schemas, schemaOf), responses: each(responses, contentOf), headers: each(headers, withSchema) },
  }
}
