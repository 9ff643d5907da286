import { type Kysely, type SqlBool, sql } from 'kysely'
import { nameKey } from '../copy/names.ts'
import { slugify } from '../copy/slug.ts'
import type { Read } from '../database/engine.ts'
import { externalOwners } from '../database/external-ids.ts'
import type { Write } from '../database/handles.ts'
import { newId } from '../database/ids.ts'
import { keepRevision, revisionOfName, type State } from '../database/name-revisions.ts'
import { menusNaming } from '../database/name-uses.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import { preparedList } from '../database/prepared.ts'
import { findByReference, formerSlugsOf, idsOfReferences, releaseSlugs } from '../database/slugs.ts'
import type { Tables, TopicTable } from '../database/tables.ts'
import { differs, fromJson, groupBy, inPieces, toJson } from '../database/values.ts'
import { claimExternalId } from '../http/external-ids.ts'
import type { Fault } from '../http/problems.ts'
import { type Found, keyOf, namelessFault, namesIn, wayOf } from '../http/references.ts'
import { imageWithDefaults } from '../http/schemas.ts'
import { claimSlug, firstSlug } from '../http/slug-claims.ts'
import type { Topic, TopicInput, TopicReference, TopicReferenceInput } from './schemas.ts'

export function topicOf(row: TopicTable): Topic {
  return {
    id: row.id,
    revision: row.revision,
    slug: row.slug,
    name: row.name,
    kind: row.kind,
    parentId: row.parent_id,
    description: row.description,
    image: fromJson(row.image),
    sameAs: fromJson(row.same_as) ?? [],
    externalId: row.external_id,
  }
}

/** A topic, public where a public article names it or one under it. */
export async function loadTopic(read: Read, id: string): Promise<Found<TopicTable> | null> {
  const row = await read.selectFrom('topics').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) return null
  const named = await read.selectFrom('public_article_topics').select('topic_id').where('topic_id', '=', id).limit(1).executeTakeFirst()
  return { row, isPublic: named !== undefined }
}

/** Whether an article that is planned to be published names it, or one under it. */
export async function isPlannedTopic(read: Read, id: string): Promise<boolean> {
  const query = read.selectFrom('article_topics').innerJoin('articles', 'articles.id', 'article_topics.article_id').select('article_id')
  return (
    (await query
      .where('topic_id', 'in', await topicsUnder(read, [id]))
      .where('publish_at', 'is not', null)
      .limit(1)
      .executeTakeFirst()) !== undefined
  )
}

/** The topics that a reader sees. */
export function visibleTopics(read: Read, seesAll: boolean) {
  const query = read.selectFrom('topics')
  return seesAll
    ? query
    : query.where(({ exists, selectFrom }) => exists(selectFrom('public_article_topics').select('topic_id').whereRef('topic_id', '=', 'topics.id')))
}

/** Right under which topics, or at the top; with `isNone` under none of them. */
export type ParentCondition = { isNone: boolean; ids: readonly string[]; isTop: boolean }

/** Which topics: all where it asks for nothing. */
export type TopicFilters = {
  kinds: readonly { isNone: boolean; values: TopicTable['kind'][] }[]
  parents: readonly ParentCondition[]
  /** Parts of the name or the slug, which all must occur; null where none is asked for. */
  words: readonly string[] | null
}

const everything: TopicFilters = { kinds: [], parents: [], words: null }

