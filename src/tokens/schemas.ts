import type { Static } from 'typebox'
import { scopes } from '../http/auth.ts'
import {
  Closed,
  described,
  Enum,
  ExpectedRevision,
  hidden,
  Id,
  ignored,
  Line,
  Name,
  type Named,
  NotGiven,
  Nullable,
  named,
  PageOf,
  Revision,
  RowOf,
  ref,
  SameId,
  SameTime,
  Time,
  TimeInput,
} from '../http/schemas.ts'
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

export const ScopeName = named(
  'Scope',
  Enum(scopes, { description: 'What a token may do: `content:publish` includes `content:write`, which includes `content:read`; `admin` includes all.' }),
)
const Scopes = Type.Array(ref(ScopeName), {
  minItems: 1,
  maxItems: scopes.length,
  uniqueItems: true,
  description: 'What the token may do.',
  examples: [['content:write']],
})
const ExpiresAt = Type.Optional(Nullable(described(TimeInput, 'When it ends; never where it is left out.')))

const token = {
  id: Id,
  revision: Revision,
  name: described(Line, 'What it is for.'),
  scopes: Type.Array(ref(ScopeName), { description: 'What the token may do.' }),
  prefix: Type.String({ description: 'How its secret begins.' }),
  expiresAt: Nullable(described(Time, 'When it ends; `null` where it doesn’t.')),
  lastUsedAt: Nullable(described(Time, 'When it was last used, within a minute.')),
  createdAt: described(Time, 'When it was made.'),
}

export const Token = named('Token', Type.Object(token, { description: 'A token; its secret is stored only as a hash.', examples: [example] }))
export type Token = Static<typeof Token>
export const tokenProperties = Object.keys(token)

export const CreatedToken = named(
  'CreatedToken',
  Type.Object(
    { ...token, secret: Nullable(Type.String({ description: 'Shown here and never again.' })) },
    { description: 'A token with its secret.', examples: [{ ...example, secret: 'bsh_…' }] },
  ),
)
export const TokenRow = RowOf('TokenRow', Token, 'A token, or those properties of it that `fields` picked.')
export const TokenPage = PageOf('TokenPage', TokenRow)

const writable = {
  name: described(Name, 'What it is for.'),
  scopes: Scopes,
  expiresAt: ExpiresAt,
  prefix: ignored(token.prefix),
  lastUsedAt: ignored(token.lastUsedAt),
}
const input = { id: SameId, revision: ExpectedRevision, ...writable, createdAt: SameTime }

export const TokenCreate = named(
  'TokenCreate',
  Closed(
    { id: NotGiven, revision: hidden(Revision), ...writable, createdAt: NotGiven },
    { description: 'A new token.', examples: [{ name: 'Import job', scopes: ['content:write'] }] },
  ),
)

export const TokenInput = named(
  'TokenInput',
  Closed(input, { description: 'A token, as input.', examples: [{ name: 'Import job', scopes: ['content:write'] }] }),
)
export type TokenInput = Static<typeof TokenInput>

export const TokenPatch = named(
  'TokenPatch',
  Closed(
    { ...input, name: Type.Optional(described(Name, 'What it is for.')), scopes: Type.Optional(Scopes) },
    { description: 'A merge patch of a token.', examples: [{ expiresAt: '2099-01-01T00:00:00Z' }] },
  ),
)

export const TOKEN_SCHEMAS = [ScopeName, Token, TokenCreate, CreatedToken, TokenRow, TokenPage, TokenInput, TokenPatch] as Named[]
