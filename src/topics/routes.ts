import type { FastifyRequest } from 'fastify'
import { nameKey } from '../copy/names.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { type PlannedNaming, usesOfName } from '../database/name-uses.ts'
import { idsByReference } from '../database/slugs.ts'
import type { TopicTable } from '../database/tables.ts'
import type { Answer } from '../http/answers.ts'
import { send } from '../http/answers.ts'
import { may, requirePermission, requireScope } from '../http/auth.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { isToBeMade } from '../http/external-ids.ts'
import { noting } from '../http/faults.ts'
import { type Condition, conditionsOf, requireKnown } from '../http/filters.ts'
import { jsonBody, mediumBody, noteHeader, operation, patchBodies } from '../http/operations.ts'
import { collection, externalIdParameter, fieldsParameter, filter, idsParameter, pageParameters, propertyNames, slugParameter } from '../http/pagination.ts'
import { atParameter, nameAt, timeOfPast } from '../http/past.ts'
import { badRequest, Problem } from '../http/problems.ts'
import { readCommitted, readSnapshot } from '../http/reads.ts'
import { type Found, findVisible, locked, parameter, readOnlyFaults } from '../http/references.ts'
import { replacementFrom } from '../http/replacement.ts'
import type { App } from '../http/server.ts'
import Type from '../http/type.ts'
import { refuse } from '../http/validation.ts'
import { type TopicExtras, withExtras } from './extras.ts'
import { Topic, TopicCreate, TopicInput, TopicPage, TopicPatch, topicKinds } from './schemas.ts'
import {
  countRightUnder,
  createTopic,
  deleteTopic,
  isPlannedTopic,
  loadTopic,
  orderedTopics,
  type ParentCondition,
  pageOfTopics,
  replaceTopic,
  resolveTopic,
  type TopicFilters,
  topicOf,
  topicsUnder,
} from './store.ts'

const extras = ['path', 'children', 'articleCount']
const properties = Object.keys(Topic.properties).filter((name) => !extras.includes(name))

const includeParameter = {
  include: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'What else to answer, comma-separated: `path`, `children`, `articleCount`.' }),
  ),
}
const mayInclude = ['path', 'children', 'articleCount'] as const

const includedIn = (request: FastifyRequest) => noting(request, () => propertyNames(request.query as Record<string, unknown>, 'include', mayInclude)) ?? []

const extrasOf = (included: readonly string[], isCounted = false): TopicExtras => ({
  path: included.includes('path'),
  children: included.includes('children'),
  articles: isCounted || included.includes('articleCount'),
})

const topicAnswer = (row: TopicTable): Answer => ({ body: topicOf(row), revision: row.revision })

/** The topic that a path names, for one who sees all or what is public. @throws Problem 404; Redirect for an old slug */
export const findTopic = (read: Read, request: FastifyRequest, seesAll: boolean) =>
  findVisible(read, 'topic', parameter(request, 'topic'), seesAll, (id) => loadTopic(read, id))

/** The same, for a change. */
export const lockTopic = (tx: Write, request: FastifyRequest) =>
  locked(
    tx,
    () => 'topics',
    () => findTopic(tx.read, request, true),
    ({ row }) => row.updated_at,
  )

/** @throws Problem 403 where the change would show in public, now or by a plan, without `content:publish` */
export async function requireTopicWritable(read: Read, request: FastifyRequest, { row, isPublic }: Found<TopicTable>): Promise<void> {
  if (may(request, 'content:publish')) return
  const what = isPublic ? 'is public' : (await isPlannedTopic(read, row.id)) && 'is named by a story that is planned to be public'
  if (what) requirePermission(request, 'content:publish', `The topic ${what}, so changing it needs the scope content:publish.`)
}

/** The topics under which others are asked for; under one that is unknown, or hidden, there is none. Null stands for the top. */
async function parentsAsked(read: Read, { isNone, values }: Condition, seesAll: boolean): Promise<ParentCondition> {
  const named = values.filter((value) => value !== 'none')
  const known = await idsByReference(read, 'topic', named, !seesAll)
  return { isNone, ids: named.map((reference) => known.get(reference) ?? reference), isTop: values.includes('none') }
}

// Each is looked for by itself.
const mostWords = 20

/** Signs stand between words, as in a search. */
function wordsOf(text: string): string[] {
  const words = [...new Set(nameKey(text).split(/[^\p{L}\p{N}\p{M}]+/u))].filter((word) => word !== '')
  if (words.length > mostWords) throw badRequest({ parameter: 'q', code: 'length', message: `must have at most ${mostWords} words` })
  return words
}

