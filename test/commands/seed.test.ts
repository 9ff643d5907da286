import { lists } from '../../src/commands/seed/lists.ts'
import { run } from '../support/command.ts'
import { emptyDatabase } from '../support/database.ts'
import { type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

t.test('seed fills an empty newsroom, which a server that runs shows at once; a second run changes nothing', async (t) => {
  const DATABASE_URL = await emptyDatabase(t)
  const server = await startServer(t, { DATABASE_URL })
  const reader = server.anonymous
  t.equal((await reader.get('/v1/articles')).body.data.length, 0, 'what is kept in memory has none')
  const first = run(t, ['seed'], { env: { DATABASE_URL } })
  t.equal(await first.ends, 0)
  t.match(first.stdout(), /^Made 30 stories and 29 comments, by 11 authors, on 15 topics, and 3 lists of them\./)
  t.equal(first.stderr(), '')

  const { data } = (await reader.get('/v1/articles?limit=100&include=sections,highlightLists')).body
  t.equal(data.length, 27, 'the others are a draft, one that is planned and one that was taken down')
  const now = Date.now()
  for (const { slug, publishedAt, sections } of data) {
    t.ok(Date.parse(publishedAt) < now, slug)
    t.ok(sections.length > 0, slug)
  }
  t.equal(new Set(data.map(({ publishedAt }: Json) => publishedAt)).size, 27)
  t.strictSame([...new Set(data.map(({ language }: Json) => language))].sort(), ['ar', 'de', 'en', 'he', 'ja', 'zh'])
  t.ok(new Set(data.map(({ genre }: Json) => genre)).size >= 15)
  const blocks = data.flatMap(({ sections }: Json) => sections.flatMap(({ body }: Json) => body.map(({ type }: Json) => type)))
  t.strictSame([...new Set(blocks)].sort(), ['code', 'embed', 'image', 'list', 'paragraph', 'quote', 'table'])

  const all = (await server.get('/v1/articles?copy=working&limit=100&count=true')).body
  t.equal(all.page.total, 30)
  const gone = await reader.get('/v1/articles/library-to-close')
  t.equal(gone.status, 410)
  t.match(gone.body.notice, /forgery/)
  t.match((await server.get('/v1/articles/bridge-first-week?copy=working')).body, { status: 'scheduled', schedule: { publish: { at: String } } })
  t.match((await server.get('/v1/articles/customs-house-buyer?copy=working')).body, { status: 'draft' })
  t.equal((await reader.get('/v1/articles/ferry-fares-rise')).body.corrections.length, 1)

  const moved = await reader.get('/v1/articles/mill-lane-school-garden')
  t.equal(moved.status, 308)
  t.equal(moved.headers.get('location'), '/v1/articles/school-garden')

  const anchors = new Map(data.map(({ slug, sections }: Json) => [slug, sections.map(({ anchor }: Json) => anchor)]))
  for (const { slug, highlightLists } of data)
    for (const { target } of highlightLists.flatMap(({ items }: Json) => items)) {
      if (target.type === 'section') t.ok((anchors.get(slug) as string[]).includes(target.anchor), `${slug}#${target.anchor}`)
      if (target.type === 'article') t.ok(anchors.has(target.slug), `${slug} → ${target.slug}`)
    }
  for (const { slug, items = [] } of lists) {
    const list = (await reader.get(`/v1/highlight-lists/${slug}`)).body
    t.equal(list.items.length, items.length, slug)
    for (const { target } of list.items) if (target.type === 'article') t.equal((await reader.get(`/v1/articles/${target.article.slug}`)).status, 200)
  }

  const { name, navigation } = (await reader.get('/v1/site')).body
  t.equal(name, 'The Tidewick Courier')
  t.strictSame(
    navigation[0].items.map(({ target, items }: Json) => [target.name, items.length]),
    [
      ['News', 3],
      ['Business', 0],
      ['Science', 0],
      ['Sport', 0],
      ['Culture', 2],
      ['Opinion', 0],
      ['Ports of the world', 0],
    ],
  )

  const talk = (await reader.get('/v1/articles/lifting-bridge-opens/comments')).body.data
  t.ok(talk.some(({ depth }: Json) => depth === 2))
  t.equal((await server.get('/v1/comments?status=pending')).body.data.length, 3)
  t.equal((await reader.get('/v1/articles/court-net-theft')).body.commentPolicy, 'closed')
  const words: [word: string, slug: string][] = [
    ['مصباحًا', 'old-harbour-lamps'],
    ['המלחים', 'book-stall-by-the-port'],
    ['味噌汁', 'morning-market-soup'],
    ['隧道', 'ferry-line-nine'],
    ['grosssegler', 'der-seiler-vom-alten-hafen'],
  ]
  for (const [word, slug] of words) t.equal((await reader.get(`/v1/articles?q=${encodeURIComponent(word)}`)).body.data[0]?.slug, slug, word)
  const under = (await reader.get('/v1/articles?topic=news&limit=100&fields=slug')).body.data.map(({ slug }: Json) => slug)
  t.ok(under.includes('budget-what-is-left'), 'a topic has the stories of those under it')

  await server.events()
  const second = run(t, ['seed'], { env: { DATABASE_URL } })
  t.equal(await second.ends, 0)
  t.match(second.stdout(), /is there already; nothing was changed/)
  t.strictSame(await server.events(), [])

  t.equal((await server.delete('/v1/highlight-lists/top-stories')).status, 204)
  const third = run(t, ['seed'], { env: { DATABASE_URL } })
  t.equal(await third.ends, 0)
  t.match(third.stdout(), /^Made 0 stories and 0 comments/)
  t.strictSame(await server.events(), ['highlight-list.deleted', 'highlight-list.created'], 'only what was missing is made again')
})

t.test('seed refuses a database with stories of its own', async (t) => {
  const DATABASE_URL = await emptyDatabase(t)
  const server = await startServer(t, { DATABASE_URL })
  await createShort(server, 'Ours')
  await server.events()
  const command = run(t, ['seed'], { env: { DATABASE_URL } })
  t.equal(await command.ends, 1)
  t.match(command.stderr(), /has stories of its own/)
  t.strictSame(await server.events(), [])
})
