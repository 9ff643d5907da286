import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { Ajv } from 'ajv'
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify'
import type { Config } from '../config.ts'
import type { Database } from '../database/connect.ts'
import type { Follower } from '../events/follow.ts'
import type { Token } from './auth.ts'
import type { Cache, Variant } from './cache.ts'
import type { PlainRead } from './memory.ts'
import type { Operation } from './operations.ts'
import type { Fault } from './problems.ts'

declare module 'fastify' {
  interface FastifyInstance {
    config: Config
    database: Database
    cache: Cache
    follower: Follower
    /** Reads of what is not in memory that need nothing of their request but its address. */
    plainReads: PlainRead[]
    /** The one validator of bodies and parameters, which knows the named schemas. */
    validator: Ajv
  }
  interface FastifyRequest {
    /** The bytes from memory that it is answered with. */
    variant: Variant | null
    /** The valid token that the request bears, or null. */
    token: Token | null
    /** What was found wrong so far. */
    faults: Fault[]
    /** The body's bytes, once read. */
    rawBody: Buffer | null
  }
  interface FastifyContextConfig {
    operation?: Operation
  }
}

/** The server, with parameters typed by their TypeBox schemas. */
export type App = FastifyInstance<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, FastifyBaseLogger, TypeBoxTypeProvider>
