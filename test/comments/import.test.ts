import { htmlToMarkdown } from '../../src/copy/html-to-markdown.ts'
import { commentToHtml } from '../../src/copy/markdown.ts'
import { bodiesOf, commented } from '../support/comments.ts'
import { faultsOf, type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const at = '2020-05-01T10:00:00.000Z'
const line = (article: string, externalId: string, more: Json = {}) =>
  JSON.stringify({ article, externalId, author: { name: 'Reader' }, body: `Body of ${externalId}`, createdAt: at, ...more })

t.test('many comments come in at once, with their times, states and threads, and again are the same ones', async (t) => {
  const server = await startServer(t)
  const moderator = { token: await server.tokenWith('comments:moderate'), headers: { 'content-type': 'application/x-ndjson' } }
  const { id, path } = await commented(server, { commentPolicy: 'closed', externalId: 'cms-7' })
  const draft = await commented(server, { status: 'draft' })
  const { slug } = (await server.get(`/v1/articles/${id}`)).body
  const lines = [
    line(slug, 'a'),
    line('ext:cms-7', 'b', {
      parentId: 'ext:a',
      createdAt: '2020-05-01T12:00:00+01:00',
      editedAt: '2020-05-02T10:00:00Z',
      author: { name: 'Ada', email: 'ada@mail.example' },
    }),
    line(id, 'c', { status: 'spam', parentId: 'ext:b' }),
    '',
    line(draft.id, 'd', { account: 'member-1' }),
    line('no-such-story', 'e'),
    line(id, 'f', { parentId: 'ext:nobody' }),
    line(id, 'g', { createdAt: '2999-01-01T00:00:00Z' }),
    line(id, 'h', { autor: {} }),
    '{"article":',
    line(id, 'a', { body: 'Another text' }),
  ]
  await server.events()
  const answer = await server.post('/v1/comments/import', lines.join('\n'), moderator)
  t.equal(answer.status, 200)
  t.strictSame(
    answer.body.data.map(({ line: number, result, errors }: Json) => [number, result, ...errors.map(({ pointer, code }: Json) => `${pointer} ${code}`)]),
    [
      [1, 'created'],
      [2, 'created'],
      [3, 'created'],
      [5, 'created'],
      [6, 'failed', '/article not-found'],
      [7, 'failed', '/parentId not-found'],
      [8, 'failed', '/createdAt range'],
      [9, 'failed', '/autor unknown'],
      [10, 'failed', ' syntax'],
      [11, 'unchanged'],
    ],
  )
  t.match(answer.body, { created: 4, unchanged: 1, failed: 5 })
  t.strictSame(await server.events(), Array(4).fill('comment.created'))
  const { data } = (await server.anonymous.get(path)).body
  t.match(data, [
    { body: 'Body of a', createdAt: at, status: 'approved' },
    { body: 'Body of b', createdAt: '2020-05-01T11:00:00.000Z', editedAt: '2020-05-02T10:00:00.000Z', parentId: data[0].id, depth: 1 },
  ])
  t.notMatch(JSON.stringify(data), 'ada@mail')
  t.equal((await server.anonymous.get(`/v1/articles/${id}`)).body.commentCount, 2)
  t.match((await server.get('/v1/comments?externalId=c')).body.data, [{ status: 'spam', externalId: 'c', ip: null }])
  const again = await server.post('/v1/comments/import', lines.slice(0, 3).join('\n'), moderator)
  t.match(again.body, { created: 0, unchanged: 3 })
  t.strictSame(await server.events(), [])
  t.equal((await server.anonymous.get('/v1/comments/ext:a')).body.body, 'Body of a')

  t.equal((await server.post('/v1/comments/import', line(id, 'x'), { ...moderator, token: await server.tokenWith('content:publish') })).status, 403)
  t.equal((await server.post('/v1/comments/import', [{}], { token: moderator.token })).status, 415)
  t.strictSame(faultsOf(await server.post('/v1/comments/import', '{}\n'.repeat(10_001), moderator)), [': length'])
})

t.test('a moderator posts one from elsewhere, also under a closed story, and a reader may not', async (t) => {
  const server = await startServer(t)
  const { path } = await commented(server, { commentPolicy: 'closed' })
  const moderator = { token: await server.tokenWith('comments:moderate') }
  const one = { author: { name: 'Ada' }, body: 'From there', createdAt: '2020-05-01T10:00:00+02:00', status: 'pending', externalId: 'old-1' }
  t.equal((await server.anonymous.post(path, one)).status, 401)
  const made = await server.post(path, one, moderator)
  t.equal(made.status, 201)
  t.match(made.body, { createdAt: '2020-05-01T08:00:00.000Z', status: 'pending', editToken: null })
  const again = await server.post(path, one, moderator)
  t.strictSame([again.status, again.body.id], [201, made.body.id])
  const taken = { status: 409, body: { type: '/problems/external-id-taken', holder: { type: 'comment', id: made.body.id } } }
  t.match(await server.post(path, { ...one, body: 'Other words' }, moderator), taken)
  const elsewhere = (await commented(server, { commentPolicy: 'closed' })).path
  t.match(await server.post(elsewhere, one, moderator), taken)
  t.strictSame(faultsOf(await server.post(path, { ...one, externalId: 'old-2', createdAt: '2999-01-01T00:00:00Z' }, moderator)), ['/createdAt: range'])
})

t.test('ten thousand lines are taken in one request', async (t) => {
  const server = await startServer(t)
  const { id, path } = await commented(server)
  const lines = Array.from({ length: 10_000 }, (_, number) => line(id, `n${number}`, number % 3 ? { parentId: `ext:n${number - (number % 3)}` } : {}))
  const answer = await server.post('/v1/comments/import', lines.join('\n'), { headers: { 'content-type': 'application/x-ndjson' } })
  t.match(answer.body, { created: 10_000, failed: 0 })
  const { page } = (await server.anonymous.get(`${path}?count=true&view=tree&limit=1`)).body
  t.equal(page.total, 10_000)
  t.equal(bodiesOf(await server.anonymous.get(`${path}?view=tree&limit=2`)).length, 2)
})

t.test('HTML from elsewhere is written as Markdown that renders as it stood', async (t) => {
  const cases: [html: string, markdown: string][] = [
    ['<p>One <b>two</b> <i>three</i></p><p>four<br>five</p>', 'One **two** *three*\n\nfour\nfive'],
    [
      '<a href="https://a.example/x" rel="nofollow">here</a> and <a href="https://a.example/y">https://a.example/y</a>',
      '[here](<https://a.example/x>) and <https://a.example/y>',
    ],
    ['<a href="javascript:x">bad</a> <script>x()</script><style>y</style>', 'bad'],
    ['<blockquote><p>said</p><p>more</p></blockquote>yes', '> said\n>\n> more\n\nyes'],
    ['<ul><li>a</li><li>b</li></ul>', '- a\n\n- b'],
    ['<ol><li>a</li><li>b</li></ol>', '1. a\n\n2. b'],
    ['1 < 2 &amp; *not* _this_ [x](y)', '1 < 2 & \\*not\\* \\_this\\_ \\[x\\](y)'],
    ['<pre>a\n  b</pre>', '```\na\n  b\n```'],
    ['<code>x</code>', '`x`'],
  ]
  for (const [html, markdown] of cases) t.equal(htmlToMarkdown(html), markdown, html)
  t.equal(htmlToMarkdown('line one\nline two\n\nnew', true), 'line one\nline two\n\nnew')
  t.equal(
    commentToHtml(htmlToMarkdown('<ul><li>a</li><li>b <b>c</b></li></ul>')),
    '<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b <strong>c</strong></p>\n</li>\n</ul>',
  )
})
