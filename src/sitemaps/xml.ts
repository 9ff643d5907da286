import { escapeXml } from '../copy/xml.ts'
import type { Listed, MonthPage } from './store.ts'

const protocol = 'http://www.sitemaps.org/schemas/sitemap/0.9'
const google = 'http://www.google.com/schemas'
const declaration = '<?xml version="1.0" encoding="UTF-8"?>'

const document = (root: string, namespaces: string, parts: readonly string[]) =>
  `${declaration}\n<${root} xmlns="${protocol}"${namespaces}>\n${parts.map((part) => `${part}\n`).join('')}</${root}>\n`

const imageSpace = ` xmlns:image="${google}/sitemap-image/1.1"`

const imageOf = ({ image }: Listed) => (image === null ? '' : `<image:image><image:loc>${escapeXml(image)}</image:loc></image:image>`)

/** The address of a sitemap of a month: the first one has no number, so that it stays where it is when more come. */
export const sitemapPath = ({ month, number }: Pick<MonthPage, 'month' | 'number'>) => `/sitemaps/${month}${number === 1 ? '' : `-${number}`}.xml`

/** An index of sitemaps (sitemaps.org). */
export const indexXml = (pages: readonly MonthPage[], origin: string): string =>
  document(
    'sitemapindex',
    '',
    pages.map((page) => `<sitemap><loc>${escapeXml(origin + sitemapPath(page))}</loc><lastmod>${page.changedAt}</lastmod></sitemap>`),
  )

/** A sitemap of stories. */
export const sitemapXml = (stories: readonly Listed[]): string =>
  document(
    'urlset',
    imageSpace,
    stories.map((story) => `<url><loc>${escapeXml(story.url)}</loc><lastmod>${story.updatedAt}</lastmod>${imageOf(story)}</url>`),
  )

/** A language as news sitemaps name it: by ISO 639, and of Chinese which script. */
function newsLanguage(tag: string): string {
  const { language, script } = new Intl.Locale(tag).maximize()
  return language === 'zh' ? (script === 'Hant' ? 'zh-tw' : 'zh-cn') : language
}

/** A sitemap of news, as Google reads it. @param name what the publication is called */
export const newsXml = (stories: readonly Listed[], name: string): string =>
  document(
    'urlset',
    ` xmlns:news="${google}/sitemap-news/0.9"${imageSpace}`,
    stories.map((story) => {
      const publication = `<news:publication><news:name>${escapeXml(name)}</news:name><news:language>${newsLanguage(story.language)}</news:language></news:publication>`
      const said = `${publication}<news:publication_date>${story.publishedAt}</news:publication_date><news:title>${escapeXml(story.headline)}</news:title>`
      return `<url><loc>${escapeXml(story.url)}</loc><lastmod>${story.updatedAt}</lastmod><news:news>${said}</news:news>${imageOf(story)}</url>`
    }),
  )
