import type { Sent } from './answers.ts'
import { retagged } from './conditional.ts'

/** The article whose comments a body counts at its top level, and where its count begins in it, once that was looked for. */
export type Counted = { articleId: string; at: number | null }

const property = '"commentCount":'

/** Where the count begins: behind the properties before it, which may hold whatever editors wrote. */
function placeIn(body: Buffer): number {
  const value = JSON.parse(body.toString()) as Record<string, unknown>
  const names = Object.keys(value)
  const before = Object.fromEntries(names.slice(0, names.indexOf('commentCount')).map((name) => [name, value[name]]))
  const at = Buffer.byteLength(JSON.stringify(before)) + property.length
  if (body.toString('latin1', at - property.length, at) !== property) throw new Error('the count of comments is not where it was looked for')
  return at
}

/** The same answer with another count of its article's comments, and the tag of its bytes. @throws Error where it has none */
export function withCount({ status, headers, body }: Sent, counted: Counted, count: number): { sent: Sent; counted: Counted } {
  const at = counted.at ?? placeIn(body)
  let end = at
  while ((body[end] ?? 0) >= 0x30 && (body[end] ?? 0) <= 0x39) end++
  const bytes = Buffer.concat([body.subarray(0, at), Buffer.from(String(count)), body.subarray(end)])
  return { sent: { status, headers: { ...headers, etag: retagged(headers.etag ?? '', bytes) }, body: bytes }, counted: { ...counted, at } }
}
