import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, Connection } from './connection.ts'
import { emptyDatabase, folder, jsonOf, load, type Server, serve } from './server.ts'

/** What Varnish does: it keeps what may be kept, and forgets what carries a key that it is told. */
const vclOf = (port: number) => `
vcl 4.1;
import std;
backend default { .host = "127.0.0.1"; .port = "${port}"; }
sub vcl_recv {
  if (req.method == "BAN") {
    if (std.ban("obj.http.surrogate-key ~ " + req.http.x-keys)) { return (synth(200, "forgotten")); }
    return (synth(400, std.ban_error()));
  }
}
sub vcl_backend_response { set beresp.grace = 0s; }
sub vcl_deliver {
  if (obj.hits > 0) { set resp.http.x-proxy = "hit"; } else { set resp.http.x-proxy = "miss"; }
}
`

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function startProxy(origin: number): Promise<{ connection: Connection; stop: () => void }> {
  const [own, port] = [folder(), await freePort()]
  writeFileSync(join(own, 'proxy.vcl'), vclOf(origin))
  const args = ['-F', '-j', 'none', '-a', `127.0.0.1:${port}`, '-f', join(own, 'proxy.vcl'), '-n', join(own, 'work'), '-s', 'malloc,32m']
  const child: ChildProcess = spawn('varnishd', args, { stdio: 'ignore' })
  const stop = () => void child.kill('SIGTERM')
  process.on('exit', stop)
  for (let tries = 0; tries < 100; tries++) {
    const connection = new Connection(port)
    try {
      await connection.ask({ path: '/health/live' })
      return { connection, stop }
    } catch {
      connection.close()
      await sleep(100)
    }
  }
  throw new Error('varnishd doesn’t start')
}

/** Tells a proxy, key by key, what the events since the last look purge; `isLeftOut` says of which keys it isn't told. */
function follower(server: Server, proxy: Connection) {
  let seen = 0
  return async (isLeftOut: (key: string) => boolean = () => false): Promise<string> => {
    const lines: string[] = []
    for (;;) {
      const { data } = jsonOf(await server.admin('GET', `/v1/events?after=${seen}&limit=100`)) as { data: { seq: number; type: string; keys: string[] }[] }
      if (data.length === 0) break
      for (const { seq, type, keys } of data) {
        seen = seq
        const told = keys.filter((key) => !isLeftOut(key))
        for (const key of told) {
          const { status, head } = await proxy.ask({ method: 'BAN', path: '/', headers: { 'x-keys': `(^|\\s)${key}(\\s|$)` } })
          if (status !== 200) throw new Error(head)
        }
        lines.push(`    event ${seq} ${type}, purged: ${told.join(' ') || 'nothing'}`)
      }
    }
    return lines.join('\n')
  }
}

const header = ({ head }: Answer, name: string) => new RegExp(`\\r\\n${name}: ([^\\r]*)`, 'i').exec(head)?.[1] ?? ''

/**
 * A caching proxy that keeps answers for an hour, and is told what to forget by the keys of events alone: what it answers is right once the
 * event was followed, also where a page left something out that has become public.
 */
