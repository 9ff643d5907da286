import type { Static } from 'typebox'
import type { Article } from '../articles/working/schemas.ts'
import { escapeHtml, sanitized } from '../copy/html.ts'
import type { Publication } from '../site/store.ts'
import type { OEmbed } from './schemas.ts'
import { bylineOf, isPicture } from './source.ts'

// What a quotation with a headline and an excerpt takes, in pixels.
const [width, height] = [600, 200]

/** How another site shows a link to a story (oEmbed 1.0): a quotation that leads to it. @param most how large it may be */
export function oembedOf(article: Article, site: Publication, most: { width?: number | undefined; height?: number | undefined }): Static<typeof OEmbed> {
  const byline = bylineOf(article)
  const { url, leadImage: picture, excerpt } = article
  const headline = escapeHtml(article.headline)
  const said = `<blockquote><p>${url === null ? headline : `<a href="${escapeHtml(url)}">${headline}</a>`}</p>${excerpt ? `<p>${escapeHtml(excerpt)}</p>` : ''}</blockquote>`
  return {
    version: '1.0',
    type: 'rich',
    title: article.headline,
    ...(byline ? { author_name: byline } : {}),
    provider_name: site.name,
    ...(site.url ? { provider_url: site.url } : {}),
    // All three or none, and none that is larger than asked for.
    ...(isPicture(picture) &&
    picture.width &&
    picture.height &&
    picture.width <= (most.width ?? picture.width) &&
    picture.height <= (most.height ?? picture.height)
      ? { thumbnail_url: picture.url, thumbnail_width: picture.width, thumbnail_height: picture.height }
      : {}),
    html: sanitized(said, []),
    width: Math.min(width, most.width ?? width),
    height: Math.min(height, most.height ?? height),
  }
}
