import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../support/command.ts'
import { emptyDatabase } from '../support/database.ts'
import { freePort } from '../support/ports.ts'
import { adminToken } from '../support/server.ts'
import { t } from '../support/tap.ts'
import { until } from '../support/until.ts'

const listening = /answers on (http:\S+)/
const onAnyPort = { PORT: '0', LOG_LEVEL: 'warn' }

t.test('the first start makes a database and prints an admin token, once', async (t) => {
  const cwd = t.testdir()
  const first = run(t, ['serve'], { cwd, env: onAnyPort })
  const url = (await first.sees(listening))[1]
  t.match(first.output(), `${url}/docs`)
  const secret = (await first.sees(/Admin token: (bsh_\w{49})/))[1] as string
  t.ok(existsSync(join(cwd, 'data/broadsheet.db')))
  const made = await fetch(`${url}/v1/articles`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'text/plain' },
    body: 'Headline\n\nWords.',
  })
  t.equal(made.status, 201)
  const { slug } = (await made.json()) as { slug: string }
  first.child.kill('SIGTERM')
  t.equal(await first.ends, 0)

  const second = run(t, ['serve'], { cwd, env: onAnyPort })
  const again = (await second.sees(listening))[1]
  t.notMatch(second.output(), 'Admin token')
  t.equal((await fetch(`${again}/v1/articles/${slug}`, { headers: { authorization: `Bearer ${secret}` } })).status, 200)
})

t.test('token create prints a secret alone on a line, and it works at once', async (t) => {
  const env = { ...onAnyPort, DATABASE_URL: await emptyDatabase(t) }
  const server = run(t, ['serve'], { env })
  const url = (await server.sees(listening))[1]
  const command = run(t, ['token', 'create', '--scope', 'content:read', '--scope', 'comments:moderate', '--name', 'Desk'], { env })
  t.equal(await command.ends, 0)
  t.match(command.output(), /^bsh_\w{49}\n$/)
  const bearer = { authorization: `Bearer ${command.output().trim()}` }
  t.equal((await fetch(`${url}/v1/comments`, { headers: bearer })).status, 200)
  t.equal((await fetch(`${url}/v1/tokens`, { headers: bearer })).status, 403)
})

const mistakes: [args: string[], env: Record<string, string>, says: RegExp, code?: number][] = [
  [['srve'], {}, /no command "srve"; did you mean serve\?/, 2],
  [['token', 'create', '--scope', 'content:raed'], {}, /"content:raed" is no scope; did you mean content:read\?/, 2],
  [['token', 'create'], {}, /--scope SCOPE is missing[\s\S]*token create --scope/, 2],
  [['token', 'create', '--scope', 'admin', '--expires', 'yesterday'], {}, /--expires must be a time/, 2],
  [['token', 'create', '--scop', 'admin'], {}, /there is no option --scop; did you mean --scope\?/, 2],
  [['token', 'create', '--scope', '--name', 'x'], {}, /--scope needs a value/, 2],
  [['token', 'craete'], {}, /"craete" is not create; did you mean create\?/, 2],
  [['migrate', 'up', 'down'], {}, /"down" is one argument too many/, 2],
  [['help', 'bakcup'], {}, /did you mean backup\?/, 2],
  [['serve'], { PORT: 'many' }, /PORT must be a whole number/],
  [['serve'], { HOST: '192.0.2.1', DATABASE_URL: 'sqlite::memory:' }, /Can’t listen: .* Set PORT or HOST\./],
  [['serve'], { DATABASE_URL: 'sqlite:/' }, /The database can’t be opened: .* Set DATABASE_URL\./],
  [['export'], { DATABASE_URL: 'postgres://localhost:1/none' }, /The database can’t be opened: no server answers .* set DATABASE_URL\./],
  [['serve'], { DATABASE_UR: 'sqlite:x' }, /DATABASE_UR is not a setting; did you mean DATABASE_URL\?/],
]
for (const [args, env, says, code = 1] of mistakes)
  t.test(`a mistake ends with its reason: ${args.join(' ')} ${JSON.stringify(env)}`, async (t) => {
    const command = run(t, args, { env })
    t.equal(await command.ends, code)
    t.equal(command.stdout(), '')
    t.match(command.stderr(), says)
    t.notMatch(command.output(), /\n {4}at /, 'and without a stack')
  })

