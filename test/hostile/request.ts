import type { Content } from './content.ts'

/** Who sends a request: by the scope of a token, or without one; a reader with an edit token needs none either. */
export type Who = 'anonymous' | 'edit token' | 'comments:write' | 'comments:moderate' | 'content:read' | 'content:write' | 'content:publish' | 'admin'

/** Who may write content may cost more: it is the newsroom. */
export const isWriter = (who: Who) => ['content:write', 'content:publish', 'admin'].includes(who)

export type Sent = {
  method: string
  path: string
  headers?: Record<string, string>
  body?: string | Buffer
  /** How it goes: the body broken off halfway, or a byte a second; or many requests at once. Left out: the ordinary way. */
  manner?: 'aborted' | 'slow' | 'pipelined'
  /** How often it goes, one after the other on one connection. */
  times?: number
  /** The path of each of these, where they differ. */
  pathOf?: (index: number) => string
}

export type Hostile = {
  name: string
  who: Who
  /** Made anew for each try: one that changes something needs something to change. */
  request: (content: Content) => Sent | Promise<Sent>
}

const type = (name: string) => ({ 'content-type': name })

/** A request with a body of JSON: a value, or the text as it is. */
export function json(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Sent {
  return { method, path, headers: { ...type('application/json'), ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) }
}

export function jsonPatch(path: string, operations: unknown, headers: Record<string, string> = {}): Sent {
  return json('PATCH', path, operations, { ...type('application/json-patch+json'), ...headers })
}

export function page(body: string): Sent {
  return { method: 'POST', path: '/v1/articles', headers: type('text/plain'), body }
}

export const get = (path: string, headers: Record<string, string> = {}): Sent => ({ method: 'GET', path, headers })

/** What a body may have, with room for what stands around. */
export const megabyte = 1_048_000

/** A piece again and again, up to a size in bytes. */
export const fill = (piece: string, bytes = megabyte) => piece.repeat(Math.floor(bytes / Buffer.byteLength(piece)))

/** A JSON array of a piece again and again; from a function, of another each time. */
export function arrayOf(piece: string | ((index: number) => string), count: number): string {
  return `[${Array.from({ length: count }, (_, index) => (typeof piece === 'string' ? piece : piece(index))).join(',')}]`
}
