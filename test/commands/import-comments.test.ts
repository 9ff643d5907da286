import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { run } from '../support/command.ts'
import { emptyDatabase } from '../support/database.ts'
import { type Json, type Server, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const disqus = `<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<category dsq:id="1"><forum>paper</forum><title>General</title></category>
<thread dsq:id="10"><id>cms-10</id><link>https://old.example/2019/anything</link><title>By its id</title><createdAt>2019-01-01T00:00:00Z</createdAt></thread>
<thread dsq:id="11"><id /><link>https://old.example/news/harbour-reopens.html?utm=1</link><title>By its address</title></thread>
<thread dsq:id="12"><id>gone</id><link>https://old.example/no-such-story/</link><title>Lost</title></thread>
<post dsq:id="101"><id /><message><![CDATA[<p>First &amp; <b>best</b></p>]]></message><createdAt>2019-01-02T03:04:05Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
  <author><email>ada@mail.example</email><name>Ada</name><isAnonymous>false</isAnonymous><username>ada</username></author><thread dsq:id="10" /></post>
<post dsq:id="103"><message><![CDATA[<p>Before what it answers</p>]]></message><createdAt>2019-01-02T05:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
  <author><name>Bo</name></author><thread dsq:id="10" /><parent dsq:id="102" /></post>
<post dsq:id="102"><message><![CDATA[<p>A reply <a href="https://a.example/">there</a></p>]]></message><createdAt>2019-01-02T04:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
  <author><name>Cy</name></author><thread dsq:id="10" /><parent dsq:id="101" /></post>
<post dsq:id="104"><message><![CDATA[<p>Buy</p>]]></message><createdAt>2019-01-03T00:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>true</isSpam><author><name>Spammer</name></author><thread dsq:id="11" /></post>
<post dsq:id="105"><message><![CDATA[<p>Taken back</p>]]></message><createdAt>2019-01-03T00:00:00Z</createdAt><isDeleted>true</isDeleted><isSpam>false</isSpam><author><name>Di</name></author><thread dsq:id="11" /></post>
<post dsq:id="106"><message><![CDATA[<p>Still here</p>]]></message><createdAt>2019-01-04T00:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Ed</name></author><thread dsq:id="11" /><parent dsq:id="105" /></post>
<post dsq:id="107"><message><![CDATA[<p>Nowhere</p>]]></message><createdAt>2019-01-04T00:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Fi</name></author><thread dsq:id="12" /></post>
<post dsq:id="108"><message><![CDATA[<p>An orphan</p>]]></message><createdAt>2019-01-05T00:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Gi</name></author><thread dsq:id="11" /><parent dsq:id="999" /></post>
<post dsq:id="109"><message><![CDATA[ ]]></message><createdAt>2019-01-05T00:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Hi</name></author><thread dsq:id="11" /></post>
</disqus>`

const comment = (id: number, more: string) => `<wp:comment><wp:comment_id>${id}</wp:comment_id>${more}</wp:comment>`
const said = (name: string, text: string, state = '1', parent = 0, type = 'comment') =>
  `<wp:comment_author><![CDATA[${name}]]></wp:comment_author><wp:comment_author_email>${name.toLowerCase()}@mail.example</wp:comment_author_email><wp:comment_author_url>https://${name.toLowerCase()}.example/</wp:comment_author_url><wp:comment_author_IP>192.0.2.1</wp:comment_author_IP><wp:comment_date>2018-01-01 01:00:00</wp:comment_date><wp:comment_date_gmt>2018-01-01 00:00:00</wp:comment_date_gmt><wp:comment_content><![CDATA[${text}]]></wp:comment_content><wp:comment_approved>${state}</wp:comment_approved><wp:comment_type>${type}</wp:comment_type><wp:comment_parent>${parent}</wp:comment_parent>`
const wxr = `<?xml version="1.0" encoding="UTF-8" ?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Old</title>
<item><title>Harbour</title><link>https://old.example/harbour-reopens/</link><guid>https://old.example/?p=5</guid><wp:post_id>5</wp:post_id><wp:post_name>harbour-reopens</wp:post_name>
${comment(1, said('Ada', 'One line\nand another\n\n<strong>bold</strong> &e;'))}
${comment(2, said('Bo', 'Reply', '1', 1))}
${comment(3, said('Ping', 'pong', '1', 0, 'pingback'))}
${comment(4, said('Track', 'back', '1', 0, 'trackback'))}
${comment(5, said('Spam', 'Buy', 'spam'))}
${comment(6, said('Wait', 'Please', '0'))}
${comment(7, said('Gone', 'Binned', 'trash'))}
</item><item><link>https://old.example/?p=6</link><wp:post_id>6</wp:post_id>${comment(8, said('Lost', 'Where'))}</item></channel></rss>`

async function imported(t: Test, source: string, text: string) {
  const url = await emptyDatabase(t)
  const server = await startServer(t, { DATABASE_URL: url })
  const stories = [
    (await createShort(server, 'Harbour reopens')).id,
    (await createShort(server, 'Moved', { externalId: 'cms-10', commentPolicy: 'closed' })).id,
  ] as const
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-comments-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'file.xml'), text)
  const once = async () => {
    const command = run(t, ['import', source, join(folder, 'file.xml')], { env: { DATABASE_URL: url } })
    t.equal(await command.ends, 0, command.output())
    return command.stderr()
  }
  return { server, stories, once }
}

