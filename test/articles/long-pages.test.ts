import { type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)

t.test('a page of long stories ends early, and the next ones go on from there, both ways', async (t) => {
  const body = Array(15).fill({ type: 'paragraph', text: 'Long words. '.repeat(5000) })
  const slugs = Array.from({ length: 11 }, (_, index) => `long-${String(index).padStart(2, '0')}`)
  for (const slug of slugs) await server.post('/v1/articles', { headline: slug, slug, status: 'published', sections: [{ body }] })
  const list = async (query: string): Promise<{ slugs: string[]; page: Json }> => {
    const { data, page } = (await server.anonymous.get(`/v1/articles?sort=headline&include=sections&${query}`)).body
    t.ok(data.every(({ sections }: Json) => sections.length === 1))
    return { slugs: data.map(({ slug }: Json) => slug), page }
  }
  const first = await list('limit=100&count=true')
  t.ok(first.slugs.length > 1 && first.slugs.length < slugs.length)
  t.equal(first.page.total, slugs.length)
  t.equal(first.page.prevCursor, null)
  const second = await list(`cursor=${first.page.nextCursor}`)
  t.strictSame([...first.slugs, ...second.slugs], slugs)
  t.equal(second.page.nextCursor, null)
  const back = await list(`cursor=${second.page.prevCursor}`)
  t.strictSame(back.slugs, first.slugs)
  t.equal((await list(`limit=1&cursor=${first.page.nextCursor}`)).slugs.length, 1)
  const rows = (await server.anonymous.get('/v1/articles?sort=headline&limit=100')).body.data
  t.equal(rows.length, slugs.length, 'without sections it is whole')
})

t.test('what is named by ids is answered whole, or refused where that would be too long', async (t) => {
  const body = Array(15).fill({ type: 'paragraph', text: 'Long words. '.repeat(5000) })
  const ids: string[] = []
  for (let index = 0; index < 40; index++)
    ids.push((await server.post('/v1/articles', { headline: 'Named', status: 'published', sections: [{ body }] })).body.id)
  const asked = (count: number, query: string) => server.anonymous.get(`/v1/articles?ids=${ids.slice(0, count).join(',')}${query}`)
  const some = await asked(10, '&include=sections')
  t.strictSame(
    some.body.data.map(({ id, sections }: Json) => [id, sections.length]),
    ids.slice(0, 10).map((id) => [id, 1]),
  )
  const refused = await asked(40, '&include=sections')
  t.equal(refused.status, 400)
  t.match(refused.body.errors, [{ parameter: 'include', code: 'length' }])
  t.equal((await asked(40, '')).body.data.length, 40)
})

t.test('a page of revisions that changed much ends early, and the next one goes on', async (t) => {
  const words = (letter: string) => [{ body: Array(12).fill({ type: 'paragraph', text: `${letter} words. `.repeat(7000) }) }]
  t.equal((await server.post('/v1/articles', { headline: 'Rewritten', slug: 'rewritten', sections: words('a') })).status, 201)
  for (const letter of 'bcdefghijklmn') t.equal((await server.patch('/v1/articles/rewritten', { sections: words(letter) })).status, 200)
  const page = async (query: string) => (await server.get(`/v1/articles/rewritten/revisions?${query}`)).body
  const numbers = ({ data }: Json) => data.map(({ number }: Json) => number)
  const first = await page('limit=100&count=true')
  t.ok(first.data.length > 1 && first.data.length < 14)
  t.equal(first.page.total, 14)
  t.equal(JSON.stringify(first).length < 9 * 1024 * 1024, true)
  const second = await page(`limit=100&cursor=${first.page.nextCursor}`)
  t.strictSame([...numbers(first), ...numbers(second)], [14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  t.equal(second.page.nextCursor, null)
  t.strictSame(numbers(await page(`limit=100&cursor=${second.page.prevCursor}`)), numbers(first))
  t.equal((await page('limit=100&fields=number')).data.length, 14, 'without what changed it is whole')
})
