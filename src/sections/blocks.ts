import type { Static, TProperties, TSchema } from 'typebox'
import { Closed, Image, ImageInput, Line, type Named, Nullable, named, ref, Url } from '../http/schemas.ts'
import Type from '../http/type.ts'

/** What input is held to; what is stored may be older than these limits. */
type Limits = { text?: { maxLength: number }; items?: { maxItems: number }; cells?: { maxItems: number } }

const limits: Limits = { text: { maxLength: 65_536 }, items: { maxItems: 1000 }, cells: { maxItems: 100 } }

const Markdown = ({ text }: Limits) => Type.String({ ...text, description: 'Inline Markdown (CommonMark): strong, emphasis, code, links.' })

type Recursive<T> = { $ref: string } & TSchema & { static: T }

export type ListItem = { label?: string | null; text: string; items?: ListItem[] }

const listItem = (name: string, own: Limits) => ({
  label: Type.Optional(Nullable(Line)),
  text: Markdown(own),
  items: Type.Optional(Type.Unsafe<ListItem[]>({ type: 'array', ...own.items, items: { $ref: `${name}#` } as unknown as Recursive<ListItem> })),
})

const itemExample = { label: 'Trade', text: 'Both sides want *more* of it.' }
export const ListBlockItem = named(
  'ListItem',
  Type.Object(listItem('ListItem', {}), { description: 'An item of a list block; lists nest to depth 8.', examples: [itemExample] }),
)
export const ListBlockItemInput = named(
  'ListItemInput',
  Closed(listItem('ListItemInput', limits), { description: 'An item of a list block on the way in.', examples: [itemExample] }),
)

const cell = (own: Limits) => Type.Array(Markdown(own), { ...own.cells, description: 'The cells of a row.' })

function fieldsOf(image: Named, item: Named, own: Limits) {
  return {
    paragraph: { text: Markdown(own) },
    list: { ordered: Type.Boolean(), items: Type.Array(ref(item) as unknown as TSchema & { static: ListItem }, own.items) },
    quote: { text: Markdown(own), attribution: Type.Optional(Nullable(Line)) },
    image: { image: ref(image) },
    table: { caption: Type.Optional(Nullable(Line)), header: Type.Optional(Nullable(cell(own))), rows: Type.Array(cell(own), own.items) },
    embed: { url: Url, title: Type.Optional(Nullable(Line)) },
    code: { code: Type.String(own.text), language: Type.Optional(Nullable(Line)) },
  } satisfies Record<string, TProperties>
}

const output = fieldsOf(Image as Named, ListBlockItem as Named, {})
const input = fieldsOf(ImageInput as Named, ListBlockItemInput as Named, limits)

export const blockTypes = Object.keys(output) as (keyof typeof output)[]

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

const titled = (type: string) => type.charAt(0).toUpperCase() + type.slice(1)
const tag = (type: string) => ({ type: Type.Unsafe<string>({ type: 'string', const: type }) })

const outputs = blockTypes.map((type) =>
  named(`${titled(type)}Block`, Type.Object({ ...tag(type), ...output[type] }, { examples: [{ type, ...examples[type] }] })),
)
const inputs = blockTypes.map((type) =>
  named(`${titled(type)}BlockInput`, Closed({ ...tag(type), ...input[type] }, { examples: [{ type, ...examples[type] }] })),
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

export const Block = named('Block', union(outputs as Named[], 'A part of a section’s body; `type` tells which.'))
export const BlockInput = named('BlockInput', union(inputs as Named[], 'A part of a section’s body on the way in.'))

export const BLOCK_SCHEMAS: Named[] = [ListBlockItem, ListBlockItemInput, ...outputs, ...inputs, Block, BlockInput] as Named[]
