import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import type { Scope } from '../../src/http/auth.ts'
import { type Answer, type Server, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'
import { type Case, expectedIn, type Part, readers, type State, type Subject, states, table } from './table.ts'
import { type Asker, badTokens, isBad, type Made, World } from './world.ts'

type Operation = { operationId: string }
type Address = { method: string; path: string }

const { paths } = JSON.parse(readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>
}
const methods = ['get', 'post', 'put', 'patch', 'delete']
const operations = new Map<string, Address>(
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, { operationId }]) => [operationId, { method: method.toUpperCase(), path }] as const),
  ),
)
const operationOf = (name: string) => name.split(' ')[0] ?? ''

/** What answers say that the document doesn't. */
const undeclared = new Set<string>()

/** Ends with a test, but gathers what is not as the document says, to tell it once. */
const gathering = {
  teardown: t.teardown.bind(t),
  fail: (_: string, { faults }: { faults: string[] }) => {
    for (const fault of faults) undeclared.add(fault)
  },
} as unknown as Test

// Thousands of requests: a machine that is busy takes its time.
t.setTimeout(300_000)

const server = await startServer(gathering)
const world = new World(server)
await world.fill(states)
const authorization = await authorizations(server, world)
// What the requests of the table say is the reader's own, and nobody else's.
world.words.plant('moderation', 'the e-mail of one who comments', 'zqmailxz')

/** Of everyone who asks, the `Authorization` header, if there is one. The names of tokens are planted, too. */
async function authorizations({ post, database, delete: remove }: Server, { words }: World): Promise<Record<Asker, string | null>> {
  async function make(scope: Scope, more: Record<string, string> = {}): Promise<{ id: string; secret: string }> {
    const { body } = await post('/v1/tokens', { name: words.plant('token', `the name of a token with ${scope}`), scopes: [scope], ...more })
    const { hash } = await database.read.selectFrom('tokens').select('hash').where('id', '=', body.id).executeTakeFirstOrThrow()
    words.hide('moderation', 'the hash of a token', hash)
    return body
  }
  const bearer = async (scope: Scope) => `Bearer ${(await make(scope)).secret}`
  const expired = await make('admin', { expiresAt: '2100-01-01T00:00:00Z' })
  await database.transaction({ actor: null, requestId: null }, async (tx) => {
    await tx.updateTable('tokens').set({ expires_at: '2020-01-01T00:00:00.000Z' }).where('id', '=', expired.id).execute()
  })
  const revoked = await make('admin')
  await remove(`/v1/tokens/${revoked.id}`)
  return {
    none: null,
    read: await bearer('content:read'),
    write: await bearer('content:write'),
    publish: await bearer('content:publish'),
    moderate: await bearer('comments:moderate'),
    comment: await bearer('comments:write'),
    admin: await bearer('admin'),
    malformed: 'Bearer bsh_not-a-token',
    unknown: `Bearer ${revoked.secret}`,
    expired: `Bearer ${expired.secret}`,
  }
}

async function lastEvent(): Promise<number> {
  const { seq } = await server.database.read
    .selectFrom('events')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirstOrThrow()
  return Number(seq)
}

/** Does something with each, a few at a time. */
async function inTurns<T>(from: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = [...from]
  const worker = async () => {
    for (let one = rest.shift(); one !== undefined; one = rest.shift()) await work(one)
  }
  await Promise.all(Array.from({ length: 4 }, worker))
}

const kept = new Map<string, Made[]>()

/** What is in a state, with these parts, and nobody has changed yet. */
function untouched(state: State, parts: readonly Part[]): Made[] {
  const key = `${state}: ${parts}`
  const made = kept.get(key) ?? []
  kept.set(key, made)
  return made
}

/** What nobody has made. */
const nowhere = '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55'
const nothing: Subject = {
  id: nowhere,
  at: '2026-05-01T10:00:00Z',
  alias: '/nowhere',
  section: nowhere,
  articleList: nowhere,
  author: nowhere,
  topic: nowhere,
  topicAbove: nowhere,
  list: nowhere,
  link: { id: nowhere, token: nowhere },
  comment: { id: nowhere, editToken: 'bshe_nowhere' },
  pendingComment: nowhere,
}

/** What the parameters of a path name. */
function addressOf(path: string, subject: Subject, { names = {}, query }: Case): string {
  const own: Record<string, string | undefined> = {
    article: subject.id,
    section: subject.section,
    list: path.startsWith('/v1/articles/') ? subject.articleList : subject.list,
    number: '1',
    link: subject.link?.id,
    comment: subject.comment?.id,
    author: subject.author,
    topic: subject.topic,
  }
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = names[name] ? names[name](subject) : own[name]
    if (value === undefined) throw new Error(`${path}: nothing is there to name as ${name}`)
    return value
  })
  return query ? `${address}?${new URLSearchParams(query(subject))}` : address
}

