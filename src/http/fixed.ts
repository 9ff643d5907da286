import type { FastifyReply, FastifyRequest } from 'fastify'
import { noBody } from './answers.ts'
import { type Coding, codingFor, compress } from './cache.ts'
import { codedTag, entityTag, isNotModified } from './conditional.ts'
import { acceptedType } from './media-types.ts'

/** Answers with what is the same for everybody until another version is installed. */
export type FixedAnswer = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

type Headers = Record<string, string>

/** What may be kept, and is asked for again each time. */
export const revalidated = 'public, max-age=0, must-revalidate'

/** What never changes at its address. */
export const immutable = 'public, max-age=31536000, immutable'

/**
 * An answer that is made when it is first asked for, has an `ETag`, and is compressed once in each coding.
 * @param type its media type, with parameters @param make makes its text or bytes; where that fails it is tried again next time
 * @param headers besides `Content-Type`, `ETag`, `Vary`; a `vary` is added to
 */
export function fixed(type: string, make: () => Promise<string | Uint8Array> | string, headers: Headers = {}): FixedAnswer {
  let made: Promise<{ body: Buffer; plainTag: string }> | undefined
  const coded = new Map<Coding, Promise<Buffer>>()
  async function whole(): Promise<{ body: Buffer; plainTag: string }> {
    made ??= Promise.resolve(make()).then((content) => {
      const body = Buffer.from(content as string)
      return { body, plainTag: entityTag(body, undefined, false) }
    })
    return made.catch((error) => {
      made = undefined
      throw error
    })
  }
  return async (request, reply) => {
    const { body, plainTag } = await whole()
    const coding = codingFor(request.headers['accept-encoding'], { ready: { identity: { body } } })
    const tag = coding === 'identity' ? plainTag : codedTag(plainTag, coding)
    const vary = [headers.vary, 'Accept-Encoding'].filter(Boolean).join(', ')
    reply.headers({ 'cache-control': revalidated, ...headers, vary, etag: tag })
    if (isNotModified(request.headers['if-none-match'], tag)) return reply.code(304).send(noBody)
    reply.type(type)
    if (coding === 'identity') return reply.send(body)
    let bytes = coded.get(coding)
    if (!bytes) {
      bytes = compress[coding](body)
      coded.set(coding, bytes)
    }
    return reply.header('content-encoding', coding).send(await bytes)
  }
}

/** One of several answers, by `Accept`; the first where it doesn't say. @param answers by media type @throws Problem 406 */
export function byType(answers: Record<string, (headers: Headers) => FixedAnswer>): FixedAnswer {
  const made = Object.fromEntries(Object.entries(answers).map(([type, make]) => [type, make({ vary: 'Accept' })]))
  return async (request, reply) => (made[acceptedType(request, Object.keys(made))] as FixedAnswer)(request, reply)
}
