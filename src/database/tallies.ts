import type { Write } from './handles.ts'
import type { CountedKind } from './tables.ts'
import { chunked } from './values.ts'

/** By how much there are more public articles with a value. */
export type Tally = { kind: CountedKind; value: string; by: number }

/** What is left of tallies that are added up. */
function addedUp(tallies: readonly Tally[]): Tally[] {
  const all = new Map<string, Tally>()
  for (const { kind, value, by } of tallies) {
    const key = `${kind} ${value}`
    all.set(key, { kind, value, by: (all.get(key)?.by ?? 0) + by })
  }
  // In one order, so that no two changes wait for each other.
  return [...all]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, tally]) => tally)
    .filter(({ by }) => by !== 0)
}

/**
 * Adds to what is counted, as the last thing of a change but for its events: so no change waits longer for a count
 * than it waits for its turn to commit, and no two wait for each other.
 */
export function writeTallies(tx: Write, tallies: readonly Tally[]): void {
  const rows = addedUp(tallies)
  if (rows.length === 0) return
  for (const piece of chunked(rows)) {
    const places = piece.map((_, index) => `(${[1, 2, 3].map((number) => tx.engine.place(3 * index + number)).join(', ')})`)
    tx.send(
      `insert into public_counts (kind, value, count) values ${places.join(', ')}
        on conflict (kind, value) do update set count = public_counts.count + excluded.count`,
      piece.flatMap(({ kind, value, by }) => [kind, value, by]),
    )
  }
}
