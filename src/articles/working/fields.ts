import type { Config } from '../../config.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { fromJson, toJson } from '../../database/values.ts'
import { normalTime } from '../../http/formats.ts'
import { imageWithDefaults } from '../../http/schemas.ts'
import { type Digest, digestOf } from '../../sections/digest.ts'
import { besideText, textOf } from '../../sections/text.ts'
import type { ShareNetwork } from '../../site/networks.ts'
import { articleUrl, shareOf } from './addresses.ts'
import type { ArticleInput } from './input-schemas.ts'
import { scheduleColumnNames, scheduleColumns, scheduleFrom, scheduleOf } from './schedule.ts'
import type { Article } from './schemas.ts'

/** What a working copy is read from: its row, its parts that are rows of their own, the pattern of `PUBLIC_SITE_URL`, and where it is shared. */
export type Source = { row: ArticleTable; parts: Parts; site: string | null; networks: readonly ShareNetwork[] }

/** The parts of an article that are rows of their own. */
export type Parts = Partial<Pick<Article, 'authors' | 'topics' | 'sections' | 'highlightLists' | 'related' | 'translations' | 'translationOf' | 'aliases'>>

/** `row` is the article as it is, null for a new one. */
type Context = { now: string; config: Config; row: ArticleTable | null }

/** What of a property is searched, by how much it counts. */
type Searched = { headline?: string; secondary?: (string | null)[]; body?: string; beside?: Beside }

/** Words that stand beside the text: they are found as it is, and come after it. */
type Beside = (string | null | undefined)[]

/** All that is to be known of one property of an article. */
type Field<Name extends keyof Article> = {
  /** Its value in a working copy; undefined where the part that it is wasn't loaded. */
  read: (source: Source) => Article[Name] | undefined
  /** Whether it is kept as JSON. */
  isJson?: true
  /**
   * Whether editors write it: as `words`, which come back when a revision is restored, or as `settings`, which stay what they are;
   * null where it follows from something else.
   */
  written: 'words' | 'settings' | null
  /** The columns that hold what editors write; none where it is rows of its own, or is written another way. */
  columns?: readonly (keyof ArticleTable)[]
  /** They with the defaults of what was left out. */
  write?: (given: ArticleInput[Name & keyof ArticleInput], context: Context) => Partial<ArticleTable>
  /** Whether a PUT that leaves it out keeps it. */
  isKept?: true
  /** Whether publishing it is a change of what the public sees, and what of it. */
  isPublished: boolean | ((value: Article[Name]) => unknown)
  searched?: (value: Article[Name]) => Searched
  /** Whether a change of many replaces text in it: by itself, or only where it is named. */
  replaced?: 'by itself' | 'where named'
  /** Whether rows of lists leave it out unless asked for. */
  isLeftOutOfRows?: true
  /** The only copy that has it. */
  only?: 'working' | 'public'
  /** What copies say that were kept before there was such a property, or what makes it of them; `always` where there is none without. */
  older: Article[Name] | typeof always | ((copy: Article) => Article[Name])
}

export const always = Symbol('has been there from the start')

type Column = keyof ArticleTable

const column = <Name extends Column>(name: Name) => ({ read: ({ row }: Source) => row[name] })

/** What editors write into one column; what is left out is null. */
const written = <Name extends Column>(
  name: Name,
  kind: 'words' | 'settings',
  convert: (given: unknown, context: Context) => unknown = (given) => given ?? null,
) => ({
  ...column(name),
  columns: [name],
  written: kind,
  write: (given: unknown, context: Context) => ({ [name]: convert(given, context) }) as Pick<ArticleTable, Name>,
})

const text = <Name extends Column>(name: Name) => ({ ...written(name, 'words'), isPublished: true, older: null })

/** JSON in one column. @param shape gives what was left out in it its default */
function json<Name extends Column, Given, Value>(name: Name, shape: (given: NonNullable<Given>) => Value) {
  const of = (given: unknown) => toJson(given === null || given === undefined ? null : shape(given as NonNullable<Given>))
  return {
    ...written(name, 'words', of),
    read: ({ row }: Source) => fromJson<Value>(row[name] as string | null),
    isJson: true as const,
    isPublished: true,
    older: null,
  }
}

