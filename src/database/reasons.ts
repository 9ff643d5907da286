// What errors mean, by their codes: SQLite's, the file system's, the network's and PostgreSQL's. The first that fits counts.
const reasons: [code: RegExp, reason: string][] = [
  [/^SQLITE_NOTADB/, 'The database can’t be opened: the file is not a database, or is encrypted. Set DATABASE_URL.'],
  [/^SQLITE_CORRUPT/, 'The database can’t be opened: the file is damaged. Put a backup in its place, or set DATABASE_URL.'],
  [/^(SQLITE_READONLY|EROFS|25006)/, 'The database can’t be written: it is read-only. Make it writable for this user, or set DATABASE_URL.'],
  [/^(SQLITE_FULL|ENOSPC|53100)/, 'The database can’t be written: the disk is full. Make room and try again.'],
  [/^SQLITE_IOERR/, 'The database can’t be used: its disk fails. Look at the disk, or set DATABASE_URL.'],
  [
    /^(SQLITE_CANTOPEN|EISDIR|ENOTDIR|EEXIST|EACCES|EPERM)/,
    'The database can’t be opened: its file or folder can’t be made or read by this user. Set DATABASE_URL.',
  ],
  [/^(SQLITE_(BUSY|LOCKED)|55P03|40001|40P01)/, 'The database is busy: another process has held it for too long. Try again.'],
  [
    /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|08)/,
    'The database can’t be opened: no server answers at its address. Start it, or set DATABASE_URL.',
  ],
  [/^57P0/, 'The database can’t be opened: its server is starting or stopping. Try again, or set DATABASE_URL.'],
  [/^28...$/, 'The database can’t be opened: its server refuses this user or password. Set DATABASE_URL.'],
  [/^(3D|3F)...$/, 'The database can’t be opened: its server has no database or schema of that name. Make it, or set DATABASE_URL.'],
  [/^42501$/, 'The database’s server does not let this user do that. Grant the rights, or set DATABASE_URL.'],
  [/^53...$/, 'The database’s server has no connections or memory left. Try again later.'],
  [/^57014$/, 'The database took too long over one step. Try again, or set STATEMENT_TIMEOUT.'],
  [/^(SQLITE_ERROR|42...)$/, 'The database is not laid out as this version expects. `broadsheet migrate status` lists what was applied to it.'],
  [/^(SQLITE_[A-Z_]+|([0-9]|F0|HV|P0|XX)[0-9A-Z]*)$/, 'The database refused a step.'],
]

/** What an error of a database means, with its code, as a sentence without a word of any statement; null for other errors. */
export function reasonOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null
  const { code } = error
  const reason = reasons.find(([pattern]) => pattern.test(code))?.[1]
  return reason ? `${reason} (${code})` : null
}
