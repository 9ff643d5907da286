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
