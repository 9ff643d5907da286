import { storiesThatSay } from '../articles/public/own-addresses.ts'
import { holderOfAlias } from '../articles/working/aliases.ts'
import { type ImportLine, importComments } from '../comments/importing.ts'
import type { Config } from '../config.ts'
import { htmlToMarkdown } from '../copy/html-to-markdown.ts'
import { currentTime } from '../database/clock.ts'
import type { Read } from '../database/engine.ts'
import type { Author, Database } from '../database/handles.ts'
import { isId, slugOwner } from '../database/slugs.ts'
import { formats, isTime, normalTime } from '../http/formats.ts'
import type { ForeignComment, ForeignFile, ForeignPage } from './comment-files.ts'

/** What came of an import: how many comments, and which pages had no story. */
export type ImportReport = {
  read: number
  created: number
  unchanged: number
  pings: number
  /** Those that answer a comment that the file doesn’t have: they stand alone. */
  orphans: number
  failures: { externalId: string; reason: string }[]
  lostPages: Map<string, number>
}

/** The id of the story that a page elsewhere became: by an external id, a canonical or old address, or the last part of the address as a slug. */
async function storyOf(read: Read, { ids, link }: ForeignPage): Promise<string | null> {
  for (const id of ids) {
    const row = await read.selectFrom('articles').select('id').where('external_id', '=', id).executeTakeFirst()
    if (row) return row.id
  }
  if (link === null) return null
  const plain = link.replace(/[?#].*$/, '').replace(/\/$/, '')
  const address = URL.parse(link)
  const path = address === null ? null : address.pathname + address.search
  const addresses = [link, plain, `${plain}/`, ...(path === null ? [] : [path, path.replace(/\?.*$/, '').replace(/\/$/, '')])].filter(Boolean)
  const [inPublic] = await storiesThatSay(read, addresses)
  if (inPublic) return inPublic
  const canonical = await read.selectFrom('articles').select('id').where('canonical_url', 'in', addresses).executeTakeFirst()
  if (canonical) return canonical.id
  const alias = path === null ? null : await holderOfAlias(read, path)
  if (alias) return alias.articleId
  const parts = (URL.parse(plain)?.pathname ?? '').split('/').filter(Boolean).reverse()
  for (const part of parts.slice(0, 2)) {
    const name = decodeURIComponentOr(part).replace(/\.(?:html?|php|aspx?)$/i, '')
    if (isId(name)) {
      const row = await read.selectFrom('articles').select('id').where('id', '=', name.toLowerCase()).executeTakeFirst()
      if (row) return row.id
    }
    const owner = await slugOwner(read, 'article', name.toLowerCase())
    if (owner) return owner.owner_id
  }
  return null
}

function decodeURIComponentOr(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const [longestName, longestBody, batch] = [1000, 65_536, 500]

/** A comment as an import takes it; what isn’t right about its author is left out. */
function lineOf(comment: ForeignComment, article: string, parentId: string | null, line: number): ImportLine {
  const { author, html, breaks, createdAt, status, externalId } = comment
  const body = htmlToMarkdown(html, breaks).slice(0, longestBody)
  const fault = (pointer: string, message: string): ImportLine => ({ line, errors: [{ pointer, code: 'value', message }] })
  if (!formats.visible?.(body)) return fault('/body', 'says nothing')
  if (createdAt === null || !isTime(createdAt)) return fault('/createdAt', 'has no time')
  const [at, now] = [normalTime(createdAt), currentTime()]
  const name = (author.name ?? '')
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim()
    .slice(0, longestName)
  return {
    line,
    input: {
      article,
      externalId,
      parentId,
      author: {
        name: formats.name?.(name) ? name : 'Anonymous',
        email: author.email !== null && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(author.email) && author.email.length <= 254 ? author.email : null,
        url: author.url !== null && formats.uri?.(author.url) ? author.url : null,
      },
      body,
      // Another machine’s clock may have been ahead.
      createdAt: [at, now].sort()[0] as string,
      status,
    },
  }
}

/**
 * Imports the comments of a file from elsewhere, as its threads have them. Run again it changes nothing; one that answers what comes
 * later waits for it.
 */
export async function importForeignComments(database: Database, config: Config, author: Author, file: ForeignFile): Promise<ImportReport> {
  const report: ImportReport = { read: 0, created: 0, unchanged: 0, pings: 0, orphans: 0, failures: [], lostPages: new Map() }
  const stories = new Map<ForeignPage, string | null>()
  const there = new Set<string>()
  let waiting: ForeignComment[] = []

  async function take(comments: readonly (ForeignComment & { parentId: string | null })[]): Promise<void> {
    const lines = comments.map((comment, index) => ({ comment, index }))
    const results = await importComments(database, config, author, lines, ({ comment, index }) =>
      lineOf(comment, stories.get(comment.page) as string, comment.parentId, index + 1),
    )
    for (const [index, { result, errors }] of results.entries()) {
      const { externalId } = comments[index] as ForeignComment
      if (result === 'failed') report.failures.push({ externalId, reason: errors.map(({ message }) => message).join('; ') })
      else {
        report[result]++
        there.add(externalId)
      }
    }
  }
  const ready = ({ parentExternalId }: ForeignComment) => parentExternalId === null || there.has(parentExternalId)
  const withParent = (comment: ForeignComment) => ({ ...comment, parentId: comment.parentExternalId === null ? null : `ext:${comment.parentExternalId}` })

  /** Takes those of some comments whose parents are there, and of those that wait. */
  async function settle(comments: readonly ForeignComment[]): Promise<void> {
    waiting.push(...comments)
    for (let more = waiting.filter(ready); more.length > 0; more = waiting.filter(ready)) {
      waiting = waiting.filter((comment) => !ready(comment))
      await take(more.map(withParent))
    }
  }

  let pending: ForeignComment[] = []
  for await (const comment of file.comments) {
    report.read++
    const { page } = comment
    if (!stories.has(page)) stories.set(page, await storyOf(database.read, page))
    if (stories.get(page) === null) {
      const name = page.link ?? page.ids[0] ?? page.title ?? 'a page without an address'
      report.lostPages.set(name, (report.lostPages.get(name) ?? 0) + 1)
      continue
    }
    pending.push(comment)
    if (pending.length >= batch) await settle(pending.splice(0))
  }
  await settle(pending)
  pending = []
  report.pings = file.pings()
  // Their parents are on no page here, or were no comments: they stand alone, with what answers them.
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ externalId }) => externalId))
    const roots = waiting.filter(({ parentExternalId }) => !names.has(parentExternalId as string))
    const alone = roots.length > 0 ? roots : waiting.slice(0, 1)
    report.orphans += alone.length
    waiting = waiting.filter((comment) => !alone.includes(comment))
    await take(alone.map((comment) => ({ ...comment, parentId: null })))
    await settle([])
  }
  return report
}
