import { v7 as newId } from 'uuid'
import { chunked } from '../../src/database/values.ts'
import { faultsOf, type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const changes = (body: object, query = '') => server.post(`/v1/articles/changes${query}`, body)

const body = (text: string) => [{ heading: 'How', body: [{ type: 'paragraph', text }] }]

t.test('a typo in published stories is one request', async (t) => {
  const made: Json[] = []
  for (let index = 0; index < 30; index++)
    made.push(
      (
        await server.post('/v1/articles', {
          headline: `Harbor ${index}`,
          status: 'published',
          sections: body('The harbor, at [the harbor](https://harbor.example/harbor), and harbors.'),
        })
      ).body,
    )
  const other = (await server.post('/v1/articles', { headline: 'Elsewhere', status: 'published' })).body
  await server.events()
  const request = { filter: { q: 'harbor' }, replaceText: { find: 'harbor', with: 'harbour', wholeWord: true }, apply: 'both', minor: true, note: 'Typo' }
  const answer = await changes(request)
  t.match(answer, { status: 200, body: { matched: 30, changed: 30, unchanged: 0, failed: 0 } })
  t.match(answer.body.data[0], { id: made[0].id, result: 'changed', revision: 2 })
  const story = (await server.anonymous.get(`/v1/articles/${made[3].id}`)).body
  t.equal(story.headline, 'Harbor 3', 'in its case')
  t.equal(story.sections[0].body[0].text, 'The harbour, at [the harbour](https://harbor.example/harbor), and harbors.')
  t.equal(story.updatedAt, made[3].updatedAt)
  t.equal((await server.get(`/v1/articles/${made[3].id}?copy=working`)).body.hasUnpublishedChanges, false)
  t.match((await server.get(`/v1/articles/${made[3].id}/revisions`)).body.data[0], { note: 'Typo' })
  t.equal((await server.get(`/v1/articles/${other.id}?copy=working`)).body.revision, 1)
  t.equal((await server.anonymous.get('/v1/articles?q=harbour')).body.data.length, 20, 'and found by it')
  t.equal((await server.events()).filter((type) => type === 'article.published').length, 30)
  const again = await changes(request)
  t.match(again.body, { changed: 0, failed: 0 })
  t.strictSame(await server.events(), [], 'what is so already is left alone')
})

t.test('a dry run shows what would change in public, where that is something else', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'Apart', genre: 'apart', kicker: 'A zork', status: 'published' })).body
  await server.patch(`/v1/articles/${id}`, { kicker: 'B' })
  const request = { filter: { genre: 'apart' }, replaceText: { find: 'zork', with: 'cork' }, apply: 'both' }
  const dry = await changes(request, '?dryRun=true')
  t.match(dry.body.data, [{ result: 'changed', diff: [], publicDiff: [{ path: '/kicker', value: 'A cork' }] }])
  await changes(request)
  t.equal((await server.anonymous.get(`/v1/articles/${id}`)).body.kicker, 'A cork')
})

t.test('addresses, code and whose words they are stay', async (t) => {
  const text = 'A zz, `zz`, <mailto:zz@x.example>, <zz@y.example>, zz@z.example, www.zz.example, [zz](mailto:zz@x.example).'
  const { id } = (
    await server.post('/v1/articles', {
      headline: 'Marks',
      genre: 'marks',
      sections: [
        {
          body: [
            { type: 'paragraph', text },
            { type: 'quote', text: 'zz', attribution: 'zz' },
          ],
        },
      ],
    })
  ).body
  await changes({ filter: { genre: 'marks' }, replaceText: { find: 'zz', with: 'NEW' } })
  const [paragraph, quote] = (await server.get(`/v1/articles/${id}`)).body.sections[0].body
  t.equal(paragraph.text, text.replace('A zz', 'A NEW').replace('[zz]', '[NEW]'))
  t.match(quote, { text: 'NEW', attribution: 'zz' })
})

