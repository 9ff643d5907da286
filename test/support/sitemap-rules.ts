import { Parser } from 'htmlparser2'

type Element = { name: string; attributes: Record<string, string>; text: string; children: Element[] }

/** Reads a document of XML. @throws Error where a tag isn’t closed, or a sign stands that XML doesn’t have */
function parsed(xml: string): Element {
  if (!xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n')) throw new Error('it has no declaration')
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(xml)) throw new Error('an entity is none of XML’s own')
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml)) throw new Error('a sign in it is none of XML')
  const root: Element = { name: '', attributes: {}, text: '', children: [] }
  const open = [root]
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const element: Element = { name, attributes, text: '', children: [] }
        open.at(-1)?.children.push(element)
        open.push(element)
      },
      ontext(text) {
        ;(open.at(-1) as Element).text += text
      },
      onclosetag(name, isImplied) {
        const element = open.pop()
        if (isImplied || element?.name !== name) throw new Error(`${element?.name} is not closed`)
      },
    },
    { xmlMode: true, decodeEntities: true },
  )
  parser.end(xml)
  if (open.length !== 1 || root.children.length !== 1) throw new Error('it is no single element')
  return root.children[0] as Element
}

const w3cTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
// By which news sitemaps name languages: two or three letters (ISO 639), and two of Chinese.
const language = /^(zh-cn|zh-tw|[a-z]{2,3})$/

const spaces = {
  '': 'http://www.sitemaps.org/schemas/sitemap/0.9',
  image: 'http://www.google.com/schemas/sitemap-image/1.1',
  news: 'http://www.google.com/schemas/sitemap-news/0.9',
}

export type SitemapEntry = { loc: string; lastmod: string; image?: string; news?: Record<string, string> }

/**
 * Reads a sitemap or an index of sitemaps, as the schemas of sitemaps.org (0.9) and of Google’s extensions for pictures (1.1) and
 * news (0.9) say that it has to be.
 * @param host of the addresses in it @throws Error that says what it lacks
 */
export function readSitemap(xml: string, host: string): { root: string; entries: SitemapEntry[] } {
  const root = parsed(xml)
  const fail = (reason: string): never => {
    throw new Error(`${reason} in ${xml.slice(0, 1000)}`)
  }
  const entryName = root.name === 'sitemapindex' ? 'sitemap' : root.name === 'urlset' ? 'url' : fail(`the root is ${root.name}`)
  for (const [name, space] of Object.entries(spaces)) {
    const declared = root.attributes[name === '' ? 'xmlns' : `xmlns:${name}`]
    if (declared === undefined ? name === '' || xml.includes(`<${name}:`) : declared !== space) fail(`the namespace of ${name} is ${declared}`)
  }
  if (root.children.length > 50_000 || Buffer.byteLength(xml) > 50 * 1024 * 1024) fail('there is too much')
  const textOf = ({ children, text }: Element) => (children.length > 0 ? fail('there are elements') : text)
  /** The children of an element, which are these alone, in this order; those that end in `?` may be missing. */
  const partsOf = (element: Element, ...names: string[]): Record<string, Element | undefined> => {
    const left = [...element.children]
    const parts = Object.fromEntries(
      names.map((name) => {
        const plain = name.replace('?', '')
        const part = left[0]?.name === plain ? left.shift() : undefined
        return [plain, part ?? (name.endsWith('?') ? undefined : fail(`${element.name} has no ${plain}`))]
      }),
    )
    if (left.length > 0 || element.text.trim() !== '') fail(`${element.name} has ${left[0]?.name ?? element.text}`)
    return parts
  }
  const addressIn = (element: Element | undefined, isOnHost: boolean) => {
    const address = textOf(element as Element)
    const url = new URL(address)
    if (url.href !== address || address.length >= 2048 || (isOnHost && url.host !== host)) fail(`${address} is no address here`)
    return address
  }
  const timeIn = (element: Element | undefined) => {
    const time = textOf(element as Element)
    return w3cTime.test(time) ? time : fail(`${time} is no time`)
  }
  const newsIn = (element: Element): Record<string, string> => {
    const {
      'news:publication': publication,
      'news:publication_date': date,
      'news:title': title,
    } = partsOf(element, 'news:publication', 'news:publication_date', 'news:title')
    const { 'news:name': name, 'news:language': own } = partsOf(publication as Element, 'news:name', 'news:language')
    const news = { name: textOf(name as Element), language: textOf(own as Element), date: timeIn(date), title: textOf(title as Element) }
    if (!language.test(news.language)) fail(`${news.language} is no language`)
    if (news.name === '' || news.title === '') fail('a text is empty')
    return news
  }
  const entries = root.children.map((element): SitemapEntry => {
    if (element.name !== entryName) fail(`there is a ${element.name}`)
    const parts = partsOf(element, 'loc', 'lastmod', ...(entryName === 'url' ? ['news:news?', 'image:image?'] : []))
    const { 'news:news': news, 'image:image': image } = parts
    return {
      loc: addressIn(parts.loc, true),
      lastmod: timeIn(parts.lastmod),
      ...(image ? { image: addressIn(partsOf(image, 'image:loc')['image:loc'], false) } : {}),
      ...(news ? { news: newsIn(news) } : {}),
    }
  })
  const isNews = xml.includes('sitemap-news')
  if (isNews ? entries.length > 1000 : entries.length === 0) fail('there are too many, or none')
  if (new Set(entries.map(({ loc }) => loc)).size < entries.length) fail('an address is there twice')
  return { root: root.name, entries }
}
