import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import { diff } from '../copy/diff.ts'
import type { Read } from '../database/engine.ts'
import { type NameKind, revisionOfName, type State } from '../database/name-revisions.ts'
import { fetchPage, fetchUpTo, type PageRequest, type Rows } from '../database/pages.ts'
import type { NameRevisionTable } from '../database/tables.ts'
import { jsonSize } from '../http/body.ts'
import type { NameRevision } from './schemas.ts'

/** What has revisions, as it is now. */
export type Subject = { kind: NameKind; state: State; changedAt: string }

// So many bytes of what changed has a page at the most, unless they are of one revision.
const mostChanges = 8 * 1024 * 1024
// They follow from the rest, or say that there was a change.
const readOnlyPointers = ['/revision', '/updatedAt']

/** What a kept document is shown as: what it leads to may be gone by now. */
export type Show = (read: Read, document: State) => Promise<unknown>

type Kept = Pick<NameRevisionTable, 'document'>

/** What turns one revision as it is shown into another, without what follows from other properties. */
export async function changesBetween(read: Read, from: Kept, to: Kept, show: Show) {
  const shown = async ({ document }: Kept) => JSON.parse(JSON.stringify(await show(read, JSON.parse(document))))
  return diff(await shown(from), await shown(to)).filter(({ path }) => !readOnlyPointers.includes(path))
}

/** What is of before revisions were kept, and didn't change since, as its only one. */
const onlyRevision = ({ kind, state, changedAt }: Subject): NameRevisionTable => ({
  kind,
  subject_id: state.id,
  number: state.revision,
  at: changedAt,
  token_id: null,
  token_name: null,
  note: null,
  document: JSON.stringify(state),
  // Until revisions were kept each was public at once.
  public_from: kind === 'highlight-list' ? changedAt : null,
})

/** A revision of a thing, if there is one of that number. */
export async function loadNameRevision(read: Read, subject: Subject, number: number): Promise<NameRevisionTable | undefined> {
  const kept = await revisionOfName(read, subject.state.id, number)
  return kept ?? (number === subject.state.revision ? onlyRevision(subject) : undefined)
}

/** A revision as the API shows it. @param before the one before it, if that is kept @param show null where what changed isn’t asked for */
export async function nameRevisionOf(read: Read, row: NameRevisionTable, before: NameRevisionTable | undefined, show: Show | null): Promise<NameRevision> {
  const by = row.token_name === null ? null : { tokenId: row.token_id, name: row.token_name }
  const published = row.kind === 'highlight-list' ? { published: row.public_from !== null } : {}
  return { number: row.number, at: row.at, by, note: row.note, ...published, changes: before && show ? await changesBetween(read, before, row, show) : [] }
}

/** A page of a thing's revisions. @param show null where what changed isn’t asked for */
export async function pageOfNameRevisions(read: Read, subject: Subject, page: PageRequest, show: Show | null): Promise<Rows<NameRevision & { id: string }>> {
  const { id } = subject.state
  const numbered = sql<{ number: number; id: string }>`(select number, cast(number as text) as id from name_revisions where subject_id = ${id})`
  const fetch = (page: PageRequest) => fetchPage(read.selectFrom(numbered.as('revision')), 'revision.number', 'revision.id', page)
  const load = async (ids: readonly string[]) => {
    const numbers = ids.map(Number)
    const rows = await read
      .selectFrom('name_revisions')
      .selectAll()
      .where('subject_id', '=', id)
      .where('number', 'in', [...new Set(numbers.flatMap((number) => [number, number - 1]))])
      .execute()
    const byNumber = new Map(rows.map((row) => [row.number, row]))
    const data: (NameRevision & { id: string })[] = []
    for (const number of numbers) {
      const row = byNumber.get(number)
      // Those of a list with very many items take their time to compare.
      if (show) await nextTurn()
      if (row) data.push({ id: String(number), ...(await nameRevisionOf(read, row, byNumber.get(number - 1), show)) })
    }
    return data
  }
  const found = await fetchUpTo(page, fetch, load, ({ changes }) => jsonSize(changes), mostChanges)
  if (found.data.length > 0 || page.position) return found
  const only = onlyRevision(subject)
  return { ...found, ...(page.count ? { total: 1 } : {}), data: [{ id: String(only.number), ...(await nameRevisionOf(read, only, undefined, show)) }] }
}