const containing = (text: string) => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`

function filteredTopics(read: Read, seesAll: boolean, { kinds, parents, words }: TopicFilters) {
  let query = visibleTopics(read, seesAll)
  for (const { isNone, values } of kinds) query = query.where('kind', isNone ? 'not in' : 'in', values)
  for (const { isNone, ids, isTop } of parents)
    query = query.where((where) => {
      const isOne = where.or([...(ids.length > 0 ? [where('parent_id', 'in', ids)] : []), ...(isTop ? [where('parent_id', 'is', null)] : [])])
      // What is at the top is under none of them.
      return isNone ? where.or([where.not(isOne), ...(isTop ? [] : [where('parent_id', 'is', null)])]) : isOne
    })
  if (words?.length === 0) query = query.where(sql<SqlBool>`1 = 0`)
  for (const word of words ?? []) {
    // A slug has no accents.
    const inSlug = slugify(word) || word
    query = query.where(sql<SqlBool>`(name_key like ${containing(word)} escape '\\' or topics.slug like ${containing(inSlug)} escape '\\')`)
  }
  return query
}

/** A page of topics by name. */
export async function pageOfTopics(read: Read, seesAll: boolean, page: PageRequest, filters = everything): Promise<Rows<Topic>> {
  const found = await fetchPage(filteredTopics(read, seesAll, filters), page.sort.name === 'id' ? 'topics.id' : 'topics.name', 'topics.id', page)
  return {
    ...found,
    data: await topicsById(
      read,
      found.data.map(({ id }) => id),
    ),
  }
}

async function topicsById(read: Read, ids: string[]): Promise<Topic[]> {
  if (ids.length === 0) return []
  return inOrder(ids, (await read.selectFrom('topics').selectAll().where('id', 'in', ids).execute()).map(topicOf))
}

/** Topics by ids or slugs, in the order asked; those not found, and those that the filters leave out, are left out. */
export async function orderedTopics(read: Read, seesAll: boolean, asked: { ids?: string[]; slugs?: string[] }, filters = everything): Promise<Topic[]> {
  const ids = await idsOfReferences(read, 'topic', asked.ids ?? asked.slugs ?? [], !seesAll)
  if (ids.length === 0) return []
  const visible = await filteredTopics(read, seesAll, filters).select('topics.id').where('topics.id', 'in', ids).execute()
  const seen = new Set(visible.map(({ id }) => id))
  return topicsById(
    read,
    [...new Set(ids)].filter((id) => seen.has(id)),
  )
}

/** The topics of several articles, in their order. */
export async function topicsOfArticles(read: Read, articleIds: readonly string[]): Promise<Map<string, TopicReference[]>> {
  const rows = await inPieces(articleIds, (ids) =>
    read
      .selectFrom('article_topics')
      .innerJoin('topics', 'topics.id', 'article_topics.topic_id')
      .select(['article_id', 'topics.id', 'slug', 'name', 'kind'])
      .where('article_id', 'in', ids)
      .orderBy('article_id')
      .orderBy('position')
      .execute(),
  )
  const grouped = groupBy(rows, (row) => row.article_id)
  return new Map([...grouped].map(([id, own]) => [id, own.map(({ article_id: _, ...topic }) => topic)]))
}

/** A topic and all those under it. */
export async function topicsUnder(read: Read, topicIds: string[]): Promise<string[]> {
  if (topicIds.length === 0) return []
  const tree = sql<{ id: string }>`with recursive tree(id) as (
    select id from topics where id in (${sql.join(topicIds)})
    union select topics.id from topics join tree on topics.parent_id = tree.id
  ) select id from tree`
  return (await tree.execute(read as never)).rows.map(({ id }) => id)
}

function topicColumns(input: TopicInput) {
  return {
    name: input.name,
    name_key: nameKey(input.name),
    kind: input.kind ?? ('topic' as const),
    parent_id: input.parentId ?? null,
    description: input.description ?? null,
    image: toJson(imageWithDefaults(input.image)),
    same_as: input.sameAs?.length ? JSON.stringify(input.sameAs) : null,
    external_id: input.externalId ?? null,
  }
}

/**
 * What a topic is to be, with the id of the topic that it names as its parent by id, slug or `ext:`.
 * @param topicId null for a new one
 */
export async function resolveTopic(read: Read, topicId: string | null, input: TopicInput): Promise<{ input: TopicInput; faults: Fault[] }> {
  if (!input.parentId) return { input, faults: [] }
  const fault = (code: 'not-found' | 'value', message: string) => ({ input, faults: [{ pointer: '/parentId', code, message }] })
  const named = (await findByReference(read, 'topic', input.parentId))?.id
  const parent = named && (await read.selectFrom('topics').select('id').where('id', '=', named).executeTakeFirst())
  if (!parent) return fault('not-found', 'names no topic')
  const isLoop = topicId !== null && (await topicsUnder(read, [topicId])).includes(parent.id)
  return isLoop ? fault('value', 'is the topic itself or one under it: that would be a loop') : { input: { ...input, parentId: parent.id }, faults: [] }
}

/**
 * Makes a topic. @param former what it was last, where it was deleted and comes back
 * @throws Problem 409 where the given slug or external id is another's
 */
export async function createTopic(tx: Write, input: TopicInput, former: State | null = null): Promise<TopicTable> {
  const [id, revision] = [former?.id ?? newId(), (former?.revision ?? 0) + 1]
  if (input.externalId) await claimExternalId(tx, 'topic', id, input.externalId)
  const slug = await firstSlug(tx, 'topic', id, { given: input.slug, text: input.name, fallback: 'topic' }, false)
  const row: TopicTable = { id, revision, slug, ...topicColumns(input), created_at: tx.now, updated_at: tx.now }
  tx.insert('topics', [row])
  const data = former ? { restored: true } : {}
  tx.append({ type: 'topic.created', subject: { type: 'topic', id }, data, revision: [null, revision] })
  await keepRevision(tx, 'topic', null, tx.now, topicOf(row))
  return row
}

/** Makes a topic what the input says. @param slug the given one, null for a newly derived one, undefined to keep it */
export async function replaceTopic(tx: Write, { row, isPublic }: Found<TopicTable>, input: TopicInput, slug: string | null | undefined): Promise<TopicTable> {
  const columns = topicColumns(input)
  if (columns.external_id !== null && columns.external_id !== row.external_id) await claimExternalId(tx, 'topic', row.id, columns.external_id)
  const kept =
    slug === undefined || slug === row.slug
      ? row.slug
      : await claimSlug(tx, 'topic', row.id, { given: slug ?? undefined, text: input.name, fallback: 'topic' }, isPublic)
  const values = { ...columns, slug: kept }
  if (!differs(row, values)) return row
  const changed = { ...row, ...values, revision: row.revision + 1, updated_at: tx.now }
  await tx.updateTable('topics').set(changed).where('id', '=', row.id).execute()
  tx.append({ type: 'topic.updated', subject: { type: 'topic', id: row.id }, revision: [row.revision, changed.revision] })
  await keepRevision(tx, 'topic', topicOf(row), row.updated_at, topicOf(changed))
  return changed
}

/** How many topics are right under a topic. */
export async function countRightUnder(read: Read, topicId: string): Promise<number> {
  const { count } = await read
    .selectFrom('topics')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('parent_id', '=', topicId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function deleteTopic(tx: Write, row: TopicTable): Promise<void> {
  const { id, revision } = row
  // What it was last is kept, so that it can come back.
  if (!(await revisionOfName(tx.read, id, revision))) await keepRevision(tx, 'topic', null, row.updated_at, topicOf(row))
  const former = await formerSlugsOf(tx.read, 'topic', id)
  await tx.deleteFrom('topics').where('id', '=', id).execute()
  await releaseSlugs(tx, 'topic', id)
  tx.append({ type: 'topic.deleted', subject: { type: 'topic', id }, data: { ...former, ...(await menusNaming(tx.read, id)) }, revision: [revision, null] })
}

/** A topic as an article names one; without an `id` one of a new name, which is yet to be made. */
export type NamedTopic = TopicReference | { name: string; kind?: TopicTable['kind'] }

/** A reference that may say of what kind a topic was that is gone. */
type Reference = TopicReferenceInput & { formerKind?: TopicTable['kind'] }

const selectNamed = (db: Kysely<Tables>) => db.selectFrom('topics').select(['topics.id', 'topics.slug', 'topics.name', 'topics.kind'])
const namedById = preparedList<TopicReference & { key: string }>((db, ids) => selectNamed(db).select('id as key').where('id', 'in', ids))
const namedBySlug = preparedList<TopicReference & { key: string }>((db, slugs) =>
  selectNamed(db)
    .innerJoin('slugs', 'slugs.owner_id', 'topics.id')
    .select('slugs.slug as key')
    .where('slugs.kind', '=', 'topic')
    .where('slugs.slug', 'in', slugs),
)
// The last of a name is the one that is taken: the oldest.
const namedByName = preparedList<TopicReference & { key: string }>((db, keys) =>
  selectNamed(db).select('name_key as key').where('name_key', 'in', keys).orderBy('id', 'desc'),
)

/** The topics that some references name: by id, by a slug of theirs, and the first of each name. */
async function topicsNamed(tx: Write, references: readonly TopicReferenceInput[]): Promise<(reference: TopicReferenceInput) => TopicReference | undefined> {
  const { id: ids, slug: slugs, externalId: externalIds, name: keys } = namesIn(references)
  // Those who name the same at once find what the first of them makes.
  tx.lock(keys.map((key) => `name:topic:${key}`))
  const found = async (query: typeof namedBySlug, list: readonly string[]) =>
    new Map((await inPieces(list, (piece) => query(tx, piece))).map(({ key, ...topic }) => [key, topic]))
  // What was merged is named by what it was merged into.
  const owners = await externalOwners(tx.read, 'topic', externalIds)
  const owned = await found(namedById, [...owners.values()])
  const by = {
    id: await found(namedById, ids),
    slug: await found(namedBySlug, slugs),
    externalId: new Map([...owners].map(([externalId, id]) => [externalId, owned.get(id)])),
    name: await found(namedByName, keys),
  }
  return (reference) => by[wayOf(reference) ?? 'name'].get(keyOf(reference))
}

/** Finds the topics that an article names; what is unknown by id or slug, or there twice, is a fault. */
export async function findTopics(tx: Write, references: Reference[], pointer: string, faults: Fault[]): Promise<NamedTopic[]> {
  const known = await topicsNamed(tx, references)
  const found = new Map<string, NamedTopic>()
  for (const [index, reference] of references.entries()) {
    const { name, formerKind: kind } = reference
    const place = `${pointer}/${index}`
    const topic = known(reference)
    const fault = topic ? null : namelessFault(reference, 'topic', place)
    if (fault) faults.push(fault)
    else if (!topic && tx.author.makesNames === false)
      faults.push({ pointer: `${place}/name`, code: 'not-found', message: 'names no topic, and create=false makes none' })
    else {
      const key = topic ? topic.id : JSON.stringify({ name: nameKey(name as string) })
      if (found.has(key)) faults.push({ pointer: place, code: 'duplicate', message: 'names a topic that is there already' })
      else found.set(key, topic ?? { name: name as string, ...(kind ? { kind } : {}) })
    }
  }
  return [...found.values()]
}

/** Makes those of the named topics that aren't there. @returns all of them */
export async function makeTopics(tx: Write, topics: readonly NamedTopic[]): Promise<TopicReference[]> {
  const made: TopicReference[] = []
  // Who changes the tree claims slugs under it, and so do these.
  if (topics.some((topic) => !('id' in topic))) tx.lock(['topics'], true)
  for (const topic of topics) {
    if ('id' in topic) made.push(topic)
    else {
      // This very change may have made one of that name meanwhile.
      const known = (await topicsNamed(tx, [topic]))(topic)
      const { id, slug, name, kind } = known ?? (await createTopic(tx, topic))
      made.push({ id, slug, name, kind })
    }
  }
  return made
}
