import { hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { badRequest, Problem } from './problems.ts'

/**
 * A strong entity tag (RFC 9110, 8.8.3): `"<revision>-<digest>"`, without the revision for collections; it ends in `~`
 * where the answer leaves something out, so that it never passes as a precondition.
 */
export function entityTag(bytes: Uint8Array, revision: number | undefined, isPartial: boolean): string {
  const digest = hash('sha256', bytes, 'base64url').slice(0, 22)
  return `"${revision === undefined ? '' : `${revision}-`}${digest}${isPartial ? '~' : ''}"`
}

/** The tag of other bytes of the same answer. */
export function retagged(tag: string, bytes: Uint8Array): string {
  const [, revision] = /^"(\d+)-/.exec(tag) ?? []
  return entityTag(bytes, revision === undefined ? undefined : Number(revision), tag.endsWith('~"'))
}

const tagList = /^\s*(?:,\s*)*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)/

/** The tags of a list (RFC 9110, 13.1), or `*`; null where it is malformed. */
function parseTags(header: string): string[] | '*' | null {
  if (header.trim() === '*') return '*'
  const tags: string[] = []
  let rest = header
  while (rest.trim() !== '') {
    const match = tagList.exec(rest)
    if (!match?.[1]) return null
    tags.push(match[1])
    rest = rest.slice(match[0].length)
  }
  return tags.length > 0 ? tags : null
}

/** The tag of the same answer in a content coding: each has its own (RFC 9110, 8.8.3.3). */
export function codedTag(tag: string, coding: string): string {
  return tag.replace(/(~?)"$/, `-${coding}$1"`)
}

/** Whether `If-None-Match` names the tag (weak comparison): the answer is 304 then. */
export function isNotModified(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  const tags = parseTags(header)
  return tags === '*' || (tags?.some((given) => given.replace(/^W\//, '') === tag) ?? false)
}

function matchesRevision(tag: string, revision: number): boolean {
  return /^"(\d+)(-[\w-]*)?"$/.exec(tag)?.[1] === String(revision)
}

/** The tags of a precondition. @throws Problem 400 for a malformed header */
function givenTags(name: 'If-Match' | 'If-None-Match', header: string): string[] | '*' {
  const tags = parseTags(header)
  if (tags === null) throw badRequest({ header: name, code: 'format', message: 'must be * or entity tags in double quotes, such as "17"' })
  return tags
}

/**
 * Checks what a write expects of the resource: `If-Match` and `If-None-Match` (RFC 9110, 13.1, by the revision in their tags), and a `revision` in the body.
 * @throws Problem 412 with `currentRevision`, 400 for a malformed header, 428 where the operator wants one and neither is there.
 */
export function requireMatch(request: FastifyRequest, current: number, bodyRevision?: unknown): void {
  const { 'if-match': header, 'if-none-match': unless } = request.headers
  const stale = (what: string) => new Problem('precondition-failed', `${what} is not of the current revision, ${current}.`, { currentRevision: current })
  if (header !== undefined) {
    const tags = givenTags('If-Match', header)
    if (tags !== '*' && !tags.some((tag) => matchesRevision(tag, current))) throw stale('If-Match')
  }
  if (unless !== undefined) {
    const tags = givenTags('If-None-Match', unless)
    if (tags === '*' || tags.some((tag) => matchesRevision(tag.replace(/^W\//, ''), current)))
      throw new Problem('precondition-failed', 'It is there already, and If-None-Match wants that it isn’t.', { currentRevision: current })
  }
  if (typeof bodyRevision === 'number' && bodyRevision !== current) throw stale('The body’s revision')
  if (header === undefined && bodyRevision === undefined && request.server.config.REQUIRE_IF_MATCH)
    throw new Problem('precondition-required', 'This server wants If-Match, or a revision in the body, on every change.')
}
