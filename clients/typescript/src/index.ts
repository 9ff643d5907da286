import { problemError } from './problems.ts'
import { Recent } from './recent.ts'
import type { Arguments, Call, Operation, PagedPath, PageOf, Result, Row } from './types.ts'

export { isKnownBlock } from './blocks.ts'
export type { ErrorType, ProblemOf, ProblemType } from './problems.ts'
export { isProblem, ProblemError } from './problems.ts'
export type { components, operations, paths } from './schema.d.ts'
export type { Data, Options, PagedPath, PathWith, Result, Row, Schemas } from './types.ts'

export type ClientOptions = {
  /** Where the server is, such as `https://cms.example`; it may have a path of its own. */
  baseUrl: string
  /** Sent as `Authorization: Bearer …`, to this server alone; without it the client reads what is public. */
  token?: string
  /** Used in place of the global `fetch`. */
  fetch?: typeof globalThis.fetch
  /** How often a call is tried again at the most; 3 by default. */
  maxRetries?: number
  /** The longest `Retry-After`, in milliseconds, that is waited for; 60,000 by default. */
  maxDelay?: number
  /** How many answers are kept to be asked about by their ETag; 100 by default, 0 for none. */
  cache?: number
}

/**
 * A client of one server and one token. A call rejects with a `ProblemError` for an answer that is no success, with what
 * `fetch` threw where there is no answer, and with the signal's reason when it is aborted.
 */
export type Client = {
  /** Reads. What it gave before is asked about by its ETag, and given again, as a new object, where it is the same. */
  get: Call<'get'>
  /** Creates, or does something. All tries of one call bear one `Idempotency-Key`. */
  post: Call<'post'>
  /** Replaces, with `If-Match` where a tag is kept. */
  put: Call<'put'>
  /** Changes, with `If-Match` where a tag is kept: an array is a JSON Patch, anything else a merge patch. All tries of one call bear one `Idempotency-Key`. */
  patch: Call<'patch'>
  /** Deletes, with `If-Match` where a tag is kept. */
  delete: Call<'delete'>
  /** All pages of a collection, from `query.cursor` or the first; each is asked for when it is wanted. */
  pages: <P extends PagedPath>(path: P, ...options: Arguments<Operation<P, 'get'>>) => AsyncGenerator<PageOf<P>, void, undefined>
  /** All rows of a collection, page after page; `query.limit` is how many are asked for at once. */
  items: <P extends PagedPath>(path: P, ...options: Arguments<Operation<P, 'get'>>) => AsyncGenerator<Row<P>, void, undefined>
}

type Given = {
  path?: Record<string, string | number>
  query?: Record<string, unknown>
  body?: unknown
  contentType?: string
  headers?: Record<string, string>
  ifMatch?: string | number | false
  idempotencyKey?: string
  signal?: AbortSignal
}

type Kept = { etag: string; text: string; type: string }

type Page = { data: unknown[]; page?: { nextCursor: string | null } }

const firstDelay = 250
const mostTags = 1000

/** Fills in a path. @throws TypeError for a parameter that is missing, or would name another path */
function addressOf(template: string, parameters: Record<string, string | number> = {}): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(parameters[name] ?? '')
    if (/^\.{0,2}$/.test(value)) throw new TypeError(`The path parameter ${name} can't be "${value}"`)
    return encodeURIComponent(value)
  })
}

/** The query with its `?`: an array repeats its parameter, what is undefined is left out. */
function searchOf(query: Record<string, unknown> = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) for (const one of [value].flat()) if (one !== undefined) search.append(name, String(one))
  const text = search.toString()
  return text && `?${text}`
}

/** A header's value in bytes of UTF-8, one character each, as `Headers` takes them. */
const bytesOf = (value: string) => String.fromCharCode(...new TextEncoder().encode(value))

/** A random key. `crypto.randomUUID` isn't there on pages that came over plain HTTP. */
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

const parsed = (text: string, type: string): unknown => (text === '' ? undefined : /[/+]json\b/.test(type) ? JSON.parse(text) : text)

/** How many milliseconds `Retry-After` asks for, in seconds or as a date; undefined where it asks for none. */
function askedDelay(header: string | null): number | undefined {
  const delay = header === null ? Number.NaN : /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isNaN(delay) ? undefined : Math.max(0, delay)
}

/** Waits. Rejects with the signal's reason when it is aborted. */
function wait(delay: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, delay)
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
  })
}

type Named = { id?: unknown; slug?: unknown; anchor?: unknown; hasUnpublishedChanges?: unknown }

/**
 * The addresses at which an answered tag is a precondition: the one asked for, and those that the resource's id, slug or
 * anchor make. None where a public edition was answered: its revision may be an older one than that which a write changes.
 */
