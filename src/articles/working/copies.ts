import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../../config.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { addAll, pick } from '../../database/values.ts'
import { always, fieldTable, type Source, type WrittenColumns } from './fields.ts'
import type { ArticleInput } from './input-schemas.ts'
import type { Article } from './schemas.ts'

/** A copy of an article, whole or without some of its properties. */
export type PartialArticle = Partial<Article> & Pick<Article, 'id' | 'revision'>

const required = fieldTable.filter(([, { only }]) => only === undefined).map(([name]) => name)

function isWhole(copy: PartialArticle): copy is Article {
  return required.every((name) => copy[name] !== undefined)
}

/** A copy that has every property that each copy has. @throws Error where one is missing */
export function whole(copy: PartialArticle): Article {
  if (!isWhole(copy)) throw new Error(`the article ${copy.id} lacks ${required.filter((name) => copy[name] === undefined).join(', ')}`)
  return copy
}

/** A working copy of its row and those of its parts that were loaded. @param leftOut properties that it is not to have */
export function workingArticle(source: Source, leftOut: ReadonlySet<string> = new Set()): PartialArticle {
  const copy: Partial<Record<keyof Article, unknown>> = {}
  for (const [name, { read }] of fieldTable) {
    const value = leftOut.has(name) ? undefined : read(source)
    if (value !== undefined) copy[name] = value
  }
  // Each reads what its property is: the table is held to that.
  return copy as PartialArticle
}

/** A copy with its properties in the order of an answer. */
export function inFieldOrder<Copy extends object>(copy: Copy): Copy {
  return pick(copy, ...fieldTable.map(([name]) => name as keyof Copy).filter((name) => copy[name] !== undefined)) as Copy
}

const addedLater = fieldTable.filter(([, { older, only }]) => older !== always && only !== 'working')

/** A copy as it was kept, with what it says of properties that there were not yet when it was. @param copy parsed JSON */
export function completed(copy: Article): Article {
  let isComplete = true
  for (const [name] of addedLater) if (!(name in copy)) isComplete = false
  if (isComplete) return copy
  const missing = addedLater.filter(([name, { older }]) => !(name in copy) && older !== undefined)
  return inFieldOrder({
    ...copy,
    ...Object.fromEntries(missing.map(([name, { older }]) => [name, typeof older === 'function' ? older(copy) : structuredClone(older)])),
  })
}

/**
 * What editors wrote, as its columns.
 * @param row the article as it is, null for a new one @param isPatch whether what is left out was removed: a PUT keeps some of it
 */
export function writtenColumns(input: ArticleInput, row: ArticleTable | null, isPatch: boolean, now: string, config: Config): WrittenColumns {
  const columns: Partial<ArticleTable> = {}
  for (const [name, field] of fieldTable) {
    const given: unknown = input[name]
    const isKept = field.isKept && given === undefined && !isPatch && row !== null
    Object.assign(columns, isKept ? pick(row, ...(field.columns ?? [])) : field.write?.(given, { now, config, row }))
  }
  return columns as WrittenColumns
}

/** What of a copy becomes public by being published: neither names that are live, nor revisions and times. */
export function publishedPart(copy: Article): Record<string, unknown> {
  const part: Record<string, unknown> = {}
  for (const [name, { isPublished }] of fieldTable) if (isPublished) part[name] = typeof isPublished === 'function' ? isPublished(copy[name]) : copy[name]
  return part
}

/** What a revision says that is to be restored: its words, without what stays as it is now. */
export function restoredPart(copy: Article): Partial<Article> & Pick<Article, 'headline'> {
  const words = fieldTable.filter(([, { written }]) => written === 'words').map(([name]) => name)
  return Object.assign(pick(copy, ...words), { headline: copy.headline })
}

/** The texts of an article that are searched. */
export type SearchedTexts = { headline: string; secondary: string; body: string }

const searchedFields = fieldTable.filter(([, { searched }]) => searched)

/** The texts that a copy is found by. @param value the value of a property that is searched */
function texts(value: (name: keyof Article) => unknown): SearchedTexts {
  type Texts = (string | null | undefined)[]
  const all: Record<keyof SearchedTexts | 'beside', Texts> = { headline: [], secondary: [], body: [], beside: [] }
  for (const [name, { searched }] of searchedFields) {
    const { headline, secondary = [], body, beside = [] } = searched?.(value(name)) ?? {}
    all.headline.push(headline)
    addAll(all.secondary, secondary)
    all.body.push(body)
    addAll(all.beside, beside)
  }
  const lines = (texts: Texts) => texts.filter(Boolean).join('\n')
  return { headline: lines(all.headline), secondary: lines(all.secondary), body: lines([...all.body, ...all.beside]) }
}

export const searchedTexts = (copy: Partial<Article>): SearchedTexts => texts((name) => copy[name])

type Related = Article['related'][number]

/** Whether a related item shows only while what it leads to is public: no public search finds what it says. */
const isShownAtTimes = ({ target }: Related) => target?.type === 'article'

/** The texts by which the public finds an edition. */
export const publicTexts = (edition: Article): SearchedTexts => searchedTexts({ ...edition, related: edition.related.filter((one) => !isShownAtTimes(one)) })

/** The parts of an article in whose texts it is found. */
export type SearchedParts = Pick<Article, 'sections' | 'highlightLists' | 'related'>

/** The same of a working copy, by its row and its parts. */
export function searchedTextsOf(row: ArticleTable, parts: SearchedParts): SearchedTexts {
  const values = new Map(searchedFields.map(([name, { read }]) => [name, read({ row, parts, site: null, networks: [] })]))
  return texts((name) => values.get(name))
}

/** Whether a working copy is found by the same words as a copy that is public. */
export function isFoundAlike(row: ArticleTable, copy: Article, parts: SearchedParts): boolean {
  const { sections, related } = parts
  const others = searchedFields.filter(([name]) => name !== 'sections')
  const areSame =
    sections.length === copy.sections.length &&
    sections.every(({ id, revision }, index) => {
      const other = copy.sections[index]
      return id === other?.id && revision === other.revision
    })
  return (
    areSame &&
    !related.some((one) => one.text !== null && isShownAtTimes(one)) &&
    others.every(([name, { read, searched }]) => isDeepStrictEqual(searched?.(read({ row, parts, site: null, networks: [] })), searched?.(copy[name])))
  )
}
