import { bodyText, sectionsText } from '../sections/plain.ts'
import { bylineOf, highlightsOf, relatedOf, type Source } from './source.ts'

/** A story as plain text: headline, byline and standfirst, its picture's words, highlights and sections, what is related, corrections and rights. */
export function textRenditionOf(source: Source): string {
  const { article } = source
  const { leadImage, copyright } = article
  const head = [article.kicker, article.headline, article.alternativeHeadline].filter(Boolean).join('\n')
  const highlights = highlightsOf(source).map(({ title, isNumbered, items }) =>
    [title, ...items.map(({ text }, index) => `${isNumbered ? `${index + 1}.` : '-'} ${text}`)].filter(Boolean).join('\n'),
  )
  const parts = [
    head,
    bylineOf(article),
    article.standfirst?.trim(),
    leadImage ? bodyText([{ type: 'image', image: leadImage }]) : null,
    ...highlights,
    [article.dateline, sectionsText(article.sections)].filter(Boolean).join(' — '),
    relatedOf(source)
      .map(({ text }) => `- ${text}`)
      .join('\n'),
    article.corrections.map(({ text, at }) => `${at.slice(0, 10)}: ${text}`).join('\n'),
    [article.source?.name, copyright?.holder, copyright?.notice, copyright?.usageTerms].filter(Boolean).join('\n'),
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}
