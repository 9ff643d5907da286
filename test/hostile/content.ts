import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { v7 as newId } from 'uuid'
import type { Who } from './request.ts'
import { send } from './send.ts'
import { adminToken, type Server } from './server.ts'

type Answered = Record<string, never> & { id: string; secret: string; editToken: string }
type Ask = (method: string, path: string, body?: unknown, token?: string) => Promise<Answered>

/** What the requests are about. */
export type Content = {
  tokens: Partial<Record<Who, string>>
  /** A published article with open comments. */
  open: string
  comment: { id: string; editToken: string }
  author: string
  topic: string
  token: string
  section: string
  list: string
  freestanding: string
  /** A draft of 1,000 sections. */
  large: string
  /** A published article of which one paragraph and one standfirst are long. */
  long: string
  /** A draft with 300 revisions. */
  revised: string
  /** A draft whose two revisions have hardly a word in common. */
  rewritten: string
  preview: string
  /** Articles of which one comment has many replies, or few. */
  many: Thread
  few: Thread
  /** Replies to replies to replies; the parent is the last of them. */
  deep: Thread
  /** An article whose comments are all costly to render. */
  marked: string
  markedComment: string
  /** Makes another draft. */
  draft: (body?: Record<string, unknown>) => Promise<string>
  ask: Ask
}

export type Thread = { article: string; parent: string; replies: string[] }

const words = (count: number, offset = 0) => Array.from({ length: count }, (_, index) => `word${(index + offset) * 7}`).join(' ')

export const paragraph = (text: string) => ({ type: 'paragraph', text })

/** Sections with a short paragraph each. */
export const sectionsOf = (count: number, text = 'Crews worked.') =>
  Array.from({ length: count }, (_, index) => ({ heading: `Part ${index}`, body: [paragraph(`${text} ${index}`)] }))

export function asker(server: () => Server): Ask {
  return async (method, path, body, token = adminToken) => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    if (token === '') delete headers.authorization
    const answer = await send(server().port, { method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    if (typeof answer.status !== 'number' || answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 500)}`)
    return (answer.text === '' ? {} : JSON.parse(answer.text)) as Answered
  }
}

const scopes: Who[] = ['comments:write', 'comments:moderate', 'content:read', 'content:write', 'content:publish']

/** Makes what the requests are about over HTTP. */
export async function makeContent(ask: Ask): Promise<Content> {
  const tokens: Content['tokens'] = { admin: adminToken }
  for (const scope of scopes) tokens[scope] = (await ask('POST', '/v1/tokens', { name: scope, scopes: [scope] })).secret
  const article = async (body: Record<string, unknown>) => (await ask('POST', '/v1/articles', { headline: 'Harbour reopens', ...body })).id
  const published = (body: Record<string, unknown> = {}) => article({ status: 'published', ...body })
  const comment = (about: string, body: string, parentId?: string) =>
    ask('POST', `/v1/articles/${about}/comments`, { author: { name: 'A reader' }, body, ...(parentId ? { parentId } : {}) }, '')

  const author = (await ask('POST', '/v1/authors', { name: 'Ada Berg' })).id
  const topic = (await ask('POST', '/v1/topics', { name: 'Shipping' })).id
  const token = (await ask('POST', '/v1/tokens', { name: 'Spare', scopes: ['content:read'] })).id
  const open = await published({ authors: [{ id: author }], topics: [{ id: topic }], sections: sectionsOf(3) })
  const section = (await ask('POST', `/v1/articles/${open}/sections`, { heading: 'More' })).id
  const list = (await ask('POST', `/v1/articles/${open}/highlight-lists`, { items: [{ text: 'One' }] })).id
  const freestanding = (await ask('POST', '/v1/highlight-lists', { title: 'Top stories', slug: 'top-stories', items: [{ text: 'One' }] })).id
  const first = await comment(open, 'Good *news*.')
  const large = await article({ sections: sectionsOf(1000) })
  const long = await published({ standfirst: words(1000), sections: [{ heading: 'Long', body: [paragraph(words(6000)), paragraph('ก'.repeat(15_000))] }] })
  const revised = await article({ sections: sectionsOf(50) })
  for (let index = 0; index < 300; index++) await ask('PATCH', `/v1/articles/${revised}`, { headline: `Harbour reopens ${index}` })
  const rewritten = await article({ sections: sectionsOf(1000, words(50)) })
  await ask('PUT', `/v1/articles/${rewritten}`, {
    headline: 'Rewritten',
    sections: sectionsOf(999, words(50, 9999)).map((part) => ({ ...part, heading: null })),
  })
  const preview = (await ask('POST', `/v1/articles/${large}/preview-links`, {})).token as unknown as string
  const marked = await published()
  let markedComment = ''
  for (let index = 0; index < 100; index++) markedComment = (await comment(marked, '**a '.repeat(2500))).id
  const threads: Thread[] = []
  for (let index = 0; index < 3; index++) {
    const about = await published()
    threads.push({ article: about, parent: (await comment(about, 'First.')).id, replies: [] })
  }
  return {
    tokens,
    open,
    comment: { id: first.id, editToken: first.editToken },
    author,
    topic,
    token,
    section,
    list,
    freestanding,
    large,
    long,
    revised,
    rewritten,
    preview,
    many: threads[0] as Thread,
    few: threads[1] as Thread,
    deep: threads[2] as Thread,
    marked,
    markedComment,
    draft: (body = {}) => article(body),
    ask,
  }
}

/** Puts replies under a comment, or each under the one before, straight into the file: over HTTP it would take a day. */
function addReplies(database: Sqlite.Database, thread: Thread, count: number, isChain = false): void {
  const parent = database.prepare('select * from comments where id = ?').get(thread.parent) as Record<string, unknown>
  const names = Object.keys(parent)
  const insert = database.prepare(`insert into comments (${names.join(', ')}) values (${names.map((name) => `@${name}`).join(', ')})`)
  const begin = Date.parse(String(parent.created_at))
  for (let index = 1; index <= count; index++) {
    const at = new Date(begin + index).toISOString()
    const id = newId({ msecs: begin + index })
    insert.run({
      ...parent,
      id,
      parent_id: isChain ? (thread.replies.at(-1) ?? thread.parent) : thread.parent,
      depth: isChain ? index : 1,
      body: `Reply ${index}`,
      created_at: at,
      updated_at: at,
    })
    thread.replies.push(id)
  }
  const counts = database.prepare('update comments set reply_count = ?, child_count = ? where id = ?')
  if (isChain) for (const id of [thread.parent, ...thread.replies.slice(0, -1)]) counts.run(1, 1, id)
  else counts.run(count, count, thread.parent)
  if (isChain) thread.parent = thread.replies.at(-1) as string
  database.prepare('update comment_counts set approved = ? where article_id = ?').run(count + 1, thread.article)
}

/** Adds the replies, while no server runs. */
export function addThreads(folder: string, { many, few, deep }: Content): void {
  const database = new Sqlite(join(folder, 'hostile.db'))
  database.transaction(() => {
    addReplies(database, many, 100_000)
    addReplies(database, few, 10)
    addReplies(database, deep, 5000, true)
  })()
  database.close()
}