function addressesOf(method: string, template: string, address: string, query: Given['query'], data: unknown, status: number): string[] {
  const { id, slug, anchor, hasUnpublishedChanges } = (data ?? {}) as Named
  const isWorking = hasUnpublishedChanges !== undefined || query?.copy === 'working'
  const hasCopies = template === '/v1/articles/{article}' || (method === 'GET' && /^\/v1\/(articles|highlight-lists)\//.test(template))
  if (hasCopies && !isWorking) return []
  const segments = address.split('/')
  let room: string[] | undefined
  if (method !== 'POST') room = template.endsWith('}') ? segments.slice(0, -1) : undefined
  else if (status === 201) room = segments
  // Publishing and the like answer with the article.
  else if (isWorking)
    room = segments.slice(
      0,
      template.split('/').findIndex((segment) => segment.startsWith('{')),
    )
  const names = room === undefined ? [] : [id, slug, anchor].filter((name) => typeof name === 'string')
  return [...(method === 'POST' ? [] : [address]), ...names.map((name) => [...(room ?? []), encodeURIComponent(name)].join('/'))]
}

/**
 * Makes a client of one server and one token. It keeps tags and answers in its own memory, so nothing is shared between
 * tokens.
 *
 *     const client = createClient({ baseUrl: 'https://cms.example', token })
 *     const { data } = await client.get('/v1/articles/{article}', { path: { article: 'harbour-reopens' } })
 */
export function createClient({ baseUrl, token, fetch: send, maxRetries = 3, maxDelay = 60_000, cache = 100 }: ClientOptions): Client {
  const base = baseUrl.replace(/\/+$/, '')
  const tags = new Recent<string>(mostTags)
  const answers = new Recent<Kept>(cache)

  function headersOf(method: string, address: string, { headers, body, contentType, ifMatch, idempotencyKey }: Given): Headers {
    const all = new Headers()
    for (const [name, value] of Object.entries(headers ?? {})) all.set(name, bytesOf(value))
    if (token !== undefined && !all.has('Authorization')) all.set('Authorization', `Bearer ${token}`)
    if (body !== undefined) {
      const patch = Array.isArray(body) ? 'application/json-patch+json' : 'application/merge-patch+json'
      all.set('Content-Type', contentType ?? (method === 'PATCH' ? patch : typeof body === 'string' ? 'text/plain' : 'application/json'))
    }
    const expected = ifMatch ?? (method === 'GET' || method === 'POST' ? undefined : tags.get(address))
    if (expected !== undefined && expected !== false) all.set('If-Match', typeof expected === 'number' ? `"${expected}"` : expected)
    if (method === 'POST' || method === 'PATCH') all.set('Idempotency-Key', idempotencyKey ?? newKey())
    return all
  }

  async function call(method: string, template: string, given: Given = {}): Promise<Result<unknown>> {
    const address = addressOf(template, given.path)
    const url = new URL(base + address + searchOf(given.query)).href
    const headers = headersOf(method, address, given)
    const { body, signal } = given
    const key = `${url}\n${headers.get('Authorization')}\n${headers.get('Accept')}`
    const kept = method === 'GET' ? answers.get(key) : undefined
    if (kept && !headers.has('If-None-Match')) headers.set('If-None-Match', kept.etag)
    const init: RequestInit = {
      method,
      headers,
      signal: signal ?? null,
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    }
    // Whether it does no harm if an earlier try arrived after all.
    const isRepeatable = method === 'GET' || headers.has('Idempotency-Key') || (headers.get('If-Match') ?? '*') !== '*'
    let failure: unknown

    for (let tries = 0; ; tries++) {
      const jitter = Math.random() * firstDelay * 2 ** tries
      let response: Response
      let text: string
      try {
        response = await (send ?? fetch)(url, init)
        text = await response.text()
      } catch (error) {
        if (signal?.aborted || !isRepeatable || tries >= maxRetries) throw error
        failure = error
        await wait(jitter, signal)
        continue
      }
      const { status } = response
      const type = response.headers.get('Content-Type') ?? ''
      const etag = response.headers.get('ETag')
      if (response.ok || (kept && status === 304)) {
        if (method === 'GET' && response.ok && etag !== null) answers.set(key, { etag, text, type })
        const data = kept && status === 304 ? parsed(kept.text, kept.type) : parsed(text, type)
        // A tag that ends in ~ is of an answer that leaves something out, and never matches.
        if (etag !== null && !etag.endsWith('~"')) for (const one of addressesOf(method, template, address, given.query, data, status)) tags.set(one, etag)
        return { data, etag, response }
      }
      const error = problemError(response, text, failure)
      const isBusy = status === 429 || status === 503 || error.type === 'request-in-progress'
      const delay = askedDelay(response.headers.get('Retry-After')) ?? 0
      if (!isBusy || tries >= maxRetries || delay > maxDelay) throw error
      await wait(delay + jitter, signal)
    }
  }

  async function* pages(template: string, given: Given = {}): AsyncGenerator<Page> {
    let cursor: unknown = given.query?.cursor
    do {
      const { data } = await call('GET', template, { ...given, query: { ...given.query, cursor } })
      const page = data as Page
      yield page
      cursor = page.page?.nextCursor
    } while (typeof cursor === 'string')
  }

  async function* items(template: string, given?: Given): AsyncGenerator<unknown> {
    for await (const { data } of pages(template, given)) yield* data
  }

  const calling = (method: string) => (template: string, given?: Given) => call(method, template, given)
  return { get: calling('GET'), post: calling('POST'), put: calling('PUT'), patch: calling('PATCH'), delete: calling('DELETE'), pages, items } as Client
}
