import type { FastifyReply, FastifyRequest } from 'fastify'
import { refreshRows } from '../articles/public/index-rows.ts'
import type { Read } from '../database/engine.ts'
import type { Author, Write } from '../database/handles.ts'
import { formerSlugsOf, idsByReference, slugOwner } from '../database/slugs.ts'
import { chunked } from '../database/values.ts'
import type { Answer } from '../http/answers.ts'
import { requirePermission } from '../http/auth.ts'
import { authorOf, changeInParts } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { jsonBody, noteHeader, operation, smallBody } from '../http/operations.ts'
import { badRequest, conflict } from '../http/problems.ts'
import { findVisible, parameter, wayOf } from '../http/references.ts'
import type { App } from '../http/server.ts'
import { renameInMenus } from '../site/store.ts'
import { topicsUnder } from '../topics/store.ts'
import { changeMany } from './change-many.ts'
import { Merge, MergeInput, mostArticles } from './schemas.ts'
import { appendMerged, articlesWith, endMerged, loadMerged, type MergedKind, type MergedRow, moveChildren, publicUnder } from './store.ts'
import { renaming } from './transforms.ts'

const locksOf = (kind: MergedKind, ids: readonly string[]) => (kind === 'author' ? ids.map((id) => `author:${id}`) : ['topics'])

// So many public articles under a topic get their rows anew in one transaction.
const piece = 200
const mostFailed = 100

type Parts = { row: MergedRow; into: string }

/** What a merge is of. @throws Problem 400 where `into` names nothing, the same, or what is under it */
async function partsOf(read: Read, request: FastifyRequest, kind: MergedKind): Promise<Parts> {
  const load = (id: string) => loadMerged(read, kind, id)
  const { row } = await findVisible(read, kind, parameter(request, kind), true, load)
  const { into } = request.body as { into: { id?: string; slug?: string; externalId?: string } }
  const way = wayOf(into) as 'id' | 'slug' | 'externalId'
  const reference = way === 'externalId' ? `ext:${into.externalId}` : (into[way] as string)
  const id = (await idsByReference(read, kind, [reference])).get(reference)
  const fault = (code: 'not-found' | 'value', message: string) => badRequest({ pointer: `/into/${way}`, code, message })
  if (id === undefined || !(await load(id))) throw fault('not-found', `names no ${kind}`)
  if (id === row.id) throw fault('value', `is the ${kind} itself`)
  if (kind === 'topic' && (await topicsUnder(read, [row.id])).includes(id)) throw fault('value', 'is under the topic: move it first')
  return { row, into: id }
}

/** Brings to the tree of now the rows of public articles that a topic stood above. */
async function refreshUnder(app: App, author: Author, id: string): Promise<void> {
  const articleIds = await publicUnder(app.database.read, id, mostArticles)
  for (const own of chunked(articleIds, piece)) await app.database.transaction(author, (tx) => refreshRows(tx, own))
}

/**
 * Ends what was merged, where nothing names it any more.
 * @returns whether it is gone @throws Problem 409 where what it was merged into is gone, or it was merged into another meanwhile
 */
async function end(tx: Write, kind: MergedKind, { id, slug }: MergedRow, into: string): Promise<boolean> {
  tx.lock(locksOf(kind, [id, into]))
  const [from, stays] = [await loadMerged(tx.read, kind, id), await loadMerged(tx.read, kind, into)]
  if (!from) {
    if ((await slugOwner(tx.read, kind, slug))?.owner_id === into) return true
    throw conflict({ pointer: '', code: 'conflict', message: 'is gone meanwhile: it was deleted, or merged into another' })
  }
  if (!stays) throw conflict({ pointer: '/into', code: 'conflict', message: 'is gone meanwhile: it was deleted, or merged itself' })
  tx.notBefore(from.row.updated_at)
  // What was changed is taken back by now, and what is foreseen is the events.
  if (tx.author.onDryRun) {
    appendMerged(tx, kind, from.row, into, await formerSlugsOf(tx.read, kind, id))
    await renameInMenus(tx, kind, id, into)
  } else if ((await articlesWith(tx.read, kind, id, 1)).length > 0) return false
  else await endMerged(tx, kind, from.row, into)
  return true
}

/** What is to be merged. @throws Problem 403 without `content:publish`; 400, 404, 412 as `partsOf` and preconditions say */
async function checked(app: App, request: FastifyRequest, kind: MergedKind): Promise<Parts> {
  requirePermission(request, 'content:publish', 'A merge changes what is public, which needs the scope content:publish.')
  const parts = await app.database.snapshot((read) => partsOf(read, request, kind))
  requireMatch(request, parts.row.revision)
  return parts
}

async function merged(app: App, request: FastifyRequest, kind: MergedKind, { row, into }: Parts): Promise<() => Promise<Answer>> {
  const author = authorOf(request)
  const { id } = row
  if (kind === 'topic') await app.database.transaction(author, (tx) => moveChildren(tx, id, into))
  const ids = await articlesWith(app.database.read, kind, id, mostArticles)
  const changes = { isBoth: true, isMinor: true, isPublished: false, diffs: null, isTrashToo: true, author }
  const results = await changeMany(request, ids, { ...changes, transform: renaming(kind, id, into) })
  if (kind === 'topic') await refreshUnder(app, author, id)
  const articles = results.filter(({ result }) => result === 'changed').length
  const failed = results.filter(({ result }) => result === 'failed').slice(0, mostFailed)
  const left = async () => (await articlesWith(app.database.read, kind, id, Number.MAX_SAFE_INTEGER)).length
  const foreseen = author.onDryRun ? (await left()) - articles : 0
  const isEnded = foreseen === 0 && (await app.database.transaction(author, (tx) => end(tx, kind, row, into)))
  const remaining = isEnded ? 0 : foreseen || (await left())
  return async () => ({ body: { id, into, articles, failed, remaining }, isUnfinished: remaining > 0 })
}

/** POST /v1/authors/{author}/merge, POST /v1/topics/{topic}/merge */
export function mergeRoutes(app: App): void {
  const declared = (kind: MergedKind, name: string, tag: 'Authors' | 'Topics') =>
    operation('POST', {
      id: `merge${name}`,
      tag,
      summary: `Merge ${kind === 'author' ? 'an author' : 'a topic'} into another`,
      description: `Every article that names it names the other instead, in its working copy and in public, with \`updatedAt\` unmoved; then it is gone, and its slugs redirect to the other.${kind === 'topic' ? ' What is under it is under the other.' : ''} Up to 10,000 articles are changed a request, each by itself: while \`remaining\` isn’t 0 the same request goes on, also after it was broken off. With \`X-Change-Set\` it can be undone. Needs \`content:publish\`.`,
      scopes: ['content:publish'],
      headers: noteHeader,
      redirects: true,
      bodies: jsonBody(MergeInput),
      bodyLimit: smallBody,
      isAlone: true,
      isConditional: true,
      status: 200,
      answer: Merge,
      problems: ['not-found'],
    })
  const merge = (kind: MergedKind) => (request: FastifyRequest, reply: FastifyReply) =>
    changeInParts(
      request,
      reply,
      () => checked(app, request, kind),
      (parts) => merged(app, request, kind, parts),
    )
  app.post('/v1/authors/:author/merge', declared('author', 'Author', 'Authors'), merge('author'))
  app.post('/v1/topics/:topic/merge', declared('topic', 'Topic', 'Topics'), merge('topic'))
}
