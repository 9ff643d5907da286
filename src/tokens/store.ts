import { currentTime, milliseconds } from '../database/clock.ts'
import type { Read } from '../database/engine.ts'
import type { Database, Write } from '../database/handles.ts'
import { newId } from '../database/ids.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import type { TokenTable } from '../database/tables.ts'
import { differs } from '../database/values.ts'
import type { Token as AuthToken, Scope, TokenFinder } from '../http/auth.ts'
import { normalTime } from '../http/formats.ts'
import { hasChecksum, hashOf, newSecret, sameSecret } from '../http/secrets.ts'
import type { Token, TokenInput } from './schemas.ts'

const secretStart = 'bsh_'
const shownOfSecret = 8
const usedAtMostEvery = 60_000

export function tokenOf(row: TokenTable): Token {
  return {
    id: row.id,
    revision: row.revision,
    name: row.name,
    scopes: JSON.parse(row.scopes),
    prefix: row.prefix,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    createdAt: row.created_at,
  }
}

export async function loadToken(read: Read, id: string): Promise<TokenTable | undefined> {
  return read.selectFrom('tokens').selectAll().where('id', '=', id).executeTakeFirst()
}

async function tokensById(read: Read, ids: string[]): Promise<Token[]> {
  return ids.length === 0 ? [] : inOrder(ids, (await read.selectFrom('tokens').selectAll().where('id', 'in', ids).execute()).map(tokenOf))
}

export async function pageOfTokens(read: Read, page: PageRequest): Promise<Rows<Token>> {
  const column = { id: 'id', name: 'name', createdAt: 'created_at' } as const
  const found = await fetchPage(read.selectFrom('tokens'), column[page.sort.name as keyof typeof column], 'id', page)
  return {
    ...found,
    data: await tokensById(
      read,
      found.data.map(({ id }) => id),
    ),
  }
}

/** Tokens by ids, in the order asked; those not found are left out. */
export const orderedTokens = tokensById

const tokenColumns = ({ name, scopes, expiresAt }: Pick<TokenInput, 'name' | 'scopes' | 'expiresAt'>) => ({
  name,
  scopes: JSON.stringify(scopes),
  expires_at: expiresAt ? normalTime(expiresAt) : null,
})

/** Makes a token. @returns its row, and the secret, of which only a hash is stored */
export async function createToken(tx: Write, input: Pick<TokenInput, 'name' | 'scopes' | 'expiresAt'>): Promise<{ row: TokenTable; secret: string }> {
  const secret = newSecret(secretStart)
  const row: TokenTable = {
    id: newId(),
    revision: 1,
    ...tokenColumns(input),
    prefix: secret.slice(0, shownOfSecret),
    hash: hashOf(secret),
    last_used_at: null,
    created_at: tx.now,
  }
  await tx.insertInto('tokens').values(row).execute()
  tx.append({ type: 'token.created', subject: { type: 'token', id: row.id }, data: { name: row.name, scopes: input.scopes }, revision: [null, 1] })
  return { row, secret }
}

export async function replaceToken(tx: Write, row: TokenTable, input: TokenInput): Promise<TokenTable> {
  const values = tokenColumns(input)
  if (!differs<TokenTable>(row, values)) return row
  const changed = { ...row, ...values, revision: row.revision + 1 }
  await tx.updateTable('tokens').set(changed).where('id', '=', row.id).execute()
  tx.append({
    type: 'token.updated',
    subject: { type: 'token', id: row.id },
    data: { name: changed.name, scopes: input.scopes },
    revision: [row.revision, changed.revision],
  })
  return changed
}

export async function deleteToken(tx: Write, row: TokenTable): Promise<void> {
  await tx.deleteFrom('tokens').where('id', '=', row.id).execute()
  tx.append({ type: 'token.deleted', subject: { type: 'token', id: row.id }, data: { name: row.name }, revision: [row.revision, null] })
}

/** Which uses of tokens are being noted. */
const noting = new WeakMap<Database, Set<string>>()

/** Notes the use of a token: at most once a minute, behind the request, without a revision. */
function noteUse(database: Database, row: TokenTable): void {
  const now = new Date(milliseconds())
  if (row.last_used_at !== null && now.getTime() - Date.parse(row.last_used_at) < usedAtMostEvery) return
  const underWay = noting.get(database) ?? new Set()
  noting.set(database, underWay)
  // Where it waits for others to write, who comes meanwhile doesn't wait, too.
  if (underWay.has(row.id)) return
  underWay.add(row.id)
  const before = new Date(now.getTime() - usedAtMostEvery).toISOString()
  const noted = database.transaction({ actor: null, requestId: null }, async (tx) => {
    await tx
      .updateTable('tokens')
      .set({ last_used_at: now.toISOString() })
      .where('id', '=', row.id)
      .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', before)]))
      .execute()
  })
  // What is missed here, the next request notes.
  noted.catch(() => {}).finally(() => underWay.delete(row.id))
}

const isOver = ({ expires_at }: TokenTable) => expires_at !== null && expires_at <= currentTime()

/** A token as it is by now: null where it is revoked, or its time is over. */
export async function tokenNow(read: Read, token: AuthToken): Promise<AuthToken | null> {
  if (token.id === null) return token
  const row = await loadToken(read, token.id)
  return row && !isOver(row) ? { id: row.id, name: row.name, scopes: JSON.parse(row.scopes) } : null
}

/** Finds valid tokens by their secrets. @param adminToken the operator's own, not in the database */
export function tokenFinder(database: Database, adminToken: string | null): TokenFinder {
  return async (secret) => {
    if (adminToken !== null && sameSecret(secret, adminToken)) return { id: null, name: 'ADMIN_TOKEN', scopes: ['admin'] }
    if (!secret.startsWith(secretStart) || !hasChecksum(secret)) return null
    const row = await database.read.selectFrom('tokens').selectAll().where('hash', '=', hashOf(secret)).executeTakeFirst()
    if (!row || isOver(row)) return null
    noteUse(database, row)
    return { id: row.id, name: row.name, scopes: JSON.parse(row.scopes) as Scope[] }
  }
}
