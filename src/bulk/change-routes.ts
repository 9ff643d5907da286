import type { FastifyRequest } from 'fastify'
import { createParameter, publishPermission } from '../articles/api/lookup.ts'
import type { Config } from '../config.ts'
import { nameKey } from '../copy/names.ts'
import type { Read } from '../database/engine.ts'
import { idsByReference } from '../database/slugs.ts'
import { presentIds } from '../database/values.ts'
import { authorOf, changeInParts } from '../http/change.ts'
import { noting, notingLater } from '../http/faults.ts'
import { jsonBody, noteHeader, operation } from '../http/operations.ts'
import { badRequest, type Fault } from '../http/problems.ts'
import { keyOf, wayOf } from '../http/references.ts'
import type { App } from '../http/server.ts'
import { refuse } from '../http/validation.ts'
import type { TopicReferenceInput } from '../topics/schemas.ts'
import { changeMany, requireFew } from './change-many.ts'
import { idsOf } from './filter.ts'
import { ArticleChanges, ArticleChangesInput, mostArticles } from './schemas.ts'
import { topicOfName } from './store.ts'
import { allOf, patching, replacing, retopicing, type TopicChange, type Transform } from './transforms.ts'

// So many bytes of what would change a dry run answers; of the rest it says only that.
const mostDiffs = 16 * 1024 * 1024

/** What topics of a request name: those that are there by their ids. @param unknown what becomes of a name that no topic has */
async function topicsOf(
  read: Read,
  references: readonly TopicReferenceInput[],
  pointer: string,
  unknown: 'make' | 'refuse' | 'ignore',
): Promise<{ topics: TopicChange[]; faults: Fault[] }> {
  const faults: Fault[] = []
  const topics: TopicChange[] = []
  for (const [index, reference] of references.entries()) {
    const way = wayOf(reference)
    if (way === undefined) {
      faults.push({ pointer: `${pointer}/${index}`, code: 'required', message: 'needs an id, a slug, an externalId or a name' })
      continue
    }
    const key = keyOf(reference)
    const named = way === 'externalId' ? `ext:${key}` : key
    const id = way === 'name' ? await topicOfName(read, key) : (await idsByReference(read, 'topic', [named])).get(named)
    const isThere = id !== undefined && (await presentIds(read, 'topics', [id])).has(id)
    if (isThere) topics.push({ id })
    else if (way === 'name' && unknown === 'make') topics.push({ name: reference.name as string })
    else if (way !== 'name' || unknown === 'refuse')
      faults.push({
        pointer: `${pointer}/${index}/${way}`,
        code: 'not-found',
        message: `names no topic${way === 'name' ? ', and create=false makes none' : ''}`,
      })
  }
  return { topics, faults }
}

/** A topic that is to be added can't be left out. @param removed those of `given` that are there */
function twiceFaults(added: readonly TopicChange[], given: readonly TopicReferenceInput[], removed: readonly TopicChange[]): Fault[] {
  const idOf = (change: TopicChange) => ('id' in change ? change.id : undefined)
  const newNames = new Set(added.flatMap((change) => ('name' in change ? [nameKey(change.name)] : [])))
  const isAdded = removed.some((change) => added.some((one) => idOf(one) !== undefined && idOf(one) === idOf(change)))
  const isNew = given.some(({ name }) => typeof name === 'string' && newNames.has(nameKey(name)))
  return isAdded || isNew ? [{ pointer: '/removeTopics', code: 'combination', message: 'has a topic that addTopics has, too' }] : []
}

async function transformOf(
  read: Read,
  config: Config,
  { patch, addTopics = [], removeTopics = [], replaceText }: ArticleChangesInput,
  makesNames: boolean,
): Promise<Transform> {
  if (!patch && addTopics.length + removeTopics.length === 0 && !replaceText)
    throw badRequest({ pointer: '', code: 'required', message: 'needs patch, addTopics, removeTopics or replaceText' })
  if (patch && 'revision' in patch) throw badRequest({ pointer: '/patch/revision', code: 'combination', message: 'is of one article, not of many' })
  if (patch && 'topics' in patch && addTopics.length + removeTopics.length > 0)
    throw badRequest({ pointer: '/patch/topics', code: 'combination', message: 'can’t be combined with addTopics and removeTopics' })
  const added = await topicsOf(read, addTopics, '/addTopics', makesNames ? 'make' : 'refuse')
  const removed = await topicsOf(read, removeTopics, '/removeTopics', 'ignore')
  refuse([...added.faults, ...removed.faults, ...twiceFaults(added.topics, removeTopics, removed.topics)])
  const transforms: Transform[] = []
  if (replaceText) transforms.push(replacing(replaceText, config.BODY_LIMIT))
  if (addTopics.length + removeTopics.length > 0) transforms.push(retopicing(added.topics, removed.topics))
  if (patch) transforms.push(patching(patch as Record<string, unknown>))
  return allOf(transforms)
}

function requirePermissions(request: FastifyRequest, { apply, minor, publish }: ArticleChangesInput): void {
  if (apply === 'both') publishPermission(request, 'apply=both')
  if (publish) publishPermission(request, 'Publishing')
  const fault = (pointer: string, message: string) => noting(request, () => refuse([{ pointer, code: 'combination', message }]))
  if (apply && publish) fault('/publish', 'can’t be combined with apply')
  if (minor && !apply && !publish) fault('/minor', 'is about publishing: it goes with publish or apply')
}

/** POST /v1/articles/changes */
export function articleChangeRoutes(app: App): void {
  app.post(
    '/v1/articles/changes',
    operation('POST', {
      id: 'changeArticles',
      tag: 'Articles',
      summary: 'Change many articles',
      description:
        'All that a filter finds, at most 10,000: a merge patch, topics to add or to leave out, words to replace. Each is a change of its own with a revision, and one that can’t be changed keeps no other out: the answer has a result for each. What is so already is left alone, so that it can be sent again. `dryRun=true` shows what would change of each, up to 16 MiB in all. Needs `content:write`, and `content:publish` for what shows in public at once.',
      scopes: ['content:write'],
      headers: noteHeader,
      query: createParameter,
      bodies: jsonBody(ArticleChangesInput),
      isAlone: true,
      isConditional: false,
      status: 200,
      answer: ArticleChanges,
    }),
    (request, reply) =>
      changeInParts(
        request,
        reply,
        async () => {
          const input = request.body as ArticleChangesInput
          const author = { ...authorOf(request), ...(input.note === undefined ? {} : { note: input.note }) }
          requirePermissions(request, input)
          const found = await app.database.snapshot(async (read) => ({
            transform: await notingLater(request, transformOf(read, app.config, input, author.makesNames !== false)),
            ids: await notingLater(request, idsOf(read, app.database.engine, input.filter)),
          }))
          refuse(request.faults)
          const { transform, ids } = found as { [Name in keyof typeof found]: NonNullable<(typeof found)[Name]> }
          requireFew(ids, mostArticles)
          return { input, author, transform, ids }
        },
        async ({ input, author, ids, transform }) => {
          const data = await changeMany(request, ids, {
            transform,
            isBoth: input.apply === 'both',
            isMinor: input.minor ?? false,
            isPublished: input.publish ?? false,
            diffs: author.onDryRun ? { left: mostDiffs } : null,
            author,
          })
          const count = (wanted: string) => data.filter(({ result }) => result === wanted).length
          const body = { matched: ids.length, changed: count('changed'), unchanged: count('unchanged'), failed: count('failed'), data }
          return async () => ({ body })
        },
      ),
  )
}