t.test('a character that is written as a reference is that character, and letters are the same composed or not', async (t) => {
  const section = (text: string) => ({ body: [{ type: 'paragraph', text }] })
  const texts = ['Marks &amp; Spencer, R&D, 3 &lt; 4', 'Mu\u0308ller und Müller', 'amp &#38; &x26; &nbsp;amp']
  const { id } = (await server.post('/v1/articles', { headline: 'References', genre: 'references', sections: texts.map(section) })).body
  const after = async (find: string, to: string, wholeWord = false) => {
    await changes({ filter: { genre: 'references' }, replaceText: { find, with: to, wholeWord } })
    return (await server.get(`/v1/articles/${id}`)).body.sections.map(({ body }: Json) => body[0].text)
  }
  t.strictSame(await after('amp', 'volt', true), [texts[0], texts[1], 'volt &#38; &x26; &nbsp;volt'], 'readers see no such word in &amp;')
  t.strictSame((await after('Müller', 'Maier'))[1], 'Maier und Maier')
  t.strictSame((await after('lt;', 'x'))[0], texts[0])
  t.strictSame((await after('3 <', '2 <'))[0], 'Marks &amp; Spencer, R&D, 2 < 4')
  t.strictSame((await after('&', 'and'))[0], 'Marks and Spencer, RandD, 2 < 4')
})

t.test('words are replaced once, however often it is sent, and markup around them stays', async (t) => {
  const texts: [string, object, string][] = [
    [
      'Harbour, the old Harbour Bridge and the Harbour',
      { find: 'Harbour', with: 'Harbour Bridge' },
      'Harbour Bridge, the old Harbour Bridge and the Harbour Bridge',
    ],
    ['a cat, the cat', { find: 'cat', with: 'the cat', wholeWord: true }, 'a the cat, the cat'],
    ['``teh`` and ``teh ` x`` but teh and `teh', { find: 'teh', with: 'the' }, '``teh`` and ``teh ` x`` but the and `the'],
    [String.raw`5\* hotel`, { find: '*', with: ' star' }, '5 star hotel'],
    [String.raw`5\* hotel`, { find: '*', with: '+*' }, String.raw`5\+* hotel`],
    [String.raw`a snake\_case \[teh\] 5\* b`, { find: 'snake_case [teh] 5*', with: 'x' }, 'a x b'],
    [
      '_teh_ x_teh teh_x **teh** [teh](https://teh.example) teh',
      { find: 'teh', with: 'the', wholeWord: true },
      '_the_ x_teh teh_x **the** [the](https://teh.example) the',
    ],
    ['teh [a](/x_(teh)_teh) [b](/teh)', { find: 'teh', with: 'the' }, 'the [a](/x_(teh)_teh) [b](/teh)'],
    ['C# and #1 - 50%', { find: '# and #1 - 50%', with: '' }, 'C'],
    ['The Trust said', { find: 'Trust', with: '[Trust](https://trust.example)', wholeWord: true }, 'The [Trust](https://trust.example) said'],
    ['The Trust said', { find: 'Trust', with: 'Trust <https://trust.example/Trust>' }, 'The Trust <https://trust.example/Trust> said'],
    ['The Trust said', { find: 'Trust', with: 'www.trust.example or info@trust.example Trust' }, 'The www.trust.example or info@trust.example Trust said'],
    ['a   b    c', { find: '  ', with: ' ' }, 'a b c'],
    ['x -- y ---- z', { find: '--', with: '-' }, 'x - y - z'],
    ['x*y*z', { find: '*', with: String.raw`\*` }, String.raw`x\*y\*z`],
    ...[
      '[x](#foo "T")',
      '[x]( #foo )',
      '[x](<#foo> "T")',
      '[x](HTTP://X.test/foo "T")',
      '[x](http://x.test/a(b(c)foo))',
      String.raw`[x](http://x.test/\)foo)`,
    ].map((link): [string, object, string] => [`foo ${link}`, { find: 'foo', with: 'bar' }, `bar ${link}`]),
    ['See [the report](https://e.example/r "Report") and 12" pipes', { find: '"', with: '″' }, 'See [the report](https://e.example/r "Report") and 12″ pipes'],
    ['(see [x](https://e.example/x)). End).', { find: ').', with: '.' }, '(see [x](https://e.example/x). End.'],
    [String.raw`4 *4 but 3\*4`, { find: '*4', with: 'x4', wholeWord: true }, String.raw`4 x4 but 3\*4`],
    ['Caf&eacute; and AT&#38;T, AT&amp;T, don&#x27;t Café', { find: 'Café', with: 'Bar' }, 'Bar and AT&#38;T, AT&amp;T, don&#x27;t Bar'],
    ['AT&#38;T, AT&amp;T, don&#x27;t AT&T', { find: 'AT&T', with: 'ATT' }, 'ATT, ATT, don&#x27;t ATT'],
    ['One  \ntwo  three', { find: '  ', with: ' ' }, 'One  \ntwo three'],
    ['\\`foo` foo`', { find: 'foo', with: 'bar' }, '\\`bar` foo`'],
  ]
  for (const [index, [text, replaceText, expected]] of texts.entries()) {
    const genre = `once-${index}`
    const { id } = (await server.post('/v1/articles', { headline: 'Once', genre, sections: [{ body: [{ type: 'paragraph', text }] }] })).body
    const send = async () => (await changes({ filter: { genre }, replaceText })).body
    t.match(await send(), { changed: 1 }, text)
    t.equal((await server.get(`/v1/articles/${id}?copy=working`)).body.sections[0].body[0].text, expected)
    await server.events()
    t.match(await send(), { changed: 0, unchanged: 1 }, text)
    t.strictSame(await server.events(), [])
  }
})

