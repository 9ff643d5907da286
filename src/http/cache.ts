import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import Negotiator from 'negotiator'
import type { Sent } from './answers.ts'
import { codedTag } from './conditional.ts'
import { type Counted, withCount } from './counts.ts'

export type Coding = 'identity' | 'br' | 'gzip'

/** An answer in one content coding: bytes, their tag and, once it was sent, its head, and that of a 304. */
export type Variant = { body: Buffer<ArrayBuffer>; tag: string; head: [whole: string, notModified: string] | null }

/** A public answer as it is kept. */
export type Entry = {
  headers: Sent['headers']
  /** Its media type. */
  type: string
  keys: readonly string[]
  ready: { identity: Variant } & Partial<Record<Coding, Variant>>
  /** Those that are being compressed. */
  underWay: Partial<Record<Coding, Promise<Variant>>>
  isUsed: boolean
  size: number
  /** Set where a comment changes nothing of it but a count. */
  counted: Counted | null
  /** Whether its count is to be looked up before it is answered again. */
  isCountStale: boolean
}

/** What an entry is made of. `counts` is the article whose comments it counts, where that is all that it shows of them. */
export type Made = { sent: Sent; keys: readonly string[]; mayKeep: boolean; counts?: string | undefined }

export type Cache = {
  /** The answer kept for a path with its query. */
  get: (address: string) => Entry | undefined
  /**
   * The answer of an address, made by `make` where none is kept; those who ask at once share one. It is kept unless something
   * that it shows was dropped while it was made, or `mayKeep` says no.
   * @param make gives null where it can't make one; who asked at once then tries it his own way
   */
  fill: (address: string, make: () => Promise<Made | null>) => Promise<Entry | null>
  /** An entry in a content coding; it is compressed once, when first asked for. */
  variant: (address: string, entry: Entry, coding: Coding) => Promise<Variant>
  /** Drops every answer that shows one of these; where only a count of comments is another, that alone is looked up again. */
  drop: (keys: readonly string[]) => void
  /** Drops all. */
  clear: () => void
  /** Drops all, and keeps nothing until it is resumed, since nobody says what changes; it begins so. */
  pause: () => void
  resume: () => void
  stats: () => { entries: number; bytes: number }
}

// What an entry costs besides its bytes, and each of its keys besides its letters: objects, and places in the maps.
const [overhead, keyOverhead] = [4000, 150]
// What is allocated is a little more than what is asked for, and what was freed between the rest is of use only for what fits.
const spread = (bytes: number) => Math.ceil(1.5 * bytes)

const sizeOf = (address: string, { headers, body }: Sent, keys: readonly string[]) =>
  spread(body.length) + overhead + 2 * address.length + Object.values(headers).join('').length + keys.join('').length + keyOverhead * keys.length
// A window of 256 kB: the usual one takes several MB a compression.
const fastest = { br: { params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 18 } }, gzip: { level: 6 } }
/** A body in a content coding. */
export const compress = {
  br: (body: Buffer) => promisify(brotliCompress)(body, fastest.br),
  gzip: (body: Buffer) => promisify(gzip)(body, fastest.gzip),
}

/** Bytes in memory of their own: what Node makes lies in larger pieces, which are held as long as anything in them is. */
function own(bytes: Buffer): Buffer<ArrayBuffer> {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(copy)
  return copy
}

// So many bodies may wait to be compressed.
const mostWaiting = 50
// Where those that wait have so many bytes, no other answer is made before one of them is compressed.
const mostWaitingBytes = 4_000_000
// So many answers are made at once: as many as there are connections that read, or more.
const mostMaking = 8

type Work = { entry: Promise<Entry | null>; dropped: Set<string>; isCleared: boolean }

/**
 * Public answers in memory, at most `limit` bytes of them; those not asked for again go first.
 * @param countOf how many comments an article shows now
 */
