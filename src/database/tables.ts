import type { ColumnType, Generated } from 'kysely'

declare const json: unique symbol
/** JSON kept as text; the store that reads a column parses it by name. */
type Json = string & { readonly [json]?: never }
/** A boolean kept as 0 or 1. */
type Flag = number
/** A time kept as RFC 3339 in UTC with milliseconds, so that text order is time order. */
type Time = string

export type ArticleTable = {
  id: string
  revision: number
  slug: string
  status: 'draft' | 'scheduled' | 'published' | 'unpublished' | 'trashed'
  published_revision: number | null
  was_public: Flag
  language: string
  headline: string
  alternative_headline: string | null
  kicker: string | null
  standfirst: string | null
  slugline: string | null
  dateline: string | null
  genre: string | null
  lead_image: Json | null
  source: Json | null
  copyright: Json | null
  seo: Json | null
  comment_policy: 'open' | 'moderated' | 'closed'
  comments_close_at: Time | null
  corrections: Json
  custom: Json
  canonical_url: string | null
  editor_note: string | null
  external_id: string | null
  word_count: number
  created_at: Time
  updated_at: Time
  published_at: Time | null
  /** The edition that is public now, and its slug. */
  edition_number: number | null
  public_slug: string | null
  /** Whether the public would see something else if it were published now. */
  has_unpublished_changes: Flag
  /** Why the public sees it no more. */
  takedown_reason: 'editorial' | 'legal' | null
  takedown_notice: string | null
  embargo_until: Time | null
  publish_at: Time | null
  /** The revision to publish then; null for the working copy as it is then. */
  publish_revision: number | null
  publish_is_minor: Flag | null
  unpublish_at: Time | null
  unpublish_reason: 'editorial' | 'legal' | null
  unpublish_notice: string | null
  /** The earlier of the two times. */
  scheduled_at: Time | null
  /** Whether `updated_at` was set by an editor, and so is what the next edition says. */
  updated_at_is_set: Flag
  /** What it shares with its translations: the id of the original, as long as that is among them. */
  translation_group: string | null
}

/** What was published of an article, and when the public saw it. */
export type EditionTable = {
  article_id: string
  number: number
  /** The revision that it was made from. */
  revision: number
  is_minor: Flag
  /** The article as it was published, with all its targets, but for its sections: most of it, and often not needed. */
  document: Json
  sections: Json
  /** The ids of those targets that weren't public then. */
  hidden: Json
  public_from: Time
  /** Null while it is public. */
  public_until: Time | null
}

/** A link that opens a working copy, or one revision where that is set. */
export type PreviewLinkTable = {
  id: string
  article_id: string
  revision: number | null
  hash: string
  expires_at: Time
  created_at: Time
  /** When what it showed was published: from then on it leads there. */
  published_at: Time | null
}

/** The same of a freestanding list. */
export type ListPreviewLinkTable = Omit<PreviewLinkTable, 'article_id'> & { list_id: string }

export type RevisionTable = {
  id: string
  article_id: string
  number: number
  at: Time
  token_id: string | null
  token_name: string | null
  note: string | null
  /** Whether it was public. */
  is_published: Flag
  /** A JSON Patch against the revision before. */
  changes: Json
  /** Now and then the whole. */
  document: Json | null
}

export type SectionTable = {
  id: string
  revision: number
  article_id: string
  parent_id: string | null
  /** Among the children of one parent, from 0 without gaps. */
  position: number
  /** The place in the whole article's document order, from 0. */
  place: number
  depth: number
  anchor: string
  heading: string | null
  body: Json
  word_count: number
  created_at: Time
  updated_at: Time
}

export type HighlightListTable = {
  id: string
  revision: number
  article_id: string | null
  slug: string | null
  title: string | null
  style: 'bulleted' | 'numbered'
  position: number
  /** Of a freestanding list. */
  external_id: string | null
  /** Whether the public has it; what never was published has its words in its draft alone. */
  is_public: Flag
  created_at: Time
  updated_at: Time
}

/** The working copy of a freestanding list, where it isn’t what the public has or is planned to be published. */
export type ListDraftTable = {
  list_id: string
  revision: number
  document: Json
  updated_at: Time
  publish_at: Time | null
  /** The revision to publish then; null for the working copy as it is then. */
  publish_revision: number | null
}

type TargetColumns = {
  target_type: 'section' | 'article' | 'url' | null
  target_section_id: string | null
  target_article_id: string | null
  target_url: string | null
}

export type HighlightItemTable = TargetColumns & { id: string; list_id: string; position: number; text: string | null }

export type RelatedTable = Omit<TargetColumns, 'target_section_id'> & {
  article_id: string
  position: number
  relation: 'related' | 'updates' | 'background'
  text: string | null
}

export type AuthorTable = {
  id: string
  revision: number
  slug: string
  name: string
  /** NFKC and case folded, for finding an author by name. */
  name_key: string
  job_title: string | null
  bio: string | null
  image: Json | null
  links: Json
  external_id: string | null
  /** Pages elsewhere that are about the same. */
  same_as: Json | null
  created_at: Time
  updated_at: Time
}

