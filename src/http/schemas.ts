import type { Static, TObject, TProperties, TSchema } from 'typebox'
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

/**
 * A schema of which the document says more than what is checked, since the check is made elsewhere or not at all.
 * @param more what the document adds, and under `x-without` the keywords that it drops; null where it leaves the property out
 */
export const inDocument = <S extends TSchema>(schema: S, more: Record<string, unknown> | null) => Object.assign({ ...schema }, { 'x-document': more }) as S

/** One of some strings, as one `enum`. */
export function Enum<const T extends string>(values: readonly T[], options: { description?: string } = {}) {
  return Type.Unsafe<T>({ type: 'string', enum: values, ...options })
}

/** An object as input: unknown properties are faults. */
export function Closed<P extends TProperties>(properties: P, options: { description?: string; examples?: unknown[]; minProperties?: number } = {}) {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

export const Id = Type.String({ format: 'uuid', description: 'A UUIDv7 (RFC 9562).' })
export const Revision = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  format: 'int64',
  description: 'Rises with each change that a client can write here.',
})
export const ExpectedRevision = Type.Optional({
  ...Revision,
  description: 'The revision that is changed, as a precondition: 412 where it isn’t the current one.',
})
/** A number of things. */
export const Count = (description: string) => Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, format: 'int32', description })
export const Time = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC with milliseconds.' })
export const TimeInput = Type.String({ format: 'date-time', description: 'RFC 3339, with any offset; in UTC in the years 1 to 9999.' })
export const Slug = Type.String({
  pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
  maxLength: 200,
  description: 'A slug: lower-case letters, digits and hyphens; never in the form of a UUID.',
})
export const SlugInput = Type.String({
  pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
  format: 'slug',
  maxLength: 200,
  description: 'A slug, not in the form of a UUID; made from the headline or name where none is given.',
})
export const Line = Type.String({ maxLength: 1000, format: 'line', description: 'One line of plain text.' })
export const NonEmptyLine = Type.String({
  maxLength: 1000,
  minLength: 1,
  pattern: '\\S',
  format: 'visible-line',
  description: 'One line of plain text, not blank.',
})
/** A line that nothing in it shows in another order: a second headline. */
export const Title = Type.String({ maxLength: 1000, format: 'title', description: 'One line of plain text without bidi overrides.' })
/** The same, and not blank: a name or headline. */
export const Name = Type.String({
  maxLength: 1000,
  minLength: 1,
  pattern: '\\S',
  format: 'name',
  description: 'One line of plain text without bidi overrides, not blank.',
})
/** A text of several lines, such as a caption or a note. */
export const Prose = Type.String({ maxLength: 10_000, description: 'Plain text.' })
export const VisibleProse = Type.String({ minLength: 1, maxLength: 10_000, pattern: '\\S', format: 'visible', description: 'Plain text, not blank.' })
/** What comes in as input is brought to the form of a URI (RFC 3986) by the validator. */
const encoded = { 'x-encoded': true }
export const Url = inDocument(Type.String({ format: 'uri', maxLength: 2000, description: 'Absolute, http or https, without user or password.', ...encoded }), {
  pattern: '^[Hh][Tt][Tt][Pp][Ss]?://',
  'x-without': ['x-encoded'],
})

/** A path of a site. */
export const SitePath = inDocument(
  Type.String({ format: 'site-path', maxLength: 2000, description: 'A path of the old site, with its query: from `/` on, without a fragment or a backslash.' }),
  { pattern: '^/([^/\\s#\\\\][^\\s#\\\\]*)?$' },
)
/** The same as a URL, or a path of the operator's own site. */
export const UrlOrPath = inDocument(
  Type.String({
    format: 'web-address',
    maxLength: 2000,
    description: 'Absolute, http or https, without user or password; or a path of the site, from `/` on.',
    ...encoded,
  }),
  { format: 'uri-reference', pattern: '^([Hh][Tt][Tt][Pp][Ss]?://|/$|/[^/])', 'x-without': ['x-encoded'] },
)

/** A schema with more keywords; beside a reference, which generators of documents take alone, as `allOf`. */
const withMore = <S extends TSchema>(schema: S, more: Record<string, unknown>): S => {
  const { $ref } = schema as { $ref?: string }
  return ($ref ? { allOf: [{ $ref }], ...more } : { ...schema, ...more }) as unknown as S
}

/** A schema with a description of its own. */
export const described = <S extends TSchema>(schema: S, description: string): S => withMore(schema, { description })

/** Refers to a named schema, with a description of its own. */
export const refAs = <S extends TSchema>(schema: Named<S>, description: string) => described(ref(schema), description)

/** A read-only property that comes back in a PUT: any value is taken, and ignored. @param schema what an answer has there */
export const ignored = (schema: TSchema) => Type.Optional(inDocument(Type.Unsafe<unknown>({}), { ...withMore(schema, { readOnly: true }) }))

const sameId = Type.String({ maxLength: 100 })
const sameAs = (schema: TSchema) =>
  Type.Optional(inDocument(sameId, { ...schema, readOnly: true, description: 'Read-only: another value than the stored one is a fault.' }))
