import { isDeepStrictEqual } from 'node:util'
import type { FastifyRequest } from 'fastify'
import { requirePublic } from '../articles/api/lookup.ts'
import type { Config } from '../config.ts'
import { commentToHtml, shownOf } from '../copy/markdown.ts'
import { hasTooManyMarks, mostMarks, neutralised } from '../copy/neutral.ts'
import { plainUrl } from '../copy/urls.ts'
import { milliseconds } from '../database/clock.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import type { ArticleTable, CommentTable } from '../database/tables.ts'
import { fromJson, toJson } from '../database/values.ts'
import { may, requireScope } from '../http/auth.ts'
import { noting } from '../http/faults.ts'
import { formats } from '../http/formats.ts'
import { badRequest, conflict, type Fault, notFound, Problem } from '../http/problems.ts'
import { readOnlyFaults } from '../http/references.ts'
import { replacementFrom } from '../http/replacement.ts'
import { hashOf, sameSecret } from '../http/secrets.ts'
import { refuse } from '../http/validation.ts'
import { noteHistory } from './history.ts'
import { PatchedComment } from './input-schemas.ts'
import { isArticlePublic } from './lookup.ts'
import { decide } from './moderation.ts'
import type { Reader } from './readers.ts'
import type { Judgement } from './rules/index.ts'
import { type Lesson, learn, lessonOf } from './rules/learned.ts'
import { addressesIn } from './rules/links.ts'
import type { Candidate } from './rules/rule.ts'
import { bodyHash } from './search.ts'
import { commentOf, isVisible, ownComment } from './shown.ts'
import { changeComment } from './store.ts'

/** Whether a request shows that its sender wrote a comment: by its edit token, or as the reader for whom a site speaks. */
export function isOwnComment(request: FastifyRequest, row: CommentTable, reader: Reader | null): boolean {
  if (row.status === 'deleted') return false
  const given = request.headers['comment-edit-token']
  if (given !== undefined) return row.edit_token_hash !== null && sameSecret(hashOf(String(given)), row.edit_token_hash)
  return reader !== null && reader.account !== null && reader.account === row.account
}

/**
 * The role in which a request may change a comment: a moderator, or the writer with a valid edit token in time.
 * @throws Problem 404 to who can't see it, as if there were none; 401 or 403 to who can, and may not
 */
export async function roleOf(read: Read, request: FastifyRequest, row: CommentTable, reader: Reader | null): Promise<'moderator' | 'writer'> {
  const given = request.headers['comment-edit-token']
  const moderates = may(request, 'comments:moderate')
  if (given === undefined && reader === null && moderates) {
    request.needed.add('comments:moderate')
    return 'moderator'
  }
  const isOwn = isOwnComment(request, row, reader)
  const seesIt = moderates || isOwn || (isVisible(row) && (await isArticlePublic(read, row)))
  if (!seesIt) throw notFound('comment')
  if (given === undefined && reader === null) requireScope(request, 'comments:moderate')
  if (!isOwn) throw new Problem('forbidden', given === undefined ? 'Comment-Author didn’t write this comment.' : 'Comment-Edit-Token is not this comment’s.')
  // What a reader could change unseen would show when the story does again.
  await requirePublic(read, row.article_id)
  const endsAt = Date.parse(row.created_at) + request.server.config.COMMENT_EDIT_WINDOW * 1000
  if (milliseconds() > endsAt) throw new Problem('edit-window-over', 'The time in which this comment could be changed is over.')
  return 'writer'
}

const day = 24 * 60 * 60 * 1000

/** When an article stops taking comments by itself; null where it doesn’t. */
export function closingTime({ comments_close_at, published_at }: ArticleTable, { COMMENTS_CLOSE_AFTER: days }: Config): string | null {
  if (comments_close_at !== null || days === null || published_at === null) return comments_close_at
  return new Date(Date.parse(published_at) + days * day).toISOString()
}

/** @throws Problem 403 where an article takes no comments, or no longer */
export function requireOpen(article: ArticleTable, config: Config): void {
  if (article.comment_policy === 'closed') throw new Problem('comments-closed', 'This article takes no comments.')
  const closedAt = closingTime(article, config)
  if (closedAt !== null && Date.parse(closedAt) <= milliseconds()) throw new Problem('comments-closed', 'This article takes comments no longer.', { closedAt })
}

/** A stranger’s text without what abuses it; more combining marks than any script needs are a fault of the request. */
export function sound(request: FastifyRequest, pointer: string, text: string): string {
  const plain = neutralised(text)
  if (hasTooManyMarks(plain)) noting(request, () => refuse([tooManyMarks(pointer)]))
  return plain
}

const tooManyMarks = (pointer: string): Fault => ({ pointer, code: 'format', message: `has more than ${mostMarks} combining marks in a row` })

/** What a comment’s body shows: nothing, or too many marks, is a fault of the request. */
export function shownBody(request: FastifyRequest, body: string): Shown {
  const shown = readBody(body)
  const faults = faultsOfShown(body, shown)
  if (faults.length > 0) noting(request, () => refuse(faults))
  return shown
}

