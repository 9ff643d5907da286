import { milliseconds, moveClock } from '../../src/database/clock.ts'
import { type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const hour = 60 * 60 * 1000
const inSet = (name: string) => ({ headers: { 'x-change-set': name } })
const working = async (slug: string) => (await server.get(`/v1/articles/${slug}?copy=working`)).body
const revert = async (name: string) => (await server.post(`/v1/change-sets/${name}/revert`)).body
const make = async (slug: string, more: object = {}, options = {}) => (await server.post('/v1/articles', { headline: slug, slug, ...more }, options)).body
const does = (slug: string, verb: string, body: object = {}, options = {}) => server.post(`/v1/articles/${slug}/${verb}`, body, options)
const statusOf = async (path: string) => (await server.anonymous.get(path)).status

t.test('a set that was reverted may be used again: what is undone, and done again, is its last round', async (t) => {
  await make('run-one', { status: 'published' }, inSet('nightly'))
  await make('desk', { status: 'published', kicker: 'old' })
  const kicker = async (text: string) => (await server.patch('/v1/articles/desk?publish=true', { kicker: text }, inSet('nightly'))).status
  const shown = async () => (await server.anonymous.get('/v1/articles/desk')).body.kicker
  await kicker('wrong')
  t.match(await revert('nightly'), { reverted: 2, kept: 0 })
  await kicker('right')
  t.match(await revert('nightly'), { reverted: 1, unchanged: 1, kept: 0 })
  t.equal(await shown(), 'old')
  t.match(await revert('nightly.revert'), { reverted: 1, kept: 0, data: [{ result: 'reverted' }] })
  t.strictSame([await shown(), await statusOf('/v1/articles/run-one')], ['right', 410])
  await kicker('better')
  t.match(await revert('nightly'), { reverted: 1, kept: 0 })
  t.equal(await shown(), 'old', 'with what was done again before it')
  t.match(await revert('nightly.revert'), { reverted: 1, kept: 0 })
  t.equal(await shown(), 'better')
})

t.test('a plan comes back whatever became of another, and none for a time that is over', async (t) => {
  const [soon, far] = [() => new Date(milliseconds() + hour).toISOString(), '2099-06-01T00:00:00.000Z']
  await make('verdict', { status: 'published' })
  const at = soon()
  t.equal((await does('verdict', 'unpublish', { at: far, reason: 'legal', notice: 'By court order' })).status, 200)
  t.equal((await does('verdict', 'publish', { at })).status, 200)
  t.equal((await server.request('DELETE', '/v1/articles/verdict/schedule?only=publish', undefined, inSet('no-plan'))).status, 204)
  moveClock(2 * hour)
  t.match(await revert('no-plan'), { kept: 1, data: [{ reason: `it was planned for ${at}, which is over` }] })
  t.match((await working('verdict')).schedule, { publish: null, unpublish: { at: far, reason: 'legal' } })

  await make('kept-down', { status: 'published' })
  await does('kept-down', 'unpublish', { at: far, reason: 'legal' })
  await does('kept-down', 'publish', { at: far.replace('06', '05') })
  await server.request('DELETE', '/v1/articles/kept-down/schedule', undefined, inSet('all-plans'))
  t.match(await revert('all-plans'), { reverted: 1, kept: 0 })
  t.match((await working('kept-down')).schedule, { publish: { at: far.replace('06', '05') }, unpublish: { at: far, reason: 'legal' } })

  await make('binned')
  const then = soon()
  await does('binned', 'publish', { at: then })
  await server.request('DELETE', '/v1/articles/binned', undefined, inSet('bin'))
  moveClock(2 * hour)
  t.match(await revert('bin'), { reverted: 1, kept: 0 })
  t.match(await working('binned'), { status: 'draft', schedule: { publish: null } })
})

t.test('a story is the original of its translations again, and none loses the others', async (t) => {
  const group = async (prefix: string) => {
    for (const language of ['en', 'fr', 'de'])
      await make(`${prefix}${language}`, { language, status: 'published', ...(language === 'en' ? {} : { translationOf: `${prefix}en` }) })
  }
  const translationsOf = async (slug: string) => (await server.anonymous.get(`/v1/articles/${slug}`)).body.translations.map((one: Json) => one.slug)
  await group('turn-')
  await server.patch('/v1/articles/turn-en', { translationOf: 'turn-fr' }, inSet('turn'))
  t.equal((await working('turn-en')).translationOf, (await working('turn-fr')).id)
  const joined = (await server.get('/v1/events?changeSet=turn')).body.data[0]
  t.equal(new Set(joined.keys).size, joined.keys.length)
  for (const [name, original] of [
    ['turn', 'turn-en'],
    ['turn.revert', 'turn-fr'],
    ['turn.revert.revert', 'turn-en'],
  ] as const) {
    t.match(await revert(name), { reverted: 1, kept: 0 })
    t.equal((await working('turn-de')).translationOf, (await working(original)).id, name)
    t.strictSame(await translationsOf('turn-en'), ['turn-de', 'turn-fr'])
    t.strictSame(await translationsOf('turn-de'), ['turn-en', 'turn-fr'])
  }

  // The original of some joins others, and comes back with its own alone.
  await group('own-')
  await make('other-es', { language: 'es', status: 'published' })
  await server.patch('/v1/articles/own-en', { translationOf: 'other-es' }, inSet('join'))
  t.strictSame(await translationsOf('other-es'), ['own-de', 'own-en', 'own-fr'])
  t.match(await revert('join'), { reverted: 1, kept: 0 })
  t.strictSame(await translationsOf('other-es'), [])
  t.strictSame(await translationsOf('own-fr'), ['own-de', 'own-en'])
  t.equal((await working('own-fr')).translationOf, (await working('own-en')).id)

  // One leaves, and its original goes to the trash: all are together again.
  await group('leave-')
  await server.request('DELETE', '/v1/articles/leave-en', undefined, inSet('leave'))
  await server.patch('/v1/articles/leave-de', { translationOf: null }, inSet('leave'))
  t.match(await revert('leave'), { reverted: 2, kept: 0 })
  t.strictSame(await translationsOf('leave-de'), ['leave-en', 'leave-fr'])
  t.equal((await working('leave-de')).translationOf, (await working('leave-en')).id)
})

t.test('translations are each other’s as they were, also where the set changed others of them', async (t) => {
  const one = (slug: string, language: string, more: object = {}) => make(slug, { language, status: 'published', ...more })
  const of = async (slug: string) => (await working(slug)).translationOf
  const idOf = async (slug: string) => (await working(slug)).id
  await one('a-de', 'de')
  await one('a-es', 'es', { translationOf: 'a-de' })
  await one('a-en', 'en')
  await server.patch('/v1/articles/a-de?publish=true', { translationOf: 'a-en' }, inSet('torn'))
  await server.patch('/v1/articles/a-es?publish=true', { kicker: 'x' }, inSet('torn'))
  t.match(await revert('torn'), { reverted: 2, kept: 0 })
  t.strictSame([await of('a-es'), await of('a-de'), await of('a-en')], [await idOf('a-de'), null, null])

  await one('b-en', 'en')
  await one('b-es', 'es')
  await server.patch('/v1/articles/b-es?publish=true', { translationOf: 'b-en' }, inSet('linked'))
  await server.request('DELETE', '/v1/articles/b-en', undefined, inSet('linked'))
  await server.patch('/v1/articles/b-es?publish=true', { kicker: 'x' }, inSet('linked'))
  t.match(await revert('linked'), { reverted: 2, kept: 0 })
  t.strictSame([await of('b-es'), await of('b-en')], [null, null])

  await one('c-en', 'en')
  await one('c-fr', 'fr', { translationOf: 'c-en' })
  await one('c-de', 'de')
  await server.request('DELETE', '/v1/articles/c-en', undefined, inSet('headless'))
  await server.patch('/v1/articles/c-de', { translationOf: 'c-fr' }, inSet('headless'))
  t.match(await revert('headless'), { reverted: 2, kept: 0 })
  t.strictSame([await of('c-en'), await of('c-fr'), await of('c-de')], [null, await idOf('c-en'), null])
})

t.test('what was merged by way of what the set made leads on when it is done again', async (t) => {
  for (const kind of ['topic', 'author']) {
    const path = (slug: string) => `/v1/${kind}s/${slug}`
    await server.post(`/v1/${kind}s`, { name: 'Alpha', slug: 'alpha', externalId: 'alpha-1' })
    const { id } = (await server.post(`/v1/${kind}s`, { name: 'Gamma', slug: 'gamma' })).body
    const name = `chain-${kind}`
    await server.post(`/v1/${kind}s`, { name: 'Beta', slug: 'beta' }, inSet(name))
    await server.post(`${path('alpha')}/merge`, { into: { slug: 'beta' } }, inSet(name))
    await server.post(`${path('beta')}/merge`, { into: { slug: 'gamma' } }, inSet(name))
    t.equal((await server.get(path('alpha'))).headers.get('location'), path('gamma'))
    t.match(await revert(name), { kept: 0 })
    t.match((await server.get(path('alpha'))).body, { name: 'Alpha', externalId: 'alpha-1' })
    t.equal((await server.get(path('beta'))).status, 404, 'there was none')
    t.match(await revert(`${name}.revert`), { kept: 0 })
    for (const reference of ['alpha', 'ext:alpha-1', 'beta']) t.equal((await server.get(path(reference))).headers.get('location'), path('gamma'), reference)
    t.equal((await server.get(path('gamma'))).body.id, id)
    t.match(await revert(name), { kept: 0 })
    for (const reference of ['beta', 'beta-old']) t.equal((await server.get(path(reference))).status, 404, `${reference} once more`)
    t.match(await revert(`${name}.revert`), { kept: 0 })
    t.equal((await server.get(path('beta'))).headers.get('location'), path('gamma'))
  }
})

t.test('a plan that is taken back leaves the story as old as it was, and a date that was taken away comes and goes', async (t) => {
  const { updatedAt } = await make('old')
  await does('old', 'publish', { at: '2099-01-01T00:00:00Z' }, inSet('planned'))
  await revert('planned')
  t.match(await working('old'), { updatedAt, schedule: { publish: null } })
  await revert('planned.revert')
  t.match(await working('old'), { schedule: { publish: { at: '2099-01-01T00:00:00.000Z' } } })

  await make('date', { status: 'published' })
  const { publishedAt } = await working('date')
  await does('date', 'unpublish')
  t.equal((await server.patch('/v1/articles/date', { publishedAt: null }, inSet('no-date'))).body.publishedAt, null)
  t.match(await revert('no-date'), { reverted: 1 })
  t.equal((await working('date')).publishedAt, publishedAt)
  t.match(await revert('no-date.revert'), { reverted: 1 })
  t.equal((await working('date')).publishedAt, null)
})

t.test('what was taken down says what it said last, also where all of it was one request', async (t) => {
  await make('one', { status: 'published' })
  const operations = [
    { method: 'PATCH', path: '/v1/articles/one?publish=true', body: { headline: 'Two' } },
    { method: 'POST', path: '/v1/articles/one/unpublish', body: {} },
    { method: 'PATCH', path: '/v1/articles/one?publish=true', body: { headline: 'Three' }, headers: { 'X-Change-Set': 'again' } },
  ]
  t.equal((await server.post('/v1/batch', { operations })).status, 200)
  t.match(await revert('again'), { reverted: 1 })
  t.match((await server.anonymous.get('/v1/articles/one')).body, { status: 410, headline: 'Two' })
})

t.test('merges that are undone in the order in which they were made leave no name behind', async (t) => {
  for (const kind of ['topic', 'author']) {
    const path = (slug: string) => `/v1/${kind}s/${slug}`
    for (const name of ['m0', 'm1', 'm2']) await server.put(path(`ext:${name}-id`), { name, slug: name })
    const merge = (from: string, into: string, name?: string) => server.post(`${path(from)}/merge`, { into: { slug: into } }, name ? inSet(name) : {})
    t.equal((await merge('m0', 'm1', `first-${kind}`)).status, 200)
    t.equal((await merge('m1', 'm2', `second-${kind}`)).status, 200)
    for (const name of ['first', 'second']) t.match(await revert(`${name}-${kind}`), { reverted: 1, kept: 0 })
    for (const name of ['m0', 'm1', 'm2']) t.equal((await server.get(path(`ext:${name}-id`))).body.name, name)
    t.match((await server.post(`/v1/change-sets/first-${kind}.revert/revert?dryRun=true`)).body, { reverted: 1, kept: 0 })
    t.match(await revert(`first-${kind}.revert`), { reverted: 1, kept: 0 })
    for (const name of ['m0', 'ext:m0-id']) t.equal((await server.get(path(name))).headers.get('location'), path('m1'))
    t.match(await revert(`first-${kind}`), { reverted: 1, kept: 0 })
    t.equal((await server.patch(path('m0'), { externalId: 'm0-new' })).status, 200)
    t.equal((await server.get(path('ext:m0-id'))).status, 404)
  }
})

t.test('a public translation that left its group with another language comes back, and goes again', async (t) => {
  const state = async (slug: string) => {
    const [{ language, translationOf }, shown] = [await working(slug), (await server.anonymous.get(`/v1/articles/${slug}`)).body]
    return [language, translationOf === null, shown.language]
  }
  await make('group-en', { language: 'en', status: 'published' })
  await make('group-it', { language: 'it', translationOf: 'group-en', status: 'published' })
  await server.patch('/v1/articles/group-it?publish=true', { translationOf: null, language: 'en' }, inSet('leaving'))
  await make('alone', { language: 'en', status: 'published' })
  await server.patch('/v1/articles/alone?publish=true', { language: 'fr' }, inSet('joining'))
  await server.patch('/v1/articles/alone', { translationOf: 'group-en' }, inSet('joining'))
  for (const count of [0, 2]) {
    const name = (own: string, reverts: number) => own + '.revert'.repeat(count + reverts)
    for (const own of ['leaving', 'joining']) t.match(await revert(name(own, 0)), { reverted: 1, kept: 0 })
    t.strictSame(await state('group-it'), ['it', false, 'it'])
    t.strictSame(await state('alone'), ['en', true, 'en'])
    for (const own of ['leaving', 'joining']) t.match(await revert(name(own, 1)), { reverted: 1, kept: 0 })
    t.strictSame(await state('group-it'), ['en', true, 'en'])
    t.strictSame(await state('alone'), ['fr', false, 'fr'])
  }
})
