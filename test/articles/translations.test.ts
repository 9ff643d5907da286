import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort, workingCopy } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
let number = 0

/** A story in a language. */
const make = (language: string, more: object = {}): Promise<Json> => createShort(server, `Story ${++number} ${language}`, { language, ...more })
const at = ({ id }: Json) => `/v1/articles/${id}`
const join = (story: Json, translationOf: Json) => server.patch(at(story), { translationOf })
const working = ({ id }: Json) => workingCopy(server, id)
const languagesOf = (copy: Json): string[] => copy.translations.map(({ language }: Json) => language)
const publicLanguages = async (story: Json) => languagesOf((await server.anonymous.get(at(story))).body)

/** A group of public stories in some languages, the first of them the original. */
async function group(...languages: string[]): Promise<Json[]> {
  const [original, ...others] = languages
  const first = await make(original as string)
  const rest: Json[] = []
  for (const language of others) rest.push(await make(language, { translationOf: first.id }))
  return [first, ...rest]
}

t.test('a story joins another in another language, at once, and each shows the others', async (t) => {
  const [en, fr] = [await make('en'), await make('fr')]
  await server.events()
  const joined = await join(fr, en.slug)
  t.match(joined.body, { revision: 2, translationOf: en.id, hasUnpublishedChanges: false })
  t.strictSame(await server.events(), ['article.updated'])
  const shown = ({ language, id, slug, headline }: Json) => ({ language, id, slug, headline, url: `https://news.example/${slug}` })
  t.strictSame(joined.body.translations, [shown(en)])
  t.strictSame((await server.anonymous.get(at(fr))).body.translations, [shown(en)])
  t.strictSame((await server.anonymous.get(at(en))).body.translations, [shown(fr)])
  t.notOk('translationOf' in (await server.anonymous.get(at(fr))).body)
  t.match(await working(en), { revision: 1, translationOf: null, translations: [shown(fr)] })
  const de = await make('de', { translationOf: fr.id })
  t.strictSame(de.translationOf, en.id, 'whichever of them is named, the original is what is shown')
  t.strictSame(de.translations, [shown(en), shown(fr)], 'by language')
  t.strictSame(await publicLanguages(en), ['de', 'fr'])
})

t.test('what a working copy says can be sent back, and PUT keeps what it leaves out', async (t) => {
  const [en, fr] = await group('en', 'fr')
  for (const story of [en, fr]) {
    const copy = await working(story)
    t.strictSame((await server.put(at(story), copy)).body, copy)
    t.strictSame((await server.put(at(story), { ...copy, translationOf: undefined, translations: [] })).body, copy)
  }
  t.equal((await join(fr, en.id.toUpperCase())).body.revision, 1)
  t.equal((await server.put(at(fr), { headline: 'Put', language: 'fr' })).body.translationOf, en.id)
  t.match((await server.post(`${at(fr)}/revisions/1/restore`)).body, { headline: fr.headline, translationOf: en.id })
  const removed = await server.patch(at(fr), [{ op: 'remove', path: '/translationOf' }], { headers: { 'content-type': 'application/json-patch+json' } })
  t.match(removed.body, { translationOf: null, translations: [] })
  t.strictSame(await publicLanguages(en), [])
  const again = await server.patch(at(fr), [{ op: 'replace', path: '/translationOf', value: en.id }], {
    headers: { 'content-type': 'application/json-patch+json' },
  })
  t.strictSame(again.body.translationOf, en.id)
  t.strictSame((await server.get(`${at(fr)}/revisions/${again.body.revision}`)).body.changes, [{ op: 'replace', path: '/translationOf', value: en.id }])
  t.equal((await server.patch(`${at(fr)}?apply=both`, { kicker: 'Both' })).body.translationOf, en.id)
  t.equal((await server.patch(`${at(fr)}?apply=both`, { kicker: 'Both', translationOf: null })).body.translationOf, null)
})