const time = (given: unknown) => (typeof given === 'string' ? normalTime(given) : null)

const lines = (texts: readonly (string | null | undefined)[]) => texts.filter(Boolean).join('\n')

type Item = { text: string | null; target: { type: string; id?: string; url?: string } | null }

/** What an item says and leads to, without what it shows of that. */
export const bare = <T extends Item>({ target, ...item }: T) => ({ ...item, target: target && { type: target.type, id: target.id, url: target.url } })

/** What is told of a story in lists: it follows from its sections, and so is there only with them. */
const digest = <Name extends keyof Digest>(name: Name) => ({
  read: ({ row, parts: { sections } }: Source): Digest[Name] | undefined =>
    sections && digestOf({ language: row.language, standfirst: row.standfirst, sections })[name],
  older: (copy: Article): Digest[Name] => digestOf(copy)[name],
})

const urlOf = ({ row, parts, site }: Source) =>
  articleUrl(site, { id: row.id, slug: row.slug, canonicalUrl: row.canonical_url, publishedAt: row.published_at, topics: parts.topics ?? [] })

/** The properties of an article, in the order of an answer: a property is said here, and all else follows from it. */
export const fields = {
  id: { ...column('id'), written: null, isPublished: false, older: always },
  revision: { ...column('revision'), written: null, isPublished: false, older: always },
  slug: { ...column('slug'), written: 'settings', isPublished: true, older: always },
  status: { ...column('status'), written: 'settings', isPublished: false, older: always },
  publishedRevision: { ...column('published_revision'), written: null, isPublished: false, older: always },
  language: {
    ...written('language', 'words', (given, { config }) => Intl.getCanonicalLocales((given as string | undefined) ?? config.DEFAULT_LANGUAGE)[0]),
    isPublished: true,
    older: always,
  },
  headline: { ...written('headline', 'words'), isPublished: true, searched: (headline) => ({ headline }), replaced: 'by itself', older: always },
  alternativeHeadline: { ...text('alternative_headline'), searched: (words) => ({ secondary: [words] }), replaced: 'by itself' },
  kicker: { ...text('kicker'), searched: (words) => ({ secondary: [words] }), replaced: 'by itself' },
  standfirst: { ...text('standfirst'), searched: (standfirst) => ({ secondary: [standfirst] }), replaced: 'by itself' },
  slugline: { ...text('slugline'), searched: (slugline) => ({ beside: [slugline] }), replaced: 'where named' },
  dateline: { ...text('dateline'), searched: (dateline) => ({ beside: [dateline] }), replaced: 'where named' },
  genre: text('genre'),
  leadImage: {
    ...json('lead_image', (image: NonNullable<ArticleInput['leadImage']>) => imageWithDefaults(image)),
    searched: (image: Article['leadImage']) => ({ body: lines([image?.title, image?.caption]), beside: [image?.alt] }),
    replaced: 'by itself',
  },
  authors: { read: ({ parts }) => parts.authors, written: 'words', isPublished: (authors) => authors.map(({ id, role }) => ({ id, role })), older: always },
  topics: { read: ({ parts }) => parts.topics, written: 'words', isPublished: (topics) => topics.map(({ id }) => id), older: always },
  sections: {
    read: ({ parts }) => parts.sections,
    written: 'words',
    isPublished: (sections) => sections.map(({ id, parentId, depth, anchor, heading, body }) => ({ id, parentId, depth, anchor, heading, body })),
    searched: (sections) => ({
      secondary: sections.map(({ heading }) => heading),
      body: sections
        .map(({ body }) => textOf(body))
        .filter(Boolean)
        .join('\n'),
      beside: sections.flatMap(({ body }) => besideText(body)),
    }),
    replaced: 'by itself',
    isLeftOutOfRows: true,
    older: always,
  },
  highlightLists: {
    read: ({ parts }) => parts.highlightLists,
    written: 'words',
    isPublished: (lists) => lists.map(({ id, title, style, items }) => ({ id, title, style, items: items.map(bare) })),
    searched: (lists) => ({ body: lines((lists ?? []).flatMap(({ title, items }) => [title, ...items.map(({ text }) => text)])) }),
    replaced: 'by itself',
    isLeftOutOfRows: true,
    older: always,
  },
  related: {
    read: ({ parts }) => parts.related,
    written: 'words',
    isPublished: (related) => related.map(bare),
    searched: (related) => ({ body: lines((related ?? []).map(({ text }) => text)) }),
    replaced: 'by itself',
    isLeftOutOfRows: true,
    older: [],
  },
  translations: { read: ({ parts }) => parts.translations, written: null, isPublished: false, isLeftOutOfRows: true, older: [] },
  source: json('source', ({ name = null, url = null }: NonNullable<ArticleInput['source']>) => ({ name, url })),
  copyright: {
    ...json('copyright', ({ holder = null, notice = null, usageTerms = null }: NonNullable<ArticleInput['copyright']>) => ({ holder, notice, usageTerms })),
    isLeftOutOfRows: true,
  },
  seo: {
    ...json('seo', ({ title = null, description = null, image, noindex }: NonNullable<ArticleInput['seo']>) => ({
      title,
      description,
      image: imageWithDefaults(image),
      noindex: noindex ?? false,
    })),
    searched: (seo: Article['seo']) => ({ beside: [seo?.title, seo?.description, seo?.image?.alt, seo?.image?.title, seo?.image?.caption] }),
    replaced: 'by itself',
  },
  commentPolicy: {
    ...written('comment_policy', 'settings', (given, { config }) => given ?? config.DEFAULT_COMMENT_POLICY),
    isKept: true,
    isPublished: false,
    older: always,
  },
  commentsCloseAt: {
    ...written('comments_close_at', 'settings', time),
    isKept: true,
    isPublished: false,
    older: null,
  },
  commentCount: { read: () => undefined, written: null, isPublished: false, isLeftOutOfRows: true, only: 'public', older: undefined },
  wordCount: { ...column('word_count'), written: null, isPublished: false, older: always },
  excerpt: { ...digest('excerpt'), written: null, isPublished: false },
  readingTime: { ...digest('readingTime'), written: null, isPublished: false },
  corrections: {
    ...written('corrections', 'words', (given, { now, row }) => {
      const known = new Map((JSON.parse(row?.corrections ?? '[]') as Article['corrections']).map(({ text, at }) => [text, at]))
      // Who sends a story again from a file doesn't know when it was corrected.
      return JSON.stringify(
        ((given ?? []) as NonNullable<ArticleInput['corrections']>).map(({ text, at }) => ({
          text,
          at: at === undefined ? (known.get(text) ?? now) : normalTime(at),
        })),
      )
    }),
    read: ({ row }) => JSON.parse(row.corrections),
    searched: (corrections) => ({ body: lines(corrections.map(({ text }) => text)) }),
    replaced: 'where named',
    isJson: true,
    isPublished: true,
    isLeftOutOfRows: true,
    older: [],
  },
  custom: {
    ...written('custom', 'words', (given) => JSON.stringify(given ?? {})),
    read: ({ row }) => JSON.parse(row.custom),
    isJson: true,
    isPublished: true,
    isLeftOutOfRows: true,
    older: {},
  },
  url: { read: urlOf, written: null, isPublished: false, older: null },
  canonicalUrl: text('canonical_url'),
  share: {
    read: (source) => shareOf({ url: urlOf(source), headline: source.row.headline, language: source.row.language }, source.networks),
    written: null,
    isPublished: false,
    isLeftOutOfRows: true,
    older: null,
  },
  createdAt: { ...column('created_at'), written: null, isPublished: false, older: always },
  updatedAt: { ...column('updated_at'), written: null, isPublished: false, older: always },
  publishedAt: { ...written('published_at', 'settings', time), isKept: true, isPublished: true, older: always },
  hasUnpublishedChanges: {
    read: ({ row }) => Boolean(row.has_unpublished_changes),
    written: null,
    isPublished: false,
    only: 'working',
    older: false,
  },
  editorNote: {
    ...written('editor_note', 'words'),
    searched: (note = null) => ({ beside: [note] }),
    replaced: 'where named',
    isKept: true,
    isPublished: false,
    only: 'working',
    older: null,
  },
  embargoUntil: { ...written('embargo_until', 'settings', time), isKept: true, isPublished: false, only: 'working', older: null },
  externalId: { ...written('external_id', 'settings'), isKept: true, isPublished: false, only: 'working', older: null },
  translationOf: {
    read: ({ parts }) => parts.translationOf,
    written: 'settings',
    isKept: true,
    isPublished: false,
    isLeftOutOfRows: true,
    only: 'working',
    older: null,
  },
  aliases: {
    read: ({ parts }) => parts.aliases,
    written: 'settings',
    isKept: true,
    isPublished: false,
    isLeftOutOfRows: true,
    only: 'working',
    older: [],
  },
  schedule: {
    read: ({ row }) => scheduleOf(row),
    written: 'settings',
    columns: scheduleColumnNames,
    write: (given) => scheduleColumns(scheduleFrom(given ?? null)),
    isKept: true,
    isPublished: false,
    only: 'working',
    older: { publish: null, unpublish: null },
  },
} satisfies { [Name in keyof Required<Article>]: Field<Name> }

