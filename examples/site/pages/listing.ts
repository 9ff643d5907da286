import type { Schemas } from '../api.ts'
import { type Html, html } from '../html.ts'
import type { Content, Frame } from '../layout.ts'
import { type Card, card, pager, picture } from '../parts.ts'
import { wordsOf } from '../words.ts'

type Page = { data: Card[]; page: { nextCursor: string | null; prevCursor: string | null } }

function stories({ data, page }: Page, address: string, language: string): Html {
  const words = wordsOf(language)
  return html`<ol class="stream bare">${data.map((story, index) => html`<li>${card(story, { language, level: 2, isFirst: index === 0 })}</li>`)}</ol>
${pager(page, address, words)}`
}

const feed = (title: string, filter: string): Html => html`<link rel="alternate" type="application/rss+xml" title="${title}" href="/feed.xml?${filter}">`

/** All stories, the newest first. */
export function latestPage({ language }: Frame, page: Page): Content {
  const title = wordsOf(language).all
  return { title, path: '/latest', body: html`<header class="heading"><h1>${title}</h1></header>${stories(page, '/latest', language)}` }
}

export function topicPage({ language }: Frame, topic: Schemas['Topic'], under: Schemas['TopicRow'][], page: Page): Content {
  const { slug, name, description, image } = topic
  const path = `/topic/${slug}`
  const parts = under.length > 0 && html`<ul class="tags">${under.map((one) => html`<li><a href="/topic/${one.slug}">${one.name}</a></li>`)}</ul>`
  const body = html`<header class="heading">
${image && html`<div class="portrait">${picture({ ...image, alt: '' })}</div>`}
<div><h1>${name}</h1>${description && html`<p class="standfirst">${description}</p>`}${parts}</div>
</header>${stories(page, path, language)}`
  return { title: name, description, path, head: feed(name, `topic=${slug}`), body }
}

export function authorPage({ language }: Frame, author: Schemas['Author'], page: Page): Content {
  const { slug, name, jobTitle, bio, image, links } = author
  const path = `/author/${slug}`
  const addresses = links.length > 0 && html`<ul class="tags">${links.map(({ label, url }) => html`<li><a href="${url}" rel="me">${label}</a></li>`)}</ul>`
  const body = html`<header class="heading" dir="auto">
${image && html`<div class="portrait">${picture(image)}</div>`}
<div>${jobTitle && html`<p class="kicker">${jobTitle}</p>`}<h1>${name}</h1>${bio && html`<p class="standfirst">${bio}</p>`}${addresses}</div>
</header>${stories(page, path, language)}`
  return { title: name, description: bio, path, head: feed(name, `author=${slug}`), graph: { 'og:type': 'profile' }, body }
}

/** What editors put in order. */
export function listPage({ language }: Frame, { title, slug, items }: Schemas['HighlightList']): Content {
  const lines = items.map(({ text, target }) => {
    if (target?.type === 'article' && target.article) return html`<li>${card(target.article, { language, level: 2, text })}</li>`
    return html`<li><h2>${target?.type === 'url' ? html`<a href="${target.url}">${text}</a>` : text}</h2></li>`
  })
  const body = html`<header class="heading"><h1>${title}</h1></header><ol class="stream bare">${lines}</ol>`
  return { title: title ?? slug ?? undefined, path: `/list/${slug}`, body }
}

/** What a search found; nothing yet where there is no query. */
export function searchPage({ language }: Frame, query: string, page: Page | undefined): Content {
  const words = wordsOf(language)
  const found =
    page && page.data.length === 0
      ? html`<p class="nothing">Nothing has all of these words. Fewer of them, or the beginning of one with a <kbd>*</kbd>, find more.</p>`
      : page && stories(page, `/search?q=${encodeURIComponent(query)}`, language)
  const body = html`<header class="heading"><h1>${words.search}</h1></header>
<form class="search" action="/search" role="search" aria-label="${words.search}">
<label for="words">Words, or a “phrase”</label>
<div><input id="words" type="search" name="q" value="${query}" required maxlength="200"><button type="submit">${words.search}</button></div>
</form>
${found}`
  return { title: query ? `${words.search}: ${query}` : words.search, isIndexed: false, path: '/search', body }
}
