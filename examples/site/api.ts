// Outside this repository: from '@broadsheet/client'.
import { type Client, createClient, isProblem, ProblemError, type Result, type Schemas } from '../../clients/typescript/src/index.ts'

export { type Client, isProblem, ProblemError, type Schemas }

/** How long the API may take for one answer, in milliseconds. */
const patience = 3_000

/** A client that gives up soon: readers don’t wait as long as scripts do. */
export const connect = (baseUrl: string): Client =>
  createClient({
    baseUrl,
    maxRetries: 1,
    maxDelay: 1_000,
    cache: 1_000,
    fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(patience) }),
  })

/** Asks for a story as readers have it. */
export const storyOf = (client: Client, slug: string, include?: 'html'): Promise<Result<Schemas['Article']>> =>
  // Without a token, and without a time, it is no other copy that is answered.
  client.get('/v1/articles/{article}', { path: { article: slug }, query: { include } }) as Promise<Result<Schemas['Article']>>

/** What a page is made from, which says how long, and until what, caches may keep it. */
export class Answers {
  #headers: Headers[] = []
  #isShared = true

  /** What a call answers. @throws what the call throws */
  async of<T>(call: Promise<Result<T>>): Promise<T> {
    const { data, response } = await call
    this.#headers.push(response.headers)
    return data
  }

  /** What a call answers, for a part that the page can do without; undefined where there is no answer. */
  async part<T>(call: Promise<Result<T>>): Promise<T | undefined> {
    try {
      return await this.of(call)
    } catch {
      this.#isShared = false
      return undefined
    }
  }

  /** Says that the page is one reader’s alone. */
  isOfOne(): void {
    this.#isShared = false
  }

  /** The headers of the page: it may be kept as long as the answer that may be kept shortest, and goes when any of them goes. */
  cacheHeaders(): Record<string, string> {
    const controls = this.#headers.map((headers) => headers.get('Cache-Control') ?? 'no-store')
    if (!this.#isShared || controls.some((control) => !control.includes('public'))) return { 'Cache-Control': 'private, no-store' }
    const ages = controls.map((control) => Number(/s-maxage=(\d+)/.exec(control)?.[1] ?? 0))
    const shortest = controls[ages.indexOf(Math.min(...ages))]
    const keys = new Set(this.#headers.flatMap((headers) => headers.get('Surrogate-Key')?.split(' ') ?? []))
    return { 'Cache-Control': shortest ?? 'no-store', ...(keys.size > 0 ? { 'Surrogate-Key': [...keys].join(' ') } : {}) }
  }
}
