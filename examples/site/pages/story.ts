import { dayOf, minutesOf, nameOf, timeOf } from '../format.ts'
import { type Html, html, trusted } from '../html.ts'
import type { Content, Frame } from '../layout.ts'
import { type Article, byline, type Card, caption, card, picture, storyPath } from '../parts.ts'
import { type Words, wordsOf } from '../words.ts'

/** From how many headings on a story has a table of contents. */
const headingsOfLong = 5

type HighlightList = Article['highlightLists'][number]
type Target = HighlightList['items'][number]['target']

function hrefOf(target: Target): string | null {
  if (target === null) return null
  if (target.type === 'section') return `#${target.anchor}`
  return target.type === 'article' ? storyPath(target) : 'url' in target ? target.url : null
}

/** The bullets before a story. An item without a text has the heading or headline of what it leads to. */
function highlights({ title, style, items }: HighlightList, headlines: Map<string, string>, words: Words): Html {
  const lines = items.map(({ text, target }) => {
    const href = hrefOf(target)
    const said = text ?? (target?.type === 'section' ? target.heading : target?.type === 'article' ? headlines.get(target.id) : null) ?? href
    return html`<li>${href ? html`<a href="${href}">${said}</a>` : said}</li>`
  })
  return html`<section class="highlights" aria-label="${title ?? words.highlights}">
<h2 class="label">${title ?? words.highlights}</h2>
${style === 'numbered' ? html`<ol>${lines}</ol>` : html`<ul>${lines}</ul>`}
</section>`
}

function contents({ sections }: Article, words: Words): Html | null {
  const headed = sections.filter(({ heading }) => heading !== null)
  if (headed.length < headingsOfLong) return null
  return html`<nav class="contents" aria-labelledby="_contents">
<h2 id="_contents" class="label">${words.contents}</h2>
<ol class="bare">${headed.map(({ heading, anchor, depth }) => html`<li${depth > 0 && html` class="deeper"`}><a href="#${anchor}">${heading}</a></li>`)}</ol>
</nav>`
}

function corrections({ corrections, language }: Article, words: Words): Html | null {
  if (corrections.length === 0) return null
  return html`<section class="corrections" aria-labelledby="_corrections">
<h2 id="_corrections" class="label">${words.corrections}</h2>
${corrections.map(({ text, at }) => html`<p>${text} <span class="meta">${dayOf(at, language)}</span></p>`)}
</section>`
}

const relations = ['updates', 'background', 'related'] as const

function related({ related, language }: Article, words: Words): Html | null {
  if (related.length === 0) return null
  return html`<div class="relations">${relations.map((relation) => {
    const those = related.filter((one) => one.relation === relation)
    if (those.length === 0) return null
    const items = those.map(({ text, target }) => {
      if (target === null) return null
      if ('article' in target && target.article) return html`<li>${card(target.article, { language, text, excerpt: false })}</li>`
      return 'url' in target && html`<li><article class="card"><h3><a href="${target.url}">${text ?? target.url}</a></h3></article></li>`
    })
    return html`<section class="more" aria-labelledby="_${relation}"><h2 id="_${relation}" class="label">${words[relation]}</h2><ul class="grid bare">${items}</ul></section>`
  })}</div>`
}

/** What is known of a story’s surroundings; each may be missing. */
export type Around = {
  /** Headlines of the stories to which its highlights lead. */
  headlines?: Map<string, string>
  previous?: Card | null
  next?: Card | null
  similar?: Card[]
  jsonld?: unknown
  /** Its comments, drawn. */
  comments?: Html | null
}

