import type { FastifyRequest } from 'fastify'
import pino from 'pino'
import type { Config } from '../config.ts'
import { traceId } from './lifecycle.ts'

// Letters, digits and signs of tokens and names that an address may have as they are: it leads to the same with them encoded.
const ENCODED = /%(?:2d|3\d|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9a])/gi

/**
 * A text without the secrets in it: tokens wherever they stand, and whatever a `token` parameter says, also where letters are encoded;
 * nor with what names a person who commented.
 */
export function masked(text: string): string {
  return text
    .replace(ENCODED, (sign) => String.fromCharCode(Number.parseInt(sign.slice(1), 16)))
    .replace(/(bsh[a-z]?_)[\w-]+/gi, '$1***')
    .replace(/([?&](?:access_)?token=)[^&\s"]*/gi, '$1***')
    .replace(/([?&](?:email|account|author|ip)=)[^&\s"]*/gi, '$1***')
    .replace(/(\/v1\/commenters\/)[^?\s"]+/gi, '$1***')
}

function error(thrown: Error) {
  const { message, stack, ...rest } = pino.stdSerializers.err(thrown)
  return { ...rest, message: masked(message), stack: masked(stack ?? '') }
}

const request = ({ method, url, headers, ip }: FastifyRequest) => ({
  method,
  url: masked(url ?? ''),
  // Of who comments, votes and reports nothing is kept but a hash, for a time.
  ip: /^\/v1\/(?:comment|articles\/[^/]+\/comments)/.test(url ?? '') ? undefined : ip,
  traceId: traceId(headers?.traceparent) ?? undefined,
})

/** The options of the server's log: lines of JSON, without secrets at any level. */
export const logOptions = ({ LOG_LEVEL }: Config) => ({
  level: LOG_LEVEL,
  // No request waits for the reader of the log.
  stream: pino.destination({ sync: false, minLength: 12_288, periodicFlush: 100 }),
  redact: ['req.headers.authorization'],
  serializers: { req: request, err: error },
})
