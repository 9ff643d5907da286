import { presentParts, publicCards, publicTranslations, targetOf } from '../articles/public/documents.ts'
import { targetsOf } from '../articles/public/index-values.ts'
import { withLiveNames } from '../articles/public/live-names.ts'
import { asPublished, commentCount } from '../articles/public/publish.ts'
import { articleUrl, shareOf } from '../articles/working/addresses.ts'
import { presentNames } from '../articles/working/names.ts'
import type { Article } from '../articles/working/schemas.ts'
import type { Read } from '../database/engine.ts'
import type { ArticleTable } from '../database/tables.ts'
import { loadShareNetworks } from '../site/store.ts'

/** The authors or topics that a copy named as it would name them now: what was merged into another is that. */
async function namedNow<T extends { id: string; slug: string; name: string; role?: string | null }>(
  read: Read,
  kind: 'author' | 'topic',
  kept: readonly T[],
): Promise<T[]> {
  const names = await presentNames(read, kind, kept)
  return names.map((name) => kept.find((one) => one.role === name.role && ('id' in name ? one.id === name.id : one.name === name.name)) ?? (name as T))
}

/**
 * What the public would get of a copy of an article if it went out now: nothing that only editors see, and of other stories what is
 * public of them. Its times are those of the last edit, where publishing would set them.
 * @param content the working copy, or a revision @param site the pattern of `PUBLIC_SITE_URL`
 */
export async function previewOf(read: Read, row: ArticleTable, content: Article, site: string | null): Promise<Article> {
  const names = { authors: await namedNow(read, 'author', content.authors), topics: await namedNow(read, 'topic', content.topics) }
  const document = { ...asPublished(content, row, content.revision, row.updated_at, row.updated_at), ...(await withLiveNames(read, names)) }
  const targetIds = Object.values(targetsOf(document)).flat()
  const url = articleUrl(site, document)
  // It is public itself then, also where it leads to itself.
  const cards = new Map([...(await publicCards(read, targetIds, site)), [row.id, targetOf({ ...document, url })]])
  const targets = new Map([...cards].map(([id, { slug }]) => [id, { slug, isPublic: true }]))
  const { highlightLists, related } = presentParts(document, targets, cards, true)
  const { translations } = await publicTranslations(read, row.id, site)
  return {
    ...document,
    highlightLists,
    related,
    translations,
    url,
    share: shareOf({ ...document, url }, await loadShareNetworks(read)),
    commentCount: await commentCount(read, row.id),
  }
}