/** The page of a story. @param notice what is said above it, such as that it is a preview */
export function storyPage({ site }: Frame, article: Article, around: Around, siteUrl: string, notice?: Html): Content {
  const { language, headline, alternativeHeadline, kicker, standfirst, dateline, leadImage, authors, topics, seo, source, copyright, share } = article
  const { publishedAt, updatedAt, readingTime, translations } = article
  const { headlines = new Map(), previous, next, similar = [], jsonld, comments } = around
  const words = wordsOf(language)
  const path = storyPath(article)
  const [main] = topics
  const isUpdated = publishedAt !== null && Date.parse(updatedAt) - Date.parse(publishedAt) > 60_000
  const lists = article.highlightLists.filter(({ items }) => items.length > 0)
  const table = contents(article, words)
  const neighbours = [
    { story: previous, label: words.previous, rel: 'prev' },
    { story: next, label: words.next, rel: 'next' },
  ].filter(({ story }) => story)

  const body = html`${notice}
<article class="story">
<header>
<p class="kicker">${main && html`<a href="/topic/${main.slug}">${main.name}</a>`}${kicker && html`<span>${kicker}</span>`}</p>
<h1>${headline}</h1>
${alternativeHeadline && html`<p class="deck">${alternativeHeadline}</p>`}
${standfirst && html`<p class="standfirst">${standfirst}</p>`}
<div class="credits">
${authors.some(({ image }) => image?.url) && html`<span class="faces">${authors.map(({ image }) => image && picture({ ...image, alt: '' }))}</span>`}
<p>${byline(authors, words)}<span class="meta">${publishedAt && timeOf(publishedAt, language)}${
    isUpdated && html`<span>${words.updated} ${timeOf(updatedAt, language)}</span>`
  }${readingTime > 1 && html`<span>${minutesOf(readingTime, language)}</span>`}</span></p>
${
  share &&
  share.links.length > 0 &&
  html`<nav class="share" aria-label="${words.share}"><ul>${share.links.map(({ network, label, href }) => html`<li><a href="${href}" rel="nofollow"${network === 'copy' && html` data-copy`}>${label}</a></li>`)}</ul></nav>`
}
</div>
</header>
${leadImage && html`<figure class="lead-image${leadImage.url === null && ' wordless'}">${picture(leadImage, { isFirst: true })}${caption(leadImage)}</figure>`}
<div class="columns">
${(lists.length > 0 || table) && html`<div class="aside">${lists.map((list) => highlights(list, headlines, words))}${table}</div>`}
<div class="body">
${dateline && html`<p class="dateline">${dateline}</p>`}
${trusted(article.bodyHtml ?? '')}
</div>
<div class="after">
${corrections(article, words)}
${source && html`<p class="small">${words.source}: ${source.url ? html`<a href="${source.url}">${source.name}</a>` : source.name}</p>`}
${copyright && html`<p class="small">© ${copyright.holder} ${copyright.notice}</p>`}
${translations.length > 0 && html`<p class="small">${words.languages}: ${translations.map((one) => html`<a href="${storyPath(one)}" lang="${one.language}" hreflang="${one.language}">${nameOf(one.language)}</a> `)}</p>`}
${topics.length > 0 && html`<nav aria-label="${words.topics}"><ul class="tags">${topics.map(({ slug, name }) => html`<li><a href="/topic/${slug}">${name}</a></li>`)}</ul></nav>`}
</div>
</div>
</article>
${related(article, words)}
${comments}
${
  similar.length > 0 &&
  html`<section class="more" aria-labelledby="_similar"><h2 id="_similar" class="label">${words.similar}</h2><ul class="grid bare">${similar.map((story) => html`<li>${card(story, { language, excerpt: false })}</li>`)}</ul></section>`
}
${
  neighbours.length > 0 &&
  html`<nav class="neighbours" aria-label="${words.neighbours}">${neighbours.map(({ story, label, rel }) => story && html`<a rel="${rel}" href="${storyPath(story)}"><span class="label">${label}</span> <bdi>${story.headline}</bdi></a>`)}</nav>`
}`

  const head = html`${translations.map((one) => html`<link rel="alternate" hreflang="${one.language}" href="${siteUrl}${storyPath(one)}">`)}
${translations.length > 0 && html`<link rel="alternate" hreflang="${language}" href="${siteUrl}${path}">`}
<link rel="alternate" type="application/rss+xml" title="${words.comments}: ${headline}" href="${path}/comments.xml">`
  return {
    title: seo?.title ?? headline,
    description: seo?.description ?? standfirst ?? article.excerpt,
    canonical: article.canonicalUrl ?? article.url ?? `${siteUrl}${path}`,
    isIndexed: seo?.noindex !== true,
    language,
    head,
    jsonld,
    graph: {
      'og:type': 'article',
      'og:locale': language.replace('-', '_'),
      'og:image': seo?.image?.url ?? leadImage?.url ?? site.defaultImage?.url,
      'og:image:alt': leadImage?.url ? leadImage.alt : null,
      'article:published_time': publishedAt,
      'article:modified_time': updatedAt,
      'article:section': main?.name,
    },
    hasScript: true,
    body,
    path,
  }
}
