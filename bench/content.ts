import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

type Shape = 'full' | 'short'

const base = Date.UTC(2020, 0, 1)
const common = [
  'harbour',
  'storm',
  'council',
  'budget',
  'school',
  'river',
  'market',
  'bridge',
  'train',
  'hospital',
  'election',
  'library',
  'museum',
  'garden',
  'airport',
]
const names = Array.from({ length: 50 }, (_, index) => index)

/** A UUIDv7 that is always the same for the same kind and number. */
function idOf(kind: string, number: number, part = 0): string {
  const hash = createHash('sha1').update(`${kind}/${number}/${part}`).digest('hex')
  const time = (base + number).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-8${hash.slice(3, 6)}-${hash.slice(6, 18)}`
}

export const articleId = (index: number) => idOf('article', index)

const timeOf = (index: number) => new Date(base + index * 60_000).toISOString()

const vocabulary = 20_000

/** Words by a small generator of its own, as often as in any text (Zipf's law: one of rank n, one n-th as often as the first): the same for the same seed. */
function wordsFrom(seed: number) {
  let state = seed * 2654435761 + 1
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state
  }
  const word = () => {
    const value = next()
    return value % 5 === 0
      ? (common[(value >>> 8) % common.length] as string)
      : `w${String(Math.floor(vocabulary ** ((value >>> 8) / 2 ** 24))).padStart(5, '0')}`
  }
  return (count: number) => Array.from({ length: count }, word).join(' ')
}

const byName = (row: Record<string, unknown>) => Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))

const record = (kind: string, id: string, data: Record<string, unknown>) => ({ kind, id, data: byName(data) })

function nameRecords() {
  const at = timeOf(0)
  return names.flatMap((index) => [
    record('author', idOf('author', index), {
      id: idOf('author', index),
      revision: 1,
      slug: `author-${index}`,
      name: `Author ${index}`,
      name_key: `author ${index}`,
      job_title: null,
      bio: null,
      image: null,
      links: [],
      created_at: at,
      updated_at: at,
    }),
  ])
}

function topicRecords() {
  const at = timeOf(0)
  return names.map((index) =>
    record('topic', idOf('topic', index), {
      id: idOf('topic', index),
      revision: 1,
      slug: `topic-${index}`,
      name: `Topic ${index}`,
      name_key: `topic ${index}`,
      kind: 'topic',
      parent_id: index >= 10 ? idOf('topic', index % 10) : null,
      description: null,
      image: null,
      created_at: at,
      updated_at: at,
    }),
  )
}

function articleRecord(index: number, shape: Shape) {
  const words = wordsFrom(index)
  const [id, at] = [articleId(index), timeOf(index)]
  const paragraphs = shape === 'full' ? 3 : 1
  const sections = Array.from({ length: shape === 'full' ? 5 : 1 }, (_, position) => {
    const list = {
      type: 'list',
      ordered: true,
      items: [1, 2, 3].map((number) => ({ label: `Point ${number}`, text: words(6) })),
    }
    const body = [...Array.from({ length: paragraphs }, () => ({ type: 'paragraph', text: words(60) })), ...(shape === 'full' ? [list] : [])]
    const wordCount = paragraphs * 60 + (shape === 'full' ? 24 : 0)
    return {
      id: idOf('section', index, position),
      revision: 1,
      parent_id: null,
      position,
      depth: 0,
      anchor: `part-${position}`,
      heading: `Part ${position} ${words(3)}`,
      body,
      word_count: wordCount,
      created_at: at,
      updated_at: at,
    }
  })
  const items = Array.from({ length: shape === 'full' ? 4 : 0 }, (_, position) => ({
    id: idOf('item', index, position),
    text: words(6),
    target_type: 'section',
    target_section_id: sections[position]?.id ?? null,
    target_article_id: null,
    target_url: null,
  }))
  const lists =
    items.length > 0 ? [{ id: idOf('list', index), revision: 1, title: 'At a glance', style: 'bulleted', created_at: at, updated_at: at, items }] : []
  const author = { id: idOf('author', index % 50), slug: `author-${index % 50}`, name: `Author ${index % 50}`, image: null, role: null }
  const topic = { id: idOf('topic', index % 50), slug: `topic-${index % 50}`, name: `Topic ${index % 50}`, kind: 'topic' }
  const headline = `Story ${index} ${words(5)}`
  const wordCount = sections.reduce((sum, section) => sum + section.word_count, 0)
  const genre = index % 3 === 0 ? 'news' : 'feature'
  const language = index % 4 === 0 ? 'de' : 'en'
  const shared = {
    id,
    revision: 1,
    slug: `story-${index}`,
    language,
    headline,
    kicker: null,
    standfirst: words(12),
    slugline: null,
    dateline: null,
    genre,
    source: null,
    copyright: null,
    seo: null,
    corrections: [],
    custom: {},
  }
  const leadsTo = (id: string | null) => {
    const { anchor, heading } = sections.find((section) => section.id === id) ?? {}
    return { id, anchor, heading }
  }
  const document = {
    id,
    revision: 1,
    slug: shared.slug,
    status: 'published',
    publishedRevision: 1,
    language,
    headline,
    alternativeHeadline: null,
    kicker: null,
    standfirst: shared.standfirst,
    slugline: null,
    dateline: null,
    genre,
    leadImage: null,
    authors: [author],
    topics: [topic],
    sections: sections.map((section) => ({
      id: section.id,
      revision: 1,
      articleId: id,
      parentId: null,
      position: section.position,
      depth: 0,
      anchor: section.anchor,
      heading: section.heading,
      body: section.body,
      wordCount: section.word_count,
      createdAt: at,
      updatedAt: at,
    })),
    highlightLists: lists.map((list) => ({
      id: list.id,
      revision: 1,
      articleId: id,
      slug: null,
      title: list.title,
      style: list.style,
      position: 0,
      items: items.map((item) => ({
        id: item.id,
        text: item.text,
        target: { type: 'section', ...leadsTo(item.target_section_id) },
      })),
      createdAt: at,
      updatedAt: at,
    })),
    related: [],
    translations: [],
    source: null,
    copyright: null,
    seo: null,
    commentPolicy: 'open',
    commentsCloseAt: null,
    commentCount: 0,
    wordCount,
    excerpt: shared.standfirst,
    readingTime: Math.max(1, Math.round(wordCount / 240)),
    corrections: [],
    custom: {},
    url: null,
    canonicalUrl: null,
    share: null,
    createdAt: at,
    updatedAt: at,
    publishedAt: at,
  }
  const { commentCount: _, ...copy } = document
  const working = {
    ...copy,
    translationOf: null,
    aliases: [],
    status: 'draft',
    publishedRevision: null,
    publishedAt: null,
    hasUnpublishedChanges: true,
    editorNote: null,
    embargoUntil: null,
    externalId: null,
    schedule: { publish: null, unpublish: null },
  }
  return record('article', id, {
    ...shared,
    status: 'published',
    published_revision: 1,
    was_public: 1,
    alternative_headline: null,
    lead_image: null,
    comment_policy: 'open',
    canonical_url: null,
    editor_note: null,
    external_id: null,
    word_count: wordCount,
    created_at: at,
    updated_at: at,
    published_at: at,
    edition_number: 1,
    public_slug: shared.slug,
    has_unpublished_changes: 0,
    takedown_reason: null,
    takedown_notice: null,
    embargo_until: null,
    publish_at: null,
    publish_revision: null,
    publish_is_minor: null,
    unpublish_at: null,
    unpublish_reason: null,
    unpublish_notice: null,
    scheduled_at: null,
    authors: [{ id: author.id, role: null }],
    topics: [topic.id],
    related: [],
    sections,
    highlight_lists: lists,
    revisions: [
      { id: idOf('revision', index), number: 1, at, token_id: null, token_name: 'bench', note: null, is_published: 1, changes: [], document: working },
    ],
    editions: [
      {
        number: 1,
        revision: 1,
        is_minor: 0,
        document: { ...document, sections: [] },
        sections: document.sections,
        hidden: [],
        public_from: at,
        public_until: null,
      },
    ],
    mentions: [],
    preview_links: [],
    head: null,
  })
}

function commentRecord(index: number, number: number) {
  const [id, at] = [idOf('comment', index, number), new Date(base + index * 60_000 + number * 1000).toISOString()]
  return record('comment', id, {
    id,
    revision: 1,
    article_id: articleId(index),
    parent_id: null,
    depth: 0,
    status: 'approved',
    author_name: `Reader ${number}`,
    author_url: null,
    author_email: null,
    is_verified: 0,
    body: wordsFrom(index * 100 + number)(20),
    reply_count: 0,
    child_count: 0,
    ip_hash: null,
    edit_token_hash: null,
    moderated_by: null,
    moderated_at: null,
    moderation_reason: null,
    created_at: at,
    updated_at: at,
    edited_at: null,
  })
}

const slugRecord = (kind: string, slug: string, owner: string) =>
  record('slug', `${kind}/${slug}`, { kind, slug, owner_id: owner, is_current: 1, was_public: 1 })

function* records(articles: number, shape: Shape, comments: number) {
  yield* nameRecords()
  yield* topicRecords()
  for (let index = 0; index < articles; index++) yield slugRecord('article', `story-${index}`, articleId(index))
  for (const index of names) yield slugRecord('author', `author-${index}`, idOf('author', index))
  yield slugRecord('highlight-list', 'front', idOf('front', 0))
  for (const index of names) yield slugRecord('topic', `topic-${index}`, idOf('topic', index))
  for (let index = 0; index < articles; index++) yield articleRecord(index, shape)
  const list = { id: idOf('front', 0), revision: 1, slug: 'front', title: 'Front page', style: 'bulleted', created_at: timeOf(0), updated_at: timeOf(0) }
  const items = Array.from({ length: Math.min(20, articles) }, (_, index) => ({
    id: idOf('front-item', index),
    text: null,
    target_type: 'article',
    target_section_id: null,
    target_article_id: articleId(index),
    target_url: null,
  }))
  yield record('highlight-list', list.id, { ...list, items })
  for (let index = 0; index < articles; index++) for (let number = 0; number < comments; number++) yield commentRecord(index, number)
}

/** Writes an import of generated content: the same bytes for the same arguments. @param comments how many each article has */
export async function writeContent(file: string, articles: number, shape: Shape, comments: number): Promise<void> {
  const out = createWriteStream(file, { highWaterMark: 1 << 20 })
  for (const one of records(articles, shape, comments)) if (!out.write(`${JSON.stringify(one)}\n`)) await once(out, 'drain')
  out.end()
  await once(out, 'close')
}
