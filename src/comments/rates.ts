import type { FastifyReply } from 'fastify'
import type { Config } from '../config.ts'
import { milliseconds } from '../database/clock.ts'
import type { Write } from '../database/handles.ts'
import { prepared } from '../database/prepared.ts'
import { addShares, type Share, tooMany } from '../http/rate-limit.ts'
import { hashOf } from '../http/secrets.ts'

const countOne = prepared<{ id: string; minute: number }, { count: number }>((db, { id, minute }) =>
  db
    .insertInto('comment_rates')
    .values({ id, minute, count: 1 })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet(({ eb, ref }) => ({
        count: eb
          .case()
          .when('comment_rates.minute', '=', ref('excluded.minute'))
          .then(eb('comment_rates.count', '+', 1))
          .else(1)
          .end(),
        minute: ref('excluded.minute'),
      })),
    )
    .returning('count'),
)

/** Who comments where, as far as limits go by it: the first of these is who it is. */
export type Commenter = { address: string | null; person: string | null; articleId: string }

/**
 * Counts a comment where `COMMENT_RATES` has limits, in the change’s own transaction: so they hold over all processes, and what is
 * refused isn’t counted. What is left stands in `RateLimit`.
 * @throws Problem 429
 */
export async function countComment(tx: Write, reply: FastifyReply, { COMMENT_RATES }: Config, { address, person, articleId }: Commenter): Promise<void> {
  const now = milliseconds()
  const minute = Math.floor(now / 60_000)
  const seconds = Math.ceil(((minute + 1) * 60_000 - now) / 1000)
  const shares: Share[] = []
  for (const [name, of] of [
    ['address', address],
    ['person', person],
    ['story', articleId],
  ] as const) {
    const limit = COMMENT_RATES[name]
    if (limit === undefined || of === null) continue
    // Persons are hashed: nobody is to be found by what is counted.
    const [row] = await countOne(tx, { id: `${name}:${hashOf(of).slice(0, 32)}`, minute })
    const count = Number(row?.count ?? 0)
    shares.push({ name: `comments-${name}`, limit, left: Math.max(0, limit - count), seconds, isOver: count > limit })
  }
  addShares(reply, shares)
  const over = shares.find(({ isOver }) => isOver)
  if (over) throw tooMany(over, `comments ${over.name === 'comments-story' ? 'under this story' : 'by whoever sends this'}`)
}

/** What was counted before this minute limits nobody any more. */
export const pastMinute = (): number => Math.floor(milliseconds() / 60_000) - 1

/** Forgets what was counted in minutes that are over. */
export function forgetRates(tx: Write): void {
  tx.run(tx.deleteFrom('comment_rates').where('minute', '<', pastMinute()))
}
