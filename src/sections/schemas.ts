import type { Static } from 'typebox'
import {
  Closed,
  Count,
  described,
  ExpectedRevision,
  hidden,
  Id,
  ignored,
  Line,
  type Named,
  NotGiven,
  Nullable,
  named,
  Revision,
  ref,
  SameId,
  SameTime,
  Slug,
  SlugInput,
  Time,
  WholeOf,
} from '../http/schemas.ts'
import Type from '../http/type.ts'
import { BLOCK_SCHEMAS, Block, BlockInput } from './blocks.ts'

const ids = ['01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c03', '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55']

/** How deep sections and lists may nest. */
export const mostLevels = 8

const place = {
  parentId: Nullable(described(Id, 'The section that it is under.')),
  position: Count('Among the children of one parent, without gaps.'),
  depth: Type.Integer({ minimum: 0, maximum: mostLevels - 1, format: 'int32', description: 'How many sections it is under.' }),
}

const rendered = {
  bodyHtml: Type.Optional(
    Type.String({ description: 'With `include=html`: its blocks as safe HTML, without its heading, in a `div` with language and direction.' }),
  ),
  bodyText: Type.Optional(Type.String({ description: 'With `include=text`: its blocks as plain text.' })),
}

export const Section = named(
  'Section',
  Type.Object(
    {
      id: Id,
      revision: Revision,
      articleId: described(Id, 'The article that it is part of.'),
      ...place,
      anchor: described(Slug, 'Names it in the article; stays when the heading changes.'),
      heading: Nullable(described(Line, 'The heading over it.')),
      body: Type.Array(ref(Block), { description: 'What it says, in order.' }),
      wordCount: Count('Words of its blocks.'),
      ...rendered,
      createdAt: described(Time, 'When it was made.'),
      updatedAt: described(Time, 'When it was last changed.'),
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
const writable = {
  anchor: Type.Optional(described(SlugInput, 'Names it in the article; made from the heading where none is given.')),
  heading: Type.Optional(Nullable(described(Line, 'The heading over it.'))),
  body: Type.Optional(
    Type.Array(ref(BlockInput), {
      maxItems: mostBlocks,
      description: 'What it says, in order.',
      examples: [[{ type: 'paragraph', text: 'Crews worked through the night.' }]],
    }),
  ),
}

const counted = {
  wordCount: ignored(Section.properties.wordCount),
  updatedAt: ignored(Section.properties.updatedAt),
  bodyHtml: ignored(rendered.bodyHtml),
  bodyText: ignored(rendered.bodyText),
}
const readOnly = { articleId: SameId, createdAt: SameTime, ...counted }

const Depth = Type.Integer({ minimum: 0, maximum: mostLevels - 1, format: 'int32', description: 'At most one deeper than the section before; default 0.' })

export const NestedSectionInput = named(
  'NestedSectionInput',
  Closed(
    {
      id: Type.Optional(described(Id, 'Of one that is there, which it keeps.')),
      ...writable,
      depth: Type.Optional(Depth),
      ...readOnly,
      revision: ignored(Revision),
      parentId: ignored(place.parentId),
      position: ignored(place.position),
    },
    {
      description: 'A section in its article’s array: order and `depth` tell the tree; a known `id` keeps it.',
      examples: [{ heading: 'Background', depth: 0, body: [{ type: 'paragraph', text: 'Crews worked **through the night**.' }] }],
    },
  ),
)
export type NestedSectionInput = Static<typeof NestedSectionInput>

const parent = Type.String({ pattern: '^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$', maxLength: 200 })

const placed = {
  ...writable,
  parentId: Type.Optional(Nullable(described(parent, 'The section that it is to be under, by id or anchor; `null` for none.'))),
  position: Type.Optional(Count('Among the children of the parent, from 0; last where it is left out.')),
  depth: ignored(place.depth),
}
const single = { id: SameId, revision: ExpectedRevision, ...placed, ...readOnly }

export const SectionCreate = named(
  'SectionCreate',
  Closed(
    { id: NotGiven, articleId: NotGiven, createdAt: NotGiven, revision: hidden(Revision), ...placed, ...counted },
    {
      description: 'A new section; `parentId` and `position` say where.',
      examples: [{ heading: 'How it began', body: [{ type: 'paragraph', text: 'Crews worked **through the night**.' }] }],
    },
  ),
)

export const SectionInput = named(
  'SectionInput',
  Closed(single, {
    description: 'A section, as input; `parentId` and `position` move it with those under it.',
    examples: [{ heading: 'Background', body: [{ type: 'paragraph', text: 'Crews worked **through the night**.' }] }],
  }),
)
export type SectionInput = Static<typeof SectionInput>

export const SectionPatch = named(
  'SectionPatch',
  Closed(
    {
      ...single,
      parentId: Type.Optional(described(parent, 'The section that it is to be under, by id or anchor; a JSON Patch puts it under none, by `null`.')),
      anchor: Type.Optional(Nullable(writable.anchor)),
      body: Type.Optional(Nullable(writable.body)),
    },
    { description: 'A merge patch of a section.', examples: [{ heading: 'How it began' }] },
  ),
)

export const Sections = WholeOf('Sections', Section, 'The sections of an article, flat, in document order.')

export const SectionsInput = named(
  'SectionsInput',
  Closed(
    { data: Type.Array(ref(NestedSectionInput), { maxItems: mostSections, description: 'All of them, in order.' }) },
    { description: 'All sections of an article, in order.' },
  ),
)
export type SectionsInput = Static<typeof SectionsInput>

export const SECTION_SCHEMAS: Named[] = [
  ...BLOCK_SCHEMAS,
  Section,
  NestedSectionInput,
  SectionCreate,
  SectionInput,
  SectionPatch,
  Sections,
  SectionsInput,
] as Named[]
