import type { Socket } from 'node:net'
import { newId } from '../database/ids.ts'
import { Problem, type ProblemType, STATUS_CODES } from './problems.ts'

const types: Record<string, ProblemType> = { HPE_HEADER_OVERFLOW: 'headers-too-large', ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout' }

/** Answers what isn't HTTP, or too much of it, with a problem too: it never becomes a request. */
export function answerClientError(error: Error & { code?: string; rawPacket?: unknown }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return
  const id = newId()
  const type = types[error.code ?? ''] ?? 'bad-request'
  const detail = type === 'request-timeout' ? 'The request did not arrive in time.' : 'The request is not well-formed HTTP, or its headers are too large.'
  // What isn’t HTTP has no places to point to.
  const problem = new Problem(type, detail, type === 'bad-request' ? { errors: [] } : {})
  const body = JSON.stringify(problem.toBody(id))
  const { rawPacket } = error
  const isHead = Buffer.isBuffer(rawPacket) && rawPacket.subarray(0, 5).toString('latin1') === 'HEAD '
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      `X-Request-Id: ${id}`,
      'Content-Type: application/problem+json; charset=utf-8',
      'Cache-Control: private, no-store',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      // The answer to HEAD has no content (RFC 9110, 9.3.2).
      isHead ? '' : body,
    ].join('\r\n'),
  )
}
