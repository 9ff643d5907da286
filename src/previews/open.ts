import { articleOfLink, linkOfToken } from '../articles/working/preview-links.ts'
import { documentAt } from '../articles/working/revisions.ts'
import type { Article } from '../articles/working/schemas.ts'
import { workingCopy } from '../articles/working/store.ts'
import type { Read } from '../database/engine.ts'
import { notFound } from '../http/problems.ts'
import { previewOf } from './document.ts'
import { listLinkOfToken } from './list-links.ts'

/**
 * What a preview link opens: a story as the public would get it, or the path that it leads to: where the story is by now, or of a list.
 * @throws Problem 404 where there is no such link, or nothing to show
 */
export async function openPreview(read: Read, token: string, site: string | null): Promise<{ article: Article } | { location: string; isList: boolean }> {
  const link = await linkOfToken(read, token)
  if (!link && (await listLinkOfToken(read, token))) return { location: `/v1/preview/${token}/highlight-list`, isList: true }
  const row = link && (await articleOfLink(read, link))
  if (!link || !row || row.status === 'trashed') throw notFound('preview')
  if (link.published_at !== null) {
    if (row.public_slug === null) throw notFound('preview')
    return { location: `/v1/articles/${row.public_slug}`, isList: false }
  }
  const content = link.revision === null ? await workingCopy(read, row, site) : await documentAt(read, link.article_id, link.revision)
  return { article: await previewOf(read, row, content, site) }
}
