import type { FastifyRequest } from 'fastify'
import { workingCards } from '../articles/working/cards.ts'
import { findAuthor, lockAuthor, requireAuthorWritable } from '../authors/routes.ts'
import { Author } from '../authors/schemas.ts'
import { authorOf, loadAuthor } from '../authors/store.ts'
import type { Config } from '../config.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import type { State } from '../database/name-revisions.ts'
import type { NameRevisionTable } from '../database/tables.ts'
import { findFreestanding, lockFreestanding, publishesAtOnce, workingListAnswer } from '../freestanding-lists/routes.ts'
import { publishParameter } from '../freestanding-lists/schemas.ts'
import { type Freestanding, loadFreestanding } from '../freestanding-lists/store.ts'
import { articlesOf, presentList, withoutGone } from '../highlight-lists/present.ts'
import { HighlightList } from '../highlight-lists/schemas.ts'
import type { StoredList } from '../highlight-lists/store.ts'
import { type Answer, send } from '../http/answers.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { noteHeader, operation } from '../http/operations.ts'
import { asksFor, collection, fieldsParameter, pageParameters } from '../http/pagination.ts'
import { notFound } from '../http/problems.ts'
import { readSnapshot } from '../http/reads.ts'
import { parameter } from '../http/references.ts'
import type { Named } from '../http/schemas.ts'
import type { App } from '../http/server.ts'
import type { Tag } from '../http/tags.ts'
import Type from '../http/type.ts'
import { RevisionDiff } from '../revisions/schemas.ts'
import { siteAnswer } from '../site/routes.ts'
import { Site } from '../site/schemas.ts'
import { loadSite, lockSite, presentSite, type StoredSite } from '../site/store.ts'
import { findTopic, lockTopic, requireTopicWritable } from '../topics/routes.ts'
import { Topic } from '../topics/schemas.ts'
import { loadTopic, topicOf } from '../topics/store.ts'
import { restoreName } from './restore.ts'
import { NameRevisionPage, nameRevisionProperties, WholeAuthorRevision, WholeHighlightListRevision, WholeSiteRevision, WholeTopicRevision } from './schemas.ts'
import { changesBetween, loadNameRevision, nameRevisionOf, pageOfNameRevisions, type Show, type Subject } from './store.ts'

const sorts = ['number'] as const

/** What has revisions, and how it is found, shown and changed. */
type Kind = {
  /** As in the ids of operations. */
  id: 'Author' | 'Topic' | 'HighlightList' | 'Site'
  /** In words. */
  one: string
  tag: Tag
  path: string
  whole: Named
  /** The property of the whole that has it. */
  property: string
  answer: Named
  /** Who may restore it, besides `content:write`; null where it is `content:publish` alone. */
  permission: string | null
  /** What else its restoring may be told. */
  query?: typeof publishParameter
  find: (read: Read, request: FastifyRequest) => Promise<Subject>
  /** What a revision kept, as the API shows it. */
  shown: Show
  /** It as it is now, for a change of its words. @throws Problem 403 where that shows in public without `content:publish` */
  lock: (tx: Write, request: FastifyRequest) => Promise<State>
  now: (read: Read, id: string) => Promise<Answer>
}

const kindsOf = (config: Config): Kind[] => [
  {
    id: 'Author',
    one: 'an author',
    tag: 'Authors',
    path: '/v1/authors/:author',
    whole: WholeAuthorRevision,
    property: 'author',
    answer: Author as Named,
    permission: 'and `content:publish` where the author is public, or named by a story that is planned to be',
    async find(read, request) {
      const { row } = await findAuthor(read, request, true)
      return { kind: 'author', state: authorOf(row), changedAt: row.updated_at }
    },
    shown: async (_, document) => document,
    async lock(tx, request) {
      const found = await lockAuthor(tx, request)
      await requireAuthorWritable(tx.read, request, found)
      return found.row
    },
    async now(read, id) {
      const found = await loadAuthor(read, id)
      return { body: found && authorOf(found.row), revision: found?.row.revision as number }
    },
  },
  {
    id: 'Topic',
    one: 'a topic',
    tag: 'Topics',
    path: '/v1/topics/:topic',
    whole: WholeTopicRevision,
    property: 'topic',
    answer: Topic as Named,
    permission: 'and `content:publish` where the topic is public, or named by a story that is planned to be',
    async find(read, request) {
      const { row } = await findTopic(read, request, true)
      return { kind: 'topic', state: topicOf(row), changedAt: row.updated_at }
    },
    shown: async (_, document) => document,
    async lock(tx, request) {
      const found = await lockTopic(tx, request)
      await requireTopicWritable(tx.read, request, found)
      return found.row
    },
    async now(read, id) {
      const found = await loadTopic(read, id)
      return { body: found && topicOf(found.row), revision: found?.row.revision as number }
    },
  },
  {
    id: 'HighlightList',
    one: 'a freestanding highlight list',
    tag: 'Highlight lists',
    path: '/v1/highlight-lists/:list',
    whole: WholeHighlightListRevision,
    property: 'highlightList',
    answer: HighlightList as Named,
    permission: 'and `content:publish` where it is public at once: with `publish=false` only the working copy is restored',
    query: publishParameter,
    async find(read, request) {
      const { working } = await findFreestanding(read, request)
      return { kind: 'highlight-list', state: working, changedAt: working.updatedAt }
    },
    async shown(read, document) {
      const list = document as StoredList
      const cards = await workingCards(read, articlesOf(list.items), config.PUBLIC_SITE_URL)
      return presentList({ ...list, items: withoutGone(list.items, cards) }, cards, false).value
    },
    async lock(tx, request) {
      publishesAtOnce(request)
      return (await lockFreestanding(tx, request)).working
    },
    now: async (read, id) => workingListAnswer(read, (await loadFreestanding(read, id)) as Freestanding, config.PUBLIC_SITE_URL),
  },
  {
    id: 'Site',
    one: 'the site',
    tag: 'Site',
    path: '/v1/site',
    whole: WholeSiteRevision,
    property: 'site',
    answer: Site as Named,
    permission: null,
    async find(read) {
      const state = await loadSite(read, config)
      return { kind: 'site', state, changedAt: state.updatedAt }
    },
    shown: async (read, document) => (await presentSite(read, document as StoredSite, true, config.PUBLIC_SITE_URL)).site,
    lock: (tx) => lockSite(tx, config),
    now: async (read) => siteAnswer(read, await loadSite(read, config), config.PUBLIC_SITE_URL),
  },
]

