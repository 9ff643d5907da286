import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import { run } from '../support/command.ts'
import { adminToken, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'
import { until } from '../support/until.ts'

/** What a server says on a connection, as it comes. */
function talk(t: Test, port: number, text: string): { socket: Socket; said: () => string; sees: (pattern: RegExp) => Promise<void>; closed: Promise<unknown> } {
  const socket = connect(port, '127.0.0.1', () => socket.write(text))
  let heard = ''
  let look = () => {}
  socket.on('data', (data) => {
    heard += data
    look()
  })
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  const sees = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      look = () => pattern.test(heard) && resolve()
      look()
      closed.then(() => reject(new Error(`it closed without ${pattern}: ${heard}`)), reject)
    })
  return { socket, said: () => heard, sees, closed }
}

t.test('an answer that comes before the body is whole can be read', async (t) => {
  const server = await startServer(t, { RATE_LIMIT: '100' })
  const body = 'x'.repeat(3_000_000)
  const json = { 'content-type': 'application/json' }
  const early: [number, string, Record<string, string>][] = [
    [413, '/v1/articles', { ...json, authorization: `Bearer ${adminToken}` }],
    [401, '/v1/articles', { ...json, authorization: 'Bearer nobody' }],
    [401, '/v1/articles', json],
    [404, '/v1/nowhere', json],
    [405, '/v1/events', json],
  ]
  for (const [status, path, headers] of early)
    for (let round = 0; round < 5; round++) {
      const answer = await fetch(server.url + path, { method: 'POST', headers, body })
      t.equal(answer.status, status)
      t.match(await answer.json(), { status })
    }
  for (let count = 0; count < 120; count++) {
    const answer = await fetch(`${server.url}/v1/articles/x/comments`, { method: 'POST', headers: json, body })
    if (answer.status === 429) {
      t.match(await answer.json(), { type: '/problems/too-many-requests' })
      return
    }
    await answer.arrayBuffer()
  }
  t.fail('the limit was never reached')
})

t.test('an upload that goes on for ever is cut off', async (t) => {
  const server = await startServer(t, { BODY_LIMIT: '64 KiB' })
  const { port } = new URL(server.url)
  const { socket, closed } = talk(
    t,
    Number(port),
    'POST /v1/articles HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n',
  )
  const piece = `2000\r\n${'x'.repeat(0x2000)}\r\n`
  const pour = () => {
    while (!socket.destroyed && socket.write(piece));
  }
  socket.on('connect', pour).on('drain', pour)
  await closed
  t.equal((await server.anonymous.get('/v1/articles')).status, 200)
})

t.test('a body that doesn’t come in time is answered 408', async (t) => {
  const server = await startServer(t, { REQUEST_TIMEOUT: '1' })
  const { port } = new URL(server.url)
  const begun = `POST /v1/articles HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${adminToken}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`
  const { sees, closed } = talk(t, Number(port), begun)
  await sees(/^HTTP\/1\.1 408 [\s\S]*"type":"\/problems\/request-timeout"[\s\S]*did not arrive in time/)
  await closed
  t.strictSame(await server.events(), [])
})

t.test('at SIGTERM what has arrived is answered, half-sent requests are dropped, and readiness says so before', async (t) => {
  const { child, sees, ends, output } = run(t, ['serve'], { env: { PORT: '0', ADMIN_TOKEN: adminToken, LOG_LEVEL: 'debug', SHUTDOWN_DELAY: '1' } })
  const [, base = ''] = await sees(/answers on (\S+)/)
  const port = Number(new URL(base).port)
  const half = talk(t, port, 'POST /v1/articles HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{')
  const none = talk(t, port, 'GET /v1/art')
  await sees(/Server listening/)
  const began = Date.now()
  child.kill('SIGTERM')
  const readiness = async () => (await fetch(`${base}/health/ready`, { headers: { connection: 'close' } })).status
  await until('it is not ready', async () => (await readiness()) !== 200)
  t.equal(await readiness(), 503)
  t.equal((await fetch(`${base}/health/live`)).status, 200)
  const answer = await fetch(`${base}/v1/articles`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: '{"headline":"Late"}',
  })
  t.equal(answer.status, 201, 'it still answers while the balancer looks away')
  await Promise.all([half.closed, none.closed])
  t.equal(await ends, 0)
  t.ok(Date.now() - began < 20_000, 'and it ends')
  t.notMatch(output(), /"level":50/, 'an upload that is broken off is no error')
})

