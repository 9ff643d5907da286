import { publicDocuments } from '../articles/public/documents.ts'
import { whole } from '../articles/working/copies.ts'
import { allParts } from '../articles/working/store.ts'
import type { Config } from '../config.ts'
import type { Read } from '../database/engine.ts'
import { publicationOf } from '../site/store.ts'
import type { Format } from './formats.ts'
import { highlightedStories } from './store.ts'

/** A public story as a file. */
export type StoryFile = { id: string; name: string; text: string }

/** Public stories as files named by their slugs, after an id and in the order of ids. @param after empty for the first ones */
export async function storyFiles(read: Read, { extension, render }: Format, after: string, limit: number, config: Config): Promise<StoryFile[]> {
  const rows = await read.selectFrom('public_articles').select('article_id').where('article_id', '>', after).orderBy('article_id').limit(limit).execute()
  const ids = rows.map(({ article_id }) => article_id)
  const site = await publicationOf(read, config)
  const documents = await publicDocuments(read, ids, allParts, config.PUBLIC_SITE_URL)
  // All their parts were asked for.
  const articles = documents.map(({ article }) => whole(article))
  const { targets } = await highlightedStories(read, articles, config.PUBLIC_SITE_URL)
  return Promise.all(
    articles.map(async (article) => {
      const made = await render({ article, site, hosts: config.EMBED_HOSTS, targets, isPreview: false })
      return { id: article.id, name: `${article.slug}.${extension}`, text: typeof made === 'string' ? made : `${JSON.stringify(made, null, 2)}\n` }
    }),
  )
}
