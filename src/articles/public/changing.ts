import { sql } from 'kysely'
import type { AuthorReference } from '../../authors/schemas.ts'
import type { SearchCopy } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import { prepared } from '../../database/prepared.ts'
import type { ArticleTable, EditionTable } from '../../database/tables.ts'
import { fromJson } from '../../database/values.ts'
import { itemOf, type StoredItem, type StoredList } from '../../highlight-lists/store.ts'
import { sectionOf } from '../../sections/store.ts'
import { networksOf } from '../../site/networks.ts'
import type { SearchedTexts } from '../working/copies.ts'
import { assembled, type Current, type StoredParts } from '../working/current.ts'
import type { TextLink } from '../working/links.ts'
import type { Head } from '../working/revisions.ts'
import type { Article } from '../working/schemas.ts'
import { relatedOf } from '../working/store.ts'
import { type Translated, translatedArticle } from '../working/translations.ts'
import { type Edition, editionOf } from './editions.ts'

/** A search row of a copy: its number, and the texts that it is found by. */
export type SearchRow = SearchedTexts & { number: number }

/** What is kept of an article besides its working copy, and follows from it. Who writes any of it says so here. */
export type Kept = {
  head: Head | null
  /** The last edition, public or not. */
  last: Edition | null
  search: Partial<Record<SearchCopy, SearchRow>>
  /** Where the texts of each copy link to. */
  links: Record<SearchCopy, TextLink[]>
  /** The date by which the public finds it in lists; null where it doesn't. */
  listedAt: string | null
  /** Set where the same change goes on to publish it: that says what it is found by. */
  goesPublic?: true
}

/** An article while it is changed: what is stored of it is read once, and from then on it is known. */
export type Changing = Current & { readonly kept: Kept }

type Row = Record<'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g', string | null> & Record<'n' | 'o' | 'p' | 'q' | 'r', number> & { kind: string }

const texts = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const
const numbers = ['n', 'o', 'p', 'q', 'r'] as const

/** A select of columns into their places; the rest of the places are empty. */
function columns(kind: string, textColumns: readonly string[], numberColumns: readonly string[]) {
  const all = [...texts.map((place, index) => [place, textColumns[index] ?? 'null']), ...numbers.map((place, index) => [place, numberColumns[index] ?? '0'])]
  return sql.raw(`select '${kind}' as kind, ${all.map(([place, column]) => `${column} as ${place}`).join(', ')}`)
}

const everything = prepared<{ id: string }, Row>((db, { id }) => ({
  compile: () =>
    sql`${columns('author', ['authors.id', 'slug', 'name', 'image', 'role'], ['position'])}
      from article_authors inner join authors on authors.id = author_id where article_id = ${id}
    union all ${columns('topic', ['topics.id', 'slug', 'name', 'kind'], ['position'])}
      from article_topics inner join topics on topics.id = topic_id where article_id = ${id}
    union all ${columns('section', ['id', 'parent_id', 'anchor', 'heading', 'body', 'created_at', 'updated_at'], ['place', 'revision', 'position', 'depth', 'word_count'])}
      from sections where article_id = ${id}
    union all ${columns('list', ['id', 'title', 'style', 'created_at', 'updated_at'], ['position', 'revision'])}
      from highlight_lists where article_id = ${id}
    union all ${columns('item', ['item.id', 'list_id', 'text', 'target_type', 'target_section_id', 'target_article_id', 'target_url'], ['item.position'])}
      from highlight_lists as list inner join highlight_items as item on item.list_id = list.id where list.article_id = ${id}
    union all ${columns('related', ['relation', 'text', 'target_type', 'target_article_id', 'target_url'], ['position'])}
      from related where article_id = ${id}
    union all ${columns('alias', ['path'], ['position'])} from article_aliases where article_id = ${id}
    union all ${columns('head', ['document'], [])} from article_heads where article_id = ${id}
    union all ${columns('first', ['document'], [])} from revisions where article_id = ${id} and number = 1
      and not exists (select 1 from article_heads where article_id = ${id})
    union all ${columns('edition', ['document', 'sections', 'hidden', 'public_from', 'public_until'], ['number', 'revision', 'is_minor'])}
      from editions where article_id = ${id} and number = (select max(number) from editions where article_id = ${id})
    union all ${columns('search', ['copy', 'headline', 'secondary', 'body'], ['number'])} from search_rows where article_id = ${id}
    union all ${columns('link', ['copy', 'section_id', 'anchor', 'page', 'query'], [])} from text_links where article_id = ${id}
    union all ${columns('site', ['share_networks'], [])} from sites
    union all ${columns('listed', ['published_at'], [])} from public_articles where article_id = ${id}`.compile(db),
}))

