import type { Article } from '../articles/working/schemas.ts'
import type { Image } from '../http/schemas.ts'
import type { Publication } from '../site/store.ts'

/** What a rendition is made of. */
export type Source = {
  article: Article
  site: Publication
  /** The hosts whose pages embeds show in a frame (`EMBED_HOSTS`). */
  hosts: readonly string[]
  /** Whether it is of a preview, which is not to be found. */
  isPreview: boolean
}

/** By what a story is named all over the world: its address, or else its id (RFC 9562). */
export const uriOf = ({ url, id }: Pick<Article, 'url' | 'id'>): string => url ?? `urn:uuid:${id}`

/** A picture that is somewhere. */
export type Picture = Image & { url: string }

export const isPicture = (image: Image | null | undefined): image is Picture => typeof image?.url === 'string'

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

/** The names of who wrote a story, as one line. */
export function bylineOf({ authors, language }: Pick<Article, 'authors' | 'language'>): string | null {
  if (authors.length === 0) return null
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(authors.map(({ name }) => name))
}
