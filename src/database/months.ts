import { sql } from 'kysely'
import type { Write } from './handles.ts'
import { preparedWrite } from './prepared.ts'

/** A change of the stories that are public of a month, such as `2026-05`: by how many they became more. */
export type MonthChange = { month: string; stories: number }

const write = preparedWrite<MonthChange & { at: string }>((db, { month, stories, at }) =>
  db
    .insertInto('public_months')
    .values({ month, stories, changed_at: at })
    .onConflict((conflict) =>
      conflict.column('month').doUpdateSet((set) => ({ stories: sql`public_months.stories + excluded.stories`, changed_at: set.ref('excluded.changed_at') })),
    ),
)

/** Counts on what changed of months. To be called when no other change is at it: stories of one day are of one month. */
export function writeMonths(tx: Write, changes: readonly MonthChange[]): void {
  for (const [month, own] of Map.groupBy(changes, (change) => change.month))
    write(tx, { month, stories: own.reduce((sum, { stories }) => sum + stories, 0), at: tx.now })
}
