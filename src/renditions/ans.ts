import { escapeHtml } from '../copy/html.ts'
import { inlineToHtml } from '../copy/markdown.ts'
import { said } from '../copy/said.ts'
import type { Block, ListItem } from '../sections/blocks.ts'
import { isPicture, type Picture, type Source, textsOfImage } from './source.ts'

/** The version of ANS that is written. */
export const ansVersion = '0.10.0'

/** A story of Arc XP’s ANS 0.10. */
export type Ans = Record<string, unknown> & { type: 'story'; version: typeof ansVersion }

const text = (content: string) => ({ type: 'text', content })

function imageOf({ url, alt, title, caption, credit, width, height, focalPoint }: Picture): object {
  return said({
    type: 'image',
    version: ansVersion,
    url,
    alt_text: alt,
    subtitle: title,
    caption,
    width,
    height,
    credits: credit ? { by: [{ type: 'author', name: credit }] } : null,
    additional_properties: focalPoint ? { focal_point: focalPoint } : null,
  })
}

// An item that has a list under it is followed by that list, since ANS has either in a place.
const itemsOf = (items: readonly ListItem[], ordered: boolean): object[] =>
  items.flatMap(({ label, text: words, items: under = [] }) => [
    text(`${label ? `<b>${escapeHtml(label)}:</b> ` : ''}${inlineToHtml(words)}`),
    ...(under.length > 0 ? [listOf(under, ordered)] : []),
  ])

const listOf = (items: readonly ListItem[], ordered: boolean) => ({
  type: 'list',
  list_type: ordered ? 'ordered' : 'unordered',
  items: itemsOf(items, ordered),
})

function elementsOf(block: Block): object[] {
  switch (block.type) {
    case 'paragraph':
      return [text(inlineToHtml(block.text))]
    case 'list':
      return [listOf(block.items, block.ordered)]
    case 'quote':
      return [
        said({
          type: 'quote',
          subtype: 'blockquote',
          content_elements: [text(inlineToHtml(block.text))],
          citation: block.attribution ? text(escapeHtml(block.attribution)) : null,
        }),
      ]
    case 'image':
      return isPicture(block.image) ? [imageOf(block.image)] : textsOfImage(block.image).map((words) => text(escapeHtml(words)))
    case 'table': {
      const cells = (row: readonly string[]) => row.map((cell) => text(inlineToHtml(cell)))
      return [
        said({
          type: 'table',
          header: block.header ? cells(block.header) : null,
          rows: block.rows.map(cells),
          additional_properties: block.caption ? { caption: block.caption } : null,
        }),
      ]
    }
    case 'embed':
      return [{ type: 'interstitial_link', url: block.url, content: block.title ?? block.url }]
    case 'code':
      return [{ type: 'code', content: block.code, language: block.language ?? 'text' }]
    default:
      return []
  }
}

/** A story as ANS 0.10.0, the form of Arc XP. @param source a story, and who publishes it */
export function ansOf({ article, site }: Source): Ans {
  const sections = article.topics.filter(({ kind }) => kind === 'section')
  const lead = textsOfImage(article.leadImage).map((words) => text(escapeHtml(words)))
  const content = article.sections.flatMap(({ heading, depth, anchor, body }) => [
    ...(heading?.trim() ? [{ type: 'header', content: escapeHtml(heading), level: Math.min(6, 2 + depth), additional_properties: { anchor } }] : []),
    ...body.flatMap(elementsOf),
  ])
  return {
    type: 'story',
    version: ansVersion,
    ...said({
      _id: article.id,
      language: article.language,
      canonical_url: article.url,
      slug: article.slug,
      created_date: article.createdAt,
      last_updated_date: article.updatedAt,
      publish_date: article.publishedAt,
      first_publish_date: article.publishedAt,
      display_date: article.publishedAt,
      status: 'published',
      subtype: article.genre,
      headlines: said({ basic: article.headline, meta_title: article.seo?.title, alternative: article.alternativeHeadline }),
      subheadlines: article.standfirst ? { basic: article.standfirst } : null,
      description: article.excerpt ? { basic: article.excerpt } : null,
      label: article.kicker ? { kicker: { text: article.kicker } } : null,
      location: article.dateline,
      credits: { by: article.authors.map(({ id, slug, name, role }) => said({ _id: id, type: 'author', version: ansVersion, name, slug, role })) },
      taxonomy: {
        tags: article.topics.filter(({ kind }) => kind !== 'section').map(({ name, slug }) => ({ text: name, slug })),
        ...(sections.length > 0 ? { seo_keywords: sections.map(({ name }) => name) } : {}),
      },
      promo_items: isPicture(article.leadImage) ? { basic: imageOf(article.leadImage) } : null,
      copyright: article.copyright?.notice ?? article.copyright?.holder,
      distributor: article.source?.name ? { name: article.source.name, category: 'other', mode: 'custom' } : null,
      owner: { name: site.name },
      corrections: article.corrections.map(({ text: words }) => ({ type: 'correction', correction_type: 'correction', text: words })),
      comments: { allow_comments: article.commentPolicy !== 'closed', moderation_required: article.commentPolicy === 'moderated' },
      content_elements: [...lead, ...content],
    }),
  }
}