/** What is wrong with an answer besides its status and its words. */
function* faultsOf({ status, headers, body }: Answer, { path, isProbe, state }: { path: string; isProbe: boolean; state: State }): Generator<string> {
  if (status === 401 && !headers.get('www-authenticate')?.startsWith('Bearer ')) yield 'a 401 without WWW-Authenticate'
  if (status >= 400 && !isProbe && headers.get('cache-control') !== 'private, no-store') yield 'a problem that may be stored'
  const isTrashed = state.startsWith('trashed') && path.startsWith('/v1/articles/{article}')
  if (status === 409 && isTrashed && body.type !== '/problems/in-trash') yield `a problem ${body.type} in the trash`
}

/** The operations whose 201 tells a secret, once. */
const tellsSecret = ['createToken', 'createPreviewLink', 'createHighlightListPreviewLink', 'createComment']

/** What was found wrong with the answers of a case. */
type Findings = { leaks: Set<string>; faults: Set<string> }

const askers: Asker[] = [...badTokens, ...readers]

const keyOf = ({ isOnce }: Case, state: State, asker: Asker) => (isOnce ? asker : `${state}, ${asker}`)

/** Sends the request of a case as one of those who ask. @returns its status */
async function ask(name: string, own: Case, state: State, asker: Asker, { subject }: Made, { leaks, faults }: Findings): Promise<number> {
  const { method, path } = operations.get(operationOf(name)) as Address
  const header = authorization[asker]
  const send = (about: Subject) =>
    server.request(method, addressOf(path, about, own), own.body?.(about), {
      token: null,
      headers: { ...(header ? { authorization: header } : {}), ...own.headers?.(about) },
    })
  const answer = await send(subject)
  const { status } = answer
  const where = `${keyOf(own, state, asker)}: ${status}`
  const isSecret = status === 201 && tellsSecret.includes(operationOf(name))
  for (const place of world.words.leaksIn(answer, asker, own, isSecret)) leaks.add(`${where} shows ${place}`)
  for (const fault of faultsOf(answer, { path, isProbe: own.badToken !== undefined, state })) faults.add(`${where} is ${fault}`)
  if (status === 404 && asker === 'none') {
    const absent = await send(nothing)
    if (absent.status !== status || absent.body.detail !== answer.body.detail) faults.add(`${where} isn’t what is said where nothing is`)
  }
  return status
}

async function checkCase(t: Test, name: string, own: Case): Promise<void> {
  const { method, path } = operations.get(operationOf(name)) as Address
  const isRead = method === 'GET'
  // Who is named takes its time to make, and shows where one reads.
  const parts: Part[] = [...(isRead || /\{(author|topic)\}/.test(path) ? (['names'] as const) : []), ...(own.uses ?? [])]
  const asked = own.isOnce ? (['draft'] as const) : states.filter((state) => expectedIn(own, 'none', state) !== null)
  const wanted = (state: State, asker: Asker) => (isBad(asker) ? (own.badToken ?? 401) : (expectedIn(own, asker, state) as number))
  const all = asked.flatMap((state) => askers.map((asker) => ({ state, asker, status: wanted(state, asker) })))
  const changing = isRead ? [] : all.filter(({ status }) => status < 300)
  const others = all.filter((one) => !changing.includes(one))
  const missing = asked.flatMap((state) => {
    const count = Math.max(1, changing.filter((one) => one.state === state).length)
    return Array.from({ length: Math.max(0, count - untouched(state, parts).length) }, () => state)
  })
  await inTurns(missing, async (state) => {
    untouched(state, parts).push(await world.make(state, parts))
  })

  const findings: Findings = { leaks: new Set(), faults: new Set() }
  const found: Record<string, number> = {}
  undeclared.clear()
  let seen = await lastEvent()
  await inTurns(others, async ({ state, asker }) => {
    found[keyOf(own, state, asker)] = await ask(name, own, state, asker, untouched(state, parts)[0] as Made, findings)
  })
  if ((await lastEvent()) !== seen) {
    findings.faults.add('one who reads, or is refused, changed something')
    kept.clear()
  }
  for (const { state, asker } of changing) {
    // There may be none left, but only where one changed something who must not.
    const made = untouched(state, parts).pop() ?? (await world.make(state, parts))
    seen = await lastEvent()
    found[keyOf(own, state, asker)] = await ask(name, own, state, asker, made, findings)
    // What was changed is no more in its state, and its words may be public.
    if ((await lastEvent()) === seen) untouched(state, parts).push(made)
    else world.words.forget(made.words)
  }
  const expected = Object.fromEntries(all.map(({ state, asker, status }) => [keyOf(own, state, asker), status]))
  t.strictSame(found, expected, 'each gets what the table says')
  t.strictSame([...findings.leaks], [], 'nobody is shown what is not theirs')
  t.strictSame([...findings.faults], [], 'a refusal changes nothing, and says no more than it should')
  t.strictSame([...undeclared], [], 'every answer is in the document')
}

t.test('every operation of the document has its place in the table, and nothing else has', async (t) => {
  const named = new Set(Object.keys(table).map(operationOf))
  t.strictSame(
    [...operations.keys()].filter((id) => !named.has(id)),
    [],
    'operations that the table leaves out',
  )
  t.strictSame(
    [...named].filter((id) => !operations.has(id)),
    [],
    'operations that the document doesn’t know',
  )
})

for (const [name, own] of Object.entries(table)) t.test(`${name}: ${own.says}`, (t) => checkCase(t, name, own))
