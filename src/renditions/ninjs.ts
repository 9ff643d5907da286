import type { Article } from '../articles/working/schemas.ts'
import { said } from '../copy/said.ts'
import { sectionsHtml } from '../sections/html.ts'
import { sectionsText } from '../sections/plain.ts'
import { bylineOf, isPicture, type Picture, type Source, textsOfImage, uriOf } from './source.ts'

/** A news object of IPTC ninjs 3.0. */
export type Ninjs = Record<string, unknown> & { uri: string }

const lists = { person: 'people', organisation: 'organisations', place: 'places', event: 'events' } as const

function topicsOf({ topics }: Article) {
  const found: Record<string, object[]> = {}
  for (const { id, name, kind } of topics) {
    const list = lists[kind as keyof typeof lists] ?? 'subjects'
    found[list] = [...(found[list] ?? []), { name, rel: 'about', uri: `urn:uuid:${id}` }]
  }
  return found
}

function pictureOf({ url, alt, title, caption, credit, width, height, focalPoint }: Picture, name: string): object {
  const poi = focalPoint && width && height ? { x: Math.round(focalPoint.x * width), y: Math.round(focalPoint.y * height) } : null
  return said({
    name,
    uri: url,
    type: 'picture',
    headlines: title ? [{ role: 'main', value: title }] : [],
    descriptions: [...(caption ? [{ role: 'caption', value: caption }] : []), ...(alt ? [{ role: 'alt', value: alt }] : [])],
    by: credit,
    renditions: [said({ name: 'main', href: url, width, height, poi })],
  })
}

/** The pictures of a story: its lead image, then those of its sections. */
function picturesOf({ leadImage, sections }: Article): object[] {
  const inSections = sections.flatMap(({ body }) => body.flatMap((block) => (block.type === 'image' && isPicture(block.image) ? [block.image] : [])))
  return [...(isPicture(leadImage) ? [pictureOf(leadImage, 'featureimage')] : []), ...inSections.map((image, index) => pictureOf(image, `image-${index + 1}`))]
}

/** A story as a news object of IPTC ninjs 3.0, whole: its text with markup and without, its pictures as associations. */
export function ninjsOf({ article, hosts }: Source): Ninjs {
  const { language, sections, copyright, source } = article
  return said({
    uri: uriOf(article),
    type: 'text',
    representationType: 'full',
    profile: 'article',
    version: String(article.revision),
    standard: { name: 'ninjs', version: '3.0', schema: 'https://www.iptc.org/std/ninjs/ninjs-schema_3.0.json' },
    firstCreated: article.createdAt,
    versionCreated: article.updatedAt,
    contentCreated: article.publishedAt,
    pubStatus: 'usable',
    language,
    title: article.seo?.title ?? article.headline,
    slugline: article.slugline,
    located: article.dateline,
    by: bylineOf(article),
    headlines: [
      { role: 'main', value: article.headline },
      ...(article.alternativeHeadline ? [{ role: 'alternative', value: article.alternativeHeadline }] : []),
      ...(article.kicker ? [{ role: 'kicker', value: article.kicker }] : []),
    ],
    descriptions: [
      ...(article.standfirst ? [{ role: 'standfirst', contentType: 'text/plain', value: article.standfirst }] : []),
      ...(article.excerpt ? [{ role: 'summary', contentType: 'text/plain', value: article.excerpt }] : []),
      ...textsOfImage(article.leadImage).map((value) => ({ role: 'caption', contentType: 'text/plain', value })),
      ...article.corrections.map(({ text }) => ({ role: 'correction', contentType: 'text/plain', value: text })),
    ],
    bodies: [
      { role: 'main', contentType: 'text/html', wordCount: article.wordCount, value: sectionsHtml(sections, { language, hosts }) },
      { role: 'plain', contentType: 'text/plain', wordCount: article.wordCount, value: sectionsText(sections) },
    ],
    ...topicsOf(article),
    infoSources: [
      ...article.authors.map(({ id, name, role }) => said({ name, role: role ?? 'author', uri: `urn:uuid:${id}` })),
      ...(source?.name ? [said({ name: source.name, role: 'originator', uri: source.url })] : []),
    ],
    genres: article.genre ? [{ name: article.genre }] : [],
    copyrightHolder: copyright?.holder,
    copyrightNotice: copyright?.notice,
    usageTerms: copyright?.usageTerms,
    altIds: [
      { role: 'id', value: article.id },
      { role: 'slug', value: article.slug },
    ],
    associations: picturesOf(article),
    renditions: article.url ? [{ name: 'web', href: article.url, contentType: 'text/html' }] : [],
  }) as Ninjs
}
