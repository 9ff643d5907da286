import { openDatabase } from '../../src/commands/open.ts'
import { readConfig } from '../../src/config.ts'
import { connect } from '../../src/database/connect.ts'
import { emptyDatabase } from '../support/database.ts'
import { t } from '../support/tap.ts'

t.test('who has seen an event never finds an earlier one later, however transactions commit', async (t) => {
  const url = await emptyDatabase(t)
  const { database } = await openDatabase(readConfig({ DATABASE_URL: url, ADMIN_TOKEN: 'x'.repeat(32) }))
  const others = [connect(url), connect(url)]
  t.teardown(() => Promise.all([database, ...others].map((one) => one.close())))
  const writes = 150
  const author = { actor: null, requestId: null }
  let isDone = false

  const seen: number[] = []
  const reader = (async () => {
    for (;;) {
      const wasDone = isDone
      const last = seen.at(-1) ?? 0
      // Everything there is, not only what lies beyond the last: what came late would be missed otherwise.
      const rows = await database.read.selectFrom('events').select('seq').orderBy('seq').execute()
      const fresh = rows.map(({ seq }) => seq).filter((seq) => !seen.includes(seq))
      for (const seq of fresh) if (seq <= last) t.fail(`${seq} came after ${last}`)
      seen.push(...fresh)
      if (wasDone) return
      await new Promise(setImmediate)
    }
  })()

  await Promise.all(
    [database, ...others].map(async (one, writer) => {
      for (let count = 0; count < writes / 3; count++)
        await one.transaction(author, async (tx) => {
          // The work of different writers takes differently long.
          for (let step = 0; step < (writer * 7 + count) % 9; step++) await tx.read.selectFrom('slugs').selectAll().execute()
          const subject = { type: 'topic' as const, id: `${writer}-${count}` }
          tx.append({ type: 'topic.created', subject })
          if (count % 3 === 0) tx.append({ type: 'topic.updated', subject })
        })
    }),
  )
  isDone = true
  await reader
  t.equal(seen.length, writes + 51)
  t.strictSame(
    seen,
    seen.toSorted((a, b) => a - b),
  )
})
