import { environmentWithFile, readConfig } from '../config.ts'
import { nearest } from '../copy/nearest.ts'
import { currentTime } from '../database/clock.ts'
import { type Scope, scopes } from '../http/auth.ts'
import { isTime, normalTime } from '../http/formats.ts'
import { createToken } from '../tokens/store.ts'
import { UsageError } from '../usage.ts'
import { command } from './command.ts'
import { openDatabase } from './open.ts'

function scopeOf(text: string): Scope {
  const scope = scopes.find((known) => known === text)
  const near = nearest(text, scopes)
  if (!scope) throw new UsageError(`"${text}" is no scope${near ? `; did you mean ${near}?` : ''}`)
  return scope
}

function expiryOf(text: string | undefined): string | null {
  if (text === undefined) return null
  if (!isTime(text) || normalTime(text) <= currentTime()) throw new UsageError(`--expires must be a time of RFC 3339 in the future`)
  return normalTime(text)
}

async function create(list: string[], label: string | undefined, expires: string | undefined): Promise<void> {
  const given = [...new Set(list.flatMap((scope) => scope.split(',')).map(scopeOf))]
  const name = label?.trim() || given.join(', ')
  if (name.length > 1000) throw new UsageError('--name must have at most 1000 characters')
  const expiresAt = expiryOf(expires)
  const { database } = await openDatabase(readConfig(environmentWithFile()))
  try {
    const actor = { tokenId: null, name: 'command line' }
    const { secret } = await database.transaction({ actor, requestId: null }, (tx) => createToken(tx, { name, scopes: given, expiresAt }))
    console.log(secret)
  } finally {
    await database.close()
  }
}

/** `token create`: makes a token in the database and prints its secret, alone on a line. */
export const token = command({
  about: 'Makes a token in the database and prints its secret, alone on a line; it is not shown again. It works at once, also in a server that runs.',
  arguments: { what: { meaning: 'What to do.', choices: { create: 'Makes a token. `/v1/tokens` lists, changes and revokes them.' } } },
  options: {
    scope: { type: 'string', value: 'SCOPE', multiple: true, isRequired: true, meaning: `What it may do: ${scopes.join(', ')}.` },
    name: { type: 'string', value: 'NAME', meaning: 'What it is called in the list and in events; its scopes where it is left out.' },
    expires: {
      type: 'string',
      value: 'TIME',
      meaning: 'Until when it is valid, as RFC 3339 writes it, such as 2027-01-01T00:00:00Z; for ever where it is left out.',
    },
  },
  environment: ['DATABASE_URL', 'ADMIN_TOKEN'],
  example: 'token create --scope content:write --name "Import job"',
  run: ({ scope, name, expires }) => create(scope, name, expires),
})
