import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { reverting } from '../http/formats.ts'
import { longestChangeSet } from '../http/operations.ts'

/** The set that is reverted, and the one of the reverting changes. */
export type Reverting = { name: string; revertingName: string }

/** What a set comes from by reverts: the set that all of them take back or bring again, and how many lie between. */
type Descent = { root: string; reverts: number }

/** How sets descend from each other that revert one another, also under names of their own. */
export type Lineage = {
  of: (changeSet: string) => Descent
  /** A set with those that revert it, and those that revert these. */
  family: (changeSet: string) => string[]
}

const prefix = 'reverts:'

/** The sets that changes under a name of its own have reverted; none where it is no such name. */
export async function setsRevertedUnder(read: Read, changeSet: string): Promise<string[]> {
  const row = await read
    .selectFrom('settings')
    .select('value')
    .where('name', '=', prefix + changeSet)
    .executeTakeFirst()
  return row ? JSON.parse(row.value) : []
}

/** Whether sets were reverted under a name of its own. */
export const isRevertingName = async (read: Read, changeSet: string): Promise<boolean> => (await setsRevertedUnder(read, changeSet)).length > 0

/** Remembers that changes under a name of its own revert a set. */
export async function rememberReverting(tx: Write, { name, revertingName }: Reverting): Promise<void> {
  const known = await setsRevertedUnder(tx.read, revertingName)
  if (known.includes(name)) return
  const value = JSON.stringify([...known, name])
  await tx
    .insertInto('settings')
    .values({ name: prefix + revertingName, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute()
}

/** A name without the endings of those that revert it, and how many those are. */
function withoutEndings(name: string): Descent {
  const [root = '', endings = ''] = name.split(/((?:\.revert)*)$/)
  return { root, reverts: endings.length / reverting.length }
}

const withEndings = (root: string) =>
  Array.from({ length: 1 + Math.floor((longestChangeSet - root.length) / reverting.length) }, (_, index) => root + reverting.repeat(index))

/** How sets descend from each other by now. A name under which several were reverted, as older versions let it, stands for itself. */
export async function loadLineage(read: Read): Promise<Lineage> {
  const rows = await read.selectFrom('settings').select(['name', 'value']).where('name', '>=', prefix).where('name', '<', 'reverts;').execute()
  const revertedUnder = new Map<string, string>()
  for (const { name, value } of rows) {
    const sets: string[] = JSON.parse(value)
    if (sets.length === 1) revertedUnder.set(name.slice(prefix.length), sets[0] as string)
  }
  function of(changeSet: string): Descent {
    const { root, reverts } = withoutEndings(changeSet)
    const reverted = revertedUnder.get(root)
    if (reverted === undefined) return { root, reverts }
    const before = of(reverted)
    return { root: before.root, reverts: before.reverts + 1 + reverts }
  }
  const byRoot = Map.groupBy(revertedUnder.keys(), (name) => of(name).root)
  return {
    of,
    family(changeSet) {
      const { root } = of(changeSet)
      return [root, ...(byRoot.get(root) ?? [])].flatMap(withEndings)
    },
  }
}

/** Whether a set is in force once the last of its family is what this one is: an odd number of reverts takes it back. */
export const isInForce = ({ reverts }: Descent): boolean => reverts % 2 === 0
