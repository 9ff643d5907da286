import type { Content, Thread } from './content.ts'
import { get, type Hostile, json } from './request.ts'

const threads: Record<string, (content: Content) => Thread> = { '100,000 replies': ({ many }) => many, 'ten replies': ({ few }) => few }

const reply = ({ article, parent }: Thread) =>
  json('POST', `/v1/articles/${article}/comments`, { author: { name: 'A reader' }, body: 'Me too.', parentId: parent })

async function lastCursor({ ask }: Content, { article }: Thread): Promise<string> {
  const page = await ask('GET', `/v1/articles/${article}/comments?sort=newest&limit=1`, undefined, '')
  return (page as unknown as { page: { nextCursor: string } }).page.nextCursor
}

/** Comments under one that has many others, beside the same under one that has few. */
export const commentRequests: Hostile[] = [
  ...Object.entries(threads).flatMap(([name, threadOf]): Hostile[] => [
    { name: `${name}: one more`, who: 'anonymous', request: (content) => reply(threadOf(content)) },
    {
      name: `${name}: one more, deleted by its writer`,
      who: 'edit token',
      async request(content) {
        const { path, body } = reply(threadOf(content))
        const { id, editToken } = await content.ask('POST', path, JSON.parse(String(body)), '')
        return { method: 'DELETE', path: `/v1/comments/${id}`, headers: { 'comment-edit-token': editToken } }
      },
    },
    {
      name: `${name}: one rejected`,
      who: 'comments:moderate',
      request: (content) => json('PATCH', `/v1/comments/${threadOf(content).replies.pop()}`, { status: 'rejected' }),
    },
    {
      name: `${name}: one deleted`,
      who: 'comments:moderate',
      request: (content) => ({ method: 'DELETE', path: `/v1/comments/${threadOf(content).replies.pop()}` }),
    },
    { name: `${name}: the parent`, who: 'anonymous', request: (content) => get(`/v1/comments/${threadOf(content).parent}`) },
    { name: `${name}: first page`, who: 'anonymous', request: (content) => get(`/v1/articles/${threadOf(content).article}/comments?limit=100`) },
    { name: `${name}: last page`, who: 'anonymous', request: (content) => get(`/v1/articles/${threadOf(content).article}/comments?limit=100&sort=newest`) },
    {
      name: `${name}: next page, counted`,
      who: 'anonymous',
      request: async (content) =>
        get(`/v1/articles/${threadOf(content).article}/comments?limit=100&sort=newest&count=true&cursor=${await lastCursor(content, threadOf(content))}`),
    },
    { name: `${name}: counted`, who: 'anonymous', request: (content) => get(`/v1/articles/${threadOf(content).article}/comments?count=true`) },
    { name: `${name}: the article`, who: 'anonymous', request: (content) => get(`/v1/articles/${threadOf(content).article}`) },
    {
      name: `${name}: closed`,
      who: 'comments:moderate',
      request: (content) => json('PATCH', `/v1/articles/${threadOf(content).article}`, { commentPolicy: 'moderated' }),
    },
    {
      name: `${name}: queue of the article`,
      who: 'comments:moderate',
      request: (content) => get(`/v1/comments?limit=100&count=true&article=${threadOf(content).article}`),
    },
    {
      name: `${name}: the parent deleted`,
      who: 'comments:moderate',
      request: (content) => ({ method: 'DELETE', path: `/v1/comments/${threadOf(content).parent}` }),
    },
    {
      name: `${name}: the article trashed`,
      who: 'content:publish',
      request: (content) => ({ method: 'DELETE', path: `/v1/articles/${threadOf(content).article}` }),
    },
  ]),
  { name: 'reply under 5,000 replies to replies', who: 'anonymous', request: ({ deep }) => reply(deep) },
  {
    name: 'reply under 5,000 replies to replies, deleted',
    who: 'edit token',
    async request(content) {
      const { path, body } = reply(content.deep)
      const { id, editToken } = await content.ask('POST', path, JSON.parse(String(body)), '')
      return { method: 'DELETE', path: `/v1/comments/${id}`, headers: { 'comment-edit-token': editToken } }
    },
  },
  { name: 'queue', who: 'comments:moderate', request: () => get('/v1/comments?limit=100&count=true') },
  { name: 'queue without what is approved', who: 'comments:moderate', request: () => get('/v1/comments?limit=100&count=true&status=-approved,spam') },
  { name: 'queue of 100 articles', who: 'comments:moderate', request: () => get(`/v1/comments?limit=100&article=-${Array(360).fill('a').join(',')}`) },
  { name: 'costly comment', who: 'anonymous', request: ({ markedComment }) => get(`/v1/comments/${markedComment}`) },
  { name: 'page of 100 costly comments', who: 'anonymous', request: ({ marked }) => get(`/v1/articles/${marked}/comments?limit=100`) },
  {
    name: 'page of 100 costly comments without their HTML',
    who: 'anonymous',
    request: ({ marked }) => get(`/v1/articles/${marked}/comments?limit=100&fields=author`),
  },
  { name: 'queue of 100 costly comments', who: 'comments:moderate', request: ({ marked }) => get(`/v1/comments?limit=100&article=${marked}`) },
]
