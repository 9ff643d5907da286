import type { Static } from 'typebox'
import { Closed, Id, Ignored, Line, type Named, Nullable, named, Revision, ref, SameId, Slug, SlugInput, Time, WholeOf } from '../http/schemas.ts'
import Type from '../http/type.ts'
import { BLOCK_SCHEMAS, Block, BlockInput } from './blocks.ts'

const ids = ['01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c03', '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55']

export const Section = named(
  'Section',
  Type.Object(
    {
      id: Id,
      revision: Revision,
      articleId: Id,
      parentId: Nullable(Id),
      position: Type.Integer({ minimum: 0, description: 'Among the children of one parent, without gaps.' }),
      depth: Type.Integer({ minimum: 0, maximum: 7 }),
      anchor: Slug,
      heading: Nullable(Line),
      body: Type.Array(ref(Block)),
      wordCount: Type.Integer({ minimum: 0 }),
      createdAt: Time,
      updatedAt: Time,
    },
    {
      description: 'A part of a story under a heading. Sections come flat, in document order.',
      examples: [
        {
          id: ids[0],
          revision: 1,
          articleId: ids[1],
          parentId: null,
          position: 0,
          depth: 0,
          anchor: 'background',
          heading: 'Background',
          body: [{ type: 'paragraph', text: 'Crews worked **through the night**.' }],
          wordCount: 5,
          createdAt: '2026-05-01T09:30:00.000Z',
          updatedAt: '2026-05-01T09:30:00.000Z',
        },
      ],
    },
  ),
)
export type Section = Static<typeof Section>

export const mostSections = 1000
export const mostBlocks = 1000
/** How deep sections and lists may nest. */
export const mostLevels = 8

const writable = {
  anchor: Type.Optional(SlugInput),
  heading: Type.Optional(Nullable(Line)),
  body: Type.Optional(Type.Array(ref(BlockInput), { maxItems: mostBlocks, examples: [[{ type: 'paragraph', text: 'Crews worked through the night.' }]] })),
}

const readOnly = { articleId: SameId, createdAt: SameId, wordCount: Ignored, updatedAt: Ignored }

const Depth = Type.Integer({ minimum: 0, maximum: mostLevels - 1, description: 'At most one deeper than the section before; default 0.' })

export const NestedSectionInput = named(
  'NestedSectionInput',
  Closed(
    {
      id: Type.Optional(Id),
      ...writable,
      depth: Type.Optional(Depth),
      ...readOnly,
      revision: Ignored,
      parentId: Ignored,
      position: Ignored,
    },
    {
      description: 'A section in its article’s array: order and `depth` tell the tree; a known `id` keeps it.',
      examples: [{ heading: 'Background', depth: 0, body: [{ type: 'paragraph', text: 'Crews worked **through the night**.' }] }],
    },
  ),
)
export type NestedSectionInput = Static<typeof NestedSectionInput>

const single = {
  id: SameId,
  revision: Type.Optional(Revision),
  ...writable,
  parentId: Type.Optional(Nullable(Id)),
  position: Type.Optional(Type.Integer({ description: 'Among the children of the parent; last where it is left out.' })),
  ...readOnly,
  depth: Ignored,
}

export const SectionInput = named(
  'SectionInput',
  Closed(single, {
    description: 'A section on the way in; `parentId` and `position` move it with those under it.',
    examples: [{ heading: 'Background', body: [{ type: 'paragraph', text: 'Crews worked **through the night**.' }] }],
  }),
)
export type SectionInput = Static<typeof SectionInput>

export const SectionPatch = named(
  'SectionPatch',
  Closed(
    {
      ...single,
      anchor: Type.Optional(Nullable(SlugInput)),
      body: Type.Optional(
        Nullable(Type.Array(ref(BlockInput), { maxItems: mostBlocks, examples: [[{ type: 'paragraph', text: 'Crews worked through the night.' }]] })),
      ),
    },
    { description: 'A merge patch of a section.', examples: [{ heading: 'How it began' }] },
  ),
)

export const Sections = named('Sections', WholeOf(Section))

export const SectionsInput = named(
  'SectionsInput',
  Closed({ data: Type.Array(ref(NestedSectionInput), { maxItems: mostSections }) }, { description: 'All sections of an article, in order.' }),
)
export type SectionsInput = Static<typeof SectionsInput>

export const SECTION_SCHEMAS: Named[] = [...BLOCK_SCHEMAS, Section, NestedSectionInput, SectionInput, SectionPatch, Sections, SectionsInput] as Named[]
