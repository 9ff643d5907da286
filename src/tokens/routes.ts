import type { FastifyReply, FastifyRequest } from 'fastify'
import { currentTime } from '../database/clock.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { isId } from '../database/slugs.ts'
import type { TokenTable } from '../database/tables.ts'
import { type Answer, send } from '../http/answers.ts'
import { covers, type Scope } from '../http/auth.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { normalTime } from '../http/formats.ts'
import { jsonBody, operation, patchBodies, smallBody } from '../http/operations.ts'
import { collection, fieldsParameter, idsParameter, pageParameters } from '../http/pagination.ts'
import { type Fault, notFound, Problem } from '../http/problems.ts'
import { readSnapshot } from '../http/reads.ts'
import { locked, parameter, readOnlyFaults } from '../http/references.ts'
import { replacementFrom } from '../http/replacement.ts'
import type { App } from '../http/server.ts'
import { refuse } from '../http/validation.ts'
import { CreatedToken, Token, TokenCreate, TokenInput, TokenPage, TokenPatch, tokenProperties } from './schemas.ts'
import { createToken, deleteToken, loadToken, orderedTokens, pageOfTokens, replaceToken, tokenOf } from './store.ts'

const sorts = ['createdAt', 'name'] as const

async function find(read: Read, request: FastifyRequest): Promise<TokenTable> {
  const id = parameter(request, 'tokenId').toLowerCase()
  const row = isId(id) ? await loadToken(read, id) : undefined
  if (!row) throw notFound('token')
  return row
}

const lockToken = (tx: Write, request: FastifyRequest) =>
  locked(
    tx,
    ({ id }) => `token:${id}`,
    () => find(tx.read, request),
    ({ created_at }) => created_at,
  )

const tokenAnswer = (row: TokenTable): Answer => ({ body: tokenOf(row), revision: row.revision })

/** @throws Problem 403 where a token would be given more than the one that gives it has. */
function requireNotStronger(request: FastifyRequest, scopes: readonly Scope[]): void {
  const held = request.token?.scopes ?? []
  const missing = scopes.find((scope) => !covers(held, scope))
  if (missing) throw new Problem('forbidden', `A token can’t give the scope ${missing}, which it doesn’t have.`, { requiredScope: missing })
}

function expiryFaults(expiresAt: string | null | undefined, stored: string | null): Fault[] {
  if (!expiresAt) return []
  const time = normalTime(expiresAt)
  return time === stored || time > currentTime() ? [] : [{ pointer: '/expiresAt', code: 'range', message: 'must be in the future' }]
}

/**
 * GET|POST /v1/tokens, GET|PUT|PATCH|DELETE /v1/tokens/{tokenId}
 */
export function tokenRoutes(app: App): void {
  app.get(
    '/v1/tokens',
    operation('GET', {
      id: 'listTokens',
      tag: 'Tokens',
      summary: 'List tokens',
      description: 'The newest first, without their secrets.',
      scopes: ['admin'],
      isPaged: true,
      query: { ...pageParameters(sorts, '-createdAt'), ...fieldsParameter(tokenProperties), ...idsParameter },
      answer: TokenPage,
    }),
    async (request, reply) => {
      const answer = await readSnapshot(request, (read) =>
        collection(request, {
          sorts,
          initially: '-createdAt',
          properties: tokenProperties,
          ordered: ({ ids = [] }) => orderedTokens(read, ids),
          page: (page) => pageOfTokens(read, page),
        }),
      )
      return send(request, reply, answer)
    },
  )

  app.post(
    '/v1/tokens',
    operation('POST', {
      id: 'createToken',
      tag: 'Tokens',
      summary: 'Create a token',
      description: 'The answer has its `secret`, which is shown here and never again: only a hash is stored.',
      scopes: ['admin'],
      bodies: jsonBody(TokenCreate),
      bodyLimit: smallBody,
      answer: CreatedToken,
      links: { read: ['getToken', 'tokenId'], revoke: ['deleteToken', 'tokenId'] },
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const input = request.body as TokenInput
        refuse([...readOnlyFaults(input, null), ...expiryFaults(input.expiresAt, null)])
        requireNotStronger(request, input.scopes)
        const { row, secret } = await createToken(tx, input)
        return { status: 201, body: { ...tokenOf(row), secret }, revision: row.revision, location: `/v1/tokens/${row.id}` }
      }),
  )

  app.get(
    '/v1/tokens/:tokenId',
    operation('GET', {
      id: 'getToken',
      tag: 'Tokens',
      summary: 'Get a token',
      description: 'Without its secret.',
      scopes: ['admin'],
      answer: Token,
      problems: ['not-found'],
    }),
    async (request, reply) => send(request, reply, tokenAnswer(await readSnapshot(request, (read) => find(read, request)))),
  )

  const write = (request: FastifyRequest, reply: FastifyReply) =>
    change(request, reply, async (tx) => {
      const row = await lockToken(tx, request)
      const current = tokenOf(row)
      const { input } = replacementFrom<TokenInput>(request, current, TokenInput)
      refuse([...readOnlyFaults(input, current), ...expiryFaults(input.expiresAt, row.expires_at)])
      requireNotStronger(request, input.scopes)
      return tokenAnswer(await replaceToken(tx, row, input))
    })

  app.put(
    '/v1/tokens/:tokenId',
    operation('PUT', {
      id: 'replaceToken',
      tag: 'Tokens',
      summary: 'Replace a token',
      description: 'Its secret stays.',
      scopes: ['admin'],
      bodies: jsonBody(TokenInput),
      bodyLimit: smallBody,
      answer: Token,
      problems: ['not-found'],
    }),
    write,
  )

  app.patch(
    '/v1/tokens/:tokenId',
    operation('PATCH', {
      id: 'patchToken',
      tag: 'Tokens',
      summary: 'Change a token',
      description: 'Its name, scopes or expiry.',
      scopes: ['admin'],
      bodies: patchBodies(TokenPatch),
      bodyLimit: smallBody,
      answer: Token,
      problems: ['not-found'],
    }),
    write,
  )

  app.delete(
    '/v1/tokens/:tokenId',
    operation('DELETE', {
      id: 'deleteToken',
      tag: 'Tokens',
      summary: 'Revoke a token',
      description: 'At once and permanently.',
      scopes: ['admin'],
      answer: null,
      problems: ['not-found'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const row = await lockToken(tx, request)
        requireMatch(request, row.revision)
        await deleteToken(tx, row)
        return { status: 204 }
      }),
  )
}
