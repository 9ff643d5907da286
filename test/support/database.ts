import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Test } from 'tap'

/** The PostgreSQL server that the suite runs on; without one it runs on SQLite. */
const serverUrl = process.env.TEST_DATABASE_URL

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** The `DATABASE_URL` of an empty database that ends with the test: a schema of its own, or a file. */
export async function emptyDatabase(t: Test): Promise<string> {
  if (!serverUrl) return emptyFile(t)
  const schema = `test_${randomUUID().replaceAll('-', '')}`
  await onServer(`create schema ${schema}`)
  t.teardown(() => onServer(`drop schema ${schema} cascade`))
  return `${serverUrl}${serverUrl.includes('?') ? '&' : '?'}options=${encodeURIComponent(`-c search_path=${schema}`)}`
}

async function emptyFile(t: Test): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return `sqlite:${folder}/test.db`
}

/** Makes an empty database of the engine that the suite doesn't run on; null where there is none. */
export function otherDatabase(): ((t: Test) => Promise<string>) | null {
  return serverUrl ? emptyFile : null
}
