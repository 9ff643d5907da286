import type { Static } from 'typebox'
import { scopes } from '../http/auth.ts'
import { Closed, Enum, Id, Ignored, Line, Name, type Named, Nullable, named, PageOf, Revision, RowOf, SameId, Time, TimeInput } from '../http/schemas.ts'
import Type from '../http/type.ts'

const example = {
  id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c07',
  revision: 1,
  name: 'Import job',
  scopes: ['content:write'],
  prefix: 'bsh_4Gk2',
  expiresAt: null,
  lastUsedAt: null,
  createdAt: '2026-05-01T09:00:00.000Z',
}

const Scopes = Type.Array(Enum(scopes), { minItems: 1, maxItems: scopes.length, uniqueItems: true })

const token = {
  id: Id,
  revision: Revision,
  name: Line,
  scopes: Type.Array(Enum(scopes)),
  prefix: Type.String({ description: 'How its secret begins.' }),
  expiresAt: Nullable(Time),
  lastUsedAt: Nullable(Time),
  createdAt: Time,
}

export const Token = named('Token', Type.Object(token, { description: 'A token; its secret is stored only as a hash.', examples: [example] }))
export type Token = Static<typeof Token>
export const tokenProperties = Object.keys(token)

export const CreatedToken = named(
  'CreatedToken',
  Type.Object({ ...token, secret: Nullable(Type.String({ description: 'Shown here and never again.' })) }, { examples: [{ ...example, secret: 'bsh_…' }] }),
)
export const TokenRow = RowOf('TokenRow', Token, 'A token, or those properties of it that `fields` picked.')
export const TokenPage = named('TokenPage', PageOf(TokenRow))

const input = {
  id: SameId,
  revision: Type.Optional(Revision),
  name: Name,
  scopes: Scopes,
  expiresAt: Type.Optional(Nullable(TimeInput)),
  prefix: Ignored,
  lastUsedAt: Ignored,
  createdAt: SameId,
}

export const TokenInput = named(
  'TokenInput',
  Closed(input, { description: 'A token on the way in.', examples: [{ name: 'Import job', scopes: ['content:write'] }] }),
)
export type TokenInput = Static<typeof TokenInput>

export const TokenPatch = named(
  'TokenPatch',
  Closed(
    { ...input, name: Type.Optional(Name), scopes: Type.Optional(Scopes) },
    { description: 'A merge patch of a token.', examples: [{ expiresAt: '2027-01-01T00:00:00Z' }] },
  ),
)

export const TOKEN_SCHEMAS = [Token, CreatedToken, TokenRow, TokenPage, TokenInput, TokenPatch] as Named[]