t.test('stories are named by ids, slugs and external ids, and by several at once', async (t) => {
  const stories = []
  for (const number of [1, 2, 3]) stories.push((await server.put(`/v1/articles/ext:named-${number}`, { headline: `Named ${number}` })).body)
  const matched = async (filter: object) =>
    (await server.post('/v1/articles/changes?dryRun=true', { filter, patch: { kicker: 'x' } })).body.data.map(({ slug }: Json) => slug)
  const [one, two, three] = stories
  t.strictSame(await matched({ ids: `${three.id},ext:named-1,${one.id.toUpperCase()}` }), ['named-1', 'named-3'])
  t.strictSame(await matched({ slug: 'named-2,named-3', externalId: 'named-1,named-2' }), [two.slug])
  t.strictSame(await matched({ externalId: 'named-2', q: 'Named' }), [two.slug])
  t.strictSame(await matched({ externalId: 'named-2', status: 'published' }), [])
  t.strictSame(await matched({ externalId: 'nobody' }), [])
})

t.test('a filter that the list takes repeatedly is a list, all of which must hold', async (t) => {
  const make = async (headline: string, more: object) => (await server.post('/v1/articles', { headline, genre: 'combined', ...more })).body
  const both = await make('Both', { topics: [{ name: 'Combined one' }, { name: 'Combined two' }] })
  await make('One alone', { topics: [{ name: 'Combined one' }] })
  const other = await make('And another', { topics: [{ name: 'Combined one' }, { name: 'Combined two' }, { name: 'Combined three' }] })
  const french = await make('Français', { language: 'fr', translationOf: both.id })
  const matched = async (filter: object) =>
    (await changes({ filter: { genre: 'combined', ...filter }, patch: { kicker: 'x' } }, '?dryRun=true')).body.data.map(({ id }: Json) => id)
  t.strictSame(await matched({ topic: ['combined-one', 'combined-two'] }), [both.id, other.id])
  t.strictSame(await matched({ topic: ['combined-one', 'combined-two', '-combined-three'] }), [both.id])
  t.strictSame(await matched({ topic: ['combined-two'], genre: ['combined', '-elsewhere'] }), [both.id, other.id])
  t.strictSame(await matched({ language: 'fr', fallback: 'en', topic: ['-combined-one'] }), [french.id])
  const refused = async (filter: object) => faultsOf(await changes({ filter, patch: { kicker: 'x' } }))
  t.strictSame(await refused({ topic: [] }), ['/filter/topic: length'])
  t.strictSame(await refused({ topic: ['a', 5, ''] }), ['/filter/topic/1: type', '/filter/topic/2: length'])
  t.strictSame(await refused({ topic: 5 }), ['/filter/topic: type'])
  t.strictSame(await refused({ topic: 'a,-b' }), ['/filter/topic: combination'])
  t.strictSame(await refused({ fallback: 'fr' }), ['/filter/fallback: combination'])
  t.strictSame(await refused({ status: ['published', 'publishd'] }), ['/filter/status/1: value'])
  t.strictSame(await refused({ topic: ['tides', 'a,-b'], language: ['fr', 'not a tag'], fallback: 'en', genre: ['x,', 'y'] }), [
    '/filter/topic/1: combination',
    '/filter/language/1: format',
    '/filter/genre/0: value',
  ])
  t.strictSame(await refused({ status: 'publishd', topic: 'a,-b', genre: 'x,' }), [
    '/filter/status: value',
    '/filter/genre: value',
    '/filter/topic: combination',
  ])
  t.strictSame(faultsOf(await changes({ filter: { status: ['drafft'], topic: '--x' }, addTopics: [{ slug: 'nowhere' }], patch: { kicker: 'x' } })), [
    '/addTopics/0/slug: not-found',
    '/filter/status/0: value',
    '/filter/topic: combination',
  ])
  const suggesting = await changes({ filter: { status: 'publishd' }, patch: { kicker: 'x' } })
  t.equal(suggesting.body.errors[0].suggestion, 'published')
  const many = (length: number) => Array.from({ length }, (_, index) => `g${index}`).join(',')
  t.strictSame(await matched({ genre: [`${'a,'.repeat(1990)}combined`, ...Array(16).fill('combined,b')] }), await matched({}))
  t.strictSame(await refused({ genre: [many(700), many(700), many(700)] }), ['/filter/genre: length'])
  t.match(
    await changes({
      filter: Object.fromEntries(['topic', 'author', 'genre'].map((name) => [name, [many(650), many(650), many(650)]])),
      patch: { kicker: 'x' },
    }),
    { status: 200, body: { matched: 0 } },
  )
})

