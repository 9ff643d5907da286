import { milliseconds } from '../database/clock.ts'
import type { Read } from '../database/engine.ts'
import { type Answer, send } from '../http/answers.ts'
import { operation } from '../http/operations.ts'
import { notFound, Problem } from '../http/problems.ts'
import { answerRead, readSnapshot } from '../http/reads.ts'
import { parameter } from '../http/references.ts'
import type { App } from '../http/server.ts'
import Type from '../http/type.ts'
import { loadSite, originIn } from '../site/store.ts'
import { changeOf, monthPages, type Place, storiesOf, storiesSince } from './store.ts'
import { indexXml, newsXml, sitemapXml } from './xml.ts'

const xml = 'application/xml'
/** For so long a story is news, in milliseconds. */
const newsLast = 2 * 24 * 3600 * 1000

const named = /^(\d{4}-(?:0[1-9]|1[0-2]))(?:-([2-9]|[1-9]\d{1,4}))?\.xml$/

const example = (root: string, part: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${part}\n</${root}>\n`
const lastmod = '<lastmod>2026-05-01T09:30:00.000Z</lastmod>'
const document = (description: string, text: string) => Type.String({ description, examples: [text] })
const indexDocument = document(
  'An index of sitemaps.',
  example('sitemapindex', `<sitemap><loc>https://news.example/sitemaps/2026-05.xml</loc>${lastmod}</sitemap>`),
)
const urls = example('urlset', `<url><loc>https://news.example/harbour-reopens</loc>${lastmod}</url>`)

const declared = { tag: 'Site', answerType: xml, isDated: true, problems: ['not-found'] } as const

/** GET /sitemap.xml, /sitemaps/news.xml, /sitemaps/{sitemap} */
export function sitemapRoutes(app: App): void {
  const { config } = app
  const pattern = config.PUBLIC_SITE_URL
  const origin = originIn(pattern)

  /** @throws Problem 404 where stories have no addresses on one host */
  function requirePlace(): Place {
    if (pattern !== null && origin !== null) return { pattern, origin }
    throw new Problem(
      'not-found',
      'There is nothing to list: PUBLIC_SITE_URL is not set, or its host has placeholders, so stories have no addresses on one host.',
    )
  }

  app.get(
    '/sitemap.xml',
    operation('GET', {
      ...declared,
      id: 'getSitemapIndex',
      summary: 'List the sitemaps',
      description:
        'By month of `publishedAt` (UTC), the newest first, each with when it changed (sitemaps.org): to be served as `/sitemap.xml` of the site of `PUBLIC_SITE_URL`, whose addresses are in it. 404 where nothing public has an address.',
      answer: indexDocument,
    }),
    (request, reply) =>
      answerRead(request, reply, async (read): Promise<Answer> => {
        const place = requirePlace()
        const pages = await monthPages(read, place)
        if (pages.length === 0) throw new Problem('not-found', 'There is nothing to list yet: no public story has an address on this site.')
        const lastModified = pages
          .map(({ changedAt }) => changedAt)
          .toSorted()
          .at(-1) as string
        return { type: xml, body: indexXml(pages, place.origin), isPublic: true, keys: ['list'], lastModified }
      }),
  )

  // What is news goes by the clock, so it isn't kept.
  app.get(
    '/sitemaps/news.xml',
    operation('GET', {
      ...declared,
      id: 'getNewsSitemap',
      summary: 'Get the sitemap of news',
      description:
        'The stories of the last two days, the newest 1,000, as Google News reads them, with the name of the site. It is empty where there are none.',
      answer: document('A sitemap with the news extension.', urls),
      isDated: false,
    }),
    async (request, reply) => {
      const body = await readSnapshot(request, async (read: Read) => {
        const since = new Date(milliseconds() - newsLast).toISOString()
        const stories = await storiesSince(read, since, requirePlace())
        return newsXml(stories, (await loadSite(read, config)).name)
      })
      return send(request, reply, { type: xml, body, isPublic: true, keys: ['list', 'site'] })
    },
  )

  app.get(
    '/sitemaps/:sitemap',
    operation('GET', {
      ...declared,
      id: 'getSitemap',
      summary: 'Get the sitemap of a month',
      description:
        'The public stories of a month with the time of their last change and their picture: without those that search engines are to leave out (`seo.noindex`), and those whose `canonicalUrl` is on another site. A month with more than 5,000 stories has more sitemaps, as `/sitemap.xml` lists them.',
      answer: document('A sitemap with the image extension.', urls),
    }),
    (request, reply) =>
      answerRead(request, reply, async (read): Promise<Answer> => {
        const place = requirePlace()
        const [, month, number = '1'] = named.exec(parameter(request, 'sitemap')) ?? []
        if (month === undefined) throw notFound('sitemap')
        const stories = await storiesOf(read, { month, number: Number(number) }, place)
        const lastModified = await changeOf(read, month)
        if (stories.length === 0 || lastModified === undefined) throw notFound('sitemap')
        return { type: xml, body: sitemapXml(stories), isPublic: true, keys: ['list'], lastModified }
      }),
  )
}
