import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { App } from './server.ts'

/** Whether the server is about to stop: it answers still, but is not to be sent anything more. */
export type Stopping = { isStopping: boolean }

declare module 'fastify' {
  interface FastifyInstance {
    stopping: Stopping
  }
}

// So long whoever is in the middle of a request may go on with it.
const halfSentFor = 2000

/** What Node's sockets keep for themselves: the answer that is being made, if any. */
type Inside = Socket & { _httpMessage?: ServerResponse | null }

/** While the server closes: drops connections whose request isn't whole after two seconds. Requests that have arrived are answered. */
export function installStopping(app: App): void {
  const sockets = new Set<Inside>()
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  app.addHook('preClose', (done) => {
    app.stopping.isStopping = true
    setTimeout(() => {
      for (const socket of sockets) if (!socket._httpMessage?.req.complete) socket.destroy()
    }, halfSentFor).unref()
    done()
  })
}
