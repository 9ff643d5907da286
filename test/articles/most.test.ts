import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const day = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * day).toISOString()
const week = `publishedAfter=${ago(7)}`

const make = async (headline: string, comments: number, corrections: number, days: number): Promise<Json> => {
  const story = await createShort(server, headline, {
    publishedAt: ago(days),
    corrections: Array.from({ length: corrections }, (_, index) => ({ text: `Correction ${index}`, at: ago(1) })),
  })
  for (let index = 0; index < comments; index++)
    await server.anonymous.post(`/v1/articles/${story.id}/comments`, { author: { name: 'Reader' }, body: `No. ${index} on ${headline}` })
  return story
}
const quiet = await make('Quiet', 0, 0, 2)
await make('Loud', 3, 1, 3)
await make('Some', 1, 2, 4)
const mute = await make('Mute', 0, 0, 5)
await make('Long ago', 4, 4, 20)

const list = async (query: string) => (await server.anonymous.get(`/v1/articles?${query}`)).body
const headlines = ({ data }: Json) => data.map((row: Json) => row.headline)

t.test('the most commented and the most corrected stories of a period', async (t) => {
  t.strictSame(headlines(await list(`sort=-commentCount&${week}`)), ['Loud', 'Some', ...(quiet.id > mute.id ? ['Quiet', 'Mute'] : ['Mute', 'Quiet'])])
  t.strictSame(headlines(await list(`sort=-correctionCount&${week}&limit=2`)), ['Some', 'Loud'])
  t.strictSame(headlines(await list(`sort=commentCount,-id&${week}`)).slice(2), ['Some', 'Loud'])
  t.strictSame(headlines(await list(`sort=-commentCount&publishedAfter=${ago(25)}&publishedBefore=${ago(15)}`)), ['Long ago'])
  t.strictSame(headlines(await list(`sort=-commentCount&${week}&q=some`)), ['Some'])
  t.match((await list(`sort=-commentCount&${week}&include=commentCount,corrections`)).data[0], { commentCount: 3, corrections: [{ text: 'Correction 0' }] })
})

t.test('their pages join, forward and back', async (t) => {
  for (const sort of ['-commentCount', 'commentCount', '-correctionCount']) {
    const whole = headlines(await list(`sort=${sort}&${week}`))
    const seen: string[] = []
    let page = await list(`sort=${sort}&${week}&limit=1&count=true`)
    t.equal(page.page.total, 4)
    for (;;) {
      seen.push(...headlines(page))
      if (!page.page.nextCursor) break
      page = await list(`sort=${sort}&${week}&limit=1&cursor=${page.page.nextCursor}`)
    }
    t.strictSame(seen, whole, sort)
    t.strictSame(headlines(await list(`sort=${sort}&${week}&limit=3&cursor=${page.page.prevCursor}`)), whole.slice(0, 3), sort)
  }
})

t.test('a comment or a correction changes who comes first', async (t) => {
  const first = async (sort: string) => headlines(await list(`sort=${sort}&${week}&limit=1`))[0]
  t.equal(await first('-commentCount'), 'Loud')
  for (let index = 0; index < 4; index++)
    await server.anonymous.post(`/v1/articles/${quiet.id}/comments`, { author: { name: 'Reader' }, body: `Not so quiet, ${index}` })
  t.equal(await first('-commentCount'), 'Quiet')
  t.equal(await first('-correctionCount'), 'Some')
  const corrections = [1, 2, 3].map((index) => ({ text: `It was ${index}.` }))
  await server.patch(`/v1/articles/${mute.id}?publish=true`, { corrections })
  t.equal(await first('-correctionCount'), 'Mute')
  const { headers } = await server.anonymous.get(`/v1/articles?sort=-commentCount&${week}`)
  t.ok(headers.get('surrogate-key')?.split(' ').includes('comments'))
})

t.test('without a period, or of one that is too long, it is refused', async (t) => {
  const faults = async (query: string) => faultsOf(await server.get(`/v1/articles?sort=-commentCount${query}`))
  t.strictSame(await faults(''), ['sort: combination'])
  t.strictSame(await faults(`&publishedAfter=${ago(33)}`), ['publishedAfter: range'])
  t.strictSame(await faults('&publishedAfter=2020-01-01T00:00:00Z&publishedBefore=2020-02-02T00:00:01Z'), ['publishedAfter: range'])
  t.strictSame(await faults('&publishedAfter=2020-01-01T00:00:00Z&publishedBefore=2020-02-02T00:00:00Z'), [])
  t.strictSame(await faults(`&${week}&copy=working`), ['sort: combination'])
  t.strictSame(await faults(`&${week}&cursor=WyJ4Il0`), ['cursor: value'])
  t.match((await server.get('/v1/articles?sort=-commentCounts')).body.errors, [{ parameter: 'sort', suggestion: 'commentCount' }])
})