const tree = async (server: Server, story: string) => {
  const outline = (comments: Json[]): Json[] => comments.flatMap(({ body, replies }) => (replies.data.length > 0 ? [body, outline(replies.data)] : [body]))
  return outline((await server.anonymous.get(`/v1/articles/${story}/comments?view=tree`)).body.data)
}

t.test('comments of Disqus come with their threads, times and states, and again are the same', async (t) => {
  const { server, stories, once } = await imported(t, 'disqus', disqus)
  const said = await once()
  t.match(said, /9 comments read, 7 written, 0 there already, 1 without a story, 1 not taken; 0 pings left out/)
  t.match(said, '1 answer a comment that isn’t there, and stand alone')
  t.match(said, 'no story for https://old.example/no-such-story/: 1 comment')
  t.match(said, 'disqus:109 not taken: says nothing')
  t.strictSame(await tree(server, stories[1]), ['First & **best**', ['A reply [there](<https://a.example/>)', ['Before what it answers']]])
  t.strictSame(await tree(server, stories[0]), [null, ['Still here'], 'An orphan'], 'what was taken back is a tombstone')
  const all = (await server.get(`/v1/comments?limit=100`)).body.data
  t.strictSame(all.map(({ externalId, status }: Json) => `${externalId} ${status}`).sort(), [
    'disqus:101 approved',
    'disqus:102 approved',
    'disqus:103 approved',
    'disqus:104 spam',
    'disqus:105 rejected',
    'disqus:106 approved',
    'disqus:108 approved',
  ])
  t.match(
    all.find(({ externalId }: Json) => externalId === 'disqus:101'),
    { createdAt: '2019-01-02T03:04:05.000Z', author: { name: 'Ada', email: 'ada@mail.example' } },
  )
  await server.events()
  t.match(await once(), /9 comments read, 0 written, 7 there already/)
  t.strictSame(await server.events(), [])
})

t.test('comments of WordPress come without pings, and nothing from elsewhere is read', async (t) => {
  const { server, stories, once } = await imported(t, 'wxr-comments', wxr)
  const said = await once()
  t.match(said, /6 comments read, 5 written, 0 there already, 1 without a story, 0 not taken; 2 pings left out/)
  t.strictSame(await tree(server, stories[0]), ['One line\nand another\n\n**bold** \\&e;', ['Reply']])
  t.match((await server.anonymous.get(`/v1/articles/${stories[0]}/comments`)).body.data[0], {
    author: { name: 'Ada', url: 'https://ada.example/' },
    createdAt: '2018-01-01T00:00:00.000Z',
  })
  t.strictSame((await server.get('/v1/comments?count=true')).body.page.statuses, { pending: 1, approved: 2, rejected: 1, spam: 1, deleted: 0 })
  t.match(await once(), /0 written, 5 there already/)
})

t.test('what is wrong with the command line is said', async (t) => {
  for (const args of [['disqus'], ['discus', 'x.xml'], ['disqus', 'no-such-file.xml']]) {
    const command = run(t, ['import', ...args], { env: { DATABASE_URL: 'sqlite::memory:' } })
    t.ok([1, 2].includes((await command.ends) as number))
    t.match(command.stderr(), /import disqus needs a file|not discus|there is no file/)
  }
})

t.test('comments find their story by the address that it had', async (t) => {
  const { server, once } = await imported(t, 'wxr-comments', wxr)
  const story = await createShort(server, 'Elsewhere now', { aliases: ['/?p=6'] })
  const own = await createShort(server, 'With a page of its own', { canonicalUrl: '/h%61rbour-reopens#top' })
  t.match(await once(), ' 0 without a story')
  t.strictSame(await tree(server, story.id), ['Where'])
  t.match(await tree(server, own.id), [/One line/, ['Reply']], 'a canonical address comes before a slug')
})
