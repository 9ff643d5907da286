import { type Client, type Data, isProblem, type Row, type Schemas } from '../../clients/typescript/src/index.ts'

type IsAny<T> = 0 extends 1 & T ? true : false

/** What the client's types let through, and what they don't: compiled, and never run. */
export async function types(client: Client, error: unknown): Promise<unknown[]> {
  const path = { article: 'harbour-reopens' }
  const { data: article } = await client.get('/v1/articles/{article}', { path, query: { copy: 'working' } })
  const { data: put } = await client.put('/v1/articles/{article}', { path, body: article })
  const same: [Schemas['Article'] | Schemas['WorkingArticle'], Data<'/v1/articles/{article}', 'patch'>] = [article, put]
  const nothing: { dryRun: Schemas['DryRun'] } | undefined = (await client.delete('/v1/articles/{article}', { path, query: { permanent: true } })).data
  await client.patch('/v1/articles/{article}', { path, body: [{ op: 'remove', path: '/kicker' }] })
  await client.patch('/v1/articles/{article}', { path, body: { kicker: null }, contentType: 'application/json' })
  const { data: page } = await client.get('/v1/articles')
  const rows: Row<'/v1/articles'>[] = page.data
  for await (const { seq } of client.items('/v1/events', { query: { after: 3 } })) seq satisfies number
  // Some paths also answer something else than a page.
  for await (const { path: old, url } of client.items('/v1/redirects')) [old, url] satisfies [string | undefined, string | null | undefined]

  // @ts-expect-error There is no such path.
  client.get('/v1/article')
  // @ts-expect-error The path needs its parameter,
  client.get('/v1/articles/{article}')
  // @ts-expect-error and no other.
  client.get('/v1/articles/{article}', { path: { artcle: 'x' } })
  // @ts-expect-error There is no such parameter,
  client.get('/v1/articles', { query: { limt: 3 } })
  // @ts-expect-error property,
  client.post('/v1/articles', { body: { headlin: 'x' } })
  // @ts-expect-error property in a patch,
  client.patch('/v1/articles/{article}', { path, body: { headlin: 'x' } })
  // @ts-expect-error method,
  client.put('/v1/articles/{article}/publish', { path })
  // @ts-expect-error precondition of a read,
  client.get('/v1/articles', { ifMatch: 3 })
  // @ts-expect-error or page of a single thing.
  client.pages('/v1/articles/{article}', { path })
  // @ts-expect-error An array is no merge patch.
  client.patch('/v1/articles/{article}', { path, body: [{ op: 'remove', path: '/x' }], contentType: 'application/merge-patch+json' })
  // @ts-expect-error There is no such problem.
  isProblem(error, 'gonne')

  const current: number | undefined = isProblem(error, 'precondition-failed') ? error.problem.currentRevision : undefined
  const detail: string | undefined = isProblem(error) ? error.problem.detail : undefined
  const known: [IsAny<typeof article>, IsAny<(typeof rows)[number]>, IsAny<typeof put>] = [false, false, false]
  return [same, nothing, current, detail, known]
}
