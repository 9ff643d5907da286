import { sectionHtml, sectionsHtml, withInlineHtml } from '../../sections/html.ts'
import { bodyText, sectionsText } from '../../sections/plain.ts'
import type { Section } from '../../sections/schemas.ts'
import type { PartialArticle } from './copies.ts'

/** What a story’s words can be rendered as, by `include`. */
export const renderings = ['html', 'text'] as const

/** The properties of an article that are renderings of it. */
export const bodyNames = ['bodyHtml', 'bodyText'] as const

export type Rendering = (typeof renderings)[number]

/** Those of the names. */
export const renderingsIn = (names: Iterable<string>): Set<Rendering> => {
  const wanted = new Set(names)
  return new Set(renderings.filter((name) => wanted.has(name)))
}

/** How stories are rendered. @param hosts whose pages embeds may show in a frame (`EMBED_HOSTS`) */
type Options = { wanted: ReadonlySet<Rendering>; language: string; hosts: readonly string[] }

/** A section with what was asked for: `html` beside each inline text and `bodyHtml`, and `bodyText`. */
export function renderedSection(section: Section, { wanted, language, hosts }: Options): Section & { bodyHtml?: string; bodyText?: string } {
  return {
    ...section,
    ...(wanted.has('html') ? { body: section.body.map(withInlineHtml), bodyHtml: sectionHtml(section, { language, hosts }) } : {}),
    ...(wanted.has('text') ? { bodyText: bodyText(section.body) } : {}),
  }
}

/**
 * An article with what was asked for, made of the sections that it has.
 * @param keepsSections whether it is to have these, too
 */
export function renderedArticle<A extends PartialArticle>(article: A, options: Omit<Options, 'language'>, keepsSections = true): A {
  const { wanted, hosts } = options
  if (wanted.size === 0) return article
  const { sections = [], language = 'und', ...rest } = article
  return {
    ...rest,
    language,
    ...(keepsSections ? { sections: sections.map((section) => renderedSection(section, { ...options, language })) } : {}),
    ...(wanted.has('html') ? { bodyHtml: sectionsHtml(sections, { language, hosts }) } : {}),
    ...(wanted.has('text') ? { bodyText: sectionsText(sections) } : {}),
  } as unknown as A
}
