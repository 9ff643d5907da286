import { sql } from 'kysely'
import type { MonthChange, Write } from './handles.ts'
import { preparedWrite } from './prepared.ts'

const write = preparedWrite<MonthChange & { at: string }>((db, { month, stories, at }) =>
  db
    .insertInto('public_months')
    .values({ month, stories, changed_at: at })
    .onConflict((conflict) =>
      conflict.column('month').doUpdateSet({
        stories: sql`public_months.stories + excluded.stories`,
        // Another machine’s clock may be ahead.
        changed_at: sql`case when excluded.changed_at > public_months.changed_at then excluded.changed_at else public_months.changed_at end`,
      }),
    ),
)

/** Counts on what changed of months, in one order, so that no two changes wait for each other. To be called while no other change can do so: what comes out at the same time is of one month. */
export function writeMonths(tx: Write, changes: readonly MonthChange[]): void {
  const months = [...Map.groupBy(changes, (change) => change.month)].sort(([one], [other]) => (one < other ? -1 : 1))
  for (const [month, own] of months) write(tx, { month, stories: own.reduce((sum, { stories }) => sum + stories, 0), at: tx.now })
}
