import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { nearest } from './copy/nearest.ts'
import { oneForm, plainUrl } from './copy/urls.ts'
import { isDatabaseUrl, isServerUrl } from './database/urls.ts'
import { ConfigError } from './usage.ts'

export { ConfigError } from './usage.ts'

type Setting<T> = {
  /** What an unset variable means, written as one would set it. */
  default: string
  meaning: string
  /** Throws an Error whose message says what is wrong with the value. */
  parse: (value: string) => T
}

function setting<T>(fallback: string, meaning: string, parse: (value: string) => T): Setting<T> {
  return { default: fallback, meaning, parse }
}

function oneOf<const T extends string>(...values: T[]) {
  return (value: string): T => {
    const found = values.find((known) => known === value)
    if (found === undefined) throw new Error(`must be one of ${values.join(', ')}`)
    return found
  }
}

function integer(minimum: number, maximum: number) {
  return (value: string): number => {
    if (!/^\d+$/.test(value) || Number(value) < minimum || Number(value) > maximum) throw new Error(`must be a whole number from ${minimum} to ${maximum}`)
    return Number(value)
  }
}

function optional<T>(parse: (value: string) => T) {
  return (value: string): T | null => (value === '' ? null : parse(value))
}

function bytes(value: string): number {
  const match = /^(\d+)\s*(B|kB|KiB|MB|MiB)?$/.exec(value)
  const units = { B: 1, kB: 1000, KiB: 1024, MB: 1000_000, MiB: 1024 * 1024 }
  const size = match ? Number(match[1]) * units[(match[2] ?? 'B') as keyof typeof units] : 0
  if (size < 1024 || size > 1024 ** 3) throw new Error('must be a size from 1 KiB to 1024 MiB, such as "1 MiB" or 1048576')
  return size
}

function databaseUrl(value: string): string {
  if (!isDatabaseUrl(value)) throw new Error('must be "sqlite:" and a path, such as sqlite:./data/broadsheet.db, or sqlite::memory:, or postgres://…')
  return value
}

function replicaUrls(value: string): string[] {
  const urls = value === '' ? [] : value.split(',').map((url) => url.trim())
  if (!urls.every(isServerUrl)) throw new Error('must be a comma-separated list of postgres://… of replicas')
  return urls
}

const placeholders = ['slug', 'id', 'topic', 'year', 'month', 'day']

/** An address of http or https. @throws Error where it is none, or names a user */
function webUrl(value: string): URL {
  const url = URL.parse(value)
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error('must be an absolute http or https URL')
  if (url.username || url.password) throw new Error('must name no user and no password')
  return url
}

/** A pattern of an address in the one form of URIs (RFC 3986), with its placeholders. @throws Error as above */
function pattern(value: string, names: readonly string[]): string {
  const { origin, href } = webUrl(value.replaceAll(new RegExp(`\\{(${names.join('|')})\\}`, 'g'), 'placeholder-$1-x'))
  const uri = origin + oneForm(plainUrl(href).slice(origin.length))
  return uri.replaceAll(new RegExp(`placeholder-(${names.join('|')})-x`, 'g'), '{$1}')
}

function siteUrl(value: string): string {
  for (const [, name] of value.matchAll(/\{([^}]*)\}/g))
    if (!placeholders.includes(name ?? '')) throw new Error(`has an unknown placeholder {${name}}; known are {${placeholders.join('} {')}}`)
  if (!/\{(slug|id)\}/.test(value)) throw new Error('must contain {slug} or {id}')
  return pattern(value, placeholders)
}

function apiUrl(value: string): string {
  const { search, hash } = webUrl(value)
  if (search || hash) throw new Error('must be an absolute http or https URL, without query')
  return plainUrl(value).replace(/\/+$/, '')
}

function previewUrl(value: string): string {
  if (!value.includes('{token}')) throw new Error('must contain {token}')
  return pattern(value, ['token'])
}

function origins(value: string): '*' | string[] {
  if (value === '*') return '*'
  const list = value.split(',').map((origin) => origin.trim())
  for (const origin of list) if (URL.parse(origin)?.origin !== origin) throw new Error(`must be * or a comma-separated list of origins; "${origin}" is none`)
  return list
}

