import type { Config } from '../../config.ts'
import type { Read } from '../../database/engine.ts'
import type { CommentTable } from '../../database/tables.ts'
import type { Lists } from './files.ts'

/** A comment as rules look at it. */
export type Candidate = {
  body: string
  html: string
  /** What a reader sees of it, and where its links lead, bare addresses among them. */
  text: string
  links: string[]
  name: string
  email: string | null
  url: string | null
  account: string | null
  /** The address that it came from; null where a site sent it. */
  address: string | null
  /** Null where it is there already and was edited. */
  form: { honeypot: string | undefined; stamp: string | undefined } | null
}

/** What is sent elsewhere for an opinion. */
export type Asked = Pick<Candidate, 'body' | 'name' | 'email' | 'url' | 'account' | 'address'>

/** In how many comments of each kind something was, by what moderators decided. */
export type WordCounts = { ham: number; spam: number }

/** What rules go by besides. */
export type Context = {
  read: Read
  config: Config
  /** In milliseconds. */
  now: number
  /** The key of form stamps. */
  key: string
  lists: Lists
  /** Comments that say the same, of this month. */
  twins: readonly Pick<CommentTable, 'id' | 'article_id'>[]
  /** Of how many comments moderators have decided. */
  taught: WordCounts
  articleId: string
  opinion: { verdict: 'ham' | 'unsure' | 'spam'; reason: string | null } | null
}

/** What a rule found, an empty text where there is no more to say; null where it found nothing. */
export type Rule = (candidate: Candidate, context: Context) => string | null | Promise<string | null>
