/** A story, or a comment, as feeds have it. */
export type Entry = {
  /** A URN of its id (RFC 9562). */
  id: string
  /** Where it is; null where nobody said. */
  url: string | null
  title: string
  /** Plain text; null where there is nothing to say. */
  summary: string | null
  /** Safe HTML; null where only the summary is asked for. */
  html: string | null
  /** RFC 3339. */
  published: string
  updated: string
  authors: string[]
  categories: string[]
  language: string | null
  image: { url: string; width: number | null; height: number | null; alt: string | null; credit: string | null } | null
  /** Its address in other languages. */
  alternates: { language: string; url: string }[]
}

/** A page of a feed. */
export type Feed = {
  title: string
  description: string | null
  /** Where the page is that it is the feed of. */
  home: string | null
  /** Its own address, and those of its first, next and previous page (RFC 5005). */
  self: string
  first: string
  next: string | null
  previous: string | null
  /** Where changes are told at once (WebSub). */
  hub: string | null
  language: string
  icon: string | null
  /** When what it says last changed (RFC 3339). */
  updated: string
  entries: Entry[]
}
