import {
  type Dialect,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  type PostgresPool,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely'
import type pg from 'pg'
import { SEARCH_BOUNDARY } from '../copy/words.ts'
import type { ChangeConnection, ConnectOptions, Counts, Engine, SearchTerm, SearchTexts, SearchTier, Watch, Watcher } from './engine.ts'
import { isOutdated, PipelinedDriver } from './postgres-pipeline.ts'
import { stringOf } from './rows.ts'
import { foldedRows } from './search-rows.ts'
import type { Tables } from './tables.ts'
import { chunked } from './values.ts'

const int8 = 20
// Counts, sums and numbers of events stay below 2^53, so they are numbers here as everywhere.
const typesOf = ({ types }: typeof pg): pg.CustomTypesConfig => ({
  getTypeParser: (oid, format) => (oid === int8 ? Number : types.getTypeParser(oid as number, format)),
})

// Only who runs on PostgreSQL loads its driver.
const loadDriver = async () => (await import('pg')).default

// A few writers a process are enough: more would only be in each other's way.
const mostWriters = 4
const mostReaders = 8
const connectWithin = 2000

/** Serialisation failure, deadlock. */
const retryable = new Set(['40001', '40P01'])
/** A row that is there already, or one referred to that isn't: another transaction may have made it or taken it away. */
const conflicts = new Set(['23505', '23503'])
/** A lock or a statement took too long; no place for another connection. */
const busy = new Set(['55P03', '57014', '53300'])
/** The server stops, starts, can't write or fails, doesn't let one in (28, 3D000, 55000), or the connection broke (08). */
const unavailable =
  /^(57P0[1-4]|531..|532..|58...|25006|XX00[12]|08...|28...|3D000|55000|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|EMFILE|ENFILE)$/

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

const saysOf = (error: unknown, pattern: RegExp) => error instanceof Error && pattern.test(error.message)

/** Others have all connections, or were in the way for too long. */
const isBusy = (error: unknown) => busy.has(codeOf(error)) || saysOf(error, /^timeout exceeded when trying to connect/)

function isUnavailable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnavailable)
  return unavailable.test(codeOf(error)) || saysOf(error, /^(Connection terminated|Client has encountered a connection error|Client was closed)/)
}

type Limits = { max: number; waitsAtMost: number; statementTimeout?: number; lockTimeout?: number; settings: readonly string[] }

// Long texts are compressed in a third of the time.
const fastTexts = ["default_toast_compression = 'lz4'"]
// So much of the full-text index is gathered before it is sorted in.
const manyTexts = ["gin_pending_list_limit = '64MB'"]

/** A pool of connections. @param counts where what is done on them is counted @param isWriter whether they write */
function dialectOf(
  url: string,
  { max, waitsAtMost, statementTimeout, lockTimeout, settings }: Limits,
  counts: Counts,
  isWriter = false,
): { dialect: Dialect; waiting: () => number } {
  let made: pg.Pool | undefined
  async function pool(): Promise<pg.Pool> {
    const driver = await loadDriver()
    made = new driver.Pool({
      connectionString: url,
      max,
      types: typesOf(driver),
      // The pool counts the wait for one of its connections as connecting, too.
      connectionTimeoutMillis: waitsAtMost,
      ...(statementTimeout === undefined ? {} : { statement_timeout: statementTimeout }),
      ...(lockTimeout === undefined ? {} : { lock_timeout: lockTimeout }),
      application_name: 'broadsheet',
      pipeline: true,
    } as pg.PoolConfig)
    // A connection that breaks is replaced; without a listener it would end the process, idle or at work.
    made.on('error', () => {})
    made.on('connect', (client) => {
      client.on('error', () => {})
      // What a server doesn't have, or doesn't let one set, it does without.
      for (const setting of settings) client.query(`set ${setting}`).catch(() => {})
    })
    return made
  }
  return {
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new PipelinedDriver(pool, counts, isWriter),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    waiting: () => made?.waitingCount ?? 0,
  }
}

// Always in one order, so that two transactions don't wait for each other; a schema's locks are its own.
function takeLocks(tx: ChangeConnection, keys: readonly string[], isShared: boolean): void {
  const lock = isShared ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock'
  tx.send(`select ${lock}(hashtextextended(current_schema() || key, 0)) from unnest($1::text[]) as key`, [[...new Set(keys)].sort()])
}