type RowsOf = (kind: string) => Row[]

function listsIn(rowsOf: RowsOf, articleId: string, sections: StoredParts['sections']): StoredList[] {
  const known = new Map(sections.map((section) => [section.id, section]))
  const items = Map.groupBy(rowsOf('item'), ({ b }) => b)
  return rowsOf('list').map(({ a, b, c, d, e, n, o }) => ({
    id: a as string,
    revision: o,
    articleId,
    slug: null,
    title: b,
    style: c as StoredList['style'],
    position: n,
    items: (items.get(a) ?? []).map((row): StoredItem => {
      const { anchor = null, heading = null } = known.get(row.e ?? '') ?? {}
      const target = { target_type: row.d as never, target_section_id: row.e, target_article_id: row.f, target_url: row.g }
      return itemOf({ id: row.a as string, text: row.c, ...target, anchor, heading })
    }),
    createdAt: d as string,
    updatedAt: e as string,
  }))
}

function partsIn(rowsOf: RowsOf, articleId: string): Omit<StoredParts, keyof Translated> {
  const sections = rowsOf('section').map(({ a, b, c, d, e, f, g, n, o, p, q, r }) =>
    sectionOf({
      id: a as string,
      revision: o,
      article_id: articleId,
      parent_id: b,
      position: p,
      place: n,
      depth: q,
      anchor: c as string,
      heading: d,
      body: e as string,
      word_count: r,
      created_at: f as string,
      updated_at: g as string,
    }),
  )
  return {
    authors: rowsOf('author').map(({ a, b, c, d, e }) => ({ id: a, slug: b, name: c, image: fromJson(d), role: e }) as AuthorReference),
    topics: rowsOf('topic').map(({ a, b, c, d }) => ({ id: a, slug: b, name: c, kind: d }) as Article['topics'][number]),
    sections,
    lists: listsIn(rowsOf, articleId, sections),
    networks: networksOf(rowsOf('site')[0]?.a),
    aliases: rowsOf('alias').map(({ a }) => a as string),
    related: rowsOf('related').map(({ a, b, c, d, e }) =>
      relatedOf({ relation: a as never, text: b, target_type: c as never, target_article_id: d, target_url: e }),
    ),
  }
}

const linksIn = (rowsOf: RowsOf, copy: SearchCopy): TextLink[] =>
  rowsOf('link')
    .filter(({ a }) => a === copy)
    .map(({ b, c, d, e }) => ({ section_id: b as string, anchor: c as string, page: d as string, query: e as string }))

function keptIn(rowsOf: RowsOf, { id: articleId, revision }: ArticleTable): Kept {
  const [head, first, edition, listed] = ['head', 'first', 'edition', 'listed'].map((kind) => rowsOf(kind)[0])
  const kept = head ?? (revision === 1 ? first : undefined)
  return {
    head: kept ? { document: kept.a as string, isFirst: !head } : null,
    last: edition
      ? editionOf({
          article_id: articleId,
          number: edition.n,
          revision: edition.o,
          is_minor: edition.p,
          document: edition.a,
          sections: edition.b,
          hidden: edition.c,
          public_from: edition.d,
          public_until: edition.e,
        } as EditionTable)
      : null,
    search: Object.fromEntries(rowsOf('search').map(({ a, b, c, d, n }) => [a, { number: n, headline: b, secondary: c, body: d }])),
    links: { public: linksIn(rowsOf, 'public'), working: linksIn(rowsOf, 'working') },
    listedAt: listed?.a ?? null,
  }
}

/** All that is stored of an article that is to be changed: its parts in one statement, and what is shown of other articles. */
export async function changing(tx: Write, row: ArticleTable): Promise<Changing> {
  const rows = Map.groupBy(await everything(tx, { id: row.id }), ({ kind }) => kind)
  const rowsOf = (kind: string) => (rows.get(kind) ?? []).sort((one, other) => one.n - other.n)
  const site = tx.author.site ?? null
  const parts = { ...partsIn(rowsOf, row.id), ...(await translatedArticle(tx.read, row, site)) }
  return { ...(await assembled(tx.read, row, parts, site)), kept: keptIn(rowsOf, row) }
}

/** An article that this very change makes: nothing is kept of it yet. */
export const unkept = (current: Current): Changing => ({
  ...current,
  kept: { head: null, last: null, search: {}, links: { public: [], working: [] }, listedAt: null },
})
