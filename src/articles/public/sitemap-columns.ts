import type { Write } from '../../database/handles.ts'
import { completed } from '../working/copies.ts'
import { sitemapColumns } from './index-values.ts'

const due = 'sitemaps'
const mostAtOnce = 200

/** Reads from the editions that were public before what sitemaps say of them, once, and where that is still to be done. */
export async function completeSitemaps(tx: Write): Promise<void> {
  if (!(await tx.read.selectFrom('settings').select('name').where('name', '=', due).executeTakeFirst())) return
  for (let after = ''; ; ) {
    const rows = await tx.read
      .selectFrom('public_articles')
      .innerJoin('articles', 'articles.id', 'public_articles.article_id')
      .innerJoin('editions', (join) => join.onRef('editions.article_id', '=', 'articles.id').onRef('editions.number', '=', 'articles.edition_number'))
      .select(['public_articles.article_id as id', 'editions.document'])
      .where('public_articles.article_id', '>', after)
      .orderBy('public_articles.article_id')
      .limit(mostAtOnce)
      .execute()
    for (const { id, document } of rows) tx.update('public_articles', ['article_id', id], sitemapColumns(completed(JSON.parse(document))))
    const last = rows.at(-1)?.id
    if (last === undefined) break
    after = last
  }
  await tx.deleteFrom('settings').where('name', '=', due).execute()
}