t.test('it is named by id, slug or external id; what names nothing, or itself, is a 400', async (t) => {
  const [en, fr] = [await make('en', { externalId: 'wire-en' }), await make('fr')]
  t.equal((await join(fr, 'ext:wire-en')).body.translationOf, en.id)
  const wrong: [Json, string][] = [
    ['01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55', '/translationOf: not-found'],
    ['nothing-of-that-name', '/translationOf: not-found'],
    ['ext:nothing', '/translationOf: not-found'],
    ['', '/translationOf: format'],
    [fr.id, '/translationOf: value'],
    [fr.slug, '/translationOf: value'],
    [{ id: en.id }, '/translationOf: type'],
  ]
  for (const [translationOf, fault] of wrong) {
    const answer = await join(fr, translationOf)
    t.equal(answer.status, 400)
    t.strictSame(faultsOf(answer), [fault])
  }
  t.match((await server.patch(at(fr), { translatonOf: { id: en.id } })).body.errors, [{ code: 'unknown', suggestion: 'translationOf' }])
  t.match((await server.post('/v1/articles', { headline: 'x', hreflang: [] })).body.errors, [{ suggestion: 'translations' }])
})

t.test('each language is once, in public and as editors have it, and the 409 names the holder', async (t) => {
  const [en, fr, de] = await group('en', 'fr', 'de')
  const other = await make('fr')
  await server.events()
  const taken = await join(other, en.id)
  t.equal(taken.status, 409)
  t.match(taken.body, { type: '/problems/translation-taken', holder: { type: 'article', id: fr.id } })
  t.strictSame(faultsOf(taken), ['/translationOf: conflict'])
  const made = await server.post('/v1/articles', { headline: 'Encore', language: 'fr', translationOf: de.id })
  t.match(made.body, { type: '/problems/translation-taken', holder: { id: fr.id } })
  const changed = await server.patch(at(de), { language: 'fr' })
  t.match(changed.body, { type: '/problems/translation-taken', holder: { id: fr.id } })
  t.strictSame(faultsOf(changed), ['/language: conflict'])
  t.match((await server.patch(at(other), { language: 'de', translationOf: en.id })).body.type, '/problems/translation-taken')
  t.strictSame(await server.events(), [])
  t.equal((await server.patch(at(fr), { language: 'fr-CA' })).body.language, 'fr-CA')
  t.match((await join(other, en.id)).body.holder, { id: fr.id }, 'the public still has it in fr')
  await server.post(`${at(fr)}/publish`)
  t.equal((await join(other, en.id)).status, 200)
  t.strictSame(await publicLanguages(en), ['de', 'fr', 'fr-CA'])
})

t.test('of those who join in one language at once one does', async (t) => {
  const en = await make('en')
  const stories = await Promise.all([1, 2, 3, 4, 5, 6].map(() => make('fr')))
  const answers = await Promise.all(stories.map((story) => join(story, en.id)))
  t.strictSame(answers.map(({ status }) => status).sort(), [200, 409, 409, 409, 409, 409])
  const holder = answers.find(({ status }) => status === 200)?.body.id
  for (const { status, body } of answers) if (status === 409) t.match(body, { type: '/problems/translation-taken', holder: { id: holder } })
  const languages = ['de', 'it', 'es', 'pt', 'nl', 'sv']
  const others = await Promise.all(languages.map((language) => make(language)))
  const joined = await Promise.all(others.map((story) => join(story, en.id)))
  t.strictSame(
    joined.map(({ status }) => status),
    languages.map(() => 200),
  )
  t.strictSame(await publicLanguages(en), ['fr', ...languages].sort())
  const changed = await Promise.all(others.map((story) => server.patch(at(story), { language: 'da' })))
  t.strictSame(changed.map(({ status }) => status).sort(), [200, 409, 409, 409, 409, 409])
})

t.test('those who name each other at once are translations of each other', async (t) => {
  const [one, other] = [await make('en'), await make('fr')]
  const answers = await Promise.all([join(one, other.id), join(other, one.id)])
  t.strictSame(
    answers.map(({ status }) => status),
    [200, 200],
  )
  t.strictSame([await publicLanguages(one), await publicLanguages(other)], [['fr'], ['en']])
})