/** The filters of a list. @throws Problem 400 for what isn’t known */
async function filtersOf(read: Read, request: FastifyRequest): Promise<TopicFilters> {
  const { q } = request.query as { q?: string }
  const kinds = noting(request, () => conditionsOf(request.query as Record<string, unknown>, 'kind')) ?? []
  noting(request, () => requireKnown(kinds, 'kind', topicKinds))
  const parents: ParentCondition[] = []
  for (const condition of noting(request, () => conditionsOf(request.query as Record<string, unknown>, 'parentId')) ?? [])
    parents.push(await parentsAsked(read, condition, may(request, 'content:read')))
  return { kinds: kinds as TopicFilters['kinds'], parents, words: q === undefined ? null : (noting(request, () => wordsOf(q)) ?? []) }
}

/** Makes a topic of a request's body. */
async function make(tx: Write, request: FastifyRequest): Promise<Answer> {
  const given = request.body as TopicInput
  if (given.parentId) tx.lock(['topics'])
  const { input, faults } = await resolveTopic(tx.read, null, given)
  refuse([...readOnlyFaults(input, null), ...faults])
  const row = await createTopic(tx, input)
  return { ...topicAnswer(row), status: 201, location: `/v1/topics/${row.id}` }
}

/**
 * GET|POST /v1/topics, GET|PUT|PATCH|DELETE /v1/topics/{topic}
 */
