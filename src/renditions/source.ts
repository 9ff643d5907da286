import type { Article } from '../articles/working/schemas.ts'
import type { ArticleCard } from '../highlight-lists/card-schemas.ts'
import type { Image } from '../http/schemas.ts'
import type { Publication } from '../site/store.ts'

/** What a rendition is made of. */
export type Source = {
  article: Article
  site: Publication
  /** The hosts whose pages embeds show in a frame (`EMBED_HOSTS`). */
  hosts: readonly string[]
  /** The stories that its highlights lead to, by id. */
  targets: ReadonlyMap<string, Pick<ArticleCard, 'headline' | 'url'>>
  /** Whether it is of a preview, which is not to be found. */
  isPreview: boolean
}

/** By what a story is named all over the world: its address, or else its id (RFC 9562). */
export const uriOf = ({ url, id }: Pick<Article, 'url' | 'id'>): string => url ?? `urn:uuid:${id}`

/** A picture that is somewhere. */
export type Picture = Image & { url: string }

export const isPicture = (image: Image | null | undefined): image is Picture => typeof image?.url === 'string'

/** What is known of a picture of which there are only words. */
export const textsOfImage = (image: Image | null): string[] =>
  image === null || isPicture(image) ? [] : [image.title, image.caption ?? image.alt, image.credit].flatMap((words) => words || [])

/** The picture that stands for a story where its link is shared: its own for that, its lead image, else the site’s. */
export function picturesOf({ article: { seo, leadImage }, site }: Source): Picture[] {
  const own = [seo?.image, leadImage].filter(isPicture)
  return own.length > 0 ? own : [site.defaultImage].filter(isPicture)
}

/** A story's addresses by language (`hreflang`), its own among them; none where it has no translations. */
export function alternatesOf({ language, url, translations }: Pick<Article, 'language' | 'url' | 'translations'>): { language: string; url: string }[] {
  const others = translations.flatMap((other) => (other.url === null ? [] : [{ language: other.language, url: other.url }]))
  return others.length === 0 || url === null ? [] : [{ language, url }, ...others]
}

/** Words that lead somewhere: an address, a place of the same page (`#anchor`), or nowhere. */
export type Linked = { text: string; url: string | null }

/** The highlight lists of a story that say something, each item with the words that it stands for. */
export function highlightsOf({ article, targets }: Source): { title: string | null; isNumbered: boolean; items: Linked[] }[] {
  const linked = ({ text, target }: Article['highlightLists'][number]['items'][number]): Linked[] => {
    if (target?.type === 'section') return [{ text: text ?? target.heading ?? target.anchor, url: `#${target.anchor}` }]
    if (target?.type === 'url') return [{ text: text ?? target.url, url: target.url }]
    const story = target ? targets.get(target.id) : undefined
    const words = text ?? story?.headline
    return words === undefined || words === null ? [] : [{ text: words, url: story?.url ?? null }]
  }
  const lists = article.highlightLists.map(({ title, style, items }) => ({ title, isNumbered: style === 'numbered', items: items.flatMap(linked) }))
  return lists.filter(({ items }) => items.length > 0)
}

/** The stories and pages that a story names as related, with the words that they stand for. */
export const relatedOf = ({ article }: Source): Linked[] =>
  article.related.flatMap(({ text, target }): Linked[] => {
    if (target?.type === 'article') return [{ text: text ?? target.article?.headline ?? target.slug, url: target.article?.url ?? null }]
    return target ? [{ text: text ?? target.url, url: target.url }] : text === null ? [] : [{ text, url: null }]
  })

/** The names of who wrote a story, as one line. */
export function bylineOf({ authors, language }: Pick<Article, 'authors' | 'language'>): string | null {
  if (authors.length === 0) return null
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(authors.map(({ name }) => name))
}
