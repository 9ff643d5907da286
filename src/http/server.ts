import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify'
import type { Config } from '../config.ts'
import type { Read } from '../database/engine.ts'
import type { Database, Write } from '../database/handles.ts'
import type { Following } from '../database/log.ts'
import type { Sent } from './answers.ts'
import type { Scope, Token } from './auth.ts'
import type { Cache, Entry } from './cache.ts'
import type { Dispatch } from './inner-requests.ts'
import type { Operation } from './operations.ts'
import type { Order, Writer, WriterUsage } from './orders.ts'
import type { Fault } from './problems.ts'
import type { Validator } from './validation.ts'

declare module 'fastify' {
  interface FastifyInstance {
    config: Config
    database: Database
    cache: Cache
    /** The key under which what must not be disclosed is hashed. */
    hashKey: string
    /** An address hashed under the keys of now, the current one first. */
    addressHashes: (address: string, within?: Write | null) => Promise<string[]>
    /** @throws Problem 404, 410 or 451 where the public doesn't see an article */
    requirePublic: (read: Read, articleId: string) => Promise<void>
    /** A token as it is by now: null where it is revoked, or its time is over. */
    tokenNow: (read: Read, token: Token) => Promise<Token | null>
    /** Whether sets were reverted under a name of its own, which is for that alone. */
    isRevertingName: (read: Read, changeSet: string) => Promise<boolean>
    follower: Following
    /** Does the operations of requests that stand in others. */
    dispatch: Dispatch
    /** Does writes in another thread, where there is one now. */
    writer: Writer | null
    /** What that thread, or those before it, have done, beside what this one has. */
    writerUsage: WriterUsage
    /** Does a write of another thread. @returns its answer, also where that is a problem */
    perform: (order: Order) => Promise<Sent>
    /** The socket on which the fast path is tried, and what the router made for it, kept in memory or not. */
    proof: { socket: object | null; entry: Entry | null }
    /** The one validator of bodies and parameters, which knows the named schemas. */
    validator: Validator
  }
  interface FastifyRequest {
    /** The valid token that the request bears, or null. */
    token: Token | null
    /** What was found wrong so far. */
    faults: Fault[]
    /** The body's bytes, once read. */
    rawBody: Buffer | null
    /** The most bytes that the body, and what a patch would make, may have. */
    bodyLimit: number
    /** The media type of its answer, of those that the operation produces: the one that it wants most. */
    answerType: string
    /** The transaction of the batch that it is a part of, or null. */
    within: Write | null
    /** The scopes that it needed so far. */
    needed: Set<Scope>
  }
  interface FastifyContextConfig {
    /** It is no operation of the document, but knows tokens. */
    isGuarded?: boolean
    operation?: Operation
  }
}

/** The server, with parameters typed by their TypeBox schemas. */
export type App = FastifyInstance<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, FastifyBaseLogger, TypeBoxTypeProvider>
