import { type RawBuilder, sql } from 'kysely'
import { fetchPage, type PageRequest, type Rows } from '../../database/pages.ts'
import type { Tables } from '../../database/tables.ts'
import { groupBy } from '../../database/values.ts'
import { draftsOf, wordsOfDraft } from '../../highlight-lists/drafts.ts'
import { completed } from '../working/copies.ts'
import { type Addresses, addressesOf, leadsTo, type Target, textLinks } from './link-addresses.ts'
import type { ArticleLink } from './link-schemas.ts'

/** What leads to an article by its id: `as` with the id of the story, or of the freestanding list. */
function leadingTo({ id, copy }: Target): RawBuilder<unknown>[] {
  const freestanding = sql`select distinct list.id as source, 'list' as kind from highlight_items as item inner join highlight_lists as list on list.id = item.list_id
    where item.target_article_id = ${id} and list.article_id is null`
  if (copy === 'public')
    return [
      sql`select article_id as source, case has_card when 1 then 'related' else 'highlight' end as kind from public_article_targets
        where target_id = ${id} and article_id <> ${id}`,
      freestanding,
    ]
  return [
    sql`select distinct list.article_id as source, 'highlight' as kind from highlight_items as item inner join highlight_lists as list on list.id = item.list_id
      where item.target_article_id = ${id} and list.article_id <> ${id}`,
    sql`select distinct article_id as source, 'related' as kind from related where target_article_id = ${id} and article_id <> ${id}`,
    // What a list is to be is in its draft.
    sql`${freestanding} and not exists (select 1 from list_drafts where list_id = list.id)`,
    sql`select list_id as source, 'list' as kind from list_drafts where document like ${`%"${id}"%`}`,
  ]
}

type Found = { source: string; kind: 'highlight' | 'related' | 'text' | 'list' }

// Far more items than all freestanding lists have that lead to an address.
const mostItems = 10_000

/** The freestanding lists with an item that leads to an article by an address. */
async function listsByAddress({ read, copy }: Target, addresses: Addresses): Promise<string[]> {
  const items = await read
    .selectFrom('highlight_items')
    .innerJoin('highlight_lists', 'highlight_lists.id', 'list_id')
    .select(['list_id', 'target_url as url'])
    .where('article_id', 'is', null)
    .where('target_url', 'is not', null)
    .orderBy('list_id')
    .limit(mostItems)
    .execute()
  const drafts = copy === 'working' ? await read.selectFrom('list_drafts').selectAll().execute() : []
  const ofDrafts = drafts.flatMap((draft) =>
    wordsOfDraft(draft).items.map(({ target }) => ({ list_id: draft.list_id, url: target?.type === 'url' ? target.url : null })),
  )
  // What a list is to be is in its draft.
  const drafted = new Set(drafts.map(({ list_id }) => list_id))
  const all = [...items.filter(({ list_id }) => !drafted.has(list_id)), ...ofDrafts]
  return [...new Set(all.filter(({ url }) => url && leadsTo(addresses, url)).map(({ list_id }) => list_id))]
}

type Lists = ArticleLink['highlightLists']

/** The articles that link, as the copy says, with those of their lists that lead to the target. @param byAddress lists that do by an address */
async function linkingArticles(
  { read, id, copy }: Target,
  ids: readonly string[],
  byAddress: ReadonlySet<string>,
): Promise<Map<string, { article: ArticleLink['article']; lists: Lists }>> {
  if (ids.length === 0) return new Map()
  if (copy === 'public') {
    const rows = await read
      .selectFrom('articles')
      .innerJoin('editions', (join) => join.onRef('editions.article_id', '=', 'articles.id').onRef('editions.number', '=', 'articles.edition_number'))
      .select(['articles.id', 'editions.document'])
      .where('articles.id', 'in', ids)
      .execute()
    return new Map(
      rows.map((row) => {
        const { slug, headline, highlightLists } = completed(JSON.parse(row.document))
        const lists = highlightLists.filter((list) => byAddress.has(list.id) || list.items.some(({ target }) => target?.type === 'article' && target.id === id))
        return [
          row.id,
          { article: { id: row.id, slug, headline, status: 'published' }, lists: lists.map((list) => ({ id: list.id, slug: null, title: list.title })) },
        ]
      }),
    )
  }
  const rows = await read.selectFrom('articles').select(['id', 'slug', 'headline', 'status']).where('id', 'in', ids).execute()
  const listed = await read
    .selectFrom('highlight_lists')
    .select(['id', 'title', 'article_id'])
    .where('article_id', 'in', ids)
    .where(({ or, exists, selectFrom, eb }) =>
      or([
        exists(selectFrom('highlight_items').select('highlight_items.id').whereRef('list_id', '=', 'highlight_lists.id').where('target_article_id', '=', id)),
        ...(byAddress.size > 0 ? [eb('id', 'in', [...byAddress])] : []),
      ]),
    )
    .orderBy('position')
    .execute()
  const lists = groupBy(listed, (list) => list.article_id)
  return new Map(
    rows.map((row) => [row.id, { article: row, lists: (lists.get(row.id) ?? []).map((list) => ({ id: list.id, slug: null, title: list.title })) }]),
  )
}

