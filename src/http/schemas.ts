import type { Static, TObject, TProperties, TSchema } from 'typebox'
import { faultCodes } from './problems.ts'
import Type from './type.ts'

/** A schema with a name: it becomes a component of the OpenAPI document. */
export type Named<S extends TSchema = TSchema> = S & { $id: string }

/** Names a schema. */
export function named<S extends TSchema>(id: string, schema: S): Named<S> {
  return Object.assign(schema, { $id: id })
}

/** Refers to a named schema, and has its type. */
export function ref<S extends TSchema>(schema: Named<S>) {
  return Type.Unsafe<Static<S>>({ $ref: `${schema.$id}#` })
}

export const Nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

/** Refers to a named schema that may be null. */
export const nullable = <S extends TSchema>(schema: Named<S>) => Nullable(ref(schema))

/** One of some strings, as one `enum`. */
export function Enum<const T extends string>(values: readonly T[], options: { description?: string } = {}) {
  return Type.Unsafe<T>({ type: 'string', enum: values, ...options })
}

/** An object on the way in: unknown properties are faults. */
export function Closed<P extends TProperties>(properties: P, options: { description?: string; examples?: unknown[] } = {}) {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

export const Id = Type.String({ format: 'uuid', description: 'A UUIDv7 (RFC 9562).' })
export const Revision = Type.Integer({ minimum: 1, description: 'Rises with each change that a client can write here.' })
export const Time = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC with milliseconds.' })
export const TimeInput = Type.String({ format: 'date-time', description: 'RFC 3339, with any offset.' })
export const Slug = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 200, description: 'Never has the form of a UUID.' })
export const SlugInput = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', format: 'slug', maxLength: 200 })
export const Line = Type.String({ maxLength: 1000, format: 'line' })
export const NonEmptyLine = Type.String({ maxLength: 1000, minLength: 1, pattern: '\\S', format: 'visible-line' })
/** A line that nothing in it shows in another order: a second headline. */
export const Title = Type.String({ maxLength: 1000, format: 'title' })
/** The same, and not blank: a name or headline. */
export const Name = Type.String({ maxLength: 1000, minLength: 1, pattern: '\\S', format: 'name' })
/** A text of several lines, such as a caption or a note. */
export const Prose = Type.String({ maxLength: 10_000 })
export const VisibleProse = Type.String({ minLength: 1, maxLength: 10_000, pattern: '\\S', format: 'visible' })
export const Url = Type.String({ format: 'uri', maxLength: 2000, description: 'Absolute, http or https, without user or password.' })

/** A read-only property that comes back in a PUT: any value, ignored. */
export const Ignored = Type.Optional(Type.Unsafe<unknown>({ description: 'Read-only: ignored.' }))
/** A read-only property that comes back in a PUT and must be what it was. */
export const SameId = Type.Optional(Type.String({ maxLength: 100, description: 'Read-only: another value than the stored one is a fault.' }))

const image = {
  url: Nullable(Url),
  alt: Nullable(Type.String()),
  title: Nullable(Line),
  caption: Nullable(Type.String()),
  credit: Nullable(Line),
  width: Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  height: Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  focalPoint: Nullable(
    Closed(
      { x: Type.Number({ minimum: 0, maximum: 1 }), y: Type.Number({ minimum: 0, maximum: 1 }) },
      { description: 'The point to keep in view, as fractions of width and height.' },
    ),
  ),
}

export const Image = named(
  'Image',
  Type.Object(
    { ...image, focalPoint: Nullable(Type.Object({ x: Type.Number(), y: Type.Number() })) },
    {
      description: 'A picture; `url` is `null` where only its words are known.',
      examples: [
        {
          url: 'https://media.example/harbour.jpg',
          alt: 'A crane over the harbour',
          title: null,
          caption: 'The new quay.',
          credit: 'A. Photographer',
          width: 1600,
          height: 900,
          focalPoint: { x: 0.5, y: 0.4 },
        },
      ],
    },
  ),
)
export const ImageInput = named('ImageInput', Type.Partial(Closed({ ...image, alt: Nullable(Prose), caption: Nullable(Prose) })))
Object.assign(ImageInput, { additionalProperties: false })
export type Image = Static<typeof Image>

