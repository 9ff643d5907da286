import type { FastifyRequest } from 'fastify'
import { type ExternalKind, externalIdIn, externalOwner } from '../database/external-ids.ts'
import type { Write } from '../database/handles.ts'
import { badRequest, notFound, Problem } from './problems.ts'
import { parameter } from './references.ts'
import { Nullable } from './schemas.ts'
import Type from './type.ts'

const pattern = '[A-Za-z0-9:._/-]{1,200}'

/** The pattern of a reference by an id elsewhere, to stand in others. */
export const externalReference = `ext:${pattern}`

const wholeReference = new RegExp(`^${externalReference}$`)
/** Whether a text is `ext:` and an id elsewhere as it may be. */
export const isExternalReference = (text: string): boolean => wholeReference.test(text)

/** An id elsewhere, as input. */
export const ExternalIdInput = Type.String({
  pattern: `^${pattern}$`,
  maxLength: 200,
  description: 'Its id in another system, unique among its kind: paths and references find it by `ext:` and this.',
  examples: ['wire-123'],
})

/** The same in an answer. */
export const ExternalId = Nullable(Type.String({ description: 'Its id in another system, unique among its kind; `ext:` and this is its address, too.' }))

/**
 * Keeps others from giving an id elsewhere, and sees that nobody has it.
 * @throws Problem 409 with its holder, where another has it
 */
export async function claimExternalId(tx: Write, kind: ExternalKind, ownerId: string, externalId: string): Promise<void> {
  tx.lock([`external:${kind}:${externalId}`])
  const holder = await externalOwner(tx.read, kind, externalId)
  if (holder !== null && holder !== ownerId) throw externalIdTaken(kind, externalId, holder)
}

/** The 409 that names who has an id elsewhere. */
export const externalIdTaken = (kind: ExternalKind, externalId: string, holder: string): Problem =>
  new Problem('external-id-taken', `The external id ${externalId} belongs to another.`, {
    errors: [{ pointer: '/externalId', code: 'conflict', message: 'belongs to another' }],
    holder: { type: kind, id: holder },
  })

/**
 * Whether a PUT makes what its path names by an id elsewhere, since nobody has that id yet: its body has the id then. Two who make the
 * same at once do it one after the other.
 * @throws Problem 400 where the body names another id; 404 where `If-Match` or a `revision` wants one that is there
 */
export async function isToBeMade(tx: Write, request: FastifyRequest, kind: ExternalKind, name: string): Promise<boolean> {
  const externalId = externalIdIn(parameter(request, name))
  if (externalId === null) return false
  if (!new RegExp(`^${pattern}$`).test(externalId)) throw notFound(kind.replace('-', ' '))
  tx.lock([`external:${kind}:${externalId}`])
  const body = request.body as { externalId?: unknown; revision?: unknown }
  if (body.externalId !== undefined && body.externalId !== externalId)
    throw badRequest({ pointer: '/externalId', code: 'value', message: 'is another than that of the address: leave it out' })
  if ((await externalOwner(tx.read, kind, externalId)) !== null) return false
  if (request.headers['if-match'] !== undefined || typeof body.revision === 'number') throw notFound(kind.replace('-', ' '))
  body.externalId = externalId
  return true
}