t.test('the original brings along those that are translations of it, and may become one of them', async (t) => {
  const [en, fr] = await group('en', 'fr')
  const [de, it] = await group('de', 'it')
  t.equal((await join(en, it.id)).body.translationOf, de.id)
  t.strictSame((await working(fr)).translationOf, de.id)
  t.strictSame(languagesOf(await working(fr)), ['de', 'en', 'it'])
  t.equal((await join(de, fr.id)).body.translationOf, fr.id, 'another of them is the original')
  t.strictSame(languagesOf(await working(it)), ['de', 'en', 'fr'])
  t.equal((await working(fr)).translationOf, null)
  const [more, taken] = await group('es', 'it')
  t.match((await join(more, fr.id)).body, { type: '/problems/translation-taken', holder: { id: it.id } })
  t.equal((await working(taken)).translationOf, more.id)
  t.equal((await join(it, more.id)).status, 409)
  t.equal((await join(it, null)).body.translationOf, null)
  t.equal((await join(more, fr.id)).status, 200)
  t.strictSame(languagesOf(await working(more)), ['de', 'en', 'fr', 'it'])
})

t.test('in the trash a story is nobody’s translation, and it comes back as one where its language is free', async (t) => {
  const [en, fr, de] = await group('en', 'fr', 'de')
  await server.delete(at(en))
  t.strictSame((await working(de)).translationOf, fr.id, 'the oldest that is left is the original')
  t.strictSame(await publicLanguages(fr), ['de'])
  const late = await join(await make('it'), en.id)
  t.equal(late.status, 409)
  t.strictSame(faultsOf(late), ['/translationOf: conflict'])
  t.match((await server.post(`${at(en)}/restore`)).body, { status: 'unpublished', translationOf: null })
  t.strictSame((await working(de)).translationOf, en.id)
  t.strictSame(await publicLanguages(fr), ['de'], 'it isn’t public')
  await server.post(`${at(en)}/publish`)
  t.strictSame(await publicLanguages(fr), ['de', 'en'])
  await server.delete(at(en))
  const other = await make('en', { translationOf: fr.id })
  t.match((await server.post(`${at(en)}/restore`)).body, { translationOf: null, translations: [] })
  t.strictSame(languagesOf(await working(fr)), ['de', 'en'])
  t.equal((await working(other)).translationOf, fr.id)
  t.equal((await join(await make('sv'), en.id)).body.translations.length, 1, 'it has a group of its own')
})

t.test('of a deleted original nothing is left', async (t) => {
  const [en, fr, de] = await group('en', 'fr', 'de')
  await server.patch(at(fr), { kicker: 'x' })
  await server.delete(`${at(en)}?permanent=true`)
  t.equal((await working(fr)).translationOf, null)
  t.equal((await working(de)).translationOf, fr.id)
  t.strictSame(await publicLanguages(fr), ['de'])
  for (const path of [`${at(fr)}/revisions/1`, `${at(fr)}/revisions/2`, `${at(de)}/revisions/1`]) t.notMatch((await server.get(path)).text, en.id)
})

t.test('rows leave translations out unless they are asked for', async (t) => {
  const [en, fr] = await group('en', 'fr')
  const draft = await make('de', { status: 'draft', translationOf: en.id })
  const query = `ids=${en.id},${fr.id}`
  for (const row of (await server.anonymous.get(`/v1/articles?${query}`)).body.data) t.notOk('translations' in row)
  for (const asked of ['include', 'fields']) {
    const rows = (await server.anonymous.get(`/v1/articles?${query}&${asked}=translations`)).body.data
    t.strictSame(rows.map(languagesOf), [['fr'], ['en']])
    const copies = (await server.get(`/v1/articles?copy=working&${query}&${asked}=translations,translationOf`)).body.data
    t.strictSame(copies.map(languagesOf), [
      ['de', 'fr'],
      ['de', 'en'],
    ])
    t.strictSame(
      copies.map(({ translationOf }: Json) => translationOf),
      [null, en.id],
    )
  }
  for (const row of (await server.get(`/v1/articles?copy=working&${query}`)).body.data) t.notOk('translations' in row || 'translationOf' in row)
  t.strictSame(faultsOf(await server.anonymous.get('/v1/articles?include=translationOf')), ['include: value'])
  const link = (await server.post(`${at(draft)}/preview-links`, {})).body
  t.strictSame(languagesOf((await server.anonymous.get(link.apiUrl)).body), ['en', 'fr'], 'a preview has what is public')
  t.strictSame(languagesOf((await server.anonymous.get(`${at(en)}?at=${new Date().toISOString()}`)).body), ['fr'])
  t.notMatch((await server.anonymous.get(at(en))).text, draft.slug)
})

