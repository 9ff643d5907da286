import { currentTime } from '../database/clock.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { newId } from '../database/ids.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import { preparedList } from '../database/prepared.ts'
import type { CommentStandingTable } from '../database/tables.ts'

type Mark = CommentStandingTable['mark']
type Kind = CommentStandingTable['kind']

/** Somebody, by what is known of them; an e-mail address in lower case. */
export type Person = { kind: Kind; value: string }[]

const current = (read: Read) =>
  read.selectFrom('comment_standings').where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', currentTime())]))

/** What holds of somebody: a ban with its end, and whether they are trusted. */
export type Standing = { ban: CommentStandingTable | null; isTrusted: boolean }

// All marks and kinds are named for the index, which begins with them.
const marksOf = preparedList<CommentStandingTable>((db, values) =>
  db
    .selectFrom('comment_standings')
    .selectAll()
    .where('mark', 'in', ['ban', 'trust'])
    .where('kind', 'in', ['account', 'email', 'ip'])
    .where('value', 'in', values),
)

/** What holds of somebody now, by the marks that any of their values has. */
export function standingIn(marks: readonly CommentStandingTable[], person: Person): Standing {
  const now = currentTime()
  const own = marks.filter(
    (row) => (row.expires_at === null || row.expires_at > now) && person.some(({ kind, value }) => kind === row.kind && value === row.value),
  )
  return { ban: own.find(({ mark }) => mark === 'ban') ?? null, isTrusted: own.some(({ mark }) => mark === 'trust') }
}

/** What holds of somebody now. */
export async function standingOf(read: Read, person: Person): Promise<Standing> {
  const marks = await marksOf(
    read,
    person.map(({ value }) => value),
  )
  return standingIn(marks, person)
}

/** Bans or trusts somebody; who is that already gets the new reason and end. */
export async function setStanding(tx: Write, mark: Mark, one: Person[number], reason: string | null, expiresAt: string | null): Promise<CommentStandingTable> {
  tx.lock([`standing:${mark}:${one.kind}:${one.value}`])
  const before = await tx.read
    .selectFrom('comment_standings')
    .selectAll()
    .where('mark', '=', mark)
    .where('kind', '=', one.kind)
    .where('value', '=', one.value)
    .executeTakeFirst()
  const row: CommentStandingTable = {
    id: before?.id ?? newId(),
    mark,
    ...one,
    reason,
    by_name: tx.author.actor?.name ?? null,
    created_at: before?.created_at ?? tx.now,
    expires_at: expiresAt,
  }
  if (before) tx.update('comment_standings', ['id', row.id], row)
  else tx.insert('comment_standings', [row])
  tx.append(
    mark === 'ban'
      ? { type: 'comment-ban.created', subject: { type: 'comment-ban', id: row.id } }
      : { type: 'comment-trust.created', subject: { type: 'comment-trust', id: row.id } },
  )
  return row
}

/** Undoes a ban or trust. */
export function removeStanding(tx: Write, { id, mark }: CommentStandingTable): void {
  tx.run(tx.deleteFrom('comment_standings').where('id', '=', id))
  tx.append(
    mark === 'ban'
      ? { type: 'comment-ban.deleted', subject: { type: 'comment-ban', id } }
      : { type: 'comment-trust.deleted', subject: { type: 'comment-trust', id } },
  )
}

/** Undoes what was to hold until now. */
export async function forgetExpired(tx: Write, now: string): Promise<void> {
  tx.run(tx.deleteFrom('comment_standings').where('expires_at', '<=', now))
}

export async function loadStanding(read: Read, mark: Mark, id: string): Promise<CommentStandingTable | undefined> {
  return current(read).selectAll().where('mark', '=', mark).where('id', '=', id).executeTakeFirst()
}

/** A page of those who are banned or trusted now. */
export async function pageOfStandings(read: Read, mark: Mark, page: PageRequest): Promise<Rows<CommentStandingTable>> {
  const key = page.sort.name === 'id' ? 'comment_standings.id' : 'comment_standings.created_at'
  const found = await fetchPage(current(read).where('mark', '=', mark), key, 'comment_standings.id', page)
  const ids = found.data.map(({ id }) => id)
  return { ...found, data: ids.length === 0 ? [] : inOrder(ids, await read.selectFrom('comment_standings').selectAll().where('id', 'in', ids).execute()) }
}
