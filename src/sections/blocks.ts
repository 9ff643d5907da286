import type { Static, TProperties, TSchema } from 'typebox'
import { longestText } from '../copy/replace-words.ts'
import { Closed, described, Image, ImageInput, ignored, inDocument, Line, type Named, Nullable, named, ref, Url } from '../http/schemas.ts'
import Type from '../http/type.ts'

/** What input is held to; what is stored may be older than these limits. */
type Limits = { text?: { maxLength: number }; items?: { maxItems: number }; cells?: { maxItems: number } }

const limits: Limits = { text: { maxLength: longestText }, items: { maxItems: 1000 }, cells: { maxItems: 100 } }

const Markdown = ({ text }: Limits) => Type.String({ ...text, description: 'Inline Markdown (CommonMark): strong, emphasis, code, links.' })

/** What `include=html` adds beside inline texts. */
const html = {
  phrase: Type.Optional(Type.String({ description: 'With `include=html`: the text as safe HTML of a phrase.' })),
  caption: Type.Optional(Nullable(Type.String({ description: 'With `include=html`: the caption as safe HTML of a phrase.' }))),
  header: Type.Optional(Nullable(Type.Array(Type.String(), { description: 'With `include=html`: the header’s cells as safe HTML of phrases.' }))),
  rows: Type.Optional(Type.Array(Type.Array(Type.String()), { description: 'With `include=html`: the cells as safe HTML of phrases.' })),
}

const phrases: Partial<Record<string, TProperties>> = {
  paragraph: { html: html.phrase },
  quote: { html: html.phrase },
  image: { captionHtml: html.caption },
  table: { captionHtml: html.caption, headerHtml: html.header, rowsHtml: html.rows },
}

/** The same as input, where it comes with what was answered: it is no part of what is written. */
const ignoredPhrases = (type: string): TProperties => Object.fromEntries(Object.entries(phrases[type] ?? {}).map(([name, schema]) => [name, ignored(schema)]))

type Recursive<T> = { $ref: string } & TSchema & { static: T }

export type ListItem = { label?: string | null; text: string; items?: ListItem[] }

const listItem = (name: string, own: Limits) => ({
  label: Type.Optional(Nullable(described(Line, 'What it is about, set off from the text.'))),
  text: Markdown(own),
  items: Type.Optional(
    Type.Unsafe<ListItem[]>({ type: 'array', ...own.items, description: 'The list under it.', items: { $ref: `${name}#` } as unknown as Recursive<ListItem> }),
  ),
})

const itemExample = { label: 'Trade', text: 'Both sides want *more* of it.' }
export const ListBlockItem = named(
  'ListItem',
  Type.Object({ ...listItem('ListItem', {}), html: html.phrase }, { description: 'An item of a list block; lists nest to depth 8.', examples: [itemExample] }),
)
export const ListBlockItemInput = named(
  'ListItemInput',
  Closed({ ...listItem('ListItemInput', limits), html: ignored(html.phrase) }, { description: 'An item of a list block, as input.', examples: [itemExample] }),
)

const cell = (own: Limits) => Type.Array(Markdown(own), { ...own.cells, description: 'The cells of a row.' })

const line = (description: string) => Type.Optional(Nullable(described(Line, description)))

function fieldsOf(image: Named, item: Named, own: Limits) {
  return {
    paragraph: { text: Markdown(own) },
    list: {
      ordered: Type.Boolean({ description: 'Whether the items are numbered.' }),
      items: Type.Array(ref(item) as unknown as TSchema & { static: ListItem }, { ...own.items, description: 'In order.' }),
    },
    quote: { text: Markdown(own), attribution: line('Who said it.') },
    image: { image: ref(image) },
    table: {
      caption: line('What the table shows.'),
      header: Type.Optional(Nullable(described(cell(own), 'The cells of the row over the others.'))),
      rows: Type.Array(cell(own), { ...own.items, description: 'In order.' }),
    },
    embed: { url: described(Url, 'Where it is: absolute, http or https.'), title: line('What it is.') },
    code: { code: Type.String({ ...own.text, description: 'The code, as it is.' }), language: line('The language that it is in.') },
  } satisfies Record<string, TProperties>
}

const output = fieldsOf(Image as Named, ListBlockItem as Named, {})
const input = fieldsOf(ImageInput as Named, ListBlockItemInput as Named, limits)

export const blockTypes = Object.keys(output) as (keyof typeof output)[]