t.test('what a change of translations shows is read anew at once, and purged', async (t) => {
  const [en, fr] = await group('en', 'fr')
  const de = await make('de', { status: 'draft', topics: [{ name: 'Tides' }] })
  const list = '/v1/articles?include=translations&language=en&limit=1'
  const read = async () => {
    const [story, at, row] = await Promise.all([publicLanguages(en), server.anonymous.get(list), server.anonymous.get(`/v1/articles/${fr.slug}`)])
    return [story, languagesOf(at.body.data[0]), languagesOf(row.body)].map((languages) => languages.join())
  }
  /** What is read after a change, and whether what it purges is what stood on the answers before it. */
  async function after(work: () => Promise<{ status: number }>): Promise<string[]> {
    await read()
    const keys = ((await server.anonymous.get(at(en))).headers.get('surrogate-key') ?? '').split(' ')
    const last = (await server.get('/v1/events?sort=-seq&limit=1')).body.data[0].seq
    t.ok((await work()).status < 300)
    const events = (await server.get(`/v1/events?after=${last}&limit=100`)).body.data
    const purged = events.flatMap((event: Json) => event.keys)
    t.ok(
      keys.some((key) => purged.includes(key)),
      'a cache outside drops the story',
    )
    return read()
  }
  t.strictSame(await read(), ['fr', 'fr', 'en'])
  t.strictSame(await after(() => join(de, en.id)), ['fr', 'fr', 'en'], 'a draft shows nowhere')
  t.strictSame(await after(() => server.post(`${at(de)}/publish`)), ['de,fr', 'de,fr', 'de,en'])
  await after(() => server.patch(`${at(de)}?publish=true`, { slug: 'anders' }))
  t.match((await server.anonymous.get(at(en))).body.translations[0], { slug: 'anders', url: 'https://news.example/anders' })
  t.strictSame(await after(() => server.post(`${at(de)}/unpublish`, {})), ['fr', 'fr', 'en'])
  await server.post(`${at(de)}/publish`)
  t.strictSame(await after(() => join(de, null)), ['fr', 'fr', 'en'])
  t.strictSame(await after(() => join(de, fr.id)), ['de,fr', 'de,fr', 'de,en'])
  t.strictSame(await after(() => server.patch(`${at(de)}?publish=true`, { language: 'it' })), ['fr,it', 'fr,it', 'en,it'])
  t.strictSame(await after(() => server.delete(at(de))), ['fr', 'fr', 'en'])
  await server.post(`${at(de)}/restore`)
  t.strictSame(await after(() => server.post(`${at(de)}/publish`)), ['fr,it', 'fr,it', 'en,it'])
  t.strictSame(await after(() => server.delete(`${at(de)}?permanent=true`)), ['fr', 'fr', 'en'])
  const made = await after(() => server.post('/v1/articles', { headline: 'Nuevo', language: 'es', status: 'published', translationOf: en.id }))
  t.strictSame(made, ['es,fr', 'es,fr', 'en,es'])
})

t.test('an address that is made of the main topic follows its name', async (t) => {
  const other = await startServer(t, { PUBLIC_SITE_URL: 'https://news.example/{topic}/{slug}' })
  const en = await createShort(other, 'Tides', { topics: [{ name: 'Sea' }, { name: 'Moon' }] })
  const fr = await createShort(other, 'Marées', { language: 'fr', translationOf: en.id, topics: [{ name: 'Mer' }] })
  const url = async (story: Json) => (await other.anonymous.get(at(story))).body.translations[0].url
  t.strictSame([await url(en), await url(fr)], ['https://news.example/mer/marees', 'https://news.example/sea/tides'])
  t.equal((await other.get(`${at(fr)}?copy=working`)).body.translations[0].url, 'https://news.example/sea/tides')
  await other.patch(`/v1/topics/${en.topics[0].id}`, { slug: 'ocean' })
  t.equal(await url(fr), 'https://news.example/ocean/tides')
})

