import type { ArticleCreate } from '../../articles/working/input-schemas.ts'
import type { Block } from '../../sections/blocks.ts'

/** A reader’s comment; one that is pending waits for a moderator. */
export type SeedComment = { name: string; body: string; isPending?: boolean; replies?: SeedComment[] }

export type SeedStory = {
  /** How long before now it came out; `null` for one that hasn't. */
  hoursAgo: number | null
  /** The story as it is sent to the server; its slug is how the others refer to it. */
  article: ArticleCreate & { slug: string; headline: string }
  comments?: SeedComment[]
  /** What was changed after it had come out, and why. */
  edit?: { note: string; patch: Pick<ArticleCreate, 'slug' | 'corrections'> }
  /** What the public is told since it was taken down. */
  takenDown?: string
  /** In how many hours it comes out. */
  dueIn?: number
}

export const day = 24

export const paragraphs = (...texts: string[]): Block[] => texts.map((text) => ({ type: 'paragraph', text }))

/** A picture of the newsroom’s own archive. */
export const picture = (name: string, alt: string, caption: string, credit = 'Jonas Pryce') => ({
  url: `https://media.example/tidewick/${name}.jpg`,
  alt,
  title: null,
  caption,
  credit,
  width: 1600,
  height: 900,
  focalPoint: { x: 0.5, y: 0.4 },
})

export const toSection = (anchor: string, text?: string) => ({ ...(text ? { text } : {}), target: { type: 'section' as const, anchor } })
export const toStory = (slug: string, text?: string) => ({ ...(text ? { text } : {}), target: { type: 'article' as const, slug } })
export const named = (...slugs: string[]) => slugs.map((slug) => ({ slug }))