t.test('what is named is found among more than one request changes, the newest too', async (t) => {
  const own = await startServer(t)
  const { id } = (await own.post('/v1/articles', { headline: 'One of many' })).body
  const { database } = own
  const article = await database.read.selectFrom('articles').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  await database.transaction({ actor: null, requestId: null }, async (tx) => {
    for (const numbers of chunked(
      Array.from({ length: 10_001 }, (_, number) => number),
      200,
    ))
      tx.insert(
        'articles',
        numbers.map((number) => ({ ...article, id: newId(), slug: `one-of-${number}` })),
      )
  })
  const newest = (await own.put('/v1/articles/ext:newest', { headline: 'The newest' })).body
  for (const filter of [{ externalId: 'newest' }, { slug: 'the-newest' }, { ids: newest.id }, { ids: 'ext:newest,ext:nobody' }])
    t.match((await own.post('/v1/articles/changes?dryRun=true', { filter, patch: { kicker: 'x' } })).body, {
      matched: 1,
      changed: 1,
      data: [{ id: newest.id }],
    })
  t.equal((await own.post('/v1/articles/changes?dryRun=true', { filter: {}, patch: { kicker: 'x' } })).status, 400, 'all would be too many')
})

t.test('a topic that is given twice is added once', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'Twice', genre: 'twice' })).body
  const topic = (await server.post('/v1/topics', { name: 'Given twice' })).body
  const add = async (...addTopics: object[]) => (await changes({ filter: { genre: 'twice' }, addTopics })).body
  const named = async () => (await server.get(`/v1/articles/${id}`)).body.topics.map(({ name }: Json) => name)
  t.match(await add({ name: 'Given twice' }, { slug: topic.slug }, { id: topic.id }), { changed: 1, failed: 0 })
  t.match(await add({ name: 'Quite new' }, { name: 'quite NEW' }), { changed: 1, failed: 0 })
  t.strictSame(await named(), ['Given twice', 'Quite new'])
})

t.test('with create=false a topic that is unknown is refused at once', async (t) => {
  await server.post('/v1/articles', { headline: 'Strict', genre: 'strict' })
  await server.events()
  const request = { filter: { genre: 'strict' }, addTopics: [{ name: 'Strictly none' }], removeTopics: [{ name: 'Nor this' }] }
  t.strictSame(faultsOf(await changes(request, '?create=false')), ['/addTopics/0/name: not-found'])
  t.match((await changes({ filter: { genre: 'strict' }, patch: { topics: [{ name: 'Strictly none' }] } }, '?create=false')).body, {
    failed: 1,
    data: [{ problem: { errors: [{ code: 'not-found' }] } }],
  })
  t.strictSame(await server.events(), [])
  t.match((await changes(request)).body, { changed: 1 })
})

