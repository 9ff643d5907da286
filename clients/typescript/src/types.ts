import type { components, paths } from './schema.d.ts'

/** The schemas of the document by name: `Schemas['Article']`. */
export type Schemas = components['schemas']

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** The paths that know a method, as the document writes them: `/v1/articles/{article}`. */
export type PathWith<M extends Method> = { [P in keyof paths]: paths[P][M] extends undefined ? never : P }[keyof paths]

export type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>

type Success<Responses> = {
  [Status in keyof Responses]: Status extends number ? (`${Status}` extends `2${string}` ? Responses[Status] : never) : never
}[keyof Responses]

type Content<Answer> = Answer extends { content: infer Types } ? (Types extends { 'application/json': infer Body } ? Body : string) : undefined

/** What an operation answers: its JSON, else its text; `undefined` for an answer without a body. */
export type DataOf<Op> = Op extends { responses: infer Responses } ? Content<Success<Responses>> : never

/** What a path answers: `Data<'/v1/articles/{article}'>` is an article. */
export type Data<P extends PathWith<M>, M extends Method = 'get'> = DataOf<Operation<P, M>>

/** A page of what a path answers, which may also answer something else. */
export type PageOf<P extends PathWith<'get'>> = Extract<Data<P>, { data: readonly unknown[] }>

/** The paths whose rows `pages` and `items` go through. */
export type PagedPath = { [P in PathWith<'get'>]: [PageOf<P>] extends [never] ? never : P }[PathWith<'get'>]

/** A row of such a path. */
export type Row<P extends PagedPath> = PageOf<P> extends { data: readonly (infer One)[] } ? One : never

// An optional part, or one that the operation doesn't have, comes with `undefined`.
type Parameters<Op, In extends string> = Op extends { parameters: { [Part in In]?: infer Values } } ? NonNullable<Values> : never

type Part<Name extends string, Values> = [Values] extends [never] ? unknown : {} extends Values ? { [Key in Name]?: Values } : { [Key in Name]: Values }

type BodyOf<Types> = { [Type in keyof Types]: { body: Types[Type]; contentType?: Type } }[keyof Types]

type BodyPart<Op> = Op extends { requestBody: { content: infer Types } }
  ? BodyOf<Types>
  : Op extends { requestBody?: { content: infer Types } }
    ? BodyOf<Types> | { body?: undefined; contentType?: undefined }
    : unknown

type HeaderPart<Headers> = {
  /** More headers; a value that isn't ASCII goes as UTF-8. */
  headers?: Omit<Headers, 'If-Match' | 'If-None-Match' | 'Idempotency-Key'> & Record<string, string>
} & ('If-Match' extends keyof Headers
  ? {
      /** What the resource must still be: an entity tag, or a revision. `false` sends none. Without it, `PUT`, `PATCH` and `DELETE` send the tag that is kept, if any. */
      ifMatch?: string | number | false
    }
  : unknown) &
  ('Idempotency-Key' extends keyof Headers
    ? {
        /** Made for each call where it isn't given. Give it, and keep it, to send the same request again from another process. */
        idempotencyKey?: string
      }
    : unknown)

/** What a call takes besides its path; `{}` where it needs nothing. */
export type Options<Op> = Part<'path', Parameters<Op, 'path'>> &
  Part<'query', Parameters<Op, 'query'>> &
  BodyPart<Op> &
  HeaderPart<Parameters<Op, 'header'>> & {
    /** Ends the call, also while it waits to try again: it rejects with the signal's reason. */
    signal?: AbortSignal
  }

export type Arguments<Op> = {} extends Options<Op> ? [options?: Options<Op>] : [options: Options<Op>]

export type Result<Body> = {
  data: Body
  /** The entity tag of what was answered; null where it has none. */
  etag: string | null
  /** The answer, whose body has been read; its status is 304 where `data` comes from the cache. */
  response: Response
}

export type Call<M extends Method> = <P extends PathWith<M>>(path: P, ...options: Arguments<Operation<P, M>>) => Promise<Result<Data<P, M>>>