/** A body’s HTML, the text of it as it shows, and where its links lead. */
export type Shown = { html: string; text: string; links: string[] }

/** Renders a body, and reads it as it shows. */
export function readBody(body: string): Shown {
  const html = commentToHtml(body)
  const { text, links } = shownOf(html)
  return { html, text, links: [...links, ...addressesIn(text).filter((link) => !links.includes(link))] }
}

/** What keeps a body from being shown. */
export function faultsOfShown(body: string, { text }: Shown): Fault[] {
  if (hasTooManyMarks(text)) return [tooManyMarks('/body')]
  return body !== '' && !formats.visible?.(text) ? [{ pointer: '/body', code: 'format', message: 'shows nothing' }] : []
}

/** Changes a comment as a patch says, in a role; anything else that it names is refused. @throws Problem 403; 400; 409 */
export async function patchComment(
  request: FastifyRequest,
  tx: Write,
  row: CommentTable,
  role: 'moderator' | 'writer',
  judgeAgain: (candidate: Candidate) => Promise<Judgement>,
): Promise<CommentTable> {
  const current = role === 'moderator' ? commentOf(row, true) : ownComment(row)
  const judged = { reason: row.moderation_reason, note: row.moderation_note }
  const { input, names } = replacementFrom<PatchedComment>(request, role === 'moderator' ? { ...current, ...judged } : current, PatchedComment)
  const { author, status, reason = null, note = null, pinned, featured } = input
  // What isn’t the writer’s to change stays as it came.
  const [body, name] = role === 'writer' ? [sound(request, '/body', input.body), sound(request, '/author/name', author.name)] : [input.body, author.name]
  refuse(readOnlyFaults(input, current))
  if (status === 'deleted') throw badRequest({ pointer: '/status', code: 'value', message: 'can’t be set: send DELETE' })
  const given = { body, author_name: name, author_url: role === 'writer' && author.url ? plainUrl(author.url) : (author.url ?? null) }
  const saysOther = !isDeepStrictEqual({ body: row.body, author_name: row.author_name, author_url: row.author_url }, given)
  if (role === 'moderator') {
    if (saysOther) throw new Problem('forbidden', 'What a comment says is its writer’s to change, with Comment-Edit-Token.')
    for (const [name, value] of Object.entries({ pinned, featured }))
      if (value && names(name) && status !== 'approved')
        throw conflict({ pointer: `/${name}`, code: 'conflict', message: 'can’t be set: the comment isn’t approved, and so not shown' })
    const lessons: Lesson[] = []
    const decision = {
      reason,
      note,
      ...(names('status') ? { status } : {}),
      ...(names('pinned') ? { pinned } : {}),
      ...(names('featured') ? { featured } : {}),
    }
    const decided = await decide(tx, row, decision, lessons)
    await learn(tx, lessons)
    return decided
  }
  const judges = status !== row.status || pinned !== current.pinned || featured !== current.featured
  if (judges || input.reason !== undefined || input.note !== undefined)
    throw may(request, 'comments:moderate')
      ? new Problem('forbidden', 'As its writer you change what the comment says: to moderate, leave out Comment-Edit-Token and Comment-Author.')
      : new Problem('forbidden', 'status, reason, note, pinned and featured are a moderator’s to change.', { requiredScope: 'comments:moderate' })
  if (!saysOther) return row
  const { comment_policy } = await tx.read.selectFrom('articles').select('comment_policy').where('id', '=', row.article_id).executeTakeFirstOrThrow()
  const { author_email: email, account } = row
  const shown = shownBody(request, body)
  const { flags, status: rulesSay } = await judgeAgain({
    body,
    ...shown,
    name,
    email,
    url: author.url ?? null,
    account,
    address: null,
    form: null,
  })
  // Else what a moderator let pass, or a rule, could become anything.
  const isAgainPending = comment_policy === 'moderated' && row.status === 'approved'
  const after = row.status === 'approved' ? (rulesSay ?? (isAgainPending ? 'pending' : 'approved')) : row.status
  if (row.learned !== null) await learn(tx, [lessonOf(row, row.learned, -1)])
  const known = fromJson<Judgement['flags']>(row.flags) ?? []
  const all = [...known, ...flags.filter(({ rule }) => !known.some((one) => one.rule === rule))]
  const values: Partial<CommentTable> = {
    ...given,
    body_html: shown.html,
    body_hash: bodyHash(body),
    edited_at: tx.now,
    status: after,
    learned: null,
    flags: all.length > 0 ? (toJson(all) as CommentTable['flags']) : null,
    ...(after === 'approved' ? {} : { is_pinned: 0, is_featured: 0 }),
  }
  const changed = await changeComment(tx, row, values)
  noteHistory(tx, row, changed, { by_kind: 'writer', action: 'edited', author_name: row.author_name, body: row.body })
  return changed
}
