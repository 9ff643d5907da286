import type { Article } from '../articles/schemas.ts'
import { articleUrl, shareOf } from '../articles/urls.ts'
import type { Read } from '../database/engine.ts'
import { documentAt } from './store.ts'

/** An article, whole, as it was at a revision that there is. @param site the pattern of `PUBLIC_SITE_URL` */
export async function articleAt(read: Read, articleId: string, number: number, site: string | null): Promise<Article> {
  const document = await documentAt(read, articleId, number)
  const url = articleUrl(site, document)
  return { ...document, url, share: shareOf(url, document.headline) }
}
