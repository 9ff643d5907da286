import { sql } from 'kysely'
import type { Read } from '../database/engine.ts'
import { prepared } from '../database/prepared.ts'
import type { CommentStandingTable, CommentTable } from '../database/tables.ts'
import { forgottenBefore } from './addresses.ts'
import { allWords } from './rules/learned.ts'
import type { WordCounts } from './rules/rule.ts'
import { bodyHash } from './search.ts'
import { type Person, type Standing, standingIn } from './standings.ts'

/** A comment that says the same as another. */
export type Twin = Pick<CommentTable, 'id' | 'article_id' | 'parent_id' | 'reply_to' | 'author_name' | 'account' | 'email_key' | 'ip_hash'>

/** What a comment is judged by, of what is stored. */
export type Known = {
  /** What holds of who writes it. */
  standing: Standing
  /** What says the same, of the last month, at most 200. */
  twins: Twin[]
  /** Of how many comments moderators have decided. */
  taught: WordCounts
}

type Row = Record<'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h', string | null> & { n: number; o: number; what: 'standing' | 'twin' | 'taught' }

// Who writes is known by an account or an address under at most two keys, and by an e-mail address.
type Values = { first: string; second: string; third: string; key: string; since: string }

const everything = prepared<Values, Row>((db, { first, second, third, key, since }) => ({
  compile: () =>
    // All marks and kinds are named for the index, which begins with them.
    sql`select 'standing' as what, id as a, mark as b, comment_standings.kind as c, value as d, reason as e, by_name as f, created_at as g, expires_at as h,
      0 as n, 0 as o from comment_standings
      where mark in ('ban', 'trust') and comment_standings.kind in ('account', 'email', 'ip') and value in (${first}, ${second}, ${third})
    union all select 'twin', id, article_id, parent_id, reply_to, author_name, account, email_key, ip_hash, 0, 0
      from (select * from comments where body_hash = ${key} and created_at > ${since} and status <> 'deleted' order by created_at desc limit 200) as twin
    union all select 'taught', null, null, null, null, null, null, null, null, ham, spam from comment_words where word = ${sql.lit(allWords)}`.compile(db),
}))

/** Reads all of it in one statement. @param person nobody, where it doesn’t matter */
export async function knownOf(read: Read, person: Person, body: string): Promise<Known> {
  const [first = '', second = first, third = second] = person.map(({ value }) => value)
  const rows = await everything(read, { first, second, third, key: bodyHash(body) ?? '', since: forgottenBefore(30) })
  const of = (wanted: Row['what']) => rows.filter(({ what }) => what === wanted)
  const [taught] = of('taught')
  return {
    standing: standingIn(
      of('standing').map(
        ({ a, b, c, d, e, f, g, h }) => ({ id: a, mark: b, kind: c, value: d, reason: e, by_name: f, created_at: g, expires_at: h }) as CommentStandingTable,
      ),
      person,
    ),
    twins: of('twin').map(
      ({ a, b, c, d, e, f, g, h }) => ({ id: a, article_id: b, parent_id: c, reply_to: d, author_name: e, account: f, email_key: g, ip_hash: h }) as Twin,
    ),
    taught: { ham: taught?.n ?? 0, spam: taught?.o ?? 0 },
  }
}
