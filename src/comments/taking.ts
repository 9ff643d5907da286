import type { FastifyReply, FastifyRequest } from 'fastify'
import { plainUrl } from '../copy/urls.ts'
import { currentTime, milliseconds } from '../database/clock.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import type { ArticleTable, CommentTable } from '../database/tables.ts'
import { may, requirePermission } from '../http/auth.ts'
import { externalIdTaken } from '../http/external-ids.ts'
import { noting } from '../http/faults.ts'
import { normalTime } from '../http/formats.ts'
import { badRequest, conflict, type Fault, Problem } from '../http/problems.ts'
import { hashOf, newSecret } from '../http/secrets.ts'
import type { App } from '../http/server.ts'
import { refuse } from '../http/validation.ts'
import type { CommentInput } from './input-schemas.ts'
import { type Known, knownOf, type Twin } from './known.ts'
import { commentOfId } from './lookup.ts'
import { countComment } from './rates.ts'
import { personOf, type Reader, requireNotBanned } from './readers.ts'
import { askClassifier } from './rules/classifier.ts'
import { type Lists, listReader } from './rules/files.ts'
import { type Judgement, judge } from './rules/index.ts'
import type { Asked, Candidate, Context } from './rules/rule.ts'
import { emailKey } from './search.ts'
import { createComment, isGone, type NewComment } from './store.ts'
import { requireOpen, shownBody, sound } from './writing.ts'

/** What is known of a comment before its change begins, since it comes from elsewhere than the database. */
export type Outside = { reader: Reader; lists: Lists; opinion: Context['opinion'] }

/**
 * Asks, before a change begins, what comes from elsewhere than the database.
 * @param isAsked whether the classifier is to be, too
 * @param isWithin whether a change has begun: then it isn’t waited for, which would hold up every writer
 */
export type AskOutside = (candidate: Asked, articleId: string, isAsked: boolean, isWithin: boolean) => Promise<Pick<Outside, 'lists' | 'opinion'>>

const unasked = { verdict: 'unsure', reason: 'the classifier isn’t asked in a batch' } as const

/** How the operator’s files and classifier are asked. */
export function outsideOf({ config }: App): AskOutside {
  const lists = listReader(config.COMMENT_WORDS_FILE, config.COMMENT_BLOCKLIST_FILE)
  return async (candidate, articleId, isAsked, isWithin) => {
    const hasOpinion = isAsked && config.COMMENT_RULES.classifier !== 'off'
    return { lists: await lists(), opinion: hasOpinion ? (isWithin ? unasked : await askClassifier(config, candidate, articleId)) : null }
  }
}

const saidAlready = () => conflict({ pointer: '/body', code: 'duplicate', message: 'was said here already by the same author' })

/** What the rules say of a comment, new or edited. */
export function judged(
  tx: Write,
  app: App,
  candidate: Candidate,
  articleId: string,
  { twins, taught }: Omit<Known, 'standing'>,
  outside: Omit<Outside, 'reader'>,
): Promise<Judgement> {
  return judge(candidate, { read: tx.read, config: app.config, now: milliseconds(), key: app.hashKey, articleId, twins, taught, ...outside })
}

/** The same of one that was edited. @throws Problem 409 where its author said so already in the same place */
export async function judgedAgain(tx: Write, app: App, row: CommentTable, candidate: Candidate, outside: Omit<Outside, 'reader'>): Promise<Judgement> {
  const known = await knownOf(tx.read, [], candidate.body)
  const twins = known.twins.filter(({ id }) => id !== row.id)
  const isSaidAlready = twins.some(
    (twin) =>
      twin.article_id === row.article_id &&
      (twin.reply_to ?? twin.parent_id) === (row.reply_to ?? row.parent_id) &&
      isSameAuthor(twin, candidate, { hashes: row.ip_hash === null ? [] : [row.ip_hash] }),
  )
  if (isSaidAlready) throw saidAlready()
  return judged(tx, app, candidate, row.article_id, { ...known, twins }, outside)
}

