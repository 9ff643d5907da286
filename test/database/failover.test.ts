import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { appendFileSync, chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { run } from '../support/command.ts'
import { freePort } from '../support/ports.ts'
import { t } from '../support/tap.ts'
import { until } from '../support/until.ts'

/** The folder of PostgreSQL's server binaries, where they are installed. */
function binaries(): string | undefined {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : []
  return versions
    .map((version) => `/usr/lib/postgresql/${version}/bin`)
    .find((folder) => existsSync(join(folder, 'pg_basebackup')) && existsSync(join(folder, 'postgres')))
}

const folder = binaries()
const reason = process.env.TEST_DATABASE_URL ? 'it brings servers of its own, and runs with npm test' : 'PostgreSQL’s server binaries are not on this machine'
const skip = folder === undefined || process.env.TEST_DATABASE_URL ? reason : false

// The server refuses to run as root.
function owner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']).toString())
  return { uid: id('-u'), gid: id('-g') }
}

async function answers(port: number): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' })
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

t.test('with a primary and a streaming replica, either may go and come back', { skip, timeout: 110_000 }, async (t) => {
  const as = owner()
  const home = mkdtempSync(join(tmpdir(), 'broadsheet-failover-'))
  chmodSync(home, 0o755)
  if (as.uid !== undefined && as.gid !== undefined) chownSync(home, as.uid, as.gid)
  t.teardown(() => rmSync(home, { recursive: true, force: true }))
  const command = (name: string, ...args: string[]) => execFileSync(join(folder as string, name), args, { cwd: home, ...as, stdio: 'pipe' })
  const running = new Set<ChildProcess>()
  t.teardown(() => {
    for (const child of running) child.kill('SIGQUIT')
  })

  async function start(name: string, port: number): Promise<(how?: 'SIGINT' | 'SIGQUIT') => Promise<void>> {
    const child = spawn(join(folder as string, 'postgres'), ['-D', join(home, name), '-p', String(port)], { cwd: home, ...as, stdio: 'ignore' })
    const ended = new Promise((resolve) => child.on('close', resolve))
    running.add(child)
    await until(`${name} answers`, () => answers(port))
    // By default as `pg_ctl stop -m fast` does; SIGQUIT is `-m immediate`.
    return async (how = 'SIGINT') => {
      child.kill(how)
      await ended
      running.delete(child)
    }
  }

  const [primaryPort, replicaPort] = [await freePort(), await freePort()]
  command('initdb', '-D', join(home, 'primary'), '-U', 'postgres', '-A', 'trust', '--locale=C', '--encoding=UTF8')
  appendFileSync(
    join(home, 'primary/postgresql.conf'),
    `listen_addresses = '127.0.0.1'\nunix_socket_directories = '${home}'\nmax_connections = 50\nwal_keep_size = '64MB'\n`,
  )
  let stopPrimary = await start('primary', primaryPort)
  command('pg_basebackup', '-D', join(home, 'replica'), '-h', '127.0.0.1', '-p', String(primaryPort), '-U', 'postgres', '-R', '-X', 'stream')
  let stopReplica = await start('replica', replicaPort)

  const url = (port: number) => `postgres://postgres@127.0.0.1:${port}/postgres`
  const token = 'failover-admin-token-0123456789-abcdef'
  const server = run(t, ['serve'], {
    env: { PORT: '0', LOG_LEVEL: 'silent', ADMIN_TOKEN: token, DATABASE_URL: url(primaryPort), DATABASE_READ_URL: url(replicaPort) },
  })
  const base = (await server.sees(/answers on (http:\S+)/))[1]
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const write = (headline: string) => fetch(`${base}/v1/articles`, { method: 'POST', headers, body: JSON.stringify({ headline, status: 'published' }) })
  const read = (slug: string) => fetch(`${base}/v1/articles/${slug}`)
  const readiness = async () => {
    const answer = await fetch(`${base}/health/ready`)
    return `${answer.status} ${((await answer.json()) as { status: string }).status}`
  }

  t.equal((await write('First')).status, 201)
  t.equal((await fetch(`${base}/v1/articles/first`, { headers })).status, 200, 'a writer reads its own writes')
  await until('the story is on the replica', async () => (await read('first')).status === 200)
  t.equal(await readiness(), '200 ok')
  const replica = new pg.Client({ connectionString: url(replicaPort) })
  await replica.connect()
  const { rows } = await replica.query("select count(*)::int as count from pg_stat_activity where application_name = 'broadsheet'")
  await replica.end()
  t.ok(rows[0].count > 0, 'the public reads from the replica')

  await stopReplica()
  t.equal((await read('first')).status, 200, 'without the replica the public reads from the primary')
  t.equal(await readiness(), '200 degraded')
  t.equal((await write('Second')).status, 201)
  stopReplica = await start('replica', replicaPort)
  await until('the replica is back', async () => (await readiness()) === '200 ok')
  // A replica that was gone is left alone for a while, and has what came meanwhile.
  await until('the second story is public', async () => (await read('second')).status === 200)

  // With writes under way, at their connections as well as in the queue, again and again.
  for (let round = 0; round < 3; round++) {
    let isStopped = false
    let [taken, unavailable] = [0, 0]
    const writers = Array.from({ length: 12 }, async (_, writer) => {
      for (let count = 0; !isStopped; count++) {
        const answer = await write(`Round ${round}, ${writer}, ${count}`)
        await answer.arrayBuffer()
        if (answer.status === 201) taken++
        else if (answer.status === 503 && answer.headers.has('retry-after')) unavailable++
        else t.fail(`a write was answered ${answer.status}`)
      }
    })
    await until('writes are taken', async () => taken > 12)
    await stopPrimary('SIGQUIT')
    await until('writes are refused', async () => unavailable > 12)
    t.equal((await read('first')).status, 200, 'the public reads on')
    isStopped = true
    await Promise.all(writers)
    t.equal(server.child.exitCode, null, 'the server lives')
    stopPrimary = await start('primary', primaryPort)
    await until('writes are taken again', async () => (await write(`After round ${round}`)).status === 201)
  }

  await stopPrimary()
  await until('the replica serves again', async () => (await read('second')).status === 200)
  t.equal((await read('first')).status, 200, 'without the primary the public reads from the replica')
  const refused = await write('Third')
  t.equal(refused.status, 503)
  t.ok(refused.headers.get('retry-after'))
  t.equal(((await refused.json()) as { type: string }).type, '/problems/unavailable')
  t.equal(await readiness(), '200 degraded')
  const second = run(t, ['serve'], {
    env: { PORT: '0', LOG_LEVEL: 'silent', ADMIN_TOKEN: token, DATABASE_URL: url(primaryPort), DATABASE_READ_URL: url(replicaPort) },
  })
  await second.sees(/can’t be written now/)
  const [, other] = await second.sees(/answers on (http:\S+)/)
  t.equal((await fetch(`${other}/v1/articles/first`)).status, 200, 'one that starts with the replica alone serves it')
  t.equal((await fetch(`${other}/v1/articles`, { method: 'POST', headers, body: '{"headline":"x"}' })).status, 503)
  t.strictSame(await (await fetch(`${other}/health/ready`)).json(), { status: 'degraded' })

  await stopReplica()
  t.equal((await read('first')).status, 503, 'without both there is nothing to read from')
  t.match(await readiness(), /^503/)
  t.equal((await fetch(`${base}/health/live`)).status, 200)

  stopPrimary = await start('primary', primaryPort)
  await until('writes are taken again', async () => (await write('Third')).status === 201)
  const late = { method: 'POST', headers, body: '{"headline":"Late"}' }
  await until('also by the one that started without it', async () => (await fetch(`${other}/v1/articles`, late)).status === 201)
  await stopPrimary()
})