/** The revision of a number that may be no number. @throws Problem 404 */
async function findRevision(read: Read, subject: Subject, text: string): Promise<NameRevisionTable> {
  const row = /^[1-9]\d{0,8}$/.test(text) ? await loadNameRevision(read, subject, Number(text)) : undefined
  if (!row) throw notFound('revision')
  return row
}

function revisionsOf(app: App, { id, one, tag, path: own, whole, property, answer, permission, query, find, shown, lock, now }: Kind): void {
  const path = `${own}/revisions`
  const hasSlug = own.includes(':')
  const isAlwaysPublic = permission === null
  const kept = hasSlug ? ' `slug` and `externalId` stay what they are, and' : ''

  app.get(
    path,
    operation('GET', {
      id: `list${id}Revisions`,
      tag,
      summary: `List the revisions of ${one}`,
      description:
        'The newest first: who changed it, when, and what, as a JSON Patch against the revision before. What was made before 0.3 has those since then. Needs `content:read`.',
      scopes: ['content:read'],
      redirects: hasSlug,
      isPaged: true,
      query: { ...pageParameters(sorts, '-number'), ...fieldsParameter(nameRevisionProperties) },
      answer: NameRevisionPage,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const page = await readSnapshot(request, async (read) => {
        const subject = await find(read, request)
        return collection(request, {
          sorts,
          initially: '-number',
          keyType: 'number',
          properties: nameRevisionProperties,
          included: ['number'],
          shown: ({ id: _, ...revision }) => revision,
          page: (asked) => pageOfNameRevisions(read, subject, asked, asksFor(request, 'changes') ? shown : null),
        })
      })
      return send(request, reply, page)
    },
  )

  app.get(
    `${path}/:number`,
    operation('GET', {
      id: `get${id}Revision`,
      tag,
      summary: `Get ${one} as it was`,
      description: 'Whole, at one of its revisions. Needs `content:read`.',
      scopes: ['content:read'],
      redirects: hasSlug,
      answer: whole,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const body = await readSnapshot(request, async (read) => {
        const subject = await find(read, request)
        const row = await findRevision(read, subject, parameter(request, 'number'))
        const before = row.number > 1 ? await loadNameRevision(read, subject, row.number - 1) : undefined
        return { ...(await nameRevisionOf(read, row, before, shown)), [property]: await shown(read, JSON.parse(row.document)) }
      })
      return send(request, reply, { body })
    },
  )

  app.get(
    `${path}/:number/diff`,
    operation('GET', {
      id: `diff${id}Revisions`,
      tag,
      summary: `Compare two revisions of ${one}`,
      description: 'What turns the revision `against` into this one, as a JSON Patch, without `revision` and `updatedAt`. Needs `content:read`.',
      scopes: ['content:read'],
      redirects: hasSlug,
      query: {
        against: Type.Integer({
          minimum: 1,
          maximum: Number.MAX_SAFE_INTEGER,
          format: 'int64',
          description: 'The number of the other revision.',
          examples: [1],
        }),
      },
      answer: RevisionDiff,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const body = await readSnapshot(request, async (read) => {
        const subject = await find(read, request)
        const to = await findRevision(read, subject, parameter(request, 'number'))
        const from = await findRevision(read, subject, String(request.query.against))
        return { from: from.number, to: to.number, operations: await changesBetween(read, from, to, shown) }
      })
      return send(request, reply, { body })
    },
  )

  app.post(
    `${path}/:number/restore`,
    operation('POST', {
      id: `restore${id}Revision`,
      tag,
      summary: `Make ${one} again what it was`,
      description: `In a new revision;${kept} references to what no longer exists are dropped. Needs ${isAlwaysPublic ? '`content:publish`' : `\`content:write\`, ${permission}`}.`,
      scopes: [isAlwaysPublic ? 'content:publish' : 'content:write'],
      redirects: hasSlug,
      isConditional: true,
      headers: noteHeader,
      ...(query ? { query } : {}),
      status: 200,
      answer,
      problems: ['not-found', 'conflict'],
    }),
    (request: FastifyRequest, reply) =>
      change(request, reply, async (tx) => {
        const state = await lock(tx, request)
        requireMatch(request, state.revision)
        const subject = await find(tx.read, request)
        const { document } = await findRevision(tx.read, subject, parameter(request, 'number'))
        const { publish = true } = request.query as { publish?: boolean }
        await restoreName(tx, subject.kind, JSON.parse(document), { names: 'words-alone', publishes: publish })
        return now(tx.read, state.id)
      }),
  )
}

/**
 * Of authors, topics, freestanding lists and the site: GET …/revisions, GET …/revisions/{number}, GET …/revisions/{number}/diff,
 * POST …/revisions/{number}/restore
 */
export function nameRevisionRoutes(app: App): void {
  for (const kind of kindsOf(app.config)) revisionsOf(app, kind)
}
