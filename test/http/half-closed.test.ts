import { once } from 'node:events'
import { connect } from 'node:net'
import { adminToken, type Server, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

/** What comes back to a client that closes its half of the connection as soon as it has sent a request. */
async function answerTo({ url }: Server, method: string, path: string, body = ''): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  const head = [`${method} ${path} HTTP/1.1`, 'host: localhost', `authorization: Bearer ${adminToken}`, 'content-type: application/json']
  socket.end(`${head.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  let text = ''
  socket.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  await once(socket, 'end')
  return text
}

for (const thread of ['off', 'on'])
  t.test(`who has sent all and closes that half is answered, with WRITER_THREAD=${thread}`, async (t) => {
    const server = await startServer(t, { WRITER_THREAD: thread })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => answerTo(server, 'POST', '/v1/articles', JSON.stringify({ headline: `Story ${index}` }))),
    )
    for (const answer of answers) t.match(answer, /^HTTP\/1\.1 201 /)
    t.match(await answerTo(server, 'GET', '/v1/articles?copy=working&limit=1'), /^HTTP\/1\.1 200 /)
    t.match(await answerTo(server, 'POST', '/v1/articles', '{'), /^HTTP\/1\.1 400 /)
    const { text } = await server.get('/metrics')
    t.match(text, /http_request_duration_seconds_count\{method="POST",route="\/v1\/articles",status="201"\} 20/)
  })
