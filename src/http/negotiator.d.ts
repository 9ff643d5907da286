/** What we use of it: the published types are those of an older version. */
declare module 'negotiator' {
  type Headers = { accept?: string; 'accept-encoding'?: string }

  export default class Negotiator {
    constructor(request: { headers: Headers })
    /** Those of the available types that are accepted, what is wanted most first. */
    mediaTypes(available: readonly string[]): string[]
    /** The one of the available codings that is wanted most. @param options.preferred which ones come first among equals */
    encoding(available: readonly string[], options: { preferred: readonly string[] }): string | undefined
  }
}