/** A new comment as rules look at it; without an author’s name it is a fault of the request. */
export function candidateOf(request: FastifyRequest, input: CommentInput, reader: Pick<Reader, 'account' | 'name'>): Candidate {
  const name = reader.name ?? input.author?.name
  if (name === undefined)
    noting(request, () => {
      throw badRequest({ pointer: '/author', code: 'required', message: 'is required: what the reader is called' })
    })
  // What was wrong with a request was taken out of it, and the rest is looked at all the same.
  const body = sound(request, '/body', input.body ?? '')
  return {
    body,
    ...shownBody(request, body),
    name: sound(request, reader.name === null ? '/author/name' : '/author', name ?? ''),
    email: input.author?.email ?? null,
    url: input.author?.url ? plainUrl(input.author.url) : null,
    account: reader.account,
    address: reader.account === null ? request.ip : null,
    form: { honeypot: input.honeypot, stamp: input.stamp },
  }
}

/** What a new comment answers. @throws Problem 400 where that isn't a comment under the same article that the public sees, or, for an import, one that is there */
async function answeredBy(read: Read, parentId: string | null | undefined, articleId: string, isImport: boolean): Promise<CommentTable | null> {
  if (!parentId) return null
  const parent = await commentOfId(read, parentId)
  const takesReplies = parent?.status === 'approved' || (isImport && parent?.status !== 'deleted')
  if (!parent || parent.article_id !== articleId || !takesReplies)
    throw badRequest({ pointer: '/parentId', code: 'not-found', message: 'names no comment of this article that can be replied to' })
  return parent
}

const isSameAuthor = (twin: Twin, { account, name, email }: Candidate, { hashes }: Pick<Reader, 'hashes'>): boolean => {
  if (account !== null) return twin.account === account
  if (email !== null) return twin.email_key === emailKey(email)
  return twin.email_key === null && twin.author_name === name && twin.ip_hash !== null && hashes.includes(twin.ip_hash)
}

const importNames = ['createdAt', 'editedAt', 'status', 'externalId'] as const

/** Whether an input has what only an import says. */
export const isImported = (input: CommentInput): boolean => importNames.some((name) => input[name] !== undefined && input[name] !== null)

/** When an imported comment was written and edited. @param now when it was written where nothing is said @throws Problem 400 for a time in the future */
function originOf({ createdAt, editedAt, externalId = null }: CommentInput, now: string): NonNullable<NewComment['origin']> {
  const times = { createdAt: createdAt ? normalTime(createdAt) : now, editedAt: editedAt ? normalTime(editedAt) : null }
  const faults = Object.entries(times).flatMap(([name, time]): Fault[] =>
    time !== null && time > currentTime() ? [{ pointer: `/${name}`, code: 'range', message: 'must not be in the future' }] : [],
  )
  if (times.editedAt !== null && times.editedAt < times.createdAt) faults.push({ pointer: '/editedAt', code: 'range', message: 'must not be before createdAt' })
  refuse(faults)
  return { ...times, externalId }
}

/**
 * Takes a comment from elsewhere, as it was there: no rule, no limit and no policy keeps it out. One whose external id is there
 * already is that one, and stays what it is.
 */
export async function importComment(
  tx: Write,
  { config }: Pick<App, 'config'>,
  articleId: string,
  input: CommentInput,
  candidate: Candidate,
): Promise<{ row: CommentTable; isNew: true } | { row: CommentTable | null; isNew: false }> {
  const origin = originOf(input, tx.now)
  if (origin.externalId !== null) {
    tx.lock([`comment-external:${origin.externalId}`])
    const same = await tx.read.selectFrom('comments').selectAll().where('external_id', '=', origin.externalId).executeTakeFirst()
    if (same && same.article_id !== articleId) throw externalIdTaken('comment', origin.externalId, same.id)
    if (same) return { row: same, isNew: false }
    // What was deleted here doesn’t come back.
    if (await isGone(tx.read, origin.externalId)) return { row: null, isNew: false }
  }
  const row = await createComment(tx, {
    articleId,
    answered: await answeredBy(tx.read, input.parentId, articleId, true),
    mostDepth: config.COMMENT_MAX_DEPTH,
    status: input.status ?? 'approved',
    author: { name: candidate.name, url: candidate.url, email: candidate.email },
    account: candidate.account,
    isVerified: false,
    isStaff: input.author?.staff === true,
    flags: [],
    body: candidate.body,
    html: candidate.html,
    ipHash: null,
    editTokenHash: null,
    origin,
  })
  return { row, isNew: true }
}

