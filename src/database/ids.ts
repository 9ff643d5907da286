import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'
import { milliseconds } from './clock.ts'

// Random bytes for so many ids are asked for at once: to ask for 16 takes fifteen times as long as to make an id of them.
const pool = new Uint8Array(16 * 256)
let used = pool.length

/** The time of the last id in milliseconds, and its place among those of that time. */
let last = 0
let place = 0

/** The id of something new: a UUIDv7 (RFC 9562, 5.7), higher than all that this process made before. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const random = pool.subarray(used, used + 16)
  used += 16
  const now = milliseconds()
  if (now > last) {
    last = now
    // A place in the lower half of 32 bits, of bytes that no other part of the id is made of.
    place = new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1
  } else place++
  return v7({ msecs: last, seq: place, random })
}
