import { articleId } from './content.ts'
import type { LoadRequest } from './load.ts'

/** The token that writes. */
export const token = 'bench-admin-token-0123456789-0123456789'
export const authorization = { authorization: `Bearer ${token}` }

/** What is measured: requests to send, and the limit beside which they stand. */
export type Scenario = {
  name: string
  isWrite: boolean
  /** `constant` and `row` are programs that answer, `reads` the server itself without the writes, the others kinds of `durable.ts`. */
  limit: 'constant' | 'row' | 'reads' | 'comment' | 'article' | 'section' | 'both'
  env?: Record<string, string>
  /** How many stories a request writes, and the limit in one transaction: stories a second are counted then. */
  items?: number
  /** Over how many connections, where that isn’t for all scenarios the same. */
  connections?: number
  requests: (articles: number, url: string) => Promise<LoadRequest[]>
  /** What writes the same by a request each, one after the other over one connection. */
  oneByOne?: readonly LoadRequest[]
  /** What goes on meanwhile, over eight connections, but in every second round. */
  meanwhile?: readonly LoadRequest[]
}

const get = (path: string, headers?: Record<string, string>): LoadRequest => ({ method: 'GET', path, ...(headers ? { headers } : {}) })
const indices = (articles: number) => Array.from({ length: Math.min(articles, 1000) }, (_, index) => Math.floor((index * articles) / Math.min(articles, 1000)))
const json = { 'content-type': 'application/json' }
const comment = (index: number): LoadRequest => ({
  method: 'POST',
  path: `/v1/articles/${articleId(index)}/comments`,
  headers: json,
  body: JSON.stringify({
    author: { name: 'Reader' },
    body: 'A comment of some twenty words, as readers write them under a story that they liked, or did not like: NUMBER.',
  }),
})

const paragraphs = Array.from({ length: 3 }, (_, index) => ({
  type: 'paragraph',
  text: `Sixty words or so of a paragraph ${index}. ${'Words of a story that someone wrote. '.repeat(8)}`,
}))
const points = { type: 'list', ordered: true, items: [1, 2, 3].map((number) => ({ label: `Point ${number}`, text: 'what it is about, in some words' })) }
const newStory = JSON.stringify({
  headline: 'A new story NUMBER of some words',
  standfirst: 'Two years of work end on Monday, and the boats leave again.',
  status: 'published',
  authors: [{ slug: 'author-3' }],
  topics: [{ slug: 'topic-7' }],
  sections: Array.from({ length: 5 }, (_, index) => ({ heading: `Part ${index}`, body: [...paragraphs, points] })),
  highlightLists: [{ items: [0, 1, 2, 3].map((index) => ({ text: 'A highlight', target: { type: 'section', anchor: `part-${index}` } })) }],
})

const create: LoadRequest = { method: 'POST', path: '/v1/articles', headers: { ...json, ...authorization }, body: newStory }
const storiesOfBatch = 100
const batch: LoadRequest = {
  method: 'POST',
  path: '/v1/batch',
  headers: { ...json, ...authorization },
  body: JSON.stringify({
    operations: Array.from({ length: storiesOfBatch }, (_, index) => ({
      method: 'POST',
      path: '/v1/articles',
      body: { ...JSON.parse(newStory), headline: `A new story NUMBER ${index} of some words` },
    })),
  }),
}
const patch = (path: string, body: object): LoadRequest => ({
  method: 'PATCH',
  path,
  headers: { 'content-type': 'application/merge-patch+json', ...authorization },
  body: JSON.stringify(body),
})

/** Indices that few are asked for often and most seldom, by Zipf's law; always the same. */
function zipf(articles: number, count: number): number[] {
  const weights = Array.from({ length: articles }, (_, rank) => 1 / (rank + 1))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let state = 42
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    let rest = (state / 2 ** 32) * total
    return Math.max(
      0,
      weights.findIndex((weight) => {
        rest -= weight
        return rest <= 0
      }),
    )
  })
}