export function topicRoutes(app: App, onMove: (tx: Write, topicIds: readonly string[]) => Promise<void>, plannedNaming: PlannedNaming): void {
  app.get(
    '/v1/topics',
    operation('GET', {
      id: 'listTopics',
      tag: 'Topics',
      summary: 'List topics',
      description: 'By name. The public sees those that a public article names, and those above them; `content:read` sees all.',
      isOpen: true,
      isPaged: true,
      query: {
        ...pageParameters(['name'], 'name'),
        count: Type.Optional(
          Type.Unsafe<boolean | 'articles'>({
            anyOf: [{ type: 'boolean' }, { type: 'string', enum: ['articles'] }],
            description: '`true` counts all rows, in `page.total`; `articles` answers with each topic’s `articleCount`.',
          }),
        ),
        ...fieldsParameter(properties),
        ...idsParameter,
        ...externalIdParameter,
        ...slugParameter,
        ...includeParameter,
        kind: filter(`Of ${topicKinds.join(', ')}.`),
        parentId: filter('Right under a topic: its id, slug or `ext:`; `none` for those at the top.'),
        q: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 200,
            description: 'Words that must all occur, each in the name or in the slug, or in a word of them. Without a word it finds nothing.',
          }),
        ),
      },
      answer: TopicPage,
    }),
    async (request, reply) => {
      const seesAll = may(request, 'content:read')
      const included = includedIn(request)
      const shown = extrasOf(included, request.query.count === 'articles')
      const answer = await (shown.articles ? readCommitted : readSnapshot)(request, async (read) => {
        const filters = await filtersOf(read, request)
        return collection(request, {
          sorts: ['name'],
          initially: 'name',
          properties,
          included: extras,
          ordered: async (asked) => withExtras(read, seesAll, await orderedTopics(read, seesAll, asked, filters), shown),
          page: async (page) => {
            const rows = await pageOfTopics(read, seesAll, page, filters)
            return { ...rows, data: await withExtras(read, seesAll, rows.data, shown) }
          },
        })
      })
      const keys = ['list', ...answer.rows.map(({ id }) => `topic:${id}`)]
      return send(request, reply, { ...answer, isPublic: !seesAll, variesByToken: true, keys })
    },
  )

  app.post(
    '/v1/topics',
    operation('POST', {
      id: 'createTopic',
      tag: 'Topics',
      summary: 'Create a topic',
      description: 'Needs `content:write`. A slug is made from the name where none is given.',
      scopes: ['content:write'],
      headers: noteHeader,
      bodies: jsonBody(TopicCreate),
      bodyLimit: mediumBody,
      answer: Topic,
      links: { read: ['getTopic', 'topic'], change: ['patchTopic', 'topic'] },
      problems: ['slug-taken', 'external-id-taken'],
    }),
    (request, reply) => change(request, reply, (tx) => make(tx, request)),
  )

  app.get(
    '/v1/topics/:topic',
    operation('GET', {
      id: 'getTopic',
      tag: 'Topics',
      summary: 'Get a topic',
      description: 'By id or slug. One that no public article names, nor one under it, is a 404 to the public. `at` needs `content:read`.',
      isOpen: true,
      redirects: true,
      query: { ...includeParameter, ...atParameter('What it was at this time: 404 where it wasn’t there.') },
      answer: Topic,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const at = timeOfPast(request)
      if (at !== undefined) {
        requireScope(request, 'content:read')
        if (request.query.include !== undefined)
          noting(request, () => {
            throw badRequest({ parameter: 'include', code: 'combination', message: 'is about now: it can’t be combined with at' })
          })
        const body = await readSnapshot(request, async (read) => {
          const { row } = await findTopic(read, request, true)
          return nameAt(read, { state: topicOf(row), changedAt: row.updated_at }, at)
        })
        return send(request, reply, { body, revision: body.revision })
      }
      const seesAll = may(request, 'content:read')
      const shown = extrasOf(includedIn(request))
      const { row, isPublic, body } = await (shown.articles ? readCommitted : readSnapshot)(request, async (read) => {
        const found = await findTopic(read, request, seesAll)
        return { ...found, body: (await withExtras(read, seesAll, [topicOf(found.row)], shown))[0] }
      })
      return send(request, reply, { ...topicAnswer(row), body, isPublic: isPublic && !seesAll, variesByToken: true, keys: [`topic:${row.id}`, 'list'] })
    },
  )

  const write = (request: FastifyRequest, reply: Parameters<typeof change>[1]) =>
    change(request, reply, async (tx) => {
      if (request.method === 'PUT' && (await isToBeMade(tx, request, 'topic', 'topic'))) return make(tx, request)
      const found = await lockTopic(tx, request)
      const current = topicOf(found.row)
      const { input: given, isPatch } = replacementFrom<TopicInput>(request, current, TopicInput)
      const { input, faults } = await resolveTopic(tx.read, current.id, given)
      refuse([...readOnlyFaults(input, current), ...faults])
      const kept = isPatch ? {} : { externalId: found.row.external_id }
      const row = await replaceTopic(tx, found, { ...kept, ...input }, input.slug ?? (isPatch ? null : undefined))
      // To send again what is so already takes no more than to write at all.
      if (row !== found.row) await requireTopicWritable(tx.read, request, found)
      if (row.parent_id !== current.parentId) await onMove(tx, await topicsUnder(tx.read, [row.id]))
      return topicAnswer(row)
    })

  app.put(
    '/v1/topics/:topic',
    operation('PUT', {
      id: 'replaceTopic',
      tag: 'Topics',
      summary: 'Replace a topic',
      makes: true,
      description:
        'Needs `content:write`, and `content:publish` where the topic is public, or named by a story that is planned to be. Keeps the slug and the `externalId` where they are left out.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      bodies: jsonBody(TopicInput),
      bodyLimit: mediumBody,
      answer: Topic,
      problems: ['not-found', 'conflict', 'slug-taken', 'external-id-taken'],
    }),
    write,
  )

  app.patch(
    '/v1/topics/:topic',
    operation('PATCH', {
      id: 'patchTopic',
      tag: 'Topics',
      summary: 'Change a topic',
      description: 'Needs `content:write`, and `content:publish` where the topic is public, or named by a story that is planned to be.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      bodies: patchBodies(TopicPatch),
      bodyLimit: mediumBody,
      answer: Topic,
      problems: ['not-found', 'slug-taken', 'external-id-taken'],
    }),
    write,
  )

  app.delete(
    '/v1/topics/:topic',
    operation('DELETE', {
      id: 'deleteTopic',
      tag: 'Topics',
      summary: 'Delete a topic',
      description: 'Needs `content:write`. One that an article names, or with others under it, is a 409 with the count.',
      scopes: ['content:write'],
      redirects: true,
      answer: null,
      problems: ['not-found', 'in-use'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const found = await lockTopic(tx, request)
        requireMatch(request, found.row.revision)
        const { id } = found.row
        const { articles, lists } = await usesOfName(tx.read, 'topic', id, plannedNaming)
        const topics = await countRightUnder(tx.read, id)
        if (topics > 0) lists.push(`/v1/topics?parentId=${id}`)
        const [list] = lists
        if (list !== undefined)
          throw new Problem('in-use', `${articles} articles name this topic, or one under it in public, and ${topics} topics are under it.`, {
            count: articles + topics,
            list,
            lists,
          })
        await deleteTopic(tx, found.row)
        return { status: 204 }
      }),
  )
}
