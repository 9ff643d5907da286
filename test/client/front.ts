import { createServer, request as forward, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** What a front does with a request instead of passing it on: an answer of its own, or to pass it on and break the connection off instead of answering. */
export type Trouble = { status: number; headers?: Record<string, string>; body?: string } | 'lose the answer'

export type Front = {
  url: string
  /** What came in, in order. */
  seen: { method: string; path: string; headers: IncomingHttpHeaders }[]
  /** What the next requests meet, one each; all else is passed on. */
  troubles: Trouble[]
  /** The statuses of what was passed on. */
  passed: number[]
}

/** A server in front of another, for as long as the test runs. */
export async function startFront(t: Test, target: string): Promise<Front> {
  const front: Front = { url: '', seen: [], troubles: [], passed: [] }

  function passOn(method: string, path: string, headers: IncomingHttpHeaders, body: Buffer, reply: ServerResponse, isLost: boolean): void {
    const onward = forward(target + path, { method, headers: { ...headers, connection: 'close' } }, (answer) => {
      front.passed.push(answer.statusCode ?? 0)
      if (isLost) {
        answer.resume().on('end', () => reply.destroy())
        return
      }
      reply.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(reply)
    })
    onward.on('error', () => reply.destroy())
    onward.end(body)
  }

  const server = createServer(async (request, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url: path = '', headers } = request
    front.seen.push({ method, path, headers })
    const trouble = front.troubles.shift()
    if (typeof trouble === 'object') reply.writeHead(trouble.status, trouble.headers).end(trouble.body)
    else passOn(method, path, headers, Buffer.concat(chunks), reply, trouble !== undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  front.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return front
}