t.test('topics are added and left out, and new ones made once', async (t) => {
  const [a, b] = await Promise.all(
    ['Alpha', 'Beta'].map(
      async (headline) => (await server.post('/v1/articles', { headline, genre: 'retag', topics: [{ name: 'Old' }, { name: 'Kept' }] })).body,
    ),
  )
  const request = { filter: { genre: 'retag' }, addTopics: [{ name: 'New' }, { slug: 'kept' }], removeTopics: [{ name: 'Old' }, { name: 'Never there' }] }
  t.match((await changes(request)).body, { matched: 2, changed: 2 })
  const names = async (id: string) => (await server.get(`/v1/articles/${id}?copy=working`)).body.topics.map(({ name }: { name: string }) => name)
  for (const { id } of [a, b]) t.strictSame(await names(id), ['Kept', 'New'])
  t.equal((await server.get('/v1/topics?slug=new')).body.data.length, 1)
  t.match((await changes(request)).body, { changed: 0, unchanged: 2 })
  t.match((await changes({ filter: { ids: a.id, topic: 'new' }, patch: { kicker: 'Now' } })).body, { matched: 1, changed: 1 })
  t.match((await changes({ filter: { slug: `${a.slug},${b.slug}` }, patch: { kicker: 'Now' } })).body, { matched: 2, changed: 1, unchanged: 1 })
})

t.test('one that can’t be changed keeps no other out', async (t) => {
  for (const headline of ['First', 'Second', 'Third'])
    await server.post('/v1/articles', { headline, genre: 'mixed', status: headline === 'Second' ? 'published' : 'draft' })
  const answer = await changes({ filter: { genre: 'mixed' }, patch: { publishedAt: null, kicker: 'x' } })
  t.match(answer.body, { matched: 3, changed: 2, failed: 1 })
  t.match(answer.body.data.find(({ result }: Json) => result === 'failed').problem, { type: '/problems/bad-request', errors: [{ pointer: '/publishedAt' }] })
  const writer = await server.tokenWith('content:write')
  const policy = await server.post('/v1/articles/changes', { filter: { genre: 'mixed' }, patch: { commentPolicy: 'closed' } }, { token: writer })
  t.match(policy.body, { changed: 2, failed: 1 })
  t.match(policy.body.data.find(({ result }: Json) => result === 'failed').problem, { type: '/problems/forbidden', requiredScope: 'content:publish' })
  for (const more of [{ apply: 'both' }, { publish: true }])
    t.equal((await server.post('/v1/articles/changes', { filter: { genre: 'mixed' }, patch: { kicker: 'y' }, ...more }, { token: writer })).status, 403)
})

t.test('a dry run shows what would change of each', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'Quai', genre: 'dry', status: 'published', sections: body('A quai.') })).body
  await server.events()
  const dry = await changes({ filter: { genre: 'dry' }, replaceText: { find: 'uai', with: 'uay' }, apply: 'both' }, '?dryRun=true')
  t.equal(dry.headers.get('dry-run'), 'true')
  t.match(dry.body, {
    changed: 1,
    data: [
      {
        id,
        result: 'changed',
        diff: [
          { op: 'replace', path: '/headline', value: 'Quay' },
          { path: '/sections/0/body/0/text', value: 'A quay.' },
        ],
      },
    ],
  })
  t.ok(dry.body.dryRun.keys.includes(`article:${id}`))
  t.strictSame(await server.events(), [])
  t.equal((await server.get(`/v1/articles/${id}?copy=working`)).body.headline, 'Quai')
})

t.test('what is wrong is said at its place', async (t) => {
  t.strictSame(faultsOf(await changes({ filter: { genre: 'x' } })), [': required'])
  t.strictSame(faultsOf(await changes({ filter: {}, patch: { kicker: 'x' } })), ['/filter: length'])
  t.strictSame(faultsOf(await changes({ filter: { status: 'nowhere' }, patch: { kicker: 'x' } })), ['/filter/status: value'])
  t.strictSame(faultsOf(await changes({ filter: { genre: 'x' }, patch: { kickr: 'x' } })), ['/patch/kickr: unknown'])
  t.strictSame(faultsOf(await changes({ filter: { genre: 'x' }, addTopics: [{ slug: 'nowhere' }] })), ['/addTopics/0/slug: not-found'])
  t.strictSame(faultsOf(await changes({ filter: { genre: 'x' }, patch: { kicker: 'x' }, minor: true })), ['/minor: combination'])
  t.equal(
    (await server.post('/v1/articles/changes', { filter: { genre: 'x' }, patch: { kicker: 'x' } }, { token: await server.tokenWith('content:read') })).status,
    403,
  )
})