t.test('a request line with a whole URL is answered with paths, and two hosts are refused', async (t) => {
  const server = await startServer(t)
  for (let index = 0; index < 2; index++) await server.post('/v1/articles', { headline: `Row ${index}`, status: 'published' })
  const port = Number(new URL(server.url).port)
  for (const line of ['GET http://evil.example/v1/articles?limit=1 HTTP/1.1', 'GET /v1/articles?limit=1 HTTP/1.1'])
    for (let round = 0; round < 2; round++) {
      const { sees, said, socket } = talk(t, port, `${line}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`)
      await sees(/"page":.*\}\}/)
      t.match(said(), /\r\nlink: <\/v1\/articles\?limit=1&cursor=/i)
      t.notMatch(said(), 'evil')
      socket.destroy()
    }
  const token = `Authorization: Bearer ${adminToken}`
  const made = talk(
    t,
    port,
    `POST http://evil.example/v1/authors HTTP/1.1\r\nHost: x\r\n${token}\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"name":"x"}`,
  )
  await made.sees(/\r\nlocation: \/v1\/authors\//i)
  // From memory, and otherwise.
  for (const path of ['/v1/articles?limit=1', '/v1/topics'])
    for (const hosts of ['Host: a\r\nHost: b', 'Host: a\r\nhost: a']) {
      const { sees } = talk(t, port, `GET ${path} HTTP/1.1\r\n${hosts}\r\n\r\n`)
      await sees(/^HTTP\/1\.1 400 [\s\S]*"header":"Host"/)
    }
})

t.test('secrets in addresses are masked in the log, at every level, and each 5xx is logged with method and address', async (t) => {
  const { child, sees, ends, output } = run(t, ['serve'], { env: { PORT: '0', ADMIN_TOKEN: adminToken, LOG_LEVEL: 'trace' } })
  const [, base] = await sees(/answers on (\S+)/)
  const secret = `bshp_${'a'.repeat(49)}`
  await fetch(`${base}/v1/preview/${secret}`)
  await fetch(`${base}/v1/preview/%62shp%5F${'c'.repeat(49)}`)
  await fetch(`${base}/v1/articles?token=hunter2&limit=1`)
  await fetch(`${base}/v1/articles?access_%74oken=hunter3`)
  await fetch(`${base}/v1/articles?q=bsh_${'b'.repeat(49)}`)
  await sees(/token=\*\*\*[\s\S]*q=bsh_\*\*\*/)
  child.kill('SIGTERM')
  await ends
  t.notMatch(output(), /aaaaaa|hunter|bbbbbb|cccccc/)
  t.match(output(), '/v1/preview/bshp_***')
})

t.test('however many bodies stay half sent, what comes whole is answered', async (t) => {
  const server = await startServer(t)
  const head = 'POST /v1/articles HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'
  const half = Array.from({ length: 1500 }, () => talk(t, Number(new URL(server.url).port), head))
  await Promise.all(half.map(({ sees }) => sees(/^HTTP\/1\.1 100 Continue/)))
  // They are a crowd until it is known that they don't come.
  const areAnswered = async () => {
    for (let index = 0; index < 20; index++) if ((await server.post('/v1/articles', { headline: `Whole ${index}` })).status !== 201) return false
    return true
  }
  await until('twenty whole ones in a row are answered', areAnswered, 10_000)
  t.equal((await server.anonymous.get('/v1/articles')).status, 200)
})

t.test('whoever sends much at once and reads nothing keeps nobody else out', async (t) => {
  const server = await startServer(t)
  const port = Number(new URL(server.url).port)
  const request = (line: string) => `${line} HTTP/1.1\r\nHost: x\r\n\r\n`
  const silent = Array.from({ length: 3 }, () => {
    const socket = connect(port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    socket.on('error', () => {})
    return new Promise<void>((resolve) =>
      socket.write(request('GET /openapi.json').repeat(12) + request('POST /v1/nothing').repeat(100) + request('GET /v1/nothing').repeat(100), () => resolve()),
    )
  })
  await Promise.all(silent)
  for (let index = 0; index < 20; index++) {
    t.equal((await server.post('/v1/articles', { headline: `Written ${index}` })).status, 201)
    t.equal((await server.anonymous.get(`/v1/articles?limit=${index + 1}`)).status, 200)
  }
})

t.test('what comes pipelined is answered in order, however much it is', async (t) => {
  const server = await startServer(t)
  const { socket, said, sees } = talk(t, Number(new URL(server.url).port), '')
  const names = Array.from({ length: 60 }, (_, index) => `GET /v1/nothing-${index} HTTP/1.1\r\nHost: x\r\nX-Request-Id: no-${index}.\r\n\r\n`)
  socket.write(names.join(''))
  await sees(/no-59\./)
  const ids = [...said().matchAll(/x-request-id: no-(\d+)\./gi)].map(([, id]) => Number(id))
  t.strictSame(
    ids,
    names.map((_, index) => index),
  )
})

t.test('clients that go away at once are no error', async (t) => {
  const { sees, output } = run(t, ['serve'], { env: { PORT: '0', ADMIN_TOKEN: adminToken, LOG_LEVEL: 'error' } })
  const [, base = ''] = await sees(/answers on (\S+)/)
  const port = Number(new URL(base).port)
  for (let index = 0; index < 40; index++)
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`GET /v1/${index % 2 ? 'nothing' : '%zz'} HTTP/1.1\r\nHost: x\r\n\r\n`, () => {
          socket.resetAndDestroy()
          resolve()
        })
      })
    })
  t.equal((await fetch(`${base}/v1/articles`)).status, 200)
  t.notMatch(output(), /"level":50/)
})