function hosts(value: string): string[] {
  const list = value === '' ? [] : value.split(',').map((host) => host.trim().toLowerCase())
  for (const host of list) if (URL.parse(`https://${host}/`)?.hostname !== host) throw new Error(`must be a comma-separated list of hosts; "${host}" is none`)
  return list
}

function trustProxy(value: string): false | number | string {
  if (value === 'false') return false
  // With all trusted, whoever asks could say any address to be his.
  if (value === 'true') throw new Error('must say which proxies are trusted: a number of hops, such as 1, or a list of addresses')
  if (/^\d+$/.test(value)) return Number(value)
  if (!/^[0-9a-fA-F.:/, ]+$/.test(value)) throw new Error('must be false, a number of hops or a list of addresses')
  return value
}

const rate = (value: string): number | null => (value === 'off' ? null : integer(1, 1_000_000_000)(value))

function language(value: string): string {
  try {
    return Intl.getCanonicalLocales(value)[0] ?? 'en'
  } catch {
    throw new Error('must be a BCP 47 language tag, such as en or pt-BR')
  }
}

function secret(value: string): string {
  if (value.length < 32) throw new Error('must have at least 32 characters')
  return value
}

const boolean = (value: string): boolean => oneOf('true', 'false')(value) === 'true'

/** The rules that comments are looked at by, in their order, with what becomes of a comment that falls under one where nobody says otherwise. */
export const commentRules = {
  honeypot: 'spam',
  'stamp-missing': 'off',
  'too-fast': 'pending',
  blocklist: 'reject',
  words: 'pending',
  links: 'pending',
  repeated: 'flag',
  'first-comment': 'pending',
  learned: 'pending',
  classifier: 'spam',
} as const satisfies Record<string, RuleAction>

/** What becomes of a comment that falls under a rule: nothing, a flag for moderators, or a status; each sterner than the one before. */
export const ruleActions = ['off', 'flag', 'pending', 'spam', 'reject'] as const

export type RuleAction = (typeof ruleActions)[number]
export type RuleName = keyof typeof commentRules

/** Reads `name=value` pairs with commas between. @param parse reads a value */
function pairs<Name extends string, T>(value: string, names: readonly Name[], parse: (value: string) => T): Partial<Record<Name, T>> {
  const entries = value.split(',').flatMap((pair) => {
    if (pair.trim() === '') return []
    const [given = '', text = ''] = pair.split('=').map((part) => part.trim())
    const name = names.find((one) => one === given)
    if (name) return [[name, parse(text)] as const]
    const meant = nearest(given, names)
    throw new Error(`has no ${given}; known are ${names.join(', ')}${meant ? `: did you mean ${meant}?` : ''}`)
  })
  return Object.fromEntries(entries) as Partial<Record<Name, T>>
}

const rulesSetting = (value: string): Record<RuleName, RuleAction> => ({
  ...commentRules,
  ...pairs(value, Object.keys(commentRules) as RuleName[], oneOf(...ruleActions)),
})

const rateNames = ['address', 'person', 'story'] as const

const ratesSetting = (value: string): Partial<Record<(typeof rateNames)[number], number>> =>
  value === 'off' ? {} : pairs(value, rateNames, integer(1, 1_000_000_000))

function file(value: string): string {
  if (!existsSync(value)) throw new Error(`must name a file that is there; ${value} isn’t`)
  return value
}

function httpUrl(value: string): string {
  if (!/^https?:$/.test(URL.parse(value)?.protocol ?? '')) throw new Error('must be an absolute http or https URL')
  return value
}

