/** A database that ends with the process. */
export const TEMPORARY_DATABASE = 'sqlite::memory:'

/** Whether a `DATABASE_URL` is a file's. */
export const isSqliteUrl = (url: string) => url === TEMPORARY_DATABASE || /^sqlite:(?!:).+/.test(url)

/** Whether it is a server's, which may have replicas. */
export const isServerUrl = (url: string) => /^postgres(ql)?:\/\/./.test(url) && URL.canParse(url)

/** Whether it is one of those that there are engines for. */
export const isDatabaseUrl = (url: string) => isSqliteUrl(url) || isServerUrl(url)
