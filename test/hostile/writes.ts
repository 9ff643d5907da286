import { type Content, paragraph, sectionsOf } from './content.ts'
import { arrayOf, fill, get, type Hostile, json, jsonPatch, type Who } from './request.ts'

type Part = { id: string }
type Whole = { headline: string; sections: Part[]; highlightLists: Part[] }

const workingCopy = async ({ ask }: Content, id: string) => (await ask('GET', `/v1/articles/${id}?copy=working`)) as unknown as Whole

/** The order in which a longest rising run is the hardest to find. */
const shuffled = <T>(list: readonly T[]) =>
  list
    .map((item, index) => ({ item, at: (index * 7919) % 1009 }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)

const write = (name: string, request: Hostile['request'], who: Who = 'content:write'): Hostile => ({ name: `write ${name}`, who, request })

function reordered(name: string, order: <T>(list: T[]) => T[]): Hostile[] {
  return [
    write(`PUT of an article ${name}`, async (content) => {
      const { headline, sections } = await workingCopy(content, content.large)
      return json('PUT', `/v1/articles/${content.large}`, { headline, sections: order(sections) })
    }),
    write(`PUT of sections ${name}`, async (content) => {
      const { sections } = await workingCopy(content, content.large)
      return json('PUT', `/v1/articles/${content.large}/sections`, { data: order(sections) })
    }),
  ]
}

const items = (count: number) => arrayOf('{"text":"a"}', count)

/** What a newsroom's token may ask for. */
export const writeRequests: Hostile[] = [
  ...reordered('as it is', (list) => list),
  ...reordered('reversed', (list) => list.toReversed()),
  ...reordered('shuffled', shuffled),
  ...reordered('rotated', (list) => [...list.slice(1), ...list.slice(0, 1)]),
  write('PUT of 1,000 sections, one anew', async (content) =>
    json('PUT', `/v1/articles/${content.large}`, { headline: 'Anew', sections: sectionsOf(1000, `${Date.now()}`) }),
  ),
  write('section at the front of many', async ({ draft }) =>
    json('POST', `/v1/articles/${await draft({ sections: sectionsOf(999) })}/sections`, { heading: 'First', position: 0 }),
  ),
  write('section of 1,000 blocks', async ({ draft }) =>
    json('POST', `/v1/articles/${await draft()}/sections`, { body: Array(1000).fill(paragraph(fill('crews ', 900))) }),
  ),
  write('section moved to the front', async (content) => {
    const { sections } = await workingCopy(content, content.large)
    return json('PATCH', `/v1/articles/${content.large}/sections/${sections.at(-1)?.id}`, { position: 0 })
  }),
  write('headline of many sections', ({ large }) => json('PATCH', `/v1/articles/${large}`, { headline: `Harbour ${Date.now()}` })),
  write('JSON Patch of 900 headings', ({ large }) =>
    jsonPatch(
      `/v1/articles/${large}`,
      Array.from({ length: 900 }, (_, index) => ({ op: 'replace', path: `/sections/${index}/heading`, value: `Heading ${Date.now()}` })),
    ),
  ),
  write(
    'publish of many sections',
    async ({ draft }) => json('POST', `/v1/articles/${await draft({ sections: sectionsOf(1000) })}/publish`, {}),
    'content:publish',
  ),
  write(
    'publish of a long text',
    async ({ draft }) => json('POST', `/v1/articles/${await draft({ sections: sectionsOf(15, fill('crews ', 60_000)) })}/publish`, {}),
    'content:publish',
  ),
  write(
    'publish of Thai',
    async ({ draft }) => json('POST', `/v1/articles/${await draft({ sections: sectionsOf(15, fill('ภาษาไทย', 60_000)) })}/publish`, {}),
    'content:publish',
  ),
  write(
    'minor change of a published long text',
    async ({ ask, draft }) => {
      const id = await draft({ status: 'published', sections: sectionsOf(15, fill('ภาษาไทย', 60_000)) })
      await ask('PATCH', `/v1/articles/${id}`, { kicker: 'New' })
      return json('POST', `/v1/articles/${id}/publish`, { minor: true })
    },
    'content:publish',
  ),
  write('list of 1,000 items', async ({ draft }) => json('POST', `/v1/articles/${await draft()}/highlight-lists`, `{"items":${items(1000)}}`)),
  write('list of 10,000 items', async ({ draft }) => json('POST', `/v1/articles/${await draft()}/highlight-lists`, `{"items":${items(10_000)}}`)),
  write('list of 75,000 items', async ({ draft }) => json('POST', `/v1/articles/${await draft()}/highlight-lists`, `{"items":${items(75_000)}}`)),
  write(
    'list of 10,000 items of one article',
    ({ open }) => json('POST', '/v1/highlight-lists', `{"items":${arrayOf(`{"target":{"type":"article","id":"${open}"}}`, 10_000)}}`),
    'content:publish',
  ),
  write(
    'list of 10,000 addresses',
    () => json('POST', '/v1/highlight-lists', `{"items":${arrayOf('{"target":{"type":"url","url":"http://a.b"}}', 10_000)}}`),
    'content:publish',
  ),
  write('10,000 lists', async ({ draft }) => json('PUT', `/v1/articles/${await draft()}/highlight-lists`, `{"data":${arrayOf('{"items":[]}', 10_000)}}`)),
  write('10,000 lists, reversed', async ({ ask, draft }) => {
    const id = await draft({ highlightLists: Array(10_000).fill({ items: [] }) })
    const { data } = (await ask('GET', `/v1/articles/${id}/highlight-lists?copy=working`)) as unknown as { data: Part[] }
    return json('PUT', `/v1/articles/${id}/highlight-lists`, { data: data.toReversed().map(({ id }) => ({ id })) })
  }),
  write(
    'items reversed',
    async ({ ask }) => {
      const list = await ask('POST', '/v1/highlight-lists', { items: Array(10_000).fill({ text: 'a' }) })
      return json('PUT', `/v1/highlight-lists/${list.id}`, { items: (list as unknown as { items: Part[] }).items.toReversed() })
    },
    'content:publish',
  ),
  write('preview link', ({ revised }) => json('POST', `/v1/articles/${revised}/preview-links`, {}), 'content:read'),
  { name: 'preview links, all', who: 'content:read', request: ({ revised }) => get(`/v1/articles/${revised}/preview-links`) },
  { name: 'preview of many sections', who: 'anonymous', request: ({ preview }) => get(`/v1/preview/${preview}`) },
  { name: 'revision 1 of 300', who: 'content:read', request: ({ revised }) => get(`/v1/articles/${revised}/revisions/1`) },
  { name: 'revision 150 of 300', who: 'content:read', request: ({ revised }) => get(`/v1/articles/${revised}/revisions/150`) },
  { name: 'revision 299 of 300', who: 'content:read', request: ({ revised }) => get(`/v1/articles/${revised}/revisions/299`) },
  { name: 'diff of revisions 1 and 300', who: 'content:read', request: ({ revised }) => get(`/v1/articles/${revised}/revisions/300/diff?against=1`) },
  { name: 'diff of large revisions', who: 'content:read', request: ({ rewritten }) => get(`/v1/articles/${rewritten}/revisions/2/diff?against=1`) },
  { name: 'diff of large revisions, backwards', who: 'content:read', request: ({ rewritten }) => get(`/v1/articles/${rewritten}/revisions/1/diff?against=2`) },
  { name: 'all revisions', who: 'content:read', request: ({ revised }) => get(`/v1/articles/${revised}/revisions?limit=100&count=true`) },
  write('restore of a large revision', ({ rewritten }) => ({ method: 'POST', path: `/v1/articles/${rewritten}/revisions/1/restore` })),
  write('restore of revision 1 of 300', ({ revised }) => ({ method: 'POST', path: `/v1/articles/${revised}/revisions/1/restore` })),
  { name: 'events', who: 'admin', request: () => get('/v1/events?limit=100&count=true') },
]

const pipelined = (name: string, times: number, pathOf: (content: Content, index: number) => string): Hostile => ({
  name: `pipelined: ${name}`,
  who: 'anonymous',
  request: (content) => ({ ...get(''), manner: 'pipelined', times, pathOf: (index) => pathOf(content, index) }),
})

/** Bodies that never come whole, and requests that come by the hundred. */
export const connectionRequests: Hostile[] = [
  {
    name: 'upload aborted halfway',
    who: 'anonymous',
    request: ({ open }) => ({ ...json('POST', `/v1/articles/${open}/comments`, `{"a":"${fill('a')}"}`), manner: 'aborted' }),
  },
  {
    name: 'upload aborted halfway, to the newsroom',
    who: 'content:write',
    request: () => ({ ...json('POST', '/v1/articles', `{"a":"${fill('a')}"}`), manner: 'aborted' }),
  },
  {
    name: 'upload aborted halfway, without a token',
    who: 'anonymous',
    request: () => ({ ...json('POST', '/v1/articles', `{"a":"${fill('a')}"}`), manner: 'aborted' }),
  },
  {
    name: 'a byte a second',
    who: 'anonymous',
    request: ({ open }) => ({ ...json('POST', `/v1/articles/${open}/comments`, '{"author":{"name":"A reader"},"body":"a"}'), manner: 'slow' }),
  },
  pipelined('1,000 stories from memory', 1000, ({ open }) => `/v1/articles/${open}`),
  pipelined('1,000 stories not in memory', 1000, ({ long }, index) => `/v1/articles/${long}?${'&'.repeat(1 + index)}`),
  pipelined('1,000 lists', 1000, (_, index) => `/v1/articles?include=sections&limit=100&genre=-a${index}`),
  pipelined('1,000 searches', 1000, (_, index) => `/v1/articles?q=crews&genre=-a${index}`),
  pipelined('1,000 missing ones', 1000, (_, index) => `/v1/articles/none-${index}`),
  pipelined('100 pages of costly comments', 100, ({ marked }, index) => `/v1/articles/${marked}/comments?limit=${1 + index}`),
  {
    name: 'pipelined: 500 comments',
    who: 'anonymous',
    request: ({ open }) => ({ ...json('POST', `/v1/articles/${open}/comments`, '{"author":{"name":"A reader"},"body":"a"}'), manner: 'pipelined', times: 500 }),
  },
  { name: 'upload of 20 MB', who: 'anonymous', request: ({ open }) => json('POST', `/v1/articles/${open}/comments`, fill('[', 20_000_000)) },
  { name: 'upload of 20 MB without a token', who: 'anonymous', request: () => json('POST', '/v1/articles', fill('[', 20_000_000)) },
]