async function liftTimeouts(db: Kysely<Tables>): Promise<void> {
  for (const name of ['statement_timeout', 'lock_timeout']) await sql`select set_config(${name}, '0', true)`.execute(db)
}

// A search row's words carry where they stand: 1 in the headline, 2 there or in what is secondary, 3 anywhere.
// So one tier is one set of lexemes, and no text is too long for its positions.
const longestLexeme = 200
const mostLexemeBytes = 900_000

function lexemesOf(texts: string[]): string[] {
  const lexemes: string[] = []
  const seen = new Set<string>()
  let bytes = 0
  for (const [tier, text] of texts.entries())
    for (const word of text.split(' ')) {
      for (let mark = texts.length; mark > tier; mark--) {
        const lexeme = `${mark}${word.slice(0, longestLexeme)}`
        if (word === '' || word === SEARCH_BOUNDARY || seen.has(lexeme) || bytes > mostLexemeBytes) continue
        seen.add(lexeme)
        lexemes.push(lexeme)
        bytes += Buffer.byteLength(lexeme)
      }
    }
  return lexemes
}

/** The values of a row of the index. */
function indexRow([number, texts]: [number, SearchTexts]): [number, string[], string, string, string] {
  const [headline, secondary, body] = [texts.headline, texts.secondary, texts.body].map(stringOf) as [string, string, string]
  return [number, lexemesOf([headline, secondary, body]), headline, secondary, body]
}

// A statement takes less than 65,536 values.
const mostValues = 60_000

/** Sends rows to insert. @param places how each value of a row is written, with a ? for itself @param end what comes after the rows */
function sendRows(tx: ChangeConnection, into: string, places: readonly string[], rows: readonly unknown[][], end = ''): void {
  for (const piece of chunked(rows, Math.floor(mostValues / places.length))) {
    let number = 0
    const written = piece.map(() => `(${places.map((place) => place.replace('?', () => `$${++number}`)).join(', ')})`)
    tx.send(`${into} values ${written.join(', ')} ${end}`, piece.flat())
  }
}

const columnsOfTier = [['headline'], ['headline', 'secondary'], ['headline', 'secondary', 'body']] as const

// Words hold only letters, marks and digits, so inside quotes nothing of them is syntax, nor a sign of LIKE.
function tsquery(terms: SearchTerm[], tier: SearchTier): string {
  return terms
    .flatMap(({ words, prefix }) =>
      words.map((word, index) => `'${tier + 1}${word.slice(0, longestLexeme)}'${prefix && index === words.length - 1 ? ':*' : ''}`),
    )
    .join(' & ')
}

/** All terms within a tier: by the index first, then phrases word by word in the text. */
function within(table: string, terms: SearchTerm[], tier: SearchTier): RawBuilder<boolean> {
  const phrases = terms
    .filter(({ words }) => words.length > 1)
    .map(({ words, prefix }) => {
      const pattern = `% ${words.join(' ')}${prefix ? '' : ' '}%`
      return sql`(${sql.join(
        columnsOfTier[tier].map((column) => sql`' ' || ${sql.ref(`${table}.${column}`)} || ' ' like ${pattern}`),
        sql` or `,
      )})`
    })
  return sql<boolean>`(${sql.join([sql`${sql.ref(`${table}.lexemes`)} @@ ${tsquery(terms, tier)}::tsquery`, ...phrases], sql` and `)})`
}

function matchCondition(table: string, terms: SearchTerm[], tier: SearchTier | 'any'): RawBuilder<boolean> {
  if (tier === 'any') return within(table, terms, 2)
  return tier === 0 ? within(table, terms, 0) : sql<boolean>`${within(table, terms, tier)} and not ${within(table, terms, tier === 1 ? 0 : 1)}`
}

const channelStart = 'broadsheet_'
const connectedAgainAfter = 1000

// A lock that all who acknowledge share, as pg_locks lists it: in two halves.
const listenersLock = `hashtextextended(current_schema() || 'listeners', 0)`
const otherListeners = `select pid from pg_locks where locktype = 'advisory' and objsubid = 1 and granted and pid <> pg_backend_pid()
  and database = (select oid from pg_database where datname = current_database())
  and (classid::bigint << 32) | objid::bigint = ${listenersLock}`

