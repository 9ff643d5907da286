import { replaceArticle } from '../articles/api/save.ts'
import { type Changing, changing } from '../articles/public/changing.ts'
import { type Edition, editionBefore, editionOf, endEdition, insertEdition } from '../articles/public/editions.ts'
import { publishContent, reschedule, restoreArticle, setColumns, trashArticle, unpublishArticle } from '../articles/public/publish.ts'
import { hasUnpublishedChanges } from '../articles/public/record-change.ts'
import type { ArticleInput } from '../articles/working/input-schemas.ts'
import type { Schedule } from '../articles/working/publication-schemas.ts'
import { makeNames, resolveArticle } from '../articles/working/resolve.ts'
import { documentAt } from '../articles/working/revisions.ts'
import { scheduleOf } from '../articles/working/schedule.ts'
import type { Article } from '../articles/working/schemas.ts'
import { requireFreeLanguage, settleEdition } from '../articles/working/translations.ts'
import type { Config } from '../config.ts'
import { currentTime } from '../database/clock.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { pick, presentIds } from '../database/values.ts'
import { continueParts, restoredInput, withFormerParts } from '../revisions/restore.ts'
import { KeptError } from './kept.ts'
import type { Lineage, Reverting } from './lineage.ts'
import { revertName } from './revert-names.ts'
import {
  type Changed,
  editionPublishedBefore,
  isMade,
  isPublicChange,
  isReverted,
  type LoggedChange,
  othersSince,
  publicEventBefore,
  revisionBefore,
} from './store.ts'

/** What the public had before a change decided otherwise: an edition, or why it had none. */
type PublicBefore = { edition: Edition } | { edition: null; takedown: { reason: 'editorial' | 'legal'; notice: string | null } }

async function publicBefore(read: Read, id: string, change: LoggedChange): Promise<PublicBefore> {
  const before = await publicEventBefore(read, id, change.seq)
  const edition = !before || before.type === 'article.published' ? await editionOfEvent(read, id, change, before) : null
  if (edition) return { edition }
  const { reason = 'editorial', notice = null } = before?.type === 'article.unpublished' ? JSON.parse(before.data) : {}
  return { edition: null, takedown: { reason, notice } }
}

/** The last edition before a change, public then or not; null where there was none. */
async function lastEditionBefore(read: Read, id: string, change: LoggedChange | undefined): Promise<Edition | null> {
  const number = change && (await editionPublishedBefore(read, id, change.seq))
  const editions = read.selectFrom('editions').selectAll().where('article_id', '=', id)
  const row = number ? await editions.where('number', '=', number).executeTakeFirst() : undefined
  // What was imported was published without an event that says so.
  return row ? editionOf(row) : editionBefore(read, id, change?.at ?? currentTime())
}

async function editionOfEvent(read: Read, id: string, { type, data }: LoggedChange, before: { data: string } | undefined): Promise<Edition | null> {
  const editions = read.selectFrom('editions').selectAll().where('article_id', '=', id).orderBy('number', 'desc').limit(1)
  const details = JSON.parse(data) as { edition?: number; wasPublic?: boolean }
  // What was imported was public without an event that says so.
  if (!before && type === 'article.trashed' && !details.wasPublic) return null
  const number = before ? (JSON.parse(before.data) as { edition: number }).edition : details.edition === undefined ? undefined : details.edition - 1
  const row = await (number === undefined ? editions : editions.where('number', '=', number)).executeTakeFirst()
  return row ? editionOf(row) : null
}

const nothingPlanned: Schedule = { publish: null, unpublish: null }

/**
 * What was planned before a set changed or ended that; null where it did neither.
 * @param document what the article was before, for changes that don’t say what was planned
 * @throws KeptError where it was for a time that is over; of what comes out of the trash that is left out
 */
function scheduleBefore({ changes }: Changed, document: Pick<Article, 'schedule'>, now: string): Schedule | null {
  const said = changes.map(({ type, data }) => ({ type, was: (JSON.parse(data) as { was?: Schedule }).was }))
  const first = said.find(({ type, was }) => was !== undefined || type === 'article.scheduled')
  if (!first) return null
  const { publish, unpublish } = first.was ?? document.schedule ?? nothingPlanned
  const over = [publish, unpublish].find((plan) => plan !== null && plan.at <= now)
  if (over && first.type !== 'article.trashed') throw new KeptError(`it was planned for ${over.at}, which is over`)
  const toCome = <P extends { at: string }>(plan: P | null) => (plan !== null && plan.at > now ? plan : null)
  return { publish: toCome(publish), unpublish: toCome(unpublish) } as Schedule
}

/** @throws KeptError where an author or a topic that it named is gone: then it can't be what it was */
async function requireNames(read: Read, { authors, topics }: Article): Promise<void> {
  for (const [table, named] of [
    ['authors', authors],
    ['topics', topics],
  ] as const) {
    const present = await presentIds(
      read,
      table,
      named.map(({ id }) => id),
    )
    const gone = named.find(({ id }) => !present.has(id))
    if (gone) throw new KeptError(`it named "${gone.name}", which is gone`)
  }
}

