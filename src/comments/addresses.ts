import { randomBytes } from 'node:crypto'
import { milliseconds } from '../database/clock.ts'
import type { Database, Write } from '../database/handles.ts'
import { newId } from '../database/ids.ts'
import type { Tables } from '../database/tables.ts'
import { clientOf } from '../http/rate-limit.ts'
import { keyedHash } from '../http/secrets.ts'

const day = 24 * 60 * 60 * 1000
const nobody = { actor: null, requestId: null }

/** Before when addresses are no longer known. @param days for how many they are */
export const forgottenBefore = (days: number): string => new Date(milliseconds() - days * day).toISOString()

const newest = (tx: Pick<Write, 'read'>) =>
  tx.read.selectFrom('comment_address_keys').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(2).execute()

/** The keys of now, with a new one where the newest is as old as addresses are kept. */
async function renewedKeys(tx: Write, days: number): Promise<Tables['comment_address_keys'][]> {
  tx.lock(['comment-address-keys'])
  const rows = await newest(tx)
  if (rows[0] && rows[0].created_at > forgottenBefore(days)) return rows
  const key = { id: newId(), key: randomBytes(32).toString('hex'), created_at: tx.now }
  tx.insert('comment_address_keys', [key])
  return [key, ...rows.slice(0, 1)]
}

const readEvery = 10_000

/**
 * Hashes addresses under the keys of now, the current one first; the one before it still tells who voted.
 * @param within the transaction that the request is a part of: no other one may be waited for meanwhile
 */
export type AddressHashes = (address: string, within?: Write | null) => Promise<string[]>

/**
 * How addresses are hashed: under a key that changes as often as addresses are forgotten. The keys are read again every few
 * seconds, since another process may have made a new one.
 * @param days for how many addresses are kept
 */
export function addressHashes(database: Database, days: number): AddressHashes {
  let keys: string[] = []
  let readAt = Number.NEGATIVE_INFINITY
  let expiresAt = 0
  async function refresh(): Promise<void> {
    let rows = await newest({ read: database.read })
    if (!rows[0] || rows[0].created_at <= forgottenBefore(days)) rows = await database.transaction(nobody, (tx) => renewedKeys(tx, days))
    keys = rows.map(({ key }) => key)
    readAt = performance.now()
    expiresAt = Date.parse(rows[0]?.created_at ?? '') + days * day
  }
  const hashed = (address: string, keys: readonly string[]) => keys.map((key) => keyedHash(key, clientOf(address)))
  return async (address, within) => {
    const isOld = performance.now() - readAt > readEvery || milliseconds() >= expiresAt
    // What is made in a transaction may be rolled back with it, so that nobody else may know it.
    if (isOld && within) {
      const rows = await renewedKeys(within, days)
      return hashed(
        address,
        rows.map(({ key }) => key),
      )
    }
    if (isOld) await refresh()
    return hashed(address, keys)
  }
}