// What a notification may carry (PostgreSQL takes less than 8,000 bytes).
const longestAnnouncement = 7900

/** Listens for what is announced, on a connection of its own that is replaced when it breaks; it can be read from, too. */
async function listen(url: string, { onChange, onLost, onBack, acknowledges }: Watcher): Promise<Watch> {
  let client: pg.Client | undefined
  let isStopped = false
  let timer: NodeJS.Timeout | undefined

  async function connect(): Promise<void> {
    const driver = await loadDriver()
    if (isStopped) return
    const own = new driver.Client({
      connectionString: url,
      connectionTimeoutMillis: connectWithin,
      application_name: 'broadsheet',
      keepAlive: true,
      types: typesOf(driver),
    })
    client = own
    let isLost = false
    const lose = () => {
      if (isLost || isStopped) return
      isLost = true
      onLost()
      own.end().catch(() => {})
      timer = setTimeout(() => void connect().then(onBack, () => {}), connectedAgainAfter).unref()
    }
    own.on('error', lose)
    own.on('end', lose)
    own.on('notification', ({ payload, processId }) => onChange(payload || null, processId))
    try {
      await own.connect()
      const { rows } = await own.query('select current_schema() as name')
      await own.query(`listen ${driver.escapeIdentifier(channelStart + rows[0].name)}`)
      // By this lock, which ends with the connection, the others know who is to acknowledge.
      if (acknowledges) await own.query(`select pg_advisory_lock_shared(${listenersLock})`)
    } catch (error) {
      lose()
      throw error
    }
  }

  await connect().catch(() => {})
  // Kysely asks a pool; this one has a single connection, whichever stands now, and hands it to all who ask.
  const pool = {
    connect: async () => ({ query: (...args: Parameters<pg.Client['query']>) => (client as pg.Client).query(...args), release() {} }),
    end: async () => {},
  } as unknown as PostgresPool
  return {
    read: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }) as unknown as Watch['read'],
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
    look: null,
    peers: {
      listeners: async () => (await (client as pg.Client).query<{ pid: number }>(otherListeners)).rows.map(({ pid }) => pid),
      tell: async (text) => void (await (client as pg.Client).query('select pg_notify($1 || current_schema(), $2)', [channelStart, text])),
    },
  }
}

/**
 * PostgreSQL 15 or later. Changes run at the server's own isolation level, read committed, and take locks on what they
 * change before they look at it; reads of several statements see one snapshot.
 * @param url `postgres://…` of the primary
 * @param replicaUrls `postgres://…` of streaming replicas, which answer what may lag a little
 */
