import { readFileSync, writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { openDatabase } from '../../src/commands/open.ts'
import { startWriter } from '../../src/commands/writer.ts'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../../src/database/handles.ts'
import type { Scope } from '../../src/http/auth.ts'
import { createToken } from '../../src/tokens/store.ts'
import { emptyDatabase } from './database.ts'
import { documentChecker } from './document.ts'
import { until } from './until.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer is checked by the test, and by the document.
export type Json = any

export type Answer = { status: number; headers: Headers; body: Json; text: string }

type Options = { token?: string | null; headers?: Record<string, string> }

export const adminToken = 'test-admin-token-0123456789-0123456789'

export type Server = {
  url: string
  database: Database
  /** Sends a request and checks its answer against the document. A body that isn't a text or bytes goes as JSON. */
  request: (method: string, path: string, body?: unknown, options?: Options) => Promise<Answer>
  get: (path: string, options?: Options) => Promise<Answer>
  post: (path: string, body?: unknown, options?: Options) => Promise<Answer>
  put: (path: string, body?: unknown, options?: Options) => Promise<Answer>
  patch: (path: string, body?: unknown, options?: Options) => Promise<Answer>
  delete: (path: string, options?: Options) => Promise<Answer>
  /** As one without a token. */
  anonymous: Omit<Server, 'anonymous' | 'tokenWith' | 'events' | 'url' | 'database'>
  /** A new token's secret. */
  tokenWith: (...scopes: Scope[]) => Promise<string>
  /** The types of the events since the last call, in order. */
  events: () => Promise<string[]>
}

// To ask for the document and look whether it is another one takes longer than to start a server.
const checkers = new Map<string, ReturnType<typeof documentChecker>>()

/** What checks the answers of a server with such settings. */
async function checkerFor(url: string, { DATABASE_URL: _, ...settings }: Record<string, string>): Promise<ReturnType<typeof documentChecker>> {
  const key = JSON.stringify(settings)
  const checker = checkers.get(key) ?? documentChecker(await (await fetch(`${url}/openapi.json`)).text())
  checkers.set(key, checker)
  return checker
}

let migrated: Buffer | undefined

/** The `DATABASE_URL` of a database without content that ends with the test. To copy a migrated file takes less than to migrate one. */
async function ownDatabase(t: Test): Promise<string> {
  const url = await emptyDatabase(t)
  const file = /^sqlite:(.+)/.exec(url)?.[1]
  if (!file) return url
  if (migrated) writeFileSync(file, migrated)
  else {
    const { database } = await openDatabase(readConfig({ DATABASE_URL: url, ADMIN_TOKEN: adminToken }))
    await database.close()
    migrated = readFileSync(file)
  }
  return url
}

/** Starts a server with a database of its own, for as long as the test runs. Requests bear an admin's token unless they say otherwise. */
export async function startServer(t: Test, environment: Record<string, string> = {}): Promise<Server> {
  const config = readConfig({
    DATABASE_URL: environment.DATABASE_URL ?? (await ownDatabase(t)),
    ADMIN_TOKEN: adminToken,
    LOG_LEVEL: 'silent',
    // Tests write more than readers do.
    WRITE_RATE_LIMIT: 'off',
    COMMENT_RATES: 'off',
    PUBLIC_SITE_URL: 'https://news.example/{slug}',
    ...environment,
  })
  const { database, key } = await openDatabase(config)
  const app = await buildApp(config, database, key)
  // As if another thread did all writes, with what goes from one to the other.
  if (process.env.TEST_WRITER === 'thread' && !config.WRITER_THREAD)
    app.writer = {
      async perform(order) {
        const { body, ...sent } = structuredClone(await app.perform(structuredClone(order)))
        return { ...sent, body: Buffer.from(body) }
      },
    }
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const endWriter = startWriter(app, key)
  t.teardown(async () => {
    app.server.closeAllConnections()
    await app.close()
    await endWriter()
    await database.close()
  })
  if (config.WRITER_THREAD) await until('the thread for writes', () => app.writer !== null)
  const check = await checkerFor(url, environment)

  const clientOf = (standing: string | null) => {
    async function request(method: string, path: string, body?: unknown, { token = standing, headers = {} }: Options = {}): Promise<Answer> {
      const isJson = body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)
      const response = await fetch(url + path, {
        method,
        redirect: 'manual',
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
        ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : (body as string) }),
      })
      const text = await response.text()
      const faults = check(method, path, { status: response.status, headers: response.headers, text })
      if (!response.headers.has('x-request-id')) faults.push('there is no X-Request-Id')
      if (faults.length > 0) t.fail(`${method} ${path}: the answer is not as the document says`, { faults, status: response.status, text: text.slice(0, 2000) })
      const isParsed = /[/+]json/.test(response.headers.get('content-type') ?? '') && text !== ''
      return { status: response.status, headers: response.headers, body: isParsed ? JSON.parse(text) : null, text }
    }
    return {
      request,
      get: (path: string, options?: Options) => request('GET', path, undefined, options),
      post: (path: string, body?: unknown, options?: Options) => request('POST', path, body, options),
      put: (path: string, body?: unknown, options?: Options) => request('PUT', path, body, options),
      patch: (path: string, body?: unknown, options?: Options) => request('PATCH', path, body, options),
      delete: (path: string, options?: Options) => request('DELETE', path, undefined, options),
    }
  }

  let seen = 0
  const events = async () => {
    const rows = await database.read.selectFrom('events').select(['seq', 'type']).where('seq', '>', seen).orderBy('seq').execute()
    seen = rows.at(-1)?.seq ?? seen
    return rows.map(({ type }) => type)
  }
  await events()
  return {
    url,
    database,
    ...clientOf(adminToken),
    anonymous: clientOf(null),
    tokenWith: async (...scopes) => {
      const { secret } = await database.transaction({ actor: null, requestId: null }, (tx) => createToken(tx, { name: scopes.join(' '), scopes }))
      await events()
      return secret
    },
    events,
  }
}

/** Sends an address with letters of any alphabet, which the document’s `uri` isn’t, and so doesn’t check the answer; gives its body. */
export async function sendUnchecked({ url }: Server, method: string, path: string, body: unknown): Promise<Json> {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  return (await fetch(url + path, { method, headers, body: JSON.stringify(body) })).json()
}

/** What a problem says is wrong, as "place: code". */
export function faultsOf({ body }: Answer): string[] {
  return (body.errors ?? []).map((fault: Json) => `${fault.pointer ?? fault.parameter ?? fault.header}: ${fault.code}`)
}
