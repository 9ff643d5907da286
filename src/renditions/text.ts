import { sectionsText } from '../sections/plain.ts'
import { bylineOf, type Source } from './source.ts'

/** A story as plain text: headline, byline and standfirst, then its sections. */
export function textRenditionOf({ article }: Source): string {
  const head = [article.kicker, article.headline, article.alternativeHeadline].filter(Boolean).join('\n')
  const corrections = article.corrections.map(({ text, at }) => `${at.slice(0, 10)}: ${text}`).join('\n')
  return `${[head, bylineOf(article), article.standfirst?.trim(), [article.dateline, sectionsText(article.sections)].filter(Boolean).join(' — '), corrections]
    .filter(Boolean)
    .join('\n\n')}\n`
}
