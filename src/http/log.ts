import type { FastifyRequest } from 'fastify'
import pino from 'pino'
import type { Config } from '../config.ts'
import { traceId } from './lifecycle.ts'

/** A text without the secrets in it: tokens wherever they stand, and whatever a `token` parameter says. */
export function masked(text: string): string {
  return text.replace(/\b(bsh[a-z]?_)\w+/g, '$1***').replace(/([?&]token=)[^&\s"]*/gi, '$1***')
}

function error(thrown: Error) {
  const { message, stack, ...rest } = pino.stdSerializers.err(thrown)
  return { ...rest, message: masked(message), stack: masked(stack ?? '') }
}

const request = ({ method, url, headers, ip }: FastifyRequest) => ({
  method,
  url: masked(url ?? ''),
  ip,
  traceId: traceId(headers?.traceparent) ?? undefined,
})

/** The options of the server's log: lines of JSON, without secrets at any level. */
export const logOptions = ({ LOG_LEVEL }: Config) => ({
  level: LOG_LEVEL,
  // No request waits for the reader of the log.
  stream: pino.destination({ sync: false, minLength: 4096, periodicFlush: 100 }),
  redact: ['req.headers.authorization'],
  serializers: { req: request, err: error },
})