const settings = ['commentPolicy', 'commentsCloseAt', 'embargoUntil', 'externalId', 'aliases'] as const

/** What it was a translation of, where the changes made it another's, and that is still there: what became of that is no change of its own. */
async function translationIn(
  read: Read,
  { translationOf = null }: Article,
  { row }: Changing,
  changes: readonly LoggedChange[],
): Promise<Pick<ArticleInput, 'translationOf'>> {
  const said = changes.map(({ data }) => JSON.parse(data) as { translationOf?: true; translations?: unknown })
  if (!said.some((data) => data.translationOf || data.translations)) return {}
  const after = await documentAt(read, row.id, row.revision)
  // While its original is in the trash it says that it has none.
  const isAnothers = row.translation_group !== null && row.translation_group !== row.id
  if (translationOf === null && isAnothers) return { translationOf }
  if (translationOf === (after.translationOf ?? null)) return {}
  if (translationOf === null) return { translationOf }
  const original = await read.selectFrom('articles').select('status').where('id', '=', translationOf).executeTakeFirst()
  if (original?.status === 'trashed') throw new KeptError('it was a translation of a story that is in the trash')
  return original ? { translationOf } : {}
}

/** The stories of its group that a story was the original of before a change. */
async function followersOf(read: Read, { row }: Changing, first: LoggedChange | undefined): Promise<string[]> {
  if (row.translation_group === null || !first) return []
  const members = await read
    .selectFrom('articles')
    .select('id')
    .where('translation_group', '=', row.translation_group)
    .where('id', '<>', row.id)
    .orderBy('id')
    .execute()
  const followers: string[] = []
  for (const { id } of members) {
    const revisions = read.selectFrom('revisions').select('number').where('article_id', '=', id).where('at', '<=', first.at)
    const then = await revisions.orderBy('number', 'desc').limit(1).executeTakeFirst()
    if (then && (await documentAt(read, id, then.number)).translationOf === row.id) followers.push(id)
  }
  return followers
}

/** Makes a story the original of its translations again. */
async function againOriginal(tx: Write, changed: Changing, followers: readonly string[]): Promise<Changing> {
  const { id, language } = changed.row
  tx.run(tx.updateTable('articles').set({ translation_group: id }).where('id', 'in', followers))
  await requireFreeLanguage(tx, { id, language }, id)
  return setColumns(tx, changed, { translation_group: id })
}

/** Whether a change of an article was made at this time: else it is one that an editor gave it. */
async function wasChangedAt(read: Read, id: string, time: string): Promise<boolean> {
  const query = read.selectFrom('revisions').select('number').where('article_id', '=', id).where('at', '=', time)
  return (await query.executeTakeFirst()) !== undefined
}

/** What an article goes back to. */
type Former = {
  /** Its working copy. */
  document: Article
  /** The last edition of before, public then or not. */
  last: Edition | null
  /** What is undone. */
  changes: readonly LoggedChange[]
}

async function revertWords(tx: Write, config: Config, current: Changing, { document, last, changes }: Former): Promise<Changing> {
  await requireNames(tx.read, document)
  const { row } = current
  const translation = await translationIn(tx.read, document, current, changes)
  // Only an editor takes away the date that the first publication gave it.
  const isUndated = last !== null && document.publishedAt === null && last.document.revision < document.revision
  const input = {
    ...(await restoredInput(tx.read, document)),
    ...pick(document, ...settings),
    ...translation,
    publishedAt: document.publishedAt ?? (isUndated ? null : (last?.document.publishedAt ?? (row.was_public ? row.published_at : null))),
    // What is planned is no word of it.
    schedule: scheduleOf(row),
  } as ArticleInput
  const content = await resolveArticle(tx, input, withFormerParts(current, document), false, config)
  await continueParts(tx, current, document, content)
  const { updatedAt } = document
  const after = await replaceArticle(tx, current, await makeNames(tx, { ...content, updatedAt }), document.slug)
  // Where its original is in the trash it says of itself already that it is nobody’s translation.
  const leaves = translation.translationOf === null && after.row.translation_group !== null && after.row.translation_group !== row.id
  return withoutSetTime(tx, leaves ? setColumns(tx, after, { translation_group: null }) : after)
}

/** Of what is as old as a change made it: when it is published the public sees a change, unless an editor said otherwise. */
async function withoutSetTime(tx: Write, changed: Changing): Promise<Changing> {
  const { row } = changed
  if (!row.updated_at_is_set || !(await wasChangedAt(tx.read, row.id, row.updated_at))) return changed
  const unset = { ...changed, row: { ...row, updated_at_is_set: 0 as const } }
  return setColumns(tx, changed, { updated_at_is_set: 0, has_unpublished_changes: Number(hasUnpublishedChanges(unset)) })
}

/** Lets what was taken down say what it was then, and not what was public since. */
function againTheLast(tx: Write, { row, kept }: Changing, last: Edition): void {
  if (!kept.last || kept.last.number === last.number) return
  kept.last = insertEdition(tx, row.id, { ...last, number: kept.last.number + 1 }, true)
  endEdition(tx, row.id, kept.last)
}