export function postgres(url: string, replicaUrls: readonly string[], { isBulk, waitsAtMost, statementTimeout, lockTimeout }: ConnectOptions): Engine {
  const limits = isBulk ? { settings: [...fastTexts, ...manyTexts] } : { statementTimeout, lockTimeout, settings: fastTexts }
  const counts: Counts = { statements: 0, waits: 0 }
  const ofReaders: Counts = { statements: 0, waits: 0 }
  const writer = dialectOf(url, { max: mostWriters, waitsAtMost, ...limits }, counts, true)
  const reader = dialectOf(url, { max: mostReaders, waitsAtMost: connectWithin, ...limits }, ofReaders)
  const replicas = replicaUrls.map((replica) => dialectOf(replica, { max: mostReaders, waitsAtMost: connectWithin, ...limits }, ofReaders))
  return {
    write: writer.dialect,
    read: reader.dialect,
    readAtOnce: () => null,
    writeAtOnce: () => null,
    replicas: replicas.map(({ dialect }) => dialect),
    isRetryable: (error) => retryable.has(codeOf(error)) || isOutdated(error),
    // What it says of the row of an index (`program_limit_exceeded`).
    isTooLong: (error) => codeOf(error) === '54000',
    isConflict: (error) => conflicts.has(codeOf(error)),
    isBusy,
    isUnavailable,
    counts,
    isPrivate: false,
    queues: () => ({ writersWaiting: writer.waiting(), readersWaiting: [reader, ...replicas].reduce((sum, { waiting }) => sum + waiting(), 0) }),
    columns: { text: sql`text collate "C"`, integer: 'bigint', sequence: sql`bigint generated by default as identity primary key` },
    // The lock has a transaction of its own, so that the work has one that begins after it.
    alone: (db, work) =>
      db.transaction().execute(async (tx) => {
        await liftTimeouts(tx)
        await sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || 'migrations', 0))`.execute(tx)
        return work()
      }),
    lock: takeLocks,
    // Who asks at once after an import isn’t to wait for plans that know nothing of it: PostgreSQL looks for itself once a minute.
    async expectMany(db, isMany) {
      if (isMany) return
      const { rows } = await sql<{ name: string }>`select tablename as name from pg_tables where schemaname = current_schema()`.execute(db)
      await sql`analyze ${sql.join(rows.map(({ name }) => sql.table(name)))}`.execute(db)
    },
    place: (number) => `$${number}`,
    insertRows(tx, table, { columns, rows }) {
      const names = columns.map((name) => `"${name}"`).join(', ')
      sendRows(
        tx,
        `insert into "${table}" (${names})`,
        columns.map(() => '?'),
        rows.map((row) => row.map((value) => (value instanceof Uint8Array ? stringOf(value) : value))),
      )
    },
    announce(tx, text) {
      // Where it is too long, the watchers read for themselves what happened.
      const payload = Buffer.byteLength(text) > longestAnnouncement ? '' : text
      tx.send('select pg_notify($1 || current_schema(), $2)', [channelStart, payload])
    },
    watch: (watcher) => listen(url, watcher),
    liftTimeouts,
    async backup() {
      throw new Error(
        'PostgreSQL has its own backups: `pg_dump --format=custom --file=FILE "$DATABASE_URL"` copies the content while it is used, and `pg_restore --dbname=URL FILE` brings it back; `pg_basebackup` and its archived log bring back any moment.',
      )
    },

    async createSearchTable(db, copy) {
      const table = sql.ref(`search_${copy}`)
      await sql`create table ${table} (number bigint primary key, lexemes tsvector not null, headline text not null, secondary text not null, body text not null)`.execute(
        db,
      )
      await sql`create index ${sql.ref(`search_${copy}_lexemes`)} on ${table} using gin (lexemes)`.execute(db)
    },
    async tieSearch(db, copy, isTied) {
      const constraint = sql.ref(`search_${copy}_rows`)
      if (!isTied) await sql`alter table ${sql.table(`search_${copy}`)} drop constraint ${constraint}`.execute(db)
      else
        await sql`alter table ${sql.table(`search_${copy}`)} add constraint ${constraint}
          foreign key (number) references ${sql.table(copy)} (number) on delete cascade`.execute(db)
    },
    // Its lexemes have always been marked.
    async markSearch() {},
    async rebuildSearch(db, copy) {
      const table = sql.table(`search_${copy}`)
      await sql`delete from ${table}`.execute(db)
      for await (const rows of foldedRows(db, copy)) {
        const values = rows.map(indexRow).map(([number, lexemes, ...texts]) => sql`(${number}, array_to_tsvector(${lexemes}::text[]), ${sql.join(texts)})`)
        await sql`insert into ${table} (number, lexemes, headline, secondary, body) values ${sql.join(values)}`.execute(db)
      }
    },
    writeSearch(tx, copy, rows) {
      const values = [...rows].map(indexRow)
      const set = ['lexemes', 'headline', 'secondary', 'body'].map((name) => `${name} = excluded.${name}`).join(', ')
      const into = `insert into search_${copy} (number, lexemes, headline, secondary, body)`
      sendRows(tx, into, ['?', 'array_to_tsvector(?::text[])', '?', '?', '?'], values, `on conflict (number) do update set ${set}`)
    },
    removeSearch: (tx, copy, number) => tx.send(`delete from search_${copy} where number = $1`, [number]),
    unindexed: (column) => column,
    hits(copy, terms, tier) {
      const table = `search_${copy}`
      return { table, number: sql`${sql.ref(`${table}.number`)}`, where: matchCondition(table, terms, tier) }
    },
    async close() {},
  }
}
