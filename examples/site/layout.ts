import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Answers, Client, Schemas } from './api.ts'
import { directionOf } from './format.ts'
import { type Html, html, inert } from './html.ts'
import { wordsOf } from './words.ts'

type Site = Schemas['Site']
type Target = Schemas['NavigationItem']['target']
type MenuItem = { label: string; href: string }

/** What every page shows around its own: the paper’s name, its menus. */
export type Frame = { site: Pick<Site, 'name' | 'tagline' | 'languages' | 'defaultImage'>; main: MenuItem[]; footer: MenuItem[]; language: string }

/** While nobody has answered yet. */
export const bareFrame: Frame = { site: { name: 'News', tagline: null, languages: ['en'], defaultImage: null }, main: [], footer: [], language: 'en' }

const rooms = { topic: 'topic', article: 'story', author: 'author', list: 'list' } as const

/** Where an item leads, and what it says where nobody says otherwise. */
function placeOf(target: Target): { href: string; name: string } | null {
  if (target === null) return null
  if (target.type === 'url') return { href: target.url, name: target.url }
  const name = 'headline' in target ? target.headline : 'title' in target ? target.title : target.name
  return { href: `/${rooms[target.type]}/${target.slug}`, name: name ?? '' }
}

/** Asks for what the frame shows. */
export async function frameOf(client: Client, answers: Answers): Promise<Frame> {
  const site = await answers.of(client.get('/v1/site'))
  const menu = (name: string): MenuItem[] =>
    (site.navigation.find((one) => one.name === name)?.items ?? []).flatMap(({ label, target }) => {
      const place = placeOf(target)
      return place ? [{ label: label ?? place.name, href: place.href }] : []
    })
  let main = menu('main')
  if (main.length === 0) {
    const { data } = await answers.of(client.get('/v1/topics', { query: { parentId: ['none'], limit: 12 } }))
    main = data.map(({ slug, name = slug }) => ({ label: name, href: `/topic/${slug}` }))
  }
  return { site, main, footer: menu('footer'), language: site.languages[0] ?? 'en' }
}

/** An address that changes with the file, so that browsers may keep it for ever. */
const versioned = (name: string) =>
  `/${name}?v=${createHash('sha256')
    .update(readFileSync(new URL(name, import.meta.url)))
    .digest('hex')
    .slice(0, 8)}`
const style = versioned('style.css')
const script = versioned('script.js')

export type Content = {
  title?: string
  description?: string | null
  /** The address of the page on the site, if search engines are to know it. */
  canonical?: string
  isIndexed?: boolean
  /** The language of the page’s main part, where it isn’t the site’s. */
  language?: string
  /** More for the head. */
  head?: Html
  jsonld?: unknown
  /** Open Graph, besides title and description. */
  graph?: Record<string, string | null | undefined>
  hasScript?: boolean
  body: Html
  /** What is current in the menu. */
  path?: string
}

/** A whole page. */
export function layout(frame: Frame, content: Content): Html {
  const { site, language, main, footer } = frame
  const { title, description, canonical, isIndexed = true, head, jsonld, graph = {}, hasScript, body, path } = content
  const words = wordsOf(language)
  const isFront = path === '/'
  const properties = { 'og:site_name': site.name, 'og:title': title ?? site.name, 'og:description': description, 'og:url': canonical, ...graph }
  const items = main.map(({ label, href }) => html`<li><a href="${href}"${href === path && html` aria-current="page"`}>${label}</a></li>`)
  const name = isFront ? html`<h1 class="name"><a href="/" aria-current="page">${site.name}</a></h1>` : html`<p class="name"><a href="/">${site.name}</a></p>`
  return html`<!DOCTYPE html>
<html lang="${language}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title ? `${title} – ${site.name}` : site.name}</title>
${description && html`<meta name="description" content="${description}">`}
${!isIndexed && html`<meta name="robots" content="noindex">`}
${canonical && html`<link rel="canonical" href="${canonical}">`}
<meta name="color-scheme" content="light dark">
<link rel="preload" href="/fonts/newsreader.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="${style}">
<link rel="icon" href="/media/icon.svg" type="image/svg+xml">
<link rel="alternate" type="application/rss+xml" title="${site.name}" href="/feed.xml">
<link rel="alternate" type="application/atom+xml" title="${site.name}" href="/atom.xml">
<link rel="alternate" type="application/feed+json" title="${site.name}" href="/feed.json">
${Object.entries(properties).map(([property, value]) => value && html`<meta property="${property}" content="${value}">\n`)}${head}
${jsonld !== undefined && html`<script type="application/ld+json">${inert(jsonld)}</script>`}
${hasScript && html`<script type="module" src="${script}"></script>`}
</head>
<body${isFront && html` class="front"`}>
<a class="skip" href="#_main">${words.skip}</a>
<header class="masthead">
<div class="bar">
${name}
${isFront && site.tagline && html`<p class="tagline">${site.tagline}</p>`}
<a class="find" href="/search" aria-label="${words.search}"><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M11 11l4 4M12 6.5a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0z" fill="none" stroke="currentColor" stroke-width="1.6"/></svg> <span>${words.search}</span></a>
</div>
<nav class="menu" aria-label="${words.sections}"><ul>${items}</ul></nav>
</header>
<main id="_main" tabindex="-1"${content.language && html` lang="${content.language}" dir="${directionOf(content.language)}"`}>
${body}
</main>
<footer class="imprint">
<p class="name"><a href="/">${site.name}</a></p>
${footer.length > 0 && html`<ul>${footer.map(({ label, href }) => html`<li><a href="${href}">${label}</a></li>`)}</ul>`}
<ul>
<li><a href="/latest">${words.all}</a></li>
<li><a href="/feed.xml">RSS</a></li>
<li><a href="/atom.xml">Atom</a></li>
<li><a href="/feed.json">JSON Feed</a></li>
<li><a href="/sitemap.xml">Sitemap</a></li>
</ul>
</footer>
</body>
</html>
`
}
