import { yieldLanguages } from '../articles/working/translations.ts'
import type { Author, Write } from '../database/handles.ts'
import { inTurns } from '../database/turns.ts'
import { addAll, chunked } from '../database/values.ts'
import { Problem } from '../http/problems.ts'
import type { App } from '../http/server.ts'
import { KeptError } from './kept.ts'
import { loadLineage } from './lineage.ts'
import { giveUpNames, revert } from './revert.ts'
import type { RevertResult } from './schemas.ts'
import { type Changed, changedIn, idsIn, isReverted } from './store.ts'

// So many things one request reverts, and so many are looked at before the next ones.
const mostAtOneGo = 10_000
// So many share a transaction.
const piece = 25
// So many go back at once that wait for each other.
const mostAtOnce = 100

/** What became of a thing, and who has what it had: an id elsewhere, or an old address. */
type Result = RevertResult & { holder?: string }

/**
 * What waits for each other with what it waits for, by who has what it had. None is in two groups.
 * @param left what was kept
 */
function groupsOf(left: readonly Changed[], results: ReadonlyMap<string, Result>): string[][] {
  const seen = new Set<string>()
  return left.flatMap(({ id }) => {
    const group: string[] = []
    for (let next: string | undefined = id; next !== undefined && results.has(next) && !seen.has(next); next = results.get(next)?.holder) {
      seen.add(next)
      group.push(next)
    }
    return results.get(id)?.holder === undefined || group.length > mostAtOnce ? [] : [group]
  })
}

/**
 * Reverts what a change set changed, each thing by itself, up to so many; the same again goes on, also where it was broken off.
 * @param revertingName the set of the reverting changes
 * @returns what became of each, the last changed first, and how many are left
 */
export async function revertSet(
  { database, config }: App,
  author: Author,
  name: string,
  revertingName: string,
): Promise<{ data: RevertResult[]; remaining: number }> {
  const sets = { name, revertingName }
  const [ids, lineage] = await database.snapshot(async (read) => [await idsIn(read, name), await loadLineage(read)] as const)
  const changed: Changed[] = []
  const results = new Map<string, Result>()
  const byId = new Map<string, Changed>()
  const kept = () => changed.filter(({ id }) => results.get(id)?.result === 'kept')
  const isLarge = ids.length > mostAtOneGo
  let looked = 0

  /** The next things of the set; of a large one without those that were reverted before. */
  const next = () =>
    database.snapshot(async (read) => {
      const own: string[] = []
      for (; looked < ids.length && own.length < mostAtOneGo; looked++) {
        const id = ids[looked] as string
        if (!isLarge || !(await isReverted(read, id, 0, name, lineage))) own.push(id)
      }
      const found = await changedIn(read, name, lineage, own)
      addAll(changed, found)
      for (const one of found) byId.set(one.id, one)
      return found
    })

  const revertOne = async (tx: Write, one: Changed): Promise<Result> => {
    const isReverted = await revert(tx, config, one, sets, lineage)
    return { type: one.kind, id: one.id, result: isReverted ? 'reverted' : 'unchanged' }
  }

  async function attempted<T>(tx: Write, work: () => Promise<T>): Promise<T | KeptError | Problem> {
    try {
      return await tx.attempt(work)
    } catch (error) {
      if (error instanceof KeptError || error instanceof Problem) return error
      throw error
    }
  }

  /** Reverts some things in one transaction; one that is kept keeps no other from it. */
  async function some(tx: Write, own: readonly Changed[]): Promise<void> {
    const afterEach = inTurns(tx, 8)
    for (const one of own) {
      const { kind: type, id } = one
      const result = await attempted(tx, () => revertOne(tx, one))
      const holder = result instanceof Problem ? (result.extras.holder as { id: string } | undefined)?.id : undefined
      results.set(id, result instanceof Error ? { type, id, result: 'kept', reason: result.message, ...(holder ? { holder } : {}) } : result)
      await afterEach()
    }
  }

  /** Reverts what had something that another has, which goes back with it: all or none. */
  async function atOnce(tx: Write, group: readonly string[]): Promise<void> {
    const own = group.map((id) => byId.get(id) as Changed)
    const isKept = ({ id }: Changed) => results.get(id)?.result === 'kept'
    const left = own.filter(isKept)
    const all = await attempted(tx, async () => {
      yieldLanguages(
        tx,
        left.map(({ id }) => id),
      )
      for (const one of own) await giveUpNames(tx, config, one, !isKept(one))
      const done: Result[] = []
      for (const [index, one] of left.entries()) {
        done.push(await revertOne(tx, one))
        yieldLanguages(
          tx,
          left.slice(index + 1).map(({ id }) => id),
        )
      }
      return done
    })
    yieldLanguages(tx, [])
    if (!(all instanceof Error)) for (const one of all) results.set(one.id, one)
  }

  const run = (work: (tx: Write) => Promise<void>) => database.transaction({ ...author, isLong: true }, work)
  // What could not go back yet may, once another has: a story whose topic is there again, or a name whose slug is free.
  const passes = async (pass: (left: readonly Changed[]) => Promise<void>) => {
    // What is kept takes no other’s place.
    let reverted = 0
    while (looked < ids.length && reverted < mostAtOneGo) {
      const own = await next()
      await pass(own)
      reverted += own.filter(({ id }) => results.get(id)?.result === 'reverted').length
    }
    let [left, before] = [kept(), Number.POSITIVE_INFINITY]
    while (left.length > 0 && left.length < before) {
      before = left.length
      await pass(left)
      left = kept()
    }
  }
  if (author.onDryRun)
    // What is brought back later refers to what was brought back before.
    await run(async (tx) => {
      // It may be tried again.
      looked = 0
      changed.length = 0
      results.clear()
      await passes((left) => some(tx, left))
      for (const group of groupsOf(kept(), results)) await atOnce(tx, group)
    })
  else {
    await passes(async (left) => {
      for (const own of chunked(left, piece)) await run((tx) => some(tx, own))
    })
    for (const group of groupsOf(kept(), results)) await run((tx) => atOnce(tx, group))
  }
  const data = changed.map(({ id }) => {
    const { holder: _, ...result } = results.get(id) as Result
    return result
  })
  return { data, remaining: ids.length - looked }
}