async function freestandingLists({ read, copy }: Target, ids: readonly string[]): Promise<Map<string, Lists[number]>> {
  if (ids.length === 0) return new Map()
  const rows = await read.selectFrom('highlight_lists').select(['id', 'slug', 'title']).where('id', 'in', ids).execute()
  const drafts = copy === 'working' ? await draftsOf(read, ids) : new Map()
  return new Map(
    rows.map((row) => {
      const draft = drafts.get(row.id)
      return [row.id, draft ? { ...row, title: wordsOfDraft(draft).title } : row]
    }),
  )
}

/** A link with the id by which it is paged, and that of what links. */
export type FoundLink = ArticleLink & { id: string }

/** A page of what links to an article: in public what public stories and freestanding lists have, else what working copies have. */
export async function pageOfLinks(target: Target, page: PageRequest): Promise<Rows<FoundLink>> {
  const { read } = target
  const addresses = await addressesOf(target)
  const texts = textLinks(target, addresses)
  const kind = sql`case when anchor <> '' then 'text' when section_id = '' then 'related' else 'highlight' end`
  const lists = await listsByAddress(target, addresses)
  const all = sql.join(
    [
      ...leadingTo(target),
      sql`select article_id as source, ${kind} as kind from (${texts}) as text_link`,
      ...(lists.length > 0 ? [sql`select id as source, 'list' as kind from highlight_lists where id in (${sql.join(lists)})`] : []),
    ],
    sql` union `,
  )
  const query = read.selectFrom(sql<{ source: string; id: string }>`(select source, source || ' ' || kind as id from (${all}) as found)`.as('link'))
  const rows = await fetchPage(query, 'link.source', 'link.id', page)
  const found = rows.data.map(({ id }) => id.split(' ') as [Found['source'], Found['kind']])
  const of = (...kinds: Found['kind'][]) => found.filter(([, kind]) => kinds.includes(kind)).map(([source]) => source)
  const sources = [...new Set(of('highlight', 'related', 'text'))]
  const links =
    sources.length === 0
      ? []
      : (
          await sql<Pick<Tables['text_links'], 'article_id' | 'section_id' | 'anchor'>>`select * from (${texts}) as text_link
            where article_id in (${sql.join(sources)}) order by article_id, anchor`.execute(read as never)
        ).rows
  const linking = groupBy(
    links.filter(({ anchor }) => anchor !== ''),
    ({ article_id }) => article_id,
  )
  const byAddress = new Set(links.flatMap(({ anchor, section_id }) => (anchor === '' && section_id !== '' ? [section_id] : [])))
  const articles = await linkingArticles(target, sources, byAddress)
  const freestanding = await freestandingLists(target, of('list'))
  return {
    ...rows,
    data: found.map(([source, kind]): FoundLink => {
      const own = articles.get(source)
      const list = freestanding.get(source)
      return {
        id: `${source} ${kind}`,
        as: kind === 'list' ? 'highlight' : kind,
        article: own?.article ?? null,
        highlightLists: list ? [list] : kind === 'highlight' ? (own?.lists ?? []) : [],
        sections: kind === 'text' ? (linking.get(source) ?? []).map(({ section_id, anchor }) => ({ id: section_id, anchor })) : [],
      }
    }),
  }
}
