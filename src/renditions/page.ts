import { directionOf } from '../copy/direction.ts'
import { escapeHtml, sanitized } from '../copy/html.ts'
import { playerHosts } from '../sections/frames.ts'
import { figureHtml, sectionsHtml } from '../sections/html.ts'
import { jsonLdOf } from './json-ld.ts'
import { alternatesOf, bylineOf, highlightsOf, type Linked, picturesOf, relatedOf, type Source } from './source.ts'

const style = `:root{color-scheme:light dark}body{font:1.125rem/1.6 Georgia,serif;max-width:42rem;margin:2rem auto;padding:0 1rem}h1{line-height:1.15;font-size:2.2rem;margin:.2em 0}h2,h3,h4,h5,h6{line-height:1.25;margin:1.6em 0 .4em}.kicker,.byline,time,figcaption,footer,small{font-family:system-ui,sans-serif;font-size:.85rem}.standfirst{font-size:1.3rem}img,iframe{max-width:100%;height:auto}iframe{aspect-ratio:16/9;border:0}figure{margin:1.5rem 0}table{border-collapse:collapse}th,td{padding:.3em .8em;text-align:start;border-bottom:1px solid}pre{overflow-x:auto}@media print{iframe{display:none}}`

const meta = (name: 'name' | 'property', pairs: [string, string | number | null | undefined][]) =>
  pairs.flatMap(([key, value]) =>
    value === null || value === undefined || value === '' ? [] : [`<meta ${name}="${key}" content="${escapeHtml(String(value))}">`],
  )

/** Data within a `script`, which nothing in it ends. */
const scriptJson = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c')

/** A language and its country as Open Graph writes them; where the language names none, the one where most speak it. */
function localeOf(language: string): string | null {
  const { language: own, region } = new Intl.Locale(language).maximize()
  return region && language !== 'und' ? `${own}_${region}` : null
}

function headOf(source: Source): string[] {
  const { article, site, isPreview } = source
  const { seo, url } = article
  const title = seo?.title ?? article.headline
  const description = seo?.description ?? article.excerpt
  const pictures = picturesOf(source)
  const article_ = [
    ['article:published_time', article.publishedAt],
    ['article:modified_time', article.updatedAt],
    ['article:section', article.topics.find(({ kind }) => kind === 'section')?.name],
    ...article.topics.map(({ name }): [string, string] => ['article:tag', name]),
  ] satisfies [string, string | null | undefined][]
  return [
    '<meta charset="utf-8">',
    `<title>${escapeHtml(title)} · ${escapeHtml(site.name)}</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    ...meta('name', [
      ['description', description],
      ['robots', isPreview || seo?.noindex ? 'noindex' : 'max-image-preview:large'],
      ['author', bylineOf(article)],
    ]),
    ...(url ? [`<link rel="canonical" href="${escapeHtml(url)}">`] : []),
    ...alternatesOf(article).map(({ language, url: address }) => `<link rel="alternate" hreflang="${language}" href="${escapeHtml(address)}">`),
    ...meta('property', [
      ['og:type', 'article'],
      ['og:site_name', site.name],
      ['og:title', title],
      ['og:description', description],
      ['og:url', url],
      ['og:locale', localeOf(article.language)],
      ...article.translations.map(({ language }): [string, string | null] => ['og:locale:alternate', localeOf(language)]),
      ...pictures.flatMap((picture): [string, string | number | null][] => [
        ['og:image', picture.url],
        ['og:image:alt', picture.alt],
        ['og:image:width', picture.width],
        ['og:image:height', picture.height],
      ]),
      ...article_,
    ]),
    ...meta('name', [['twitter:card', pictures.length > 0 ? 'summary_large_image' : 'summary']]),
    `<style>${style}</style>`,
    `<script type="application/ld+json">${scriptJson(jsonLdOf(source))}</script>`,
  ]
}

const time = (at: string, language: string) =>
  `<time datetime="${at}">${escapeHtml(new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(at)))} UTC</time>`

const paragraph = (text: string | null | undefined, name: string) => (text ? [`<p class="${name}">${escapeHtml(text)}</p>`] : [])

const linkHtml = ({ text, url }: Linked) => (url === null ? escapeHtml(text) : `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`)

const listHtml = (items: readonly Linked[], isNumbered = false) => {
  const name = isNumbered ? 'ol' : 'ul'
  return `<${name}>${items.map((item) => `<li>${linkHtml(item)}</li>`).join('')}</${name}>`
}

const listsOf = (source: Source): string[] =>
  highlightsOf(source).map(({ title, isNumbered, items }) => `${title ? `<h2>${escapeHtml(title)}</h2>\n` : ''}${listHtml(items, isNumbered)}`)

/** Whose a story is, and where it comes from. */
const rightsOf = ({ source, copyright }: Source['article']): string[] =>
  [source?.name, copyright?.holder, copyright?.notice, copyright?.usageTerms].flatMap((words) => (words ? [`<p>${escapeHtml(words)}</p>`] : []))

/** A story as a whole accessible HTML page, with JSON-LD and Open Graph in its head, that needs no script. */
export function pageOf(source: Source): string {
  const { article, hosts } = source
  const { language, publishedAt, updatedAt } = article
  const said = [bylineOf(article), article.dateline].filter(Boolean).join(' · ')
  const picture = article.leadImage ? [sanitized(figureHtml(article.leadImage, 'eager'), playerHosts)] : []
  const related = relatedOf(source)
  const rights = rightsOf(article)
  const corrections = article.corrections.map(({ text, at }) => `<li>${time(at, language)}: ${escapeHtml(text)}</li>`)
  return `${[
    '<!DOCTYPE html>',
    `<html lang="${language}" dir="${directionOf(language)}">`,
    '<head>',
    ...headOf(source),
    '</head>',
    '<body>',
    '<main>',
    '<article>',
    '<header>',
    ...paragraph(article.kicker, 'kicker'),
    `<h1>${escapeHtml(article.headline)}</h1>`,
    ...paragraph(article.alternativeHeadline, 'alternative'),
    ...paragraph(article.standfirst, 'standfirst'),
    ...paragraph(said, 'byline'),
    ...(publishedAt ? [`<p>${time(publishedAt, language)}${updatedAt > publishedAt ? ` · ${time(updatedAt, language)}` : ''}</p>`] : []),
    '</header>',
    ...picture,
    ...listsOf(source),
    sectionsHtml(article.sections, { language, hosts }),
    ...(corrections.length > 0 ? [`<ul class="corrections">${corrections.join('')}</ul>`] : []),
    ...(related.length > 0 ? [`<aside>${listHtml(related)}</aside>`] : []),
    ...(rights.length > 0 ? [`<footer>${rights.join('')}</footer>`] : []),
    '</article>',
    '</main>',
    '</body>',
    '</html>',
  ].join('\n')}\n`
}
