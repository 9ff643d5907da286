import { randomBytes } from 'node:crypto'
import { v7 as newId } from 'uuid'
import { milliseconds } from '../database/clock.ts'
import type { Database, Write } from '../database/handles.ts'
import { clientOf } from '../http/rate-limit.ts'
import { keyedHash } from '../http/secrets.ts'

const day = 24 * 60 * 60 * 1000
const nobody = { actor: null, requestId: null }

/** Before when addresses are no longer known. @param days for how many they are */
export const forgottenBefore = (days: number): string => new Date(milliseconds() - days * day).toISOString()

const newest = (tx: Pick<Write, 'read'>) =>
  tx.read.selectFrom('comment_address_keys').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(2).execute()

/** A new key where the newest is as old as addresses are kept. */
async function renewKeys(database: Database, days: number): Promise<void> {
  await database.transaction(nobody, async (tx) => {
    tx.lock(['comment-address-keys'])
    const [current] = await newest(tx)
    if (current && current.created_at > forgottenBefore(days)) return
    tx.insert('comment_address_keys', [{ id: newId(), key: randomBytes(32).toString('hex'), created_at: tx.now }])
  })
}

const readEvery = 10_000

/** Hashes addresses under the keys of now, the current one first; the one before it still tells who voted. */
export type AddressHashes = (address: string) => Promise<string[]>

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
    if (!rows[0] || rows[0].created_at <= forgottenBefore(days)) {
      await renewKeys(database, days)
      rows = await newest({ read: database.read })
    }
    keys = rows.map(({ key }) => key)
    readAt = performance.now()
    expiresAt = Date.parse(rows[0]?.created_at ?? '') + days * day
  }
  return async (address) => {
    if (performance.now() - readAt > readEvery || milliseconds() >= expiresAt) await refresh()
    return keys.map((key) => keyedHash(key, clientOf(address)))
  }
}