/** The id, or a time of creation, that comes back in a PUT and must be what it was. */
export const [SameId, SameTime] = [sameAs(Id), sameAs(Time)]
/** What a POST takes without saying so, since it comes with what a GET gave. */
export const hidden = (schema: TSchema) => Type.Optional(inDocument(schema, null))
/** An id, or a time of creation, in a POST, where the server gives them: a fault. */
export const NotGiven = hidden(sameId)

const pagesElsewhere = 'Pages elsewhere that are about the same: of Wikidata, an official one.'
/** Pages elsewhere about whom or what a name is, in an answer and as input. */
export const SameAs = Type.Array(Url, { description: pagesElsewhere })
export const SameAsInput = Type.Array(Url, { maxItems: 50, description: pagesElsewhere })

const fraction = (description: string) => Type.Number({ minimum: 0, maximum: 1, description })
const focalPoint = { x: fraction('From the left, as a fraction of the width.'), y: fraction('From the top, as a fraction of the height.') }
const focus = { description: 'The point to keep in view, as fractions of width and height.', examples: [{ x: 0.5, y: 0.4 }] }
const pixels = (description: string) => Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000, format: 'int32', description }))

export const FocalPoint = named('FocalPoint', Type.Object(focalPoint, focus))
export const FocalPointInput = named('FocalPointInput', Closed(focalPoint, focus))

const image = {
  url: Nullable(described(Url, 'Where the picture is; `null` where only its words are known.')),
  alt: Nullable(described(Prose, 'What it shows, for those who don’t see it.')),
  title: Nullable(described(Line, 'Its title.')),
  caption: Nullable(described(Prose, 'What is said under it.')),
  credit: Nullable(described(Line, 'Whose it is.')),
  width: pixels('In pixels.'),
  height: pixels('In pixels.'),
}
const unbounded = (description: string) => Nullable(Type.String({ description }))
const imageExample = {
  url: 'https://media.example/harbour.jpg',
  alt: 'A crane over the harbour',
  title: null,
  caption: 'The new quay.',
  credit: 'A. Photographer',
  width: 1600,
  height: 900,
  focalPoint: { x: 0.5, y: 0.4 },
}

export const Image = named(
  'Image',
  Type.Object(
    {
      ...image,
      alt: unbounded('What it shows, for those who don’t see it.'),
      caption: unbounded('What is said under it.'),
      focalPoint: nullable(FocalPoint),
    },
    { description: 'A picture; `url` is `null` where only its words are known.', examples: [imageExample] },
  ),
)
export const ImageInput = named(
  'ImageInput',
  Object.assign(Type.Partial(Closed({ ...image, focalPoint: nullable(FocalPointInput) })), {
    additionalProperties: false,
    description: 'A picture, as input; what is left out is `null`.',
    examples: [imageExample],
  }),
)
export type Image = Static<typeof Image>

/** An image as it is stored: what was left out is null. */
export function imageWithDefaults(input: Static<typeof ImageInput> | null | undefined): Image | null {
  if (!input) return null
  const { url = null, alt = null, title = null, caption = null, credit = null, width = null, height = null, focalPoint = null } = input
  return { url, alt, title, caption, credit, width, height, focalPoint }
}

/** The revision of what an event is about. */
export const RevisionChange = Type.Object(
  {
    before: Nullable(described(Revision, 'What it was until then; `null` where it was made, or has none.')),
    after: Nullable(described(Revision, 'What it is from then on; `null` where it is gone, or has none.')),
  },
  { description: 'The revision of the subject, before and after.' },
)

export const Actor = named(
  'Actor',
  Type.Object(
    {
      tokenId: Nullable(Type.String({ description: 'The token’s id; `null` for the operator’s `ADMIN_TOKEN`.' })),
      name: Type.String({ description: 'The token’s name.' }),
    },
    { description: 'Whose token did it.', examples: [{ tokenId: null, name: 'ADMIN_TOKEN' }] },
  ),
)

const cursor = (which: string) => Nullable(Type.String({ description: `For \`cursor\`: the ${which} page; \`null\` where there is none.` }))

export const Page = named(
  'Page',
  Type.Object(
    {
      limit: Type.Integer({ minimum: 1, maximum: 100, format: 'int32', description: 'Rows a page, as asked.' }),
      nextCursor: cursor('next'),
      prevCursor: cursor('previous'),
      total: Type.Optional(Count('All rows, only with `count=true`.')),
    },
    { description: 'Where a page is among the others.', examples: [{ limit: 20, nextCursor: null, prevCursor: null }] },
  ),
)

/** A page of rows. @param more what stands beside them */
export const PageOf = <S extends TSchema>(id: string, row: Named<S>, more: TProperties = {}) =>
  named(
    id,
    Type.Object(
      { data: Type.Array(ref(row), { description: 'The rows of this page, in order.' }), page: ref(Page), ...more },
      { description: `A page of ${row.$id}.` },
    ),
  )

/** A collection that comes whole. */
export const WholeOf = <S extends TSchema>(id: string, row: Named<S>, description: string) =>
  named(id, Type.Object({ data: Type.Array(ref(row), { description: 'All of them, in order.' }) }, { description }))

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

export const SHARED_SCHEMAS: Named[] = [FocalPoint, FocalPointInput, Image, ImageInput, Actor, Page]
