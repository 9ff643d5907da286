import type { Read, SearchCopy } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import { preparedWrite } from '../../database/prepared.ts'
import { chunked, groupBy } from '../../database/values.ts'
import { sectionsOfArticles } from '../../sections/store.ts'
import { completed } from '../working/copies.ts'
import { type Linking, type TextLink, textLinkRow, textLinksOf } from '../working/links.ts'
import type { Kept } from './changing.ts'

const remove = preparedWrite<{ id: string; copy: SearchCopy }>((db, { id, copy }) =>
  db.deleteFrom('text_links').where('article_id', '=', id).where('copy', '=', copy),
)

const inOneOrder = (links: readonly TextLink[]) => links.map(({ section_id, anchor, page, query }) => [section_id, anchor, page, query].join(' ')).sort()

/** Remembers where the items and texts of a copy lead to; where that is known already, nothing is written. */
export function writeTextLinks(tx: Write, copy: SearchCopy, articleId: string, linking: Linking, { links }: Pick<Kept, 'links'>): void {
  const now = textLinksOf(linking)
  if (inOneOrder(now).join('\n') === inOneOrder(links[copy]).join('\n')) return
  removeTextLinks(tx, copy, articleId, { links })
  for (const piece of chunked(now))
    tx.insert(
      'text_links',
      piece.map((link) => textLinkRow(articleId, copy, link)),
    )
  links[copy] = now
}

/** Forgets where the texts of a copy link to. */
export function removeTextLinks(tx: Write, copy: SearchCopy, articleId: string, { links }: Pick<Kept, 'links'>): void {
  if (links[copy].length > 0) remove(tx, { id: articleId, copy })
  links[copy] = []
}

/** The same of both, whatever is known. */
export function forgetTextLinks(tx: Write, articleId: string): void {
  for (const copy of ['public', 'working'] as const) remove(tx, { id: articleId, copy })
}

const due = 'text-links'
const mostAtOnce = 200

async function publicLinking(read: Read, ids: readonly string[]): Promise<Map<string, Linking>> {
  const rows = await read
    .selectFrom('articles')
    .innerJoin('editions', (join) => join.onRef('editions.article_id', '=', 'articles.id').onRef('editions.number', '=', 'articles.edition_number'))
    .select(['articles.id', 'editions.document', 'editions.sections'])
    .where('articles.id', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, document, sections }) => [id, { ...completed(JSON.parse(document)), sections: JSON.parse(sections) }]))
}

async function workingLinking(read: Read, ids: readonly string[]): Promise<Map<string, Linking>> {
  const sections = await sectionsOfArticles(read, ids)
  const related = await read
    .selectFrom('related')
    .select(['article_id', 'target_url as url'])
    .where('article_id', 'in', ids)
    .where('target_url', 'is not', null)
    .orderBy('position')
    .execute()
  const listed = await read
    .selectFrom('highlight_items')
    .innerJoin('highlight_lists', 'highlight_lists.id', 'list_id')
    .select(['article_id', 'list_id', 'target_url as url'])
    .where('article_id', 'in', ids)
    .where('target_url', 'is not', null)
    .orderBy('highlight_items.position')
    .execute()
  const itemOf = ({ url }: { url: string | null }) => ({ target: { type: 'url', url: url as string } })
  const relatedOf = groupBy(related, ({ article_id }) => article_id)
  const listsOf = groupBy(listed, ({ article_id }) => article_id)
  return new Map(
    ids.map((id) => [
      id,
      {
        sections: sections.get(id) ?? [],
        related: (relatedOf.get(id) ?? []).map(itemOf),
        highlightLists: [...groupBy(listsOf.get(id) ?? [], ({ list_id }) => list_id)].map(([list, items]) => ({ id: list, items: items.map(itemOf) })),
      },
    ]),
  )
}

/** Reads from what was there before where it leads to, once, and where that is still to be done. */
export async function completeTextLinks(tx: Write): Promise<void> {
  if (!(await tx.read.selectFrom('settings').select('name').where('name', '=', due).executeTakeFirst())) return
  await tx.deleteFrom('text_links').execute()
  for (let after = ''; ; ) {
    const rows = await tx.read.selectFrom('articles').select('id').where('id', '>', after).orderBy('id').limit(mostAtOnce).execute()
    const ids = rows.map(({ id }) => id)
    const last = ids.at(-1)
    if (last === undefined) break
    after = last
    const copies = { working: await workingLinking(tx.read, ids), public: await publicLinking(tx.read, ids) }
    for (const copy of ['working', 'public'] as const)
      for (const [id, linking] of copies[copy]) writeTextLinks(tx, copy, id, linking, { links: { public: [], working: [] } })
  }
  await tx.deleteFrom('settings').where('name', '=', due).execute()
}