export async function purge(): Promise<void> {
  if (spawnSync('varnishd', ['-V']).error) return console.log('varnishd isn’t installed')
  const database = await emptyDatabase(null)
  const server = await serve(database.url, { CACHE_S_MAXAGE: '3600' })
  const { connection: proxy, stop } = await startProxy(server.port)
  const follow = follower(server, proxy)
  const create = async (path: string, body: unknown) => jsonOf(await server.admin('POST', path, body))
  const story = await create('/v1/articles', { headline: 'The second story', slug: 'second' })
  const article = (id: string) => ({ target: { type: 'article', id } })
  const first = await create('/v1/articles', {
    headline: 'The first story',
    slug: 'first',
    status: 'published',
    authors: [{ name: 'Ada Berg' }],
    related: [{ relation: 'related', ...article(story.id) }],
  })
  await create('/v1/highlight-lists', { title: 'Front page', slug: 'front', items: [article(first.id), article(story.id)] })
  let faults = 0

  const pages: Record<string, [path: string, shown: (body: ReturnType<typeof jsonOf>) => unknown]> = {
    'front page': [
      '/v1/highlight-lists/front',
      ({ items }) => items.map((item: { target: { article: { headline: string } } }) => item.target.article.headline),
    ],
    'first story': [
      '/v1/articles/first',
      ({ related, authors, commentCount }) => ({
        related: related.map((one: { target: { article: { headline: string } } }) => one.target.article.headline),
        authors: authors.map(({ name }: { name: string }) => name),
        commentCount,
      }),
    ],
    'its comments': ['/v1/articles/first/comments', ({ data }) => data.map(({ body }: { body: string }) => body)],
    'second story': ['/v1/articles/second', ({ headline, status }) => headline ?? status],
  }
  /** What the proxy answers, and whether that is what the server would. */
  async function look(name: string, isStaleExpected = false): Promise<void> {
    const [path, shown] = pages[name] as (typeof pages)[string]
    const [answer, origin] = [await proxy.ask({ path }), await server.ask({ path })]
    const texts = [answer, origin].map((one) => `${one.status} ${JSON.stringify(shown(jsonOf(one)))}`) as [string, string]
    const isStale = texts[0] !== texts[1]
    if (isStale !== isStaleExpected) faults++
    console.log(`    ${name.padEnd(12)} ${header(answer, 'x-proxy').padEnd(4)} ${texts[0]}${isStale ? `   STALE: the server says ${texts[1]}` : ''}`)
  }
  async function lookAll(isStale: readonly string[] = []): Promise<void> {
    for (const name in pages) await look(name, isStale.includes(name))
  }
  async function say(title: string, work?: () => Promise<unknown>): Promise<void> {
    console.log(`\n${title}`)
    await work?.()
  }

  await say('Nothing is kept yet; the second story is a draft', () => follow())
  await lookAll()
  const keys = await server.ask({ path: '/v1/highlight-lists/front' })
  console.log(`    the front page: Surrogate-Key: ${header(keys, 'surrogate-key')}\n                    Cache-Control: ${header(keys, 'cache-control')}`)
  await say('Again: the pages come from the proxy')
  await lookAll()

  await say('The second story is published, and nobody follows', () => server.admin('POST', '/v1/articles/second/publish'))
  await lookAll(['front page', 'first story'])
  await say('Followed, but without the keys that begin with pending:')
  console.log(await follow((key) => key.startsWith('pending:')))
  await lookAll(['front page', 'first story'])

  await say('Taken down, followed', () => server.admin('POST', '/v1/articles/second/unpublish', { reason: 'legal', notice: 'By order of a court.' }))
  console.log(await follow())
  await lookAll()
  await say('Again: the pages come from the proxy')
  await lookAll()
  await say('Published again, followed by all keys', () => server.admin('POST', '/v1/articles/second/publish'))
  console.log(await follow())
  await lookAll()
  await say('Again: the pages come from the proxy')
  await lookAll()
  await say('Taken down once more: both showed it, followed', () => server.admin('POST', '/v1/articles/second/unpublish', {}))
  console.log(await follow())
  await lookAll()

  await say('The author is renamed: before and after it is followed', () =>
    server.admin('PATCH', `/v1/authors/${first.authors[0].id}`, { name: 'Ada Berg-Lind' }),
  )
  await lookAll(['first story'])
  console.log(await follow())
  await lookAll()

  await say('A reader comments: before and after it is followed', () =>
    server.admin('POST', '/v1/articles/first/comments', { author: { name: 'A reader' }, body: 'Good news.' }),
  )
  await lookAll(['first story', 'its comments'])
  console.log(await follow())
  await lookAll()

  console.log(`\n${faults === 0 ? 'All as expected' : `${faults} not as expected`}, ${load()}`)
  stop()
  await server.stop()
  process.exitCode = faults === 0 ? 0 : 1
}