const meanings: Record<keyof typeof output, string> = {
  paragraph: 'A paragraph.',
  list: 'A list, whose items may have lists of their own.',
  quote: 'What somebody said.',
  image: 'A picture.',
  table: 'A table.',
  embed: 'Something of another site, by its address.',
  code: 'Code, as it is.',
}

const examples: Record<string, object> = {
  paragraph: { text: 'Crews worked **through the night**.' },
  list: { ordered: true, items: [itemExample] },
  quote: { text: 'We sail on Monday.', attribution: 'The harbour master' },
  image: {
    image: { url: 'https://media.example/quay.jpg', alt: 'The quay', title: null, caption: null, credit: null, width: 1600, height: 900, focalPoint: null },
  },
  table: { caption: 'Boats', header: ['Boat', 'Leaves'], rows: [['Petrel', '07:15']] },
  embed: { url: 'https://video.example/1' },
  code: { code: 'print("ahoy")', language: 'python' },
}

const example = { type: 'paragraph', ...examples.paragraph }

const titled = (type: string) => type.charAt(0).toUpperCase() + type.slice(1)
const tag = (type: string) => ({ type: Type.Unsafe<string>({ type: 'string', const: type, description: 'What kind of block it is.' }) })

const outputs = blockTypes.map((type) =>
  named(
    `${titled(type)}Block`,
    Type.Object({ ...tag(type), ...output[type], ...phrases[type] }, { description: meanings[type], examples: [{ type, ...examples[type] }] }),
  ),
)
const inputs = blockTypes.map((type) =>
  named(
    `${titled(type)}BlockInput`,
    Closed({ ...tag(type), ...input[type], ...ignoredPhrases(type) }, { description: `${meanings[type]} As input.`, examples: [{ type, ...examples[type] }] }),
  ),
)

/** A part of a section's body, by `type`. */
export type Block =
  | { type: 'paragraph'; text: string }
  | { type: 'list'; ordered: boolean; items: ListItem[] }
  | { type: 'quote'; text: string; attribution?: string | null }
  | { type: 'image'; image: Static<typeof Image> }
  | { type: 'table'; caption?: string | null; header?: string[] | null; rows: string[][] }
  | { type: 'embed'; url: string; title?: string | null }
  | { type: 'code'; code: string; language?: string | null }

const union = (members: Named[], description: string) =>
  Type.Unsafe<Block>({
    type: 'object',
    required: ['type'],
    discriminator: { propertyName: 'type' },
    oneOf: members.map((member) => ({ $ref: `${member.$id}#` })),
    'x-tags': blockTypes,
    description,
  })

export const KnownBlock = named('KnownBlock', union(outputs as Named[], 'A block of a type that there is by now.'))
export const KnownBlockInput = named('KnownBlockInput', union(inputs as Named[], 'A block of a known type, as input.'))

/** What lets a client that was made before a type of block take a story that has one, and send it back. */
export const UnknownBlock = named(
  'UnknownBlock',
  Type.Object(
    { type: inDocument(Type.String({ description: 'A type that this document doesn’t know.' }), { not: { enum: blockTypes } }) },
    {
      additionalProperties: true,
      description: 'A block of a type that came later: show nothing in its place, and send it back as it came. A type that the server doesn’t know is a 400.',
      examples: [{ type: 'map', latitude: 54.1, longitude: 12.1 }],
    },
  ),
)

const withUnknown = (known: Named) => [{ $ref: `${known.$id}#` }, { $ref: `${UnknownBlock.$id}#` }]

export const Block = named(
  'Block',
  Type.Unsafe<Block>({
    anyOf: withUnknown(KnownBlock),
    description: 'A part of a section’s body; `type` tells which. There may be more types.',
    examples: [example],
  }),
)
export const BlockInput = named(
  'BlockInput',
  inDocument(Type.Unsafe<Block>({ allOf: [{ $ref: `${KnownBlockInput.$id}#` }], description: 'A part of a section’s body, as input.', examples: [example] }), {
    'x-without': ['allOf'],
    anyOf: withUnknown(KnownBlockInput),
  }),
)

export const BLOCK_SCHEMAS: Named[] = [
  ListBlockItem,
  ListBlockItemInput,
  ...outputs,
  ...inputs,
  KnownBlock,
  KnownBlockInput,
  UnknownBlock,
  Block,
  BlockInput,
] as Named[]
