import { parseArgs } from 'node:util'
import { environmentWithFile, readConfig } from '../config.ts'
import { nearest } from '../copy/nearest.ts'
import { currentTime } from '../database/clock.ts'
import { type Scope, scopes } from '../http/auth.ts'
import { isTime, normalTime } from '../http/formats.ts'
import { createToken } from '../tokens/store.ts'
import { UsageError } from '../usage.ts'
import { openDatabase } from './serve.ts'

const usage = `broadsheet token create --scope SCOPE [--scope SCOPE …] [--name NAME] [--expires TIME]
  SCOPE  one of ${scopes.join(', ')}
  TIME   RFC 3339, such as 2027-01-01T00:00:00Z`

function scopeOf(text: string): Scope {
  const scope = scopes.find((known) => known === text)
  const near = nearest(text, scopes)
  if (!scope) throw new UsageError(`"${text}" is no scope${near ? `; did you mean ${near}?` : ''}\n\n${usage}`)
  return scope
}

function expiryOf(text: string | undefined): string | null {
  if (text === undefined) return null
  if (!isTime(text) || normalTime(text) <= currentTime()) throw new UsageError(`--expires must be a time of RFC 3339 in the future\n\n${usage}`)
  return normalTime(text)
}

/** `token create`: makes a token in the database and prints its secret, alone on a line. */
export async function token(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { scope: { type: 'string', multiple: true }, name: { type: 'string' }, expires: { type: 'string' } },
  })
  if (positionals.join(' ') !== 'create' || !values.scope?.length) throw new UsageError(usage)
  const given = [...new Set(values.scope.flatMap((scope) => scope.split(',')).map(scopeOf))]
  const name = values.name?.trim() || given.join(', ')
  if (name.length > 1000) throw new UsageError('--name must have at most 1000 characters')
  const expiresAt = expiryOf(values.expires)
  const { database } = await openDatabase(readConfig(environmentWithFile()))
  try {
    const actor = { tokenId: null, name: 'command line' }
    const { secret } = await database.transaction({ actor, requestId: null }, (tx) => createToken(tx, { name, scopes: given, expiresAt }))
    console.log(secret)
  } finally {
    await database.close()
  }
}