/** Takes a comment that somebody writes now. @throws Problem 403 where they may not; 409 where they said it already; 429 past a limit */
async function writeComment(
  tx: Write,
  request: FastifyRequest,
  reply: FastifyReply,
  article: ArticleTable,
  candidate: Candidate,
  outside: Outside,
): Promise<{ row: CommentTable; editToken: string }> {
  const app = request.server as App
  const { config } = app
  const { reader } = outside
  const input = request.body as CommentInput
  const isStaff = input.author?.staff === true
  if (!isStaff) requireOpen(article, config)
  const known = await knownOf(tx.read, isStaff ? [] : personOf(reader, candidate.email), candidate.body)
  const { isTrusted } = known.standing
  requireNotBanned(known.standing)
  const answered = await answeredBy(tx.read, input.parentId, article.id, false)
  const isSaidAlready = known.twins.some(
    (twin) => twin.article_id === article.id && (twin.reply_to ?? twin.parent_id) === (answered?.id ?? null) && isSameAuthor(twin, candidate, reader),
  )
  if (isSaidAlready) throw saidAlready()
  const isVerified = may(request, 'comments:write')
  if (isVerified) request.needed.add('comments:write')
  const isModerator = may(request, 'comments:moderate')
  // A site’s server asks for all its readers.
  const address = isVerified ? null : (reader.ipHash ?? null)
  if (!isModerator) await countComment(tx, reply, config, { address, person: reader.account ?? emailKey(candidate.email), articleId: article.id })
  const { flags, status } = isModerator || isTrusted ? { flags: [], status: null } : await judged(tx, app, candidate, article.id, known, outside)
  const isApproved = isStaff || isTrusted || article.comment_policy === 'open'
  const editToken = newSecret('bshe_')
  const row = await createComment(tx, {
    articleId: article.id,
    answered,
    mostDepth: config.COMMENT_MAX_DEPTH,
    status: status ?? (isApproved ? 'approved' : 'pending'),
    author: { name: candidate.name, url: candidate.url, email: candidate.email },
    account: reader.account,
    isVerified,
    isStaff,
    flags,
    body: candidate.body,
    html: candidate.html,
    ipHash: reader.ipHash,
    editTokenHash: hashOf(editToken),
  })
  return { row, editToken }
}

/** Takes a comment on an article: one that is written now, or, by a moderator, one from elsewhere. */
export async function takeComment(
  tx: Write,
  request: FastifyRequest,
  reply: FastifyReply,
  article: ArticleTable,
  candidate: Candidate,
  outside: Outside,
): Promise<{ row: CommentTable; editToken: string | null }> {
  const input = request.body as CommentInput
  if (input.author?.staff) requirePermission(request, 'comments:moderate', 'Writing as staff needs the scope comments:moderate.')
  tx.lock([`comments:${article.id}`])
  if (!isImported(input)) return writeComment(tx, request, reply, article, candidate, outside)
  requirePermission(request, 'comments:moderate', `${importNames.join(', ')} are for imports: they need the scope comments:moderate.`)
  const { row, isNew } = await importComment(tx, request.server as App, article.id, input, candidate)
  if (!row) throw new Problem('gone', 'The comment of this externalId was deleted here.')
  // The same sent again is what is there; another comment isn't.
  if (!isNew && (row.body !== candidate.body || row.author_name !== candidate.name)) throw externalIdTaken('comment', input.externalId as string, row.id)
  return { row, editToken: null }
}