export const scenarios: Scenario[] = [
  {
    name: 'article',
    isWrite: false,
    limit: 'constant',
    requests: async (articles) => indices(articles).map((index) => get(`/v1/articles/${articleId(index)}`)),
  },
  {
    name: 'article-html',
    isWrite: false,
    limit: 'constant',
    // As many as fit into memory so.
    requests: async (articles) => indices(Math.min(articles, 300)).map((index) => get(`/v1/articles/${articleId(index)}?include=html`)),
  },
  {
    name: 'article-html-cold',
    isWrite: false,
    limit: 'row',
    env: { CACHE_BYTES: '1 KiB' },
    requests: async (articles) => indices(articles).map((index) => get(`/v1/articles/${articleId(index)}?include=html`)),
  },
  {
    name: 'feed',
    isWrite: false,
    limit: 'constant',
    requests: async () => ['rss', 'atom?topic=topic-3', 'json?content=summary'].map((feed) => get(`/v1/feeds/${feed}`)),
  },
  {
    name: 'article-304',
    isWrite: false,
    limit: 'constant',
    requests: async (articles, url) =>
      Promise.all(
        indices(Math.min(articles, 200)).map(async (index) => {
          const path = `/v1/articles/${articleId(index)}`
          const { headers } = await fetch(url + path, { headers: { 'accept-encoding': 'identity' } })
          return get(path, { 'if-none-match': headers.get('etag') ?? '' })
        }),
      ),
  },
  {
    name: 'article-cold',
    isWrite: false,
    limit: 'row',
    env: { CACHE_BYTES: '1 KiB' },
    requests: async (articles) => indices(articles).map((index) => get(`/v1/articles/${articleId(index)}`)),
  },
  {
    name: 'list',
    isWrite: false,
    limit: 'constant',
    requests: async () => [get('/v1/articles'), get('/v1/articles?limit=20&sort=headline'), get('/v1/articles?topic=topic-3')],
  },
  {
    name: 'comments',
    isWrite: false,
    limit: 'constant',
    requests: async (articles) => indices(articles).map((index) => get(`/v1/articles/${articleId(index)}/comments`)),
  },
  {
    name: 'search',
    isWrite: false,
    limit: 'constant',
    requests: async () => ['harbour', 'storm council', 'w01700', '"budget school"'].map((q) => get(`/v1/articles?q=${encodeURIComponent(q)}`)),
  },
  { name: 'post-comment', isWrite: true, limit: 'comment', requests: async (articles) => indices(articles).map(comment) },
  {
    name: 'create-article',
    isWrite: true,
    limit: 'article',
    requests: async () => [create],
  },
  {
    name: 'patch-section',
    isWrite: true,
    limit: 'section',
    requests: async (articles, url) =>
      Promise.all(
        indices(Math.min(articles, 200)).map(async (index): Promise<LoadRequest> => {
          const path = `/v1/articles/${articleId(index)}/sections`
          const { data } = (await (await fetch(url + path)).json()) as { data: { id: string }[] }
          return patch(`${path}/${data[index % data.length]?.id}`, { heading: 'A heading NUMBER' })
        }),
      ),
  },
  {
    name: 'apply-both',
    isWrite: true,
    limit: 'both',
    requests: async (articles) =>
      indices(Math.min(articles, 200)).map((index) => patch(`/v1/articles/${articleId(index)}?apply=both`, { standfirst: 'A standfirst NUMBER' })),
  },
  { name: 'batch', isWrite: true, limit: 'article', items: storiesOfBatch, connections: 2, requests: async () => [batch], oneByOne: [create] },
  {
    name: 'change-by-query',
    isWrite: true,
    limit: 'both',
    items: 200,
    connections: 1,
    requests: async (articles) => [
      {
        method: 'POST',
        path: '/v1/articles/changes',
        headers: { ...json, ...authorization },
        body: JSON.stringify({
          filter: { ids: indices(Math.min(articles, 200)).map(articleId).join(',') },
          patch: { standfirst: 'A standfirst NUMBER' },
          apply: 'both',
          minor: true,
        }),
      },
    ],
  },
  {
    name: 'reads-while-batching',
    isWrite: false,
    limit: 'constant',
    requests: async (articles) => indices(articles).map((index) => get(`/v1/articles/${articleId(index)}`)),
    meanwhile: [batch],
  },
  {
    name: 'reads-while-importing',
    isWrite: false,
    limit: 'constant',
    requests: async (articles) => indices(articles).map((index) => get(`/v1/articles/${articleId(index)}`)),
    meanwhile: [create],
  },
  {
    name: 'mixed',
    isWrite: true,
    limit: 'reads',
    requests: async (articles) =>
      zipf(Math.min(articles, 1000), 4000).map((index, turn) => (turn % 20 === 19 ? comment(index) : get(`/v1/articles/${articleId(index)}`))),
  },
]