export type TopicTable = {
  id: string
  revision: number
  slug: string
  name: string
  name_key: string
  kind: 'topic' | 'section' | 'series' | 'person' | 'organisation' | 'place' | 'event'
  parent_id: string | null
  description: string | null
  image: Json | null
  external_id: string | null
  same_as: Json | null
  created_at: Time
  updated_at: Time
}

/** The kinds of thing that have slugs. */
export type SlugKind = 'article' | 'author' | 'topic' | 'highlight-list'

/** Every slug there ever was, with its owner; the one the owner has now is `is_current`. */
export type SlugTable = { kind: SlugKind; slug: string; owner_id: string; is_current: Flag; was_public: Flag }

/** By what public articles are counted. */
export type CountedKind = 'topic' | 'author' | 'language' | 'genre'

export type TokenTable = {
  id: string
  revision: number
  name: string
  scopes: Json
  prefix: string
  hash: string
  expires_at: Time | null
  last_used_at: Time | null
  created_at: Time
}

export type CommentTable = {
  id: string
  revision: number
  article_id: string
  parent_id: string | null
  /** The comment at the top of its thread, which may be itself; null from an import until it is counted. */
  root_id: string | null
  /** What it stands right under: a comment, or the article. */
  under_id: string
  /** What it answers, where that is as deep as a comment may be: then it stands beside it. */
  reply_to: string | null
  depth: number
  status: 'pending' | 'approved' | 'rejected' | 'spam' | 'deleted'
  author_name: string | null
  author_url: string | null
  author_email: string | null
  is_verified: Flag
  body: string | null
  /** The body as safe HTML, made when it was written. */
  body_html: string | null
  /** Approved direct replies, and tombstones among them. */
  reply_count: number
  /** Those of them that are tombstones. */
  tombstone_count: number
  /** All direct replies of any status. */
  child_count: number
  upvotes: number
  downvotes: number
  /** What `sort=top` goes by: the lower bound of Wilson’s interval, in billionths. */
  rank: number
  ip_hash: string | null
  edit_token_hash: string | null
  moderated_by: string | null
  moderated_at: Time | null
  moderation_reason: string | null
  created_at: Time
  updated_at: Time
  edited_at: Time | null
  /** Written by the newsroom. */
  is_staff: Flag
  /** Stands above all others of its article; one may. */
  is_pinned: Flag
  is_featured: Flag
  /** Reports that no moderator has settled yet. */
  report_count: number
  /** Which rules it fell under, as `{ rule, detail }`. */
  flags: Json | null
  /** A site’s own id of who wrote it. */
  account: string | null
  /** The address in lower case, by which a person is found. */
  email_key: string | null
  external_id: string | null
  moderation_note: string | null
  /** As what the filter has learned it. */
  learned: 'ham' | 'spam' | null
  /** Of its words, by which the same text is found again. */
  body_hash: string | null
  /** Its row in the full-text index; null from an import until it is counted. */
  number: number | null
}

/** What was done to a comment, and by whom. */
export type CommentHistoryTable = {
  id: string
  comment_id: string
  at: Time
  by_kind: 'moderator' | 'writer' | 'readers' | 'rules'
  by_name: string | null
  action: 'moderated' | 'edited' | 'pinned' | 'unpinned' | 'featured' | 'unfeatured' | 'hidden'
  status_before: CommentTable['status']
  status: CommentTable['status']
  reason: string | null
  note: string | null
  /** What it said until it was edited. */
  author_name: string | null
  body: string | null
}

export type CommentReportTable = {
  id: string
  comment_id: string
  /** Who reported it; null once nobody may know. */
  reporter: string | null
  reason: string
  text: string | null
  created_at: Time
  settled_at: Time | null
}

/** Who may not comment, or whose comments are approved at once. */
export type CommentStandingTable = {
  id: string
  mark: 'ban' | 'trust'
  kind: 'account' | 'email' | 'ip'
  value: string
  reason: string | null
  by_name: string | null
  created_at: Time
  expires_at: Time | null
}

export type EventTable = {
  seq: Generated<number>
  type: string
  subject_type: string
  subject_id: string
  /** The article that the subject is a part of. */
  article_id: string | null
  actor: Json | null
  at: Time
  request_id: string | null
  data: Json
  /** Whose token it was, or the name of the operator’s: by this the events of one are found. */
  actor_id: string | null
  /** The name under which it may be undone with others. */
  change_set: string | null
  /** The revision of the subject before, null where it was made, and after, null where it is gone. */
  revision_before: number | null
  revision_after: number | null
}

/** What is gathered under a name. */
export type ChangeSetTable = { name: string; created_at: Time; updated_at: Time; events: number }

/** What a newsroom says of itself: one row, or none as long as it has said nothing. */
export type SiteTable = {
  id: string
  revision: number
  /** All of it but for the networks in which stories are shared, which each story shows. */
  document: Json
  share_networks: Json
  updated_at: Time
}

