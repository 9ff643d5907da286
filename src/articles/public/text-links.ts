import type { Read, SearchCopy } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import { preparedWrite } from '../../database/prepared.ts'
import { chunked } from '../../database/values.ts'
import { sectionsOfArticles } from '../../sections/store.ts'
import { type TextLink, textLinkRow, textLinksOf } from '../working/links.ts'
import type { Article } from '../working/schemas.ts'
import type { Kept } from './changing.ts'

const remove = preparedWrite<{ id: string; copy: SearchCopy }>((db, { id, copy }) =>
  db.deleteFrom('text_links').where('article_id', '=', id).where('copy', '=', copy),
)

const inOneOrder = (links: readonly TextLink[]) => links.map(({ section_id, anchor, page, query }) => [section_id, anchor, page, query].join(' ')).sort()

/** Remembers where the texts of a copy link to; where that is known already, nothing is written. */
export function writeTextLinks(tx: Write, copy: SearchCopy, articleId: string, sections: Article['sections'], { links }: Pick<Kept, 'links'>): void {
  const now = textLinksOf(sections)
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

async function publicSections(read: Read, ids: readonly string[]): Promise<Map<string, Article['sections']>> {
  const rows = await read
    .selectFrom('articles')
    .innerJoin('editions', (join) => join.onRef('editions.article_id', '=', 'articles.id').onRef('editions.number', '=', 'articles.edition_number'))
    .select(['articles.id', 'editions.sections'])
    .where('articles.id', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, sections }) => [id, JSON.parse(sections)]))
}

/** Reads from the texts that were there before where they link to, once, and where that is still to be done. */
export async function completeTextLinks(tx: Write): Promise<void> {
  if (!(await tx.read.selectFrom('settings').select('name').where('name', '=', due).executeTakeFirst())) return
  await tx.deleteFrom('text_links').execute()
  for (let after = ''; ; ) {
    const rows = await tx.read.selectFrom('articles').select('id').where('id', '>', after).orderBy('id').limit(mostAtOnce).execute()
    const ids = rows.map(({ id }) => id)
    const last = ids.at(-1)
    if (last === undefined) break
    after = last
    const copies = { working: await sectionsOfArticles(tx.read, ids), public: await publicSections(tx.read, ids) }
    for (const copy of ['working', 'public'] as const)
      for (const [id, sections] of copies[copy]) writeTextLinks(tx, copy, id, sections, { links: { public: [], working: [] } })
  }
  await tx.deleteFrom('settings').where('name', '=', due).execute()
}