/** Every variable of the environment that Broadsheet reads. */
export const settings = {
  HOST: setting('127.0.0.1', 'The address to listen on; `0.0.0.0` for all.', (value) => value),
  PORT: setting('3000', 'The port to listen on; `0` takes a free one.', integer(0, 65535)),
  DATABASE_URL: setting(
    'sqlite:./data/broadsheet.db',
    'Where the content is kept: `sqlite:` and a path, `sqlite::memory:` for a database that ends with the process, or `postgres://…`.',
    databaseUrl,
  ),
  DATABASE_READ_URL: setting('', 'With PostgreSQL: its streaming replicas, comma-separated; the public reads from them.', replicaUrls),
  ADMIN_TOKEN: setting('', 'If set, an admin token besides those in the database; at least 32 characters.', optional(secret)),
  PUBLIC_SITE_URL: setting(
    '',
    'The pattern of a story’s address on your site, such as `https://news.example/{slug}`; `{slug} {id} {topic} {year} {month} {day}` are filled in. Without it `url` and `share` are `null`.',
    optional(siteUrl),
  ),
  PREVIEW_URL: setting(
    '',
    'The pattern of a preview’s address on your site, such as `https://news.example/preview?token={token}`. Without it a preview link’s `url` is `null`.',
    optional(previewUrl),
  ),
  PUBLIC_API_URL: setting(
    '',
    'Where the world reaches this server, such as `https://api.news.example`: feeds name themselves by it. By default the scheme and host of `PUBLIC_SITE_URL`.',
    optional(apiUrl),
  ),
  WEBSUB_HUB: setting('', 'A hub of WebSub: feeds name it, and it is told of what changes in them.', optional(httpUrl)),
  EMBED_HOSTS: setting(
    '',
    'Hosts whose pages an embed shows in a frame, in `bodyHtml` and renditions, besides the players of YouTube and Vimeo; comma-separated.',
    hosts,
  ),
  CORS_ORIGINS: setting('*', 'Origins whose pages may read answers: `*`, or a comma-separated list.', origins),
  LOG_LEVEL: setting('info', 'fatal, error, warn, info, debug, trace or silent.', oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')),
  TRUST_PROXY: setting('false', 'Whose `X-Forwarded-For` tells the client’s address: `false` for nobody’s, a number of hops, or addresses.', trustProxy),
  BODY_LIMIT: setting('1 MiB', 'The largest body taken, and the largest resource a patch may make.', bytes),
  RATE_LIMIT: setting('off', 'Requests a minute and client (a token, else an address; of IPv6 a /64), counted in each process; or `off`.', rate),
  WRITE_RATE_LIMIT: setting('30', 'Writes a minute and address of clients without a token, such as comments, counted in each process; or `off`.', rate),
  REQUEST_TIMEOUT: setting('30', 'For how many seconds a request may arrive: one that isn’t whole by then is answered 408.', integer(1, 3600)),
  STATEMENT_TIMEOUT: setting('30', 'With PostgreSQL: for how many seconds a statement may run.', integer(1, 3600)),
  LOCK_TIMEOUT: setting('10', 'With PostgreSQL: for how many seconds a statement may wait for a lock.', integer(1, 3600)),
  SHUTDOWN_DELAY: setting(
    '0',
    'For how many seconds `/health/ready` says 503 before the server stops listening, so that a balancer sends no more.',
    integer(0, 600),
  ),
  METRICS: setting(
    'token',
    'Who may read `/metrics`: nobody (`off`), whoever has a valid token (`token`), or everybody (`open`).',
    oneOf('off', 'token', 'open'),
  ),
  FAST_PATH: setting(
    'on',
    'If `off`, public answers that are in memory go through the router like all others: slower, and otherwise the same.',
    (value) => oneOf('on', 'off')(value) === 'on',
  ),
  WRITER_THREAD: setting(
    'off',
    'If `on`, writes are done in a thread of lower priority, so that who reads doesn’t wait for them: for 60 MB more, and a second core.',
    (value) => oneOf('on', 'off')(value) === 'on',
  ),
  REQUIRE_IF_MATCH: setting('false', 'If `true`, a write without `If-Match` or a `revision` in its body is a 428.', boolean),
  DEFAULT_LANGUAGE: setting('en', 'The language of an article that names none (BCP 47).', language),
  DEFAULT_COMMENT_POLICY: setting('open', 'The comment policy of an article that names none: open, moderated or closed.', oneOf('open', 'moderated', 'closed')),
  COMMENTS_CLOSE_AFTER: setting(
    'off',
    'After how many days a story stops taking comments, counted from its `publishedAt`, where it has no `commentsCloseAt`; or `off`.',
    (value) => (value === 'off' ? null : integer(1, 36_500)(value)),
  ),
  COMMENT_MAX_DEPTH: setting('10', 'How many comments deep a reply may stand under others; a deeper one stands beside what it answers.', integer(0, 100)),
  COMMENT_REPORTS_TO_HIDE: setting('5', 'How many readers’ reports send a comment back to the queue; or `off`.', (value) =>
    value === 'off' ? null : integer(1, 1_000_000)(value),
  ),
  COMMENT_RATES: setting(
    'address=10,person=10,story=120',
    'Comments a minute from one address, by one person (an account or e-mail address) and under one story, counted over all processes; or `off`.',
    ratesSetting,
  ),
  COMMENT_RULES: setting(
    '',
    `What becomes of comments that fall under rules, such as \`links=flag,words=reject\`: ${ruleActions.map((action) => `\`${action}\``).join(', ')}. By default ${Object.entries(
      commentRules,
    )
      .map(([name, action]) => `\`${name}=${action}\``)
      .join(', ')}.`,
    rulesSetting,
  ),
  COMMENT_MAX_LINKS: setting('2', 'With how many links a comment doesn’t fall under the rule `links` yet.', integer(0, 1000)),
  COMMENT_MIN_SECONDS: setting('3', 'Within how many seconds after its form was loaded (`stamp`) a comment falls under the rule `too-fast`.', integer(0, 3600)),
  COMMENT_HOLD_FIRST: setting(
    'false',
    'If `true`, who never had a comment approved, by account or e-mail address, falls under the rule `first-comment`.',
    boolean,
  ),
  COMMENT_WORDS_FILE: setting('', 'A file of words and phrases for the rule `words`, one a line; read again when it changes.', optional(file)),
  COMMENT_BLOCKLIST_FILE: setting(
    '',
    'A file for the rule `blocklist`: e-mail addresses, hosts, IP addresses and networks, one a line; read again when it changes.',
    optional(file),
  ),
  COMMENT_CLASSIFIER_URL: setting(
    '',
    'Where a classifier of yours is asked about each comment, for two seconds at most; see the guide for operators.',
    optional(httpUrl),
  ),
  COMMENT_CLASSIFIER_SECRET: setting('', 'The secret with which what the classifier is sent is signed; at least 32 characters.', optional(secret)),
  COMMENT_ADDRESS_RETENTION: setting('30', 'For how many days addresses are kept, hashed under a key that changes as often.', integer(1, 3650)),
  COMMENT_EDIT_WINDOW: setting('900', 'For how many seconds a reader may change or delete a comment with its edit token.', integer(0, 31_536_000)),
  CACHE_BYTES: setting('32 MiB', 'How much memory a process uses to keep public answers ready; those not asked for again go first.', bytes),
  CACHE_S_MAXAGE: setting('', 'If set, the `s-maxage` of public answers, in seconds.', optional(integer(0, 31_536_000))),
  CACHE_STALE_WHILE_REVALIDATE: setting('', 'If set, the `stale-while-revalidate` of public answers, in seconds.', optional(integer(0, 31_536_000))),
}

export type Config = { [Name in keyof typeof settings]: ReturnType<(typeof settings)[Name]['parse']> }

// Ordinary variables of a Unix environment, of which some are one letter away from one of ours.
const strangers = new Set(['HOME', 'HOSTNAME', 'PATH', 'POST', 'TERM', 'SHELL', 'USER', 'MAIL', 'LANG', 'LANGUAGE'])

function misspelt(environment: NodeJS.ProcessEnv): string[] {
  const names = Object.keys(settings)
  return Object.keys(environment).flatMap((name) => {
    if (names.includes(name) || strangers.has(name)) return []
    const meant = nearest(name.toUpperCase().replaceAll('-', '_'), names, name.length >= 8 ? 2 : 1)
    return meant ? [`${name} is not a setting; did you mean ${meant}?`] : []
  })
}

/**
 * Reads the settings from an environment; unset and empty variables take their defaults.
 * @throws ConfigError that names every variable with a wrong value, and every misspelt one.
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const faults = misspelt(environment)
  const config: Record<string, unknown> = {}
  for (const [name, { default: fallback, parse }] of Object.entries(settings)) {
    try {
      config[name] = parse(environment[name]?.trim() || fallback)
    } catch (error) {
      faults.push(`${name} ${(error as Error).message}`)
    }
  }
  if (config.DATABASE_READ_URL && (config.DATABASE_READ_URL as string[]).length > 0 && !isServerUrl(String(config.DATABASE_URL)))
    faults.push('DATABASE_READ_URL goes with a DATABASE_URL of PostgreSQL')
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  return config as Config
}

/** The process's environment over the file `.env` of the working directory, where there is one. */
export function environmentWithFile(): NodeJS.ProcessEnv {
  return existsSync('.env') ? { ...parseEnv(readFileSync('.env', 'utf8')), ...process.env } : process.env
}