t.test('the file .env is read, and the environment wins', async (t) => {
  const cwd = t.testdir()
  writeFileSync(join(cwd, '.env'), 'PORT=many\nDATABASE_URL=sqlite:./here.db\nLOG_LEVEL=warn\n')
  t.match((await run(t, ['serve'], { cwd }).ends) === 1, true)
  const server = run(t, ['serve'], { cwd, env: { PORT: '0' } })
  await server.sees(listening)
  t.ok(existsSync(join(cwd, 'here.db')))
})

t.test('several processes start at once on one database, and serve it together', async (t) => {
  const env = { ...onAnyPort, ADMIN_TOKEN: 'admin-token-admin-token-admin-token', DATABASE_URL: await emptyDatabase(t) }
  const servers = [1, 2, 3].map(() => run(t, ['serve'], { env }))
  const urls = await Promise.all(servers.map(async (server) => (await server.sees(listening))[1] as string))
  const headers = { authorization: `Bearer ${env.ADMIN_TOKEN}`, 'content-type': 'application/json' }
  const made = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      fetch(`${urls[index % 3]}/v1/articles`, { method: 'POST', headers, body: JSON.stringify({ headline: 'Same words', status: 'published' }) }),
    ),
  )
  t.strictSame(
    made.map(({ status }) => status),
    Array(30).fill(201),
  )
  const key = { ...headers, 'idempotency-key': 'one' }
  const once = await Promise.all(
    urls.map(async (url) => (await (await fetch(`${url}/v1/authors`, { method: 'POST', headers: key, body: '{"name":"Once"}' })).json()) as { id: string }),
  )
  t.equal(new Set(once.map(({ id }) => id)).size, 1, 'one key makes one, in whichever process')
  const totals = await Promise.all(
    urls.map(async (url) => ((await (await fetch(`${url}/v1/articles?count=true`)).json()) as { page: { total: number } }).page.total),
  )
  t.strictSame(totals, [30, 30, 30])
})

t.test('a server killed in the middle of writes has lost none that it answered', async (t) => {
  const env = { ...onAnyPort, ADMIN_TOKEN: 'admin-token-admin-token-admin-token', DATABASE_URL: await emptyDatabase(t) }
  const first = run(t, ['serve'], { env })
  const url = (await first.sees(listening))[1]
  const headers = { authorization: `Bearer ${env.ADMIN_TOKEN}`, 'content-type': 'application/json' }
  const answered: string[] = []
  const write = async () => {
    for (;;) {
      const answer = await fetch(`${url}/v1/authors`, { method: 'POST', headers, body: '{"name":"Kept"}' })
      if (answer.status !== 201) throw new Error(`unexpected ${answer.status}`)
      answered.push(((await answer.json()) as { id: string }).id)
      if (answered.length === 40) first.child.kill('SIGKILL')
    }
  }
  await Promise.allSettled([write(), write(), write()])
  await first.ends
  const second = run(t, ['serve'], { env })
  const again = (await second.sees(listening))[1]
  t.ok(answered.length >= 40)
  for (const id of answered) t.equal((await fetch(`${again}/v1/authors/${id}`, { headers })).status, 200)
})

const childrenOf = (pid: number | string | undefined) => `/proc/${pid}/task/${pid}/children`
const skip = existsSync(childrenOf(process.pid)) ? false : 'this system doesn’t list the children of a process'

t.test('serve --workers answers from several processes at one address, and replaces one that dies', { skip }, async (t) => {
  const { child, sees, output } = run(t, ['serve', '--workers', '2'], {
    env: { DATABASE_URL: await emptyDatabase(t), ADMIN_TOKEN: adminToken, PORT: String(await freePort()), LOG_LEVEL: 'error' },
  })
  const [, url] = await sees(/answers on (\S+)/)
  const workers = () => readFileSync(childrenOf(child.pid), 'utf8').trim().split(' ').filter(Boolean)
  await until('there are two workers', () => workers().length === 2)
  const [first] = workers()
  process.kill(Number(first), 'SIGKILL')
  await sees(/another one is started/)
  await until('there are two workers', () => workers().length === 2)
  t.notOk(workers().includes(String(first)))
  // The other one may not have listened yet.
  const status = () =>
    fetch(`${url}/v1/articles`).then(
      (answer) => answer.status,
      () => 0,
    )
  await until('it answers again', async () => (await status()) === 200)
  t.equal(output().match(/answers on/g)?.length, 1)
  const wrong = run(t, ['serve', '--workers', 'many'])
  t.equal(await wrong.ends, 2)
  t.match(wrong.output(), '--workers must be a whole number')
})
