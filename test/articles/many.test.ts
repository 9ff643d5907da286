import { equal } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../support/command.ts'
import { emptyDatabase } from '../support/database.ts'
import { type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

// More than are sorted, and more than a search sorts: both are followed in an order.
const many = 5200
const time = (minutes: number) => new Date(Date.UTC(2020, 0, 1) + minutes * 60_000).toISOString()
// All three orders differ.
const stories = Array.from({ length: many }, (_, index) => ({
  number: index,
  isRare: index % 40 === 0,
  headline: `Common ${index % 40 === 0 ? 'seldom ' : ''}${String((index * 1009) % many).padStart(5, '0')}`,
  publishedAt: time((index * 2003) % many),
  createdAt: time(many + ((index * 3001) % many)),
}))

/** A database with them, made of two exported stories: the one in forty has another topic, language and genre. */
async function databaseWithMany(): Promise<string> {
  const folder = t.testdir()
  const source = await emptyDatabase(t)
  const server = await startServer(t, { DATABASE_URL: source })
  const published = { status: 'published', publishedAt: time(-1) }
  const usual = await createShort(server, 'Common', { ...published, topics: [{ name: 'Wide' }], slug: 'usual' })
  const rare = await createShort(server, 'Common', {
    ...published,
    topics: [{ name: 'Wide' }, { name: 'Rare' }],
    language: 'fr',
    genre: 'opinion',
    slug: 'rare',
  })
  const exporting = run(t, ['export'], { env: { DATABASE_URL: source } })
  equal(await exporting.ends, 0)
  const lines = exporting.stdout().trim().split('\n')
  const templates = new Map([usual, rare].map(({ id, createdAt }) => [id, { createdAt, lines: lines.filter((line) => line.includes(id)) }]))
  const copies = stories.flatMap(({ number, isRare, headline, publishedAt, createdAt }) => {
    const { id, slug } = isRare ? rare : usual
    const template = templates.get(id)
    const own = `${id.slice(0, 24)}${number.toString(16).padStart(12, '0')}`
    return (template?.lines ?? []).map((line) =>
      line
        .replaceAll(id, own)
        .replaceAll(`"${slug}"`, `"story-${number}"`)
        .replaceAll(`article/${slug}"`, `article/story-${number}"`)
        .replaceAll('"Common"', `"${headline}"`)
        .replaceAll(time(-1), publishedAt)
        .replaceAll(template?.createdAt, createdAt)
        .replace(/("revisions":\[\{"id":"[^"]{24})[^"]{12}/, `$1${number.toString(16).padStart(12, '0')}`),
    )
  })
  const isOther = (line: string) => ![usual, rare].some(({ id }) => line.includes(id))
  const file = join(folder, 'many.ndjson')
  writeFileSync(
    file,
    [
      ...lines.filter(isOther),
      ...copies.filter((line) => line.startsWith('{"kind":"slug"')),
      ...copies.filter((line) => line.startsWith('{"kind":"article"')),
    ].join('\n'),
  )
  const target = await emptyDatabase(t)
  const importing = run(t, ['import', file], { env: { DATABASE_URL: target } })
  equal(await importing.ends, 0, importing.output())
  return target
}

const server = await startServer(t, { DATABASE_URL: await databaseWithMany() })

type Story = (typeof stories)[number]
const filters: [query: string, has: (story: Story) => boolean][] = [
  ['', () => true],
  ['topic=wide', () => true],
  ['topic=rare', ({ isRare }) => isRare],
  ['language=en', ({ isRare }) => !isRare],
  ['language=fr', ({ isRare }) => isRare],
  ['genre=opinion', ({ isRare }) => isRare],
  ['topic=wide&language=fr', ({ isRare }) => isRare],
  ['topic=-rare', ({ isRare }) => !isRare],
  [`publishedAfter=${time(many - 100)}`, ({ publishedAt }) => publishedAt >= time(many - 100)],
  [`publishedBefore=${time(many - 100)}&topic=wide`, ({ publishedAt }) => publishedAt < time(many - 100)],
  [`updatedBefore=${time(90)}&language=en`, ({ publishedAt, isRare }) => publishedAt < time(90) && !isRare],
]
const searches: typeof filters = [
  ['', () => true],
  ['q=common', () => true],
  ['q=seldom', ({ isRare }) => isRare],
]
const orders: [sort: string, key: (story: Story) => string][] = [
  ['publishedAt', ({ publishedAt }) => publishedAt],
  ['createdAt', ({ createdAt }) => createdAt],
  ['headline', ({ headline }) => headline],
]

for (const [search, isFound] of searches)
  for (const [filter, has] of filters)
    t.test(`of very many, ${[filter, search].filter(Boolean).join('&') || 'all'} come in each order, both ways, page by page`, async (t) => {
      const wanted = stories.filter((story) => has(story) && isFound(story))
      for (const [sort, key] of orders) {
        const rising = wanted.map((story) => ({ key: key(story), headline: story.headline })).sort((one, other) => (one.key < other.key ? -1 : 1))
        // Of a working copy it is known when it was made, not when its story last changed elsewhere.
        for (const [sorted, expected] of [
          [sort, rising],
          [`-${sort}`, rising.toReversed()],
        ] as const)
          for (const copy of filter.startsWith('updated') ? [''] : ['', '&copy=working']) {
            const query = ['count=true&limit=3&fields=headline', `sort=${sorted}`, filter, search].filter(Boolean).join('&') + copy
            const first = (await server.get(`/v1/articles?${query}`)).body
            const at = async (cursor: string | null) =>
              cursor === null ? { data: [], page: {} } : (await server.get(`/v1/articles?${query}&cursor=${cursor}`)).body
            const second = await at(first.page.nextCursor)
            const back = await at(second.page.prevCursor ?? null)
            const headlines = [...first.data, ...second.data, ...back.data].map((row: Json) => row.headline)
            t.strictSame(
              [first.page.total, ...headlines],
              [wanted.length, ...[...expected.slice(0, 6), ...(expected.length > 3 ? expected.slice(0, 3) : [])].map(({ headline }) => headline)],
              query,
            )
          }
      }
    })

t.test('of very many that a search finds the newest come first', async (t) => {
  for (const [filter, has] of filters) {
    const wanted = stories.filter(has).sort((one, other) => (one.publishedAt < other.publishedAt ? 1 : -1))
    const { data, page } = (await server.get(`/v1/articles?q=common&count=true&limit=3&${filter}`)).body
    t.strictSame([page.total, ...data.map((row: Json) => row.headline)], [wanted.length, ...wanted.slice(0, 3).map(({ headline }) => headline)], filter)
  }
})
