/** A database that ends with the process. */
export const TEMPORARY_DATABASE = 'sqlite::memory:'

/** Whether a `DATABASE_URL` is a file's. */
export const isSqliteUrl = (url: string) => url === TEMPORARY_DATABASE || /^sqlite:(?!:).+/.test(url)

/** Whether it is a server's, which may have replicas. */
export const isServerUrl = (url: string) => /^postgres(ql)?:\/\/./.test(url) && URL.canParse(url)

/** Whether it is one of those that there are engines for. */
export const isDatabaseUrl = (url: string) => isSqliteUrl(url) || isServerUrl(url)

/**
 * Whether an error's code (SQLite's, the file system's, the network's, or one of class 28 or 3D of PostgreSQL's) means that there is
 * no database at a URL that can be used.
 */
export const meansNoDatabase = (code: string) =>
  /^(SQLITE_(CANTOPEN|NOTADB|READONLY|FULL|IOERR|CORRUPT)|(ECONNREFUSED|ENOTFOUND|ENOTDIR|EISDIR|EACCES|EROFS|ENOSPC|EEXIST|57P03|25006)$|28...$|3D000$)/.test(
    code,
  )