async function revertArticle(tx: Write, config: Config, changed: Changed): Promise<void> {
  const { id, changes } = changed
  const row = await tx.read.selectFrom('articles').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new KeptError('it was permanently deleted')
  if (!row.updated_at_is_set) tx.notBefore(row.updated_at)
  if (isMade(changed)) return trashArticle(tx, row)
  let current = await changing(tx, row)
  const last = await lastEditionBefore(tx.read, id, changes[0])
  const decided = changes.find(isPublicChange)
  const before = decided ? await publicBefore(tx.read, id, decided) : null
  const edition = before?.edition ?? null
  const wasTrashed = changes.find(({ type }) => type === 'article.trashed' || type === 'article.restored')
  if (row.status === 'trashed' && wasTrashed?.type === 'article.trashed') {
    current = await restoreArticle(tx, current)
    if (row.translation_group !== null && current.row.translation_group === null) throw new KeptError('its language is that of another translation by now')
  }
  const revision = revisionBefore(changed)
  const document = await documentAt(tx.read, id, revision ?? row.revision)
  const followers = (document.translationOf ?? null) === null ? await followersOf(tx.read, current, changes[0]) : []
  // What was settled of another that was kept is over.
  settleEdition(tx, before ? id : null)
  if (revision !== null && revision !== row.revision) current = await revertWords(tx, config, current, { document, last, changes })
  settleEdition(tx, null)
  if (followers.length > 0 && current.row.translation_group !== id) current = await againOriginal(tx, current, followers)
  if (edition) {
    await requireNames(tx.read, edition.document)
    const { updatedAt, language } = edition.document
    await requireFreeLanguage(tx, { id, language }, current.row.translation_group)
    current = await publishContent(tx, current, edition.document, current.row.revision, { isMinor: true, updatedAt })
  } else if (before && !before.edition && current.row.was_public) {
    current = await unpublishArticle(tx, current, before.takedown)
    if (last) againTheLast(tx, current, last)
  }
  if (wasTrashed?.type === 'article.restored') return trashArticle(tx, current.row)
  const schedule = scheduleBefore(changed, document, tx.now)
  const planned = schedule?.publish?.revision ?? null
  if (planned !== null) await requireNames(tx.read, await documentAt(tx.read, id, planned))
  if (schedule) await withoutSetTime(tx, await reschedule(tx, current, schedule, document.updatedAt))
}

const tablesOfNames = { author: 'authors', topic: 'topics', 'highlight-list': 'highlight_lists' } as const

/**
 * Takes its id elsewhere and its old addresses from a thing, and of a translation its language, so that others which had them before can go back in the same transaction.
 * @param isReverted whether it went back before, and so is in the trash, with what it had when it was made
 * @throws KeptError where it is not: then it has what it had
 */
export async function giveUpNames(tx: Write, config: Config, changed: Changed, isReverted: boolean): Promise<void> {
  const { kind, id } = changed
  if (isReverted && !(kind === 'article' && isMade(changed))) throw new KeptError('it had that before, too')
  tx.lock([kind === 'topic' ? 'topics' : `${kind}:${id}`])
  if (kind === 'author' || kind === 'topic' || kind === 'highlight-list') {
    await tx
      .updateTable(tablesOfNames[kind] as 'topics')
      .set({ external_id: null })
      .where('id', '=', id)
      .execute()
    return
  }
  const row = await tx.read.selectFrom('articles').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const current = await changing(tx, row)
  const now = await documentAt(tx.read, id, row.revision)
  // One of its own, undetermined (BCP 47), until it has that of before.
  const language = row.translation_group === null || isReverted ? now.language : `und-x-${id.slice(-8)}`
  const document = { ...now, language, externalId: null, aliases: [] }
  await revertWords(tx, config, current, { document, last: current.kept.last, changes: [] })
}

const names = ['author', 'topic', 'highlight-list', 'site']

/**
 * Makes one thing again what it was before a change set.
 * @returns whether there was anything to revert @throws KeptError where somebody changed it since, or it can't be brought back
 */
export async function revert(tx: Write, config: Config, changed: Changed, sets: Reverting, lineage: Lineage): Promise<boolean> {
  const { kind, id, changes } = changed
  const [first] = changes
  if (kind !== 'article' && !names.includes(kind)) throw new KeptError(`what is done to a ${kind} can’t be undone`)
  tx.lock([kind === 'topic' ? 'topics' : `${kind}:${id}`])
  if (await isReverted(tx.read, id, first?.seq ?? 0, sets.name, lineage)) return false
  const other = await othersSince(tx.read, id, first?.seq ?? 0, sets.name, lineage)
  if (other) {
    const by = other.actor === null ? 'by a plan' : `by ${(JSON.parse(other.actor) as { name: string }).name}`
    throw new KeptError(`it was changed since: ${other.type} ${by} at ${other.at}`)
  }
  const before = tx.waitingEvents(id).length
  if (kind === 'article') await revertArticle(tx, config, changed)
  else await revertName(tx, changed, [sets.name, sets.revertingName])
  return tx.waitingEvents(id).length > before
}
