import { isDeepStrictEqual } from 'node:util'
import type { FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import type { Write } from '../../database/handles.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { conflict, type Fault } from '../../http/problems.ts'
import { replacementFrom } from '../../http/replacement.ts'
import { type Changing, changing } from '../public/changing.ts'
import { publishArticle, unpublishArticle } from '../public/publish.ts'
import { aliasesOf } from '../working/current.ts'
import { ArticleInput } from '../working/input-schemas.ts'
import { makeNames, type Resolved, resolveArticle } from '../working/resolve.ts'
import { scheduleColumns } from '../working/schedule.ts'
import type { Article } from '../working/schemas.ts'
import { appliesToBoth, correctArticle } from './correct.ts'
import { givenUpdatedAt } from './input.ts'
import { isPublic, lockWritable, publishPermission } from './lookup.ts'
import { isRescheduled, replaceArticle } from './save.ts'

/** What is published or taken down now can't be planned in the same request. */
export const plannedToo: Fault = { pointer: '/schedule/publish', code: 'combination', message: 'can’t be combined with publishing or taking down now' }

/**
 * The status that a PATCH names, where it can be reached so.
 * @throws Problem 409 that names the way, where it can't: a write never says yes and does nothing
 */
function requireReachable(row: ArticleTable, status: Article['status']): void {
  const refused = (message: string) => {
    throw conflict({ pointer: '/status', code: 'conflict', message })
  }
  if (status === row.status || status === 'published') return
  if (status === 'scheduled') refused('is reached by a time: send schedule.publish.at, or POST …/publish with "at"')
  if (status === 'trashed') refused('is reached by DELETE')
  if (status === 'draft' && row.status === 'unpublished')
    refused('was public: it stays unpublished until "published" brings it back; "unpublished" cancels a plan to do so')
  if (status === 'unpublished' && row.status !== 'published') refused('never was public: there is nothing to take down; "draft" cancels a plan')
}

/** Whether a PATCH's status cancels a plan to publish: who says that it isn't to be public doesn't want it to go out. */
function cancelsPlan(row: ArticleTable, status: Article['status'] | undefined): boolean {
  return (status === 'draft' && row.status === 'scheduled') || (status === 'unpublished' && row.status === 'unpublished' && row.publish_at !== null)
}

/** What a PATCH does to what the public has, where it names `status` itself. */
async function applyStatus(tx: Write, changed: Changing, status: Article['status'], isMinor: boolean): Promise<Changing> {
  if (status === 'published') return publishArticle(tx, changed, { isMinor, pointer: '/status' })
  return isPublic(changed.row) ? unpublishArticle(tx, changed, { reason: 'editorial', notice: null }) : changed
}

/** Permissions that show only when it is known what changes, and whether the article is public. */
function requirePermissions(request: FastifyRequest, { row, copy }: Changing, content: Resolved): void {
  if (content.columns.published_at !== row.published_at) publishPermission(request, 'Setting publishedAt')
  if (isRescheduled(row, content)) publishPermission(request, 'Planning a publication')
  const takesOtherwise = content.columns.comment_policy !== row.comment_policy || content.columns.comments_close_at !== row.comments_close_at
  if (isPublic(row) && takesOtherwise) publishPermission(request, 'The comment policy of a public article')
  const isElsewhere = content.columns.external_id !== row.external_id || !isDeepStrictEqual(content.aliases, aliasesOf(copy))
  if (isPublic(row) && isElsewhere) publishPermission(request, 'An address of a public article')
  const isOtherwiseTranslated = content.translationOf !== (copy.translationOf ?? null)
  // The original of others brings them along, which may be public.
  const bringsOthers = copy.translationOf === null && copy.translations.length > 0
  if (isOtherwiseTranslated && (isPublic(row) || bringsOthers)) publishPermission(request, 'The translations of a public article')
}

/**
 * Makes a PUT or PATCH of an article's working copy, with `apply=both` of the public edition too, and publishes or takes down where it says so.
 * @param options `publishesChanged`: whether to publish only where something changed
 * @returns the article as it is after that @throws Problem 400, 401, 403, 404, 409, 412 as the contract has it
 */
export async function writeArticle(tx: Write, request: FastifyRequest, config: Config, { publishesChanged = false } = {}): Promise<Changing> {
  const { publish = false, minor = false } = request.query as { publish?: boolean; minor?: boolean }
  if (publish) publishPermission(request, 'Publishing')
  const isBoth = appliesToBoth(request)
  if (publish && isBoth) request.faults.push({ parameter: 'publish', code: 'combination', message: 'can’t be combined with apply=both' })
  const row = await lockWritable(tx, request)
  const current = await changing(tx, row)
  if (isBoth) return correctArticle(tx, request, current, config)
  const { input, isPatch, names } = replacementFrom<ArticleInput>(request, current.copy, ArticleInput)
  const status = isPatch && names('status') ? input.status : undefined
  if (status !== undefined && (status !== row.status || cancelsPlan(row, status))) publishPermission(request, 'Publishing and taking down')
  if (status === 'published') publishPermission(request, 'Publishing')
  if (publish && status !== undefined && status !== 'published')
    request.faults.push({ parameter: 'publish', code: 'combination', message: `can’t be combined with the status ${status}` })
  if (minor && !publish && status !== 'published')
    request.faults.push({ parameter: 'minor', code: 'combination', message: 'is about publishing: it goes with publish=true or apply=both' })
  const content = await resolveArticle(tx, input, current, isPatch, config)
  if (isPatch && names('updatedAt')) {
    const date = content.columns.published_at ?? (publish || status === 'published' ? tx.now : null)
    content.updatedAt = givenUpdatedAt(request, input.updatedAt, row.updated_at, date, tx.now)
  }
  const isPlanned = content.columns.publish_at !== null && isRescheduled(row, content)
  if ((publish || status !== undefined) && isPlanned) request.faults.push(plannedToo)
  if (status !== undefined && request.faults.length === 0) requireReachable(row, status)
  if (cancelsPlan(row, status)) Object.assign(content.columns, scheduleColumns({ publish: null, unpublish: null }))
  requirePermissions(request, current, content)
  if (publish || status === 'published') current.kept.goesPublic = true
  const after = await replaceArticle(tx, current, await makeNames(tx, content), input.slug ?? (isPatch ? null : undefined))
  if (publish && publishesChanged && after === current) return after
  // What changes nothing, neither in public, leaves what is planned as it is.
  if (publish) return publishArticle(tx, after, { isMinor: minor, pointer: '/embargoUntil', keepsPlan: after === current })
  return status === undefined ? after : applyStatus(tx, after, status, minor)
}