export function createCache(limit: number, countOf: (articleId: string) => Promise<number> = async () => 0): Cache {
  const entries = new Map<string, Entry>()
  const byKey = new Map<string, Set<string>>()
  /** What is being made, by address: the last one, which who asks now may share. */
  const pending = new Map<string, Work>()
  /** All that is being made: what began before a change must not be kept, also where another one has begun since. */
  const works = new Set<Work>()
  let bytes = 0
  let isPaused = true
  // Bodies are compressed one after the other: each takes memory of its own meanwhile.
  let compressions: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let waitingBytes = 0
  let making = 0
  const waitingToMake: (() => void)[] = []

  /** Lets as many go on as may, but one at a time while bodies wait: each adds its own only once it is made. */
  function wake(): void {
    for (const goOn of waitingToMake.splice(0, waitingBytes > 0 ? 1 : mostMaking - making)) goOn()
  }

  async function madeInTurn(make: () => Promise<Made | null>): Promise<Made | null> {
    while (making >= mostMaking || waitingBytes > mostWaitingBytes) await new Promise<void>((resolve) => waitingToMake.push(resolve))
    making++
    try {
      return await make()
    } finally {
      making--
      wake()
    }
  }

  function remove(address: string): void {
    const entry = entries.get(address)
    if (!entry) return
    entries.delete(address)
    bytes -= entry.size
    for (const key of entry.keys) {
      const addresses = byKey.get(key)
      addresses?.delete(address)
      if (addresses?.size === 0) byKey.delete(key)
    }
  }

  function makeRoom(): void {
    for (const [address, entry] of entries) {
      if (bytes <= limit) return
      if (entry.isUsed) {
        entry.isUsed = false
        entries.delete(address)
        entries.set(address, entry)
      } else remove(address)
    }
  }

  function keep(address: string, entry: Entry): void {
    if (entry.size > limit / 8) return
    entry.ready.identity.body = own(entry.ready.identity.body)
    remove(address)
    entries.set(address, entry)
    bytes += entry.size
    for (const key of entry.keys) {
      const addresses = byKey.get(key)
      if (addresses) addresses.add(address)
      else byKey.set(key, new Set([address]))
    }
    makeRoom()
  }

  async function fill(address: string, make: () => Promise<Made | null>): Promise<Entry | null> {
    const kept = entries.get(address)
    if (kept && !kept.isCountStale) {
      kept.isUsed = true
      return kept
    }
    const underWay = pending.get(address)
    if (underWay && !underWay.isCleared && underWay.dropped.size === 0) return (await underWay.entry) ?? fill(address, make)
    const work: Work = { entry: Promise.resolve(null), dropped: new Set(), isCleared: false }
    works.add(work)
    pending.set(address, work)
    work.entry = (kept?.counted ? recounted(kept, kept.counted) : madeInTurn(make))
      .then((made) => {
        if (!made) return null
        const { keys, mayKeep, counts, counted } = made as Made & { counted?: Counted }
        const { headers, body } = made.sent
        const entry: Entry = {
          headers,
          type: headers['content-type']?.split(';')[0] ?? '',
          keys: [...new Set(keys)],
          ready: { identity: { body, tag: headers.etag ?? '', head: null } },
          underWay: {},
          isUsed: false,
          size: sizeOf(address, made.sent, keys),
          counted: counted ?? (counts === undefined ? null : { articleId: counts, at: null }),
          isCountStale: false,
        }
        const isStale = work.isCleared || entry.keys.some((key) => work.dropped.has(key))
        if (mayKeep && !isPaused && !isStale) keep(address, entry)
        return entry
      })
      .finally(() => {
        works.delete(work)
        if (pending.get(address) === work) pending.delete(address)
      })
    return work.entry
  }

  /** What is kept, with the count of comments as it is now. */
  async function recounted({ headers, keys, ready: { identity } }: Entry, counted: Counted): Promise<Made & { counted: Counted }> {
    const count = await countOf(counted.articleId)
    return { ...withCount({ status: 200, headers, body: identity.body }, counted, count), keys, mayKeep: true }
  }

  function compressInTurn(body: Buffer, coding: 'br' | 'gzip'): Promise<Buffer> {
    waiting++
    waitingBytes += body.length
    const work = compressions
      .then(() => compress[coding](body))
      .finally(() => {
        waiting--
        waitingBytes -= body.length
        wake()
      })
    compressions = work.catch(() => {})
    return work
  }

  async function compressed(address: string, entry: Entry, coding: 'br' | 'gzip'): Promise<Variant> {
    const body = own(await compressInTurn(entry.ready.identity.body, coding))
    const variant: Variant = { body, tag: codedTag(entry.ready.identity.tag, coding), head: null }
    entry.ready[coding] = variant
    entry.size += spread(body.length)
    if (entries.get(address) === entry) {
      bytes += spread(body.length)
      makeRoom()
    }
    return variant
  }

  function clear(): void {
    for (const work of works) work.isCleared = true
    entries.clear()
    byKey.clear()
    bytes = 0
  }

  return {
    get(address) {
      const entry = entries.get(address)
      return entry?.isCountStale ? undefined : entry
    },
    fill,
    async variant(address, entry, coding) {
      const ready = entry.ready[coding]
      if (ready || coding === 'identity') return ready ?? entry.ready.identity
      // Whoever would wait long is answered as it is.
      if (waiting >= mostWaiting && !entry.underWay[coding]) return entry.ready.identity
      entry.underWay[coding] ??= compressed(address, entry, coding)
      return entry.underWay[coding]
    },
    drop(keys) {
      for (const work of works) for (const key of keys) work.dropped.add(key)
      for (const key of keys)
        for (const address of [...(byKey.get(key) ?? [])]) {
          const entry = entries.get(address)
          if (entry?.counted && key === `comments:${entry.counted.articleId}`) entry.isCountStale = true
          else remove(address)
        }
    },
    clear,
    pause() {
      isPaused = true
      clear()
    },
    resume() {
      isPaused = false
    },
    stats: () => ({ entries: entries.size, bytes }),
  }
}

// Below this a coding saves less than its header costs.
const worthIt = 1000
const offered: readonly Coding[] = ['br', 'gzip', 'identity']
const codings = new Map<string, Coding>()

/** The content coding in which to send an entry to who accepts this (RFC 9110, 12.5.3); as it is where none is acceptable. */
export function codingFor(accepted: string | undefined, { ready }: { ready: { identity: { body: Buffer } } }): Coding {
  if (accepted === undefined || ready.identity.body.length < worthIt) return 'identity'
  let coding = codings.get(accepted)
  if (!coding) {
    const negotiator = new Negotiator({ headers: { 'accept-encoding': accepted } })
    coding = (negotiator.encoding(offered, { preferred: offered }) as Coding | undefined) ?? 'identity'
    // Clients differ little; whoever makes up new ones gains nothing.
    if (codings.size > 100) codings.clear()
    codings.set(accepted, coding)
  }
  return coding
}
