import { moveClock } from '../../src/database/clock.ts'
import { commented } from '../support/comments.ts'
import { emptyDatabase } from '../support/database.ts'
import { type Answer, type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

t.test('rates hold for an address, a person and a story, over two processes', async (t) => {
  t.teardown(() => moveClock(-60_000))
  const url = await emptyDatabase(t)
  const environment = { DATABASE_URL: url, COMMENT_RATES: 'address=4,person=2,story=6', TRUST_PROXY: '1' }
  const servers = [await startServer(t, environment), await startServer(t, environment)]
  const [server] = servers as [(typeof servers)[0]]
  const { path } = await commented(server as never)
  let number = 0
  const say = (address: string, email?: string, at = path): Promise<Answer> => {
    const one = servers[number % 2] as NonNullable<(typeof servers)[0]>
    return one.anonymous.post(at, { author: { name: 'Reader', email }, body: `Comment number ${number++}` }, { headers: { 'x-forwarded-for': address } })
  }
  // A minute that ends in the middle would begin to count anew.
  const left = 60_000 - (Date.now() % 60_000)
  moveClock(left)
  t.teardown(() => moveClock(-left))
  const first = await say('192.0.2.1')
  t.equal(first.status, 201)
  t.match(first.headers.get('ratelimit'), /^"comments-address";r=3;t=\d+, "comments-story";r=5;t=\d+$/)
  t.match(first.headers.get('ratelimit-policy'), '"comments-address";q=4;w=60, "comments-story";q=6;w=60')
  const answers = await Promise.all(Array.from({ length: 6 }, () => say('192.0.2.1')))
  t.strictSame(answers.map(({ status }) => status).sort(), [201, 201, 201, 429, 429, 429])
  const refused = answers.find(({ status }) => status === 429) as Answer
  t.equal(refused.body.type, '/problems/too-many-requests')
  t.match(refused.headers.get('ratelimit'), '"comments-address";r=0')
  t.ok(Number(refused.headers.get('retry-after')) > 0)

  const other = await commented(server as never)
  const statuses: Json[] = []
  for (const address of ['192.0.2.2', '192.0.2.3', '192.0.2.4']) statuses.push((await say(address, 'ada@mail.example', other.path)).status)
  t.strictSame(statuses, [201, 201, 429], 'a person, wherever from')
  t.strictSame([(await say('192.0.2.5')).status, (await say('192.0.2.6')).status, (await say('192.0.2.7')).status], [201, 201, 429], 'a story has had its six')
  const rows = await (server as (typeof servers)[0])?.database.read.selectFrom('comment_rates').selectAll().execute()
  t.notMatch(JSON.stringify(rows), /ada@|192\.0/, 'nobody is named')
  moveClock(60_000)
  t.equal((await say('192.0.2.1')).status, 201, 'the next minute is another one')
})

t.test('a site’s readers are counted one by one, and moderators aren’t', async (t) => {
  const server = await startServer(t, { COMMENT_RATES: 'address=1,person=1' })
  const { path } = await commented(server)
  const site = await server.tokenWith('comments:write')
  const as = (reader: string, body: string) => server.post(path, { author: { name: reader }, body }, { token: site, headers: { 'comment-author': reader } })
  t.strictSame([(await as('a', 'One')).status, (await as('b', 'One')).status, (await as('a', 'Two')).status], [201, 201, 429])
  const moderator = { token: await server.tokenWith('comments:moderate') }
  for (const body of ['One', 'Two', 'Three']) t.equal((await server.post(path, { author: { name: 'Desk', staff: true }, body }, moderator)).status, 201)
})
