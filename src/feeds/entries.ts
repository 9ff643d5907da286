import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PartialArticle } from '../articles/working/copies.ts'
import type { Parts } from '../articles/working/store.ts'
import { shownOf } from '../copy/markdown.ts'
import { excerptOf } from '../copy/reading.ts'
import type { CommentTable } from '../database/tables.ts'
import { jsonSize } from '../http/body.ts'
import { asUri } from '../http/formats.ts'
import { sectionsHtml } from '../sections/html.ts'
import type { Entry } from './feed.ts'

/** What stories are loaded with for a feed. @param isFull whether it has them whole */
export const partsOf = (isFull: boolean): Parts => new Set(isFull ? ['translations', 'sections'] : ['translations'])

// Feeds have URIs, and an address may be written with letters of all alphabets.
const encoded = (url: string | null) => (url === null || !URL.canParse(url) ? null : asUri(url))

/** A story as an entry. @param hosts whose pages embeds show in a frame (`EMBED_HOSTS`) */
function entryOf(article: PartialArticle, isFull: boolean, hosts: readonly string[]): Entry {
  const { id, url = null, headline = '', excerpt = null, publishedAt, updatedAt = '', language = 'und', leadImage, sections = [], translations = [] } = article
  const picture = encoded(leadImage?.url ?? null)
  const image = leadImage && picture !== null ? { ...leadImage, url: picture } : null
  return {
    id: `urn:uuid:${id}`,
    url: encoded(url),
    title: headline,
    summary: excerpt,
    html: isFull ? sectionsHtml(sections, { language, hosts }) : null,
    published: publishedAt ?? updatedAt,
    updated: updatedAt,
    authors: (article.authors ?? []).map(({ name }) => name),
    categories: (article.topics ?? []).map(({ name }) => name),
    language,
    image,
    alternates: translations.flatMap((other) => {
      const address = encoded(other.url)
      return address === null ? [] : [{ language: other.language, url: address }]
    }),
  }
}

// So many bytes of stories, as they are written, has a page whole.
const mostWhole = 2 * 1024 * 1024

/** Stories as entries. Rendering takes its time, so that the event loop gets its turn after each, and those past so much are summaries. */
export async function entriesOf(articles: readonly PartialArticle[], isFull: boolean, hosts: readonly string[]): Promise<Entry[]> {
  const entries: Entry[] = []
  let left = mostWhole
  for (const article of articles) {
    if (isFull && entries.length > 0) await nextTurn()
    if (isFull) left -= jsonSize(article.sections ?? [])
    entries.push(entryOf(article, isFull && left >= 0, hosts))
  }
  return entries
}

/** An approved comment as an entry. @param story where its story is @param language the story’s */
export function commentEntry({ id, author_name, body_html, created_at, updated_at }: CommentTable, story: string | null, language: string): Entry {
  const html = body_html ?? ''
  const { text } = shownOf(html)
  return {
    id: `urn:uuid:${id}`,
    url: story && `${encoded(story)}#comment-${id}`,
    title: author_name ?? '',
    summary: excerptOf(text, language),
    html,
    published: created_at,
    updated: updated_at,
    authors: author_name ? [author_name] : [],
    categories: [],
    language: null,
    image: null,
    alternates: [],
  }
}
