import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { adminToken, startServer } from './support/server.ts'
import { t } from './support/tap.ts'

const server = await startServer(t)
const script = new URL('../docs/desk-day.sh', import.meta.url).pathname
const run = () => promisify(execFile)('bash', [script], { env: { PATH: process.env.PATH, URL: server.url, TOKEN: adminToken } })

t.test('a desk’s day is a dozen requests', async (t) => {
  const { stdout } = await run()
  t.comment(stdout)
  const requests = [...stdout.matchAll(/(\d+) request\(s\)/g)].reduce((sum, [, count]) => sum + Number(count), 0)
  t.equal(requests, 12)
  const story = (await server.anonymous.get('/v1/articles/ext:wire-7')).body
  t.match(story, { headline: 'Wire 7: the cargo was received', topics: [{ name: 'Shipping' }] })
  t.equal(story.updatedAt, story.publishedAt, 'a typo, topics and their undoing don’t move it')
  t.match((await server.anonymous.get('/v1/articles/ext:wire-250')).body.topics, [{ name: 'Shipping' }])
  t.equal((await server.anonymous.get('/v1/topics/ports')).status, 308)
  t.match((await server.anonymous.get('/v1/highlight-lists/ext:front-page')).body.items, [
    { target: { article: { headline: 'Wire 1: the cargo was received' } } },
  ])
  t.match((await server.get('/v1/highlight-lists/ext:front-page?copy=working')).body.items, [{ target: { article: { headline: /^Wire 300/ } } }, {}])
})
