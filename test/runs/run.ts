import { parseArgs } from 'node:util'
import { kills } from './kills.ts'
import { memory } from './memory.ts'
import { overload } from './overload.ts'
import { purge } from './purge.ts'
import { takedown } from './takedown.ts'

// What is promised of the running server, tried for minutes: run by hand, `npm run runs -- NAME`, on an idle machine. PostgreSQL is the
// server at `--postgres URL`, or at TEST_DATABASE_URL; without either, runs that need it leave it out.
const runs: Record<string, (postgresUrl: string | null, options: Record<string, string | undefined>) => Promise<void>> = {
  kills,
  memory,
  overload,
  purge,
  takedown,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { postgres: { type: 'string' }, rounds: { type: 'string' }, only: { type: 'string' }, seconds: { type: 'string' } },
})
const chosen = runs[positionals[0] ?? '']
if (!chosen) {
  console.error(`npm run runs -- ${Object.keys(runs).join(' | ')}`)
  process.exit(2)
}
await chosen(values.postgres ?? process.env.TEST_DATABASE_URL ?? null, values)
process.exit()
