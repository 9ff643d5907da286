import type { FastifyRequest } from 'fastify'
import { KeptReply, type Route } from './kept-reply.ts'
import { admit, bodyLimitOf, replayOrRead, sendError } from './lifecycle.ts'
import type { Operation } from './operations.ts'
import type { Order } from './orders.ts'
import type { App } from './server.ts'
import type { Validator } from './validation.ts'

/** The request of an order as its handler sees it. */
function requestOf(app: App, { operation, url: pattern }: Route, { method, params, url, headers, body, id, ip, token, needed }: Order): FastifyRequest {
  const request = {
    server: app,
    id,
    ip,
    token,
    method,
    url,
    params,
    headers,
    raw: { method, url, headers },
    routeOptions: { url: pattern, config: { operation } },
    rawBody: body && Buffer.from(body.buffer, body.byteOffset, body.length),
    query: {},
    body: undefined,
    faults: [],
    needed: new Set(needed),
    answerType: '',
    bodyLimit: 0,
    within: null,
    get log() {
      return app.log.child({ reqId: id })
    },
  } as unknown as FastifyRequest
  request.bodyLimit = bodyLimitOf(request, operation)
  return request
}

/** Learns the routes that come after it. @returns what does the writes that another thread has let in, from the replay of an answer on */
export function installPerforming(app: App, validator: Validator): App['perform'] {
  const routes = new Map<string, Route>()
  app.addHook('onRoute', ({ method, url, handler, config }) => {
    const operation = (config as { operation?: Operation } | undefined)?.operation
    if (operation) for (const one of [method].flat()) routes.set(`${one} ${url}`, { url, handler, operation })
  })

  return async (order) => {
    const route = routes.get(`${order.method} ${order.route}`) as Route
    const request = requestOf(app, route, order)
    const reply = new KeptReply({ ...order.shares })
    try {
      admit(request, route.operation)
      if (!(await replayOrRead(request, reply.asReply, route.operation, validator))) await route.handler.call(app as never, request as never, reply.asReply)
    } catch (error) {
      sendError(request, reply.asReply, error as Error)
    }
    return { status: reply.statusCode, headers: reply.kept, body: reply.body }
  }
}