type Fields = typeof fields
type Name = keyof Fields
type NamesWith<Property> = { [Name in keyof Fields]: Fields[Name] extends Property ? Name : never }[keyof Fields]
type Written<F> = F extends { write: (...given: never) => infer Columns } ? Columns : never
type UnionToIntersection<U> = (U extends unknown ? (value: U) => void : never) extends (value: infer I) => void ? I : never

/** The columns that hold what editors write. */
export type WrittenColumns = UnionToIntersection<{ [Name in keyof Fields]: Written<Fields[Name]> }[keyof Fields]>

/** A property, where it is no matter which. */
export type AnyField = Omit<Field<never>, 'isPublished' | 'searched' | 'write' | 'read' | 'older'> & {
  read: (source: Source) => unknown
  write?: (given: unknown, context: Context) => Partial<ArticleTable>
  isPublished: boolean | ((value: unknown) => unknown)
  searched?: (value: unknown) => Searched
  older: unknown
}

/** All properties, in order. */
export const fieldTable = Object.entries(fields) as [Name, AnyField][]

const namesOf = (is: (field: AnyField) => unknown): Name[] => fieldTable.filter(([, field]) => is(field)).map(([name]) => name)

/** The properties in which words may be replaced, and those in which they are where none is named. */
export const replacedIn = namesOf(({ replaced }) => replaced) as NamesWith<{ replaced: string }>[]
export const replacedByThemselves = namesOf(({ replaced }) => replaced === 'by itself') as NamesWith<{ replaced: 'by itself' }>[]
/** Properties that follow from something else than what editors write. */
export const readOnlyProperties: readonly string[] = namesOf(({ written }) => written === null)
/** Properties that only a working copy has. */
export const workingOnly = namesOf(({ only }) => only === 'working') as NamesWith<{ only: 'working' }>[]
/** Properties that rows of lists leave out unless asked for. */
export const leftOutOfRows = namesOf((field) => field.isLeftOutOfRows) as NamesWith<{ isLeftOutOfRows: true }>[]
/** What `fields` may pick from an article. */
export const articleProperties = { public: namesOf(({ only }) => only !== 'working'), working: namesOf(({ only }) => only !== 'public') }

type JsonColumn = { [Name in keyof Fields]: Fields[Name] extends { isJson: true; columns: readonly (infer Column)[] } ? Column : never }[keyof Fields]

/** The columns that hold JSON. */
export const jsonColumns = Object.fromEntries(
  fieldTable.flatMap(([, { isJson, columns = [] }]) => (isJson ? columns.map((name) => [name, true]) : [])),
) as Record<JsonColumn, true>