t.test('what shows in public at once needs content:publish', async (t) => {
  const [en, fr] = await group('en', 'fr')
  const write = { token: await server.tokenWith('content:write') }
  const forbidden = async (story: Json, translationOf: Json) => (await server.patch(at(story), { translationOf }, write)).body.requiredScope
  const [draft, other] = [await make('de', { status: 'draft' }), await make('it', { status: 'draft' })]
  t.equal(await forbidden(fr, null), 'content:publish')
  t.equal(await forbidden(await make('es'), en.id), 'content:publish')
  t.equal((await server.patch(at(draft), { translationOf: other.id }, write)).status, 200)
  t.equal((await server.patch(at(draft), { translationOf: en.id }, write)).status, 200, 'a draft shows nowhere')
  t.equal((await server.patch(at(draft), { translationOf: null }, write)).status, 200)
  const [brings] = await group('sv', 'nb')
  await server.post(`${at(brings)}/unpublish`, {})
  t.equal(await forbidden(brings, en.id), 'content:publish', 'the original brings along what is public')
})

t.test('many are changed at once, tried, batched and reverted as one is', async (t) => {
  const en = await make('en')
  const [fr, de] = [await make('fr'), await make('de')]
  const filter = { ids: `${fr.id},${de.id}` }
  const patch = { translationOf: en.id }
  const tried = await server.post('/v1/articles/changes?dryRun=true', { filter, patch })
  t.equal(tried.status, 200, tried.text)
  t.strictSame(languagesOf(await working(en)), [])
  const done = await server.post('/v1/articles/changes', { filter, patch }, { headers: { 'x-change-set': 'join' } })
  t.equal(done.status, 200, done.text)
  t.strictSame(languagesOf(await working(en)), ['de', 'fr'])
  t.equal((await server.post('/v1/change-sets/join/revert', {})).status, 200)
  t.strictSame([languagesOf(await working(en)), (await working(fr)).translationOf], [[], null])
  const batch = await server.post('/v1/batch', {
    operations: [
      { method: 'PATCH', path: at(fr), body: patch },
      { method: 'POST', path: '/v1/articles', body: { headline: 'Mareas', language: 'es', translationOf: fr.id } },
    ],
  })
  t.equal(batch.status, 200, batch.text)
  t.strictSame(languagesOf(await working(en)), ['es', 'fr'])
})

t.test('a language that a planned revision has is taken', async (t) => {
  const at2099 = '2099-01-01T00:00:00Z'
  const [en, fr] = await group('en', 'fr')
  const planned = (await working(fr)).revision
  t.equal((await server.post(`${at(fr)}/publish`, { at: at2099, revision: planned })).status, 200)
  t.equal((await server.post(`${at(fr)}/unpublish`, { at: '2098-01-01T00:00:00Z' })).status, 200)
  t.equal((await server.patch(`${at(fr)}?publish=true`, { language: 'de' })).status, 200, 'it is another’s in public, too')
  await server.patch(at(fr), { schedule: { publish: { at: at2099, revision: planned } } })
  await server.events()
  const refused = await server.patch(at(en), { language: 'fr' })
  t.strictSame(faultsOf(refused), ['/language: conflict'])
  t.match(refused.body, { type: '/problems/translation-taken', holder: { type: 'article', id: fr.id } })
  t.strictSame(faultsOf(await join(await make('fr'), en.id)), ['/translationOf: conflict'])

  const [es, it] = await group('es', 'it')
  const old = (await working(it)).revision
  await server.patch(`${at(it)}?publish=true`, { language: 'pt' })
  await join(await make('it'), es.id)
  await server.events()
  t.strictSame(faultsOf(await server.post(`${at(it)}/publish`, { at: at2099, revision: old })), ['/revision: conflict'])
  const schedule = { publish: { at: at2099, revision: old } }
  t.strictSame(faultsOf(await server.patch(at(it), { schedule })), ['/schedule/publish/revision: conflict'])
  t.strictSame(await server.events(), [])

  t.strictSame(faultsOf(await server.post(`${at(it)}/publish`, { revision: old })), ['/revision: conflict'])
  t.strictSame(faultsOf(await server.post(`${at(it)}/revisions/${old}/restore`)), ['/language: conflict'])
})