/** An image as it is stored: what was left out is null. */
export function imageWithDefaults(input: Static<typeof ImageInput> | null | undefined): Image | null {
  if (!input) return null
  const { url = null, alt = null, title = null, caption = null, credit = null, width = null, height = null, focalPoint = null } = input
  return { url, alt, title, caption, credit, width, height, focalPoint }
}

export const Fault = named(
  'Fault',
  Type.Object(
    {
      pointer: Type.Optional(Type.String({ description: 'A JSON Pointer into the body, or into what a patch made of the resource.' })),
      parameter: Type.Optional(Type.String()),
      header: Type.Optional(Type.String()),
      code: Enum(faultCodes),
      message: Type.String(),
      suggestion: Type.Optional(Type.String({ description: 'The nearest right name or value.' })),
    },
    { description: 'One fault, and its place: exactly one of `pointer`, `parameter` and `header`.' },
  ),
)

export const ProblemBody = named(
  'Problem',
  Type.Object(
    {
      type: Type.String({ description: 'The address of the page that explains this kind of problem.' }),
      title: Type.String(),
      status: Type.Integer(),
      detail: Type.String(),
      instance: Type.String({ description: 'The request’s id.' }),
      errors: Type.Optional(Type.Array(ref(Fault), { maxItems: 100 })),
      currentRevision: Type.Optional(Type.Integer({ description: 'With 412: the revision the resource has now.' })),
      holder: Type.Optional(Type.Object({ type: Type.String(), id: Id }, { description: 'With `slug-taken`: who has the slug.' })),
      count: Type.Optional(Type.Integer({ description: 'With `in-use`: how many others name it.' })),
      requiredScope: Type.Optional(Type.String({ description: 'With 403: the scope that is needed.' })),
      embargoUntil: Type.Optional(Type.String({ format: 'date-time', description: 'With `embargoed`: when it may be published.' })),
      plannedAt: Type.Optional(Type.String({ format: 'date-time', description: 'With `embargoed`: the planned publication that stands in the way.' })),
      headline: Type.Optional(Type.String({ description: 'With 410: the headline of what was taken down.' })),
      notice: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: 'With 410 and 451: what the newsroom says about it.' })),
    },
    {
      description: 'A problem (RFC 9457).',
      examples: [
        {
          type: '/problems/bad-request',
          title: 'The request is wrong in itself',
          status: 400,
          detail: 'is not a property here',
          instance: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55',
          errors: [{ pointer: '/headlin', code: 'unknown', message: 'is not a property here', suggestion: 'headline' }],
        },
      ],
    },
  ),
)

export const Page = named(
  'Page',
  Type.Object(
    {
      limit: Type.Integer(),
      nextCursor: Nullable(Type.String()),
      prevCursor: Nullable(Type.String()),
      total: Type.Optional(Type.Integer({ description: 'Only with `count=true`.' })),
    },
    { examples: [{ limit: 20, nextCursor: null, prevCursor: null }] },
  ),
)

/** A page of rows. */
export const PageOf = <S extends TSchema>(row: Named<S>) => Type.Object({ data: Type.Array(ref(row)), page: ref(Page) })

/** A collection that comes whole. */
export const WholeOf = <S extends TSchema>(row: Named<S>) => Type.Object({ data: Type.Array(ref(row)) })

/** Rows of which `fields` can pick properties: all but those that always come are optional. */
export function RowOf<P extends TProperties>(id: string, schema: TObject<P>, description: string) {
  const always = ['id', 'slug', 'headline', 'status', 'language', 'publishedAt', 'updatedAt']
  const properties = Object.fromEntries(
    Object.entries(schema.properties).map(([name, property]) => [name, always.includes(name) ? property : Type.Optional(property)]),
  )
  return named(id, Type.Object(properties, { description, ...('examples' in schema ? { examples: schema.examples } : {}) })) as unknown as Named<
    TSchema & { static: unknown }
  >
}

export const SHARED_SCHEMAS: Named[] = [Image, ImageInput, Fault, ProblemBody, Page]