t.test('create=false refuses names that are unknown', async (t) => {
  const input = { headline: 'Strict', topics: [{ name: 'Unheard of' }], authors: [{ name: 'Nobody yet' }] }
  t.strictSame(faultsOf(await server.post('/v1/articles?create=false', input)), ['/authors/0/name: not-found', '/topics/0/name: not-found'])
  const { id } = (await server.post('/v1/articles?create=false', { headline: 'Strict', topics: [{ name: 'Kept' }] })).body
  t.strictSame(faultsOf(await server.patch(`/v1/articles/${id}?create=false`, { topics: [{ name: 'Unheard of' }] })), ['/topics/0/name: not-found'])
  t.strictSame(faultsOf(await server.put(`/v1/articles/${id}?create=false`, input)).length, 2)
  t.equal((await server.get('/v1/topics?slug=unheard-of')).body.data.length, 0)
})

t.test('a topic is not added and left out at once', async (t) => {
  const story = (await server.post('/v1/articles', { headline: 'Both', topics: [{ name: 'Here' }] })).body
  const filter = { ids: story.id }
  for (const [added, removed] of [
    [{ name: 'Here' }, { name: 'here' }],
    [{ name: 'Here' }, { slug: 'here' }],
    [{ name: 'New one' }, { name: 'NEW ONE' }],
  ])
    t.strictSame(faultsOf(await changes({ filter, addTopics: [added], removeTopics: [removed] })), ['/removeTopics: combination'])
  t.match((await server.get(`/v1/articles/${story.id}?copy=working`)).body, { revision: story.revision })
})

t.test('very many slugs are looked for', async (t) => {
  const slug = Array.from({ length: 40_000 }, (_, index) => `a${index}`).join(',')
  t.match(await changes({ filter: { slug }, patch: { kicker: 'x' } }), { status: 200, body: { matched: 0 } })
})

t.test('with a key a change of many is done once, also while it is under way', async (t) => {
  for (let index = 0; index < 60; index++) await server.post('/v1/articles', { headline: 'Under way', genre: 'under-way', kicker: 'ab ab ab ab' })
  const send = (kicker: string) =>
    server.post('/v1/articles/changes', { filter: { genre: 'under-way' }, patch: { kicker } }, { headers: { 'idempotency-key': 'under-way' } })
  await server.events()
  const answers = await Promise.all([send('first'), send('first'), send('second')])
  t.strictSame(answers.map(({ status }) => status).sort(), [200, 409, 409])
  const done = answers.find(({ status }) => status === 200)
  t.equal((await server.events()).length, 60, 'done once')
  const again = await send(done === answers[2] ? 'second' : 'first')
  t.match(again, { status: 200, body: { changed: 60 } })
  t.equal(again.headers.get('idempotency-replayed'), 'true')
  t.equal((await send('third')).status, 422)
  t.strictSame(await server.events(), [])
})

t.test('what is no Markdown is read as it is written', async (t) => {
  const { id } = (
    await server.post('/v1/articles', {
      headline: 'Say `teh` &amp; [teh](teh)',
      standfirst: String.raw`Write \teh at teh@teh.example`,
      genre: 'plain',
      sections: [{ heading: '`teh`', body: [{ type: 'paragraph', text: '`teh`' }] }],
      highlightLists: [{ items: [{ text: '`teh`' }] }],
    })
  ).body
  await changes({ filter: { genre: 'plain' }, replaceText: { find: 'teh', with: 'the' } })
  await changes({ filter: { genre: 'plain' }, replaceText: { find: '&', with: 'and' } })
  t.match((await server.get(`/v1/articles/${id}?copy=working`)).body, {
    headline: 'Say `the` andamp; [the](the)',
    standfirst: String.raw`Write \the at teh@teh.example`,
    sections: [{ heading: '`the`', body: [{ text: '`teh`' }] }],
    highlightLists: [{ items: [{ text: '`the`' }] }],
  })
})
