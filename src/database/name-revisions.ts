import type { Read } from './engine.ts'
import type { Write } from './handles.ts'
import type { NameRevisionTable } from './tables.ts'

/** The kinds of thing of which each revision is kept whole: they are small. */
export type NameKind = NameRevisionTable['kind']

/** A thing as it is at a revision. */
export type State = { id: string; revision: number }

const rowOf = (kind: NameKind, state: State, at: string) => ({ kind, subject_id: state.id, number: state.revision, at, document: JSON.stringify(state) })

/** Until lists had a working copy each of their revisions was public at once. */
const wasPublic = (kind: NameKind, at: string) => (kind === 'highlight-list' ? at : null)

/**
 * Keeps what a thing is now as its next revision.
 * @param before what it was: kept, too, where it is from before revisions were; null for a new one
 * @param changedAt when it became that
 * @param isPublic of a list: whether it is public at once
 */
export async function keepRevision(tx: Write, kind: NameKind, before: State | null, changedAt: string, after: State, isPublic = true): Promise<void> {
  if (before && !(await revisionOfName(tx.read, before.id, before.revision))) {
    const row = { ...rowOf(kind, before, changedAt), public_from: wasPublic(kind, changedAt) }
    tx.insert('name_revisions', [{ ...row, token_id: null, token_name: null, note: null }])
  }
  const { actor, note = null } = tx.author
  const row = { ...rowOf(kind, after, tx.now), public_from: isPublic ? wasPublic(kind, tx.now) : null }
  tx.insert('name_revisions', [{ ...row, token_id: actor?.tokenId ?? null, token_name: actor?.name ?? null, note }])
}

/** Remembers that the public has a revision from now on. */
export function markNamePublic(tx: Write, id: string, number: number): void {
  tx.run(
    tx.updateTable('name_revisions').set({ public_from: tx.now }).where('subject_id', '=', id).where('number', '=', number).where('public_from', 'is', null),
  )
}

/** A revision of a thing, if it is kept; its `document` is JSON. */
export async function revisionOfName(read: Read, id: string, number: number): Promise<NameRevisionTable | undefined> {
  return read.selectFrom('name_revisions').selectAll().where('subject_id', '=', id).where('number', '=', number).executeTakeFirst()
}

/** The last revision of a thing that is kept, also when it is deleted. */
export async function lastRevisionOfName(read: Read, id: string): Promise<NameRevisionTable | undefined> {
  return read.selectFrom('name_revisions').selectAll().where('subject_id', '=', id).orderBy('number', 'desc').limit(1).executeTakeFirst()
}

/** What the public had of a list at a time (RFC 3339, UTC, milliseconds), as far as it is kept. */
export async function publicRevisionAt(read: Read, id: string, time: string): Promise<NameRevisionTable | undefined> {
  const row = await read
    .selectFrom('name_revisions')
    .selectAll()
    .where('subject_id', '=', id)
    .where('public_from', '<=', time)
    .orderBy('public_from', 'desc')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && (await wasGone(read, row, time)) ? undefined : row
}

/** Whether a thing was deleted, or merged, after a revision and before a time. */
async function wasGone(read: Read, { kind, subject_id, at }: NameRevisionTable, time: string): Promise<boolean> {
  const query = read.selectFrom('events').select('seq').where('subject_id', '=', subject_id).where('at', '>=', at).where('at', '<=', time)
  return (
    (await query
      .where('type', 'in', [`${kind}.deleted`, `${kind}.merged`])
      .limit(1)
      .executeTakeFirst()) !== undefined
  )
}

/** What a thing was at a time (RFC 3339, UTC, milliseconds), as far as it is kept. */
export async function nameRevisionAt(read: Read, id: string, time: string): Promise<NameRevisionTable | undefined> {
  const row = await read
    .selectFrom('name_revisions')
    .selectAll()
    .where('subject_id', '=', id)
    .where('at', '<=', time)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && (await wasGone(read, row, time)) ? undefined : row
}
