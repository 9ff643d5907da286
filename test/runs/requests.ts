import { articleId } from '../../bench/content.ts'
import type { Ask } from './connection.ts'
import { adminToken } from './server.ts'

/** So many stories there are for the requests that follow. */
export const stories = 3000

const json = { 'content-type': 'application/json' }
const start = Date.UTC(2020, 0, 1)
const words = ['harbour', 'storm', 'council', 'budget', 'school', 'river', 'market', 'bridge', 'train', 'hospital']
const paragraph = { type: 'paragraph', text: 'Some sixty words of a paragraph that someone wrote. '.repeat(8) }

const kinds = {
  /** A search that nobody made before. */
  search: (index: number): Ask => ({
    path: `/v1/articles?q=${words[index % words.length]}+w${String(Math.floor(index / words.length) % 20_000).padStart(5, '0')}`,
  }),
  /** A page of a list that nobody asked for before. */
  list: (index: number): Ask => ({
    path: `/v1/articles?limit=20&publishedBefore=${new Date(start + (stories * 60_000) / 2 + index * 997).toISOString()}`,
  }),
  /** A published story of three sections. */
  create: (index: number): Ask => ({
    method: 'POST',
    path: '/v1/articles',
    headers: { ...json, authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({
      headline: `A new story ${index}`,
      status: 'published',
      sections: [0, 1, 2].map((part) => ({ heading: `Part ${part}`, body: [paragraph, paragraph] })),
    }),
  }),
  /** A reader's comment. */
  comment: (index: number): Ask => ({
    method: 'POST',
    path: `/v1/articles/${articleId((index * 7) % stories)}/comments`,
    headers: json,
    body: JSON.stringify({ author: { name: 'A reader' }, body: `Comment ${index} of some words, as readers write them under a story that they liked.` }),
  }),
  /** One of twenty stories, which are in memory. */
  memory: (index: number): Ask => ({ path: `/v1/articles/${articleId(index % 20)}` }),
  ready: (): Ask => ({ path: '/health/ready' }),
}

export type Kind = keyof typeof kinds

/** A request of a kind: another one for each number. */
export const requestOf = (kind: Kind, index: number): Ask => kinds[kind](index)
