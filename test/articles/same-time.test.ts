import { type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

// A search row has a number by the time of its story, which no other row has.
t.test('stories of one time that are created at once are all created, and all found', async (t) => {
  const server = await startServer(t)
  const headlines = Array.from({ length: 40 }, (_, index) => `Archive ${index}`)
  const answers = await Promise.all(
    headlines.map((headline) => server.post('/v1/articles', { headline, status: 'published', publishedAt: '2014-05-01T00:00:00Z' })),
  )
  t.same([...new Set(answers.map(({ status }) => status))], [201])
  const { body } = await server.anonymous.get('/v1/articles?q=archive&limit=100')
  t.same(body.data.map(({ headline }: Json) => headline).toSorted(), headlines.toSorted())
  t.same((await server.events()).filter((type) => type === 'article.published').length, headlines.length)
})
