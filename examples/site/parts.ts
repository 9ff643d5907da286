import type { Schemas } from './api.ts'
import { dayOf, directionOf, minutesOf } from './format.ts'
import { type Html, html, trusted } from './html.ts'
import type { Words } from './words.ts'

export type Article = Schemas['Article']
/** A story as lists show it: a row, or the card that comes with a target. */
export type Card = Pick<Schemas['ArticleRow'], 'id' | 'slug' | 'headline'> & Partial<Omit<Schemas['ArticleRow'], 'status'>>
export type Image = Schemas['Image']

export const storyPath = ({ slug }: { slug: string }): string => `/story/${slug}`

/** A picture, which has its place on the page before it is there, and keeps its focal point where it is cropped. Nothing where only its words are known. */
export function picture({ url, alt, width, height, focalPoint }: Image, { isFirst = false } = {}): Html | null {
  if (url === null) return null
  const size = width && height && html` width="${width}" height="${height}"`
  const place = focalPoint && html` style="object-position: ${focalPoint.x * 100}% ${focalPoint.y * 100}%"`
  return html`<img src="${url}" alt="${alt ?? ''}"${size}${place} ${isFirst ? html`fetchpriority="high"` : html`loading="lazy"`} decoding="async">`
}

/** What is said under a picture. */
export function caption({ title, caption, credit }: Image): Html | null {
  if (!title && !caption && !credit) return null
  return html`<figcaption>${title && html`<b>${title}</b> `}${caption}${credit && html` <span class="credit">${credit}</span>`}</figcaption>`
}

/** The attributes of what is in a language. */
export const inLanguage = (language: string | undefined): Html =>
  language === undefined ? html` dir="auto"` : html` lang="${language}" dir="${directionOf(language)}"`

/** Names with links, as a sentence has them. */
export function byline(authors: Article['authors'], words: Words): Html | null {
  if (authors.length === 0) return null
  const names = authors.map(({ slug, name, role }, index) => {
    const between = index === 0 ? ' ' : index === authors.length - 1 ? ` ${words.and} ` : ', '
    return html`${between}<a href="/author/${slug}" rel="author">${name}</a>${role && html` <span class="role">(${role})</span>`}`
  })
  return html`<span class="byline">${words.by}${names}</span>`
}

type CardOptions = {
  /** The language of the page, for dates. */
  language: string
  level?: 2 | 3
  /** In place of the headline. */
  text?: string | null
  /** Whether the headline is said after such a text. */
  both?: boolean
  image?: boolean
  /** Whether it says who wrote it, and when. */
  meta?: boolean
  excerpt?: boolean
  isFirst?: boolean
}

/** A story in a list. Its headline is its one link, so that who goes from link to link hears each story once. */
export function card(story: Card, { language, level = 3, text, both, image = true, meta = true, excerpt = true, isFirst = false }: CardOptions): Html {
  const { kicker, headline, leadImage, authors = [], topics = [], publishedAt, readingTime = 0, snippet, headlineSnippet } = story
  const shown = image && leadImage ? picture({ ...leadImage, alt: '' }, { isFirst }) : null
  const over = kicker ?? topics[0]?.name
  const heading = html`<a href="${storyPath(story)}">${text ?? (headlineSnippet ? trusted(headlineSnippet) : headline)}${text && both && html` <span>${headline}</span>`}</a>`
  const about = snippet ? trusted(snippet) : story.excerpt
  const facts = html`<p class="meta">${authors.length > 0 && html`<bdi>${authors.map(({ name }) => name).join(', ')}</bdi>`}${
    publishedAt && dayOf(publishedAt, language)
  }${readingTime > 1 && html`<span>${minutesOf(readingTime, language)}</span>`}</p>`
  return html`<article class="card${shown && ' pictured'}">
${shown && html`<div class="frame">${shown}</div>`}
<div${inLanguage(story.language)}>
${over && html`<p class="kicker">${over}</p>`}
${level === 2 ? html`<h2>${heading}</h2>` : html`<h3>${heading}</h3>`}
${excerpt && about && html`<p class="excerpt">${about}</p>`}
</div>
${meta && facts}
</article>`
}

type Page = { nextCursor: string | null; prevCursor: string | null }

/** Links to the pages before and after one of a collection. @param address with its query, without a cursor */
export function pager({ nextCursor, prevCursor }: Page, address: string, words: Words): Html | null {
  if (!nextCursor && !prevCursor) return null
  const to = (cursor: string) => `${address}${address.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`
  return html`<nav class="pager" aria-label="${words.older}, ${words.newer}">
${prevCursor && html`<a rel="prev" href="${to(prevCursor)}">${words.newer}</a>`}
${nextCursor && html`<a rel="next" href="${to(nextCursor)}">${words.older}</a>`}
</nav>`
}