/** A revision of an author, a topic, a freestanding list or the site, whole. */
export type NameRevisionTable = {
  kind: 'author' | 'topic' | 'highlight-list' | 'site'
  subject_id: string
  number: number
  at: Time
  token_id: string | null
  token_name: string | null
  note: string | null
  document: Json
  /** Of a list: since when the public has it, or once had it. */
  public_from: Time | null
}

export type IdempotencyKeyTable = {
  /** A hash of the owner (token or address), method, path and key. */
  id: string
  /** A hash of media type, body and query. */
  fingerprint: string
  status: number
  headers: Json
  body: string
  created_at: Time
  /** The scopes that the answer needed. */
  scopes: Json | null
  /** The article that it tells of. */
  article_id: string | null
}

export type Tables = {
  articles: ArticleTable
  article_authors: { article_id: string; position: number; author_id: string; role: string | null }
  article_topics: { article_id: string; position: number; topic_id: string }
  related: RelatedTable
  /** The addresses that articles had elsewhere, as paths of the old site. */
  article_aliases: { path: string; article_id: string; position: number }
  preview_links: PreviewLinkTable
  revisions: RevisionTable
  editions: EditionTable
  /** The working copy as its last revision kept it, from the second on. */
  article_heads: { article_id: string; document: Json }
  sections: SectionTable
  highlight_lists: HighlightListTable
  highlight_items: HighlightItemTable
  list_drafts: ListDraftTable
  list_preview_links: ListPreviewLinkTable
  authors: AuthorTable
  topics: TopicTable
  sites: SiteTable
  slugs: SlugTable
  tokens: TokenTable
  comments: CommentTable
  /** How many approved comments an article has, and how many tombstones stand among them. */
  comment_counts: { article_id: string; approved: number; tombstones: number }
  comment_history: CommentHistoryTable
  comment_reports: CommentReportTable
  comment_standings: CommentStandingTable
  /** How many comments came in a minute, by address, person or story. */
  comment_rates: { id: string; minute: number; count: number }
  /** In how many comments of each kind a word was. */
  comment_words: { word: string; ham: number; spam: number }
  /** Hashes of the external ids of comments that were deleted. */
  comment_gone: { id: string }
  comment_address_keys: { id: string; key: string; created_at: Time }
  comment_votes: { comment_id: string; voter: string; value: number; created_at: Time }
  events: EventTable
  change_sets: ChangeSetTable
  name_revisions: NameRevisionTable
  idempotency_keys: IdempotencyKeyTable
  settings: { name: string; value: string }
  migrations: { name: string; applied_at: ColumnType<Time, Time, never> }
  /** What each applied migration was, so that one that is changed afterwards is noticed. */
  migration_checksums: { name: string; checksum: string }
  /** What the public sees in lists: one row a published article. */
  public_articles: {
    article_id: string
    headline: string
    language: string
    genre: string | null
    created_at: Time
    updated_at: Time
    published_at: Time
    /** What its address is made of, besides; null only until the start after the migration that made it. */
    slug: string | null
    main_topic_id: string | null
    canonical_url: string | null
    /** The same in one form, by which it is found. */
    own_address: string | null
    image_url: string | null
    is_noindex: Flag
    correction_count: number
  }
  /** How many stories of a month are public, and when that, or one of them, changed last. */
  public_months: { month: string; stories: number; changed_at: Time }
  /** How many public articles there are of each topic, with those under it, author, language and genre. */
  public_counts: { kind: CountedKind; value: string; count: number }
  /** A public article's topics with all their ancestors. */
  public_article_topics: { topic_id: string; published_at: Time; article_id: string }
  /** The articles that a public article leads to: from its own lists by slug, as related ones with a card. */
  public_article_targets: { article_id: string; target_id: string; has_card: Flag }
  /** Which articles' histories lead to an article, or once did. */
  article_mentions: { target_id: string; article_id: string }
  public_article_authors: { author_id: string; published_at: Time; article_id: string }
  /**
   * Where the texts of a copy's sections link to: `page` without scheme, `www.`, query and fragment, `query` with its `?` or empty, and
   * `tail` the host with the last part of the path, where a slug or an id may be that.
   */
  text_links: { article_id: string; copy: 'public' | 'working'; section_id: string; anchor: string; page: string; query: string; tail: string | null }
  /** The texts that are searched, as they are shown in snippets; `number` is the key of the engine's own index. */
  search_rows: { copy: 'public' | 'working'; number: number; article_id: string; headline: string; secondary: string; body: string }
}

export type TableName = keyof Tables

export type TableWithIds = { [Table in TableName]: Tables[Table] extends { id: string } ? Table : never }[TableName]

/** The columns of a table that hold JSON. */
export type JsonColumn<Table extends TableName> = {
  [Column in keyof Tables[Table]]-?: typeof json extends keyof NonNullable<Tables[Table][Column]> ? Column : never
}[keyof Tables[Table]]
