import { type Answer, faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
let day = 0
const made: Record<string, Json> = {}

/** A public story of a day of its own, later than those before. */
async function publish(headline: string, language: string, more: object = {}): Promise<void> {
  day++
  const publishedAt = `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`
  made[headline] = await createShort(server, headline, { language, publishedAt, ...more })
}
const of = (headline: string) => ({ translationOf: made[headline]?.id })

await publish('Alpha en', 'en', { topics: [{ name: 'Sport' }] })
await publish('Alpha fr', 'fr', of('Alpha en'))
await publish('Bravo fr-CA', 'fr-CA')
await publish('Charlie fr-FR', 'fr-FR')
await publish('Delta en', 'en')
await publish('Delta de', 'de', of('Delta en'))
await publish('Echo en-GB', 'en-GB')
await publish('Echo fr', 'fr', { ...of('Echo en-GB'), topics: [{ name: 'Sport' }] })
await publish('Foxtrot zh-Hant-TW', 'zh-Hant-TW')
await publish('Golf zh', 'zh')
await publish('Hotel en', 'en')
await publish('Hotel fr', 'fr', { ...of('Hotel en'), status: 'draft', publishedAt: null })
await publish('India fra', 'frm')

const found = ({ body }: Answer): string[] => body.data.map(({ headline }: Json) => headline)
const list = async (query: string) => found(await server.anonymous.get(`/v1/articles?${query}`))

const lists: [query: string, found: string[]][] = [
  ['language=fr', ['Echo fr', 'Charlie fr-FR', 'Bravo fr-CA', 'Alpha fr']],
  ['language=fr-CA', ['Echo fr', 'Bravo fr-CA', 'Alpha fr']],
  ['language=fr-ca', ['Echo fr', 'Bravo fr-CA', 'Alpha fr']],
  ['language=fr-BE', ['Echo fr', 'Alpha fr']],
  ['language=FRM', ['India fra']],
  ['language=zh-Hant', ['Golf zh', 'Foxtrot zh-Hant-TW']],
  ['language=zh-Hant-TW-x-local', ['Golf zh', 'Foxtrot zh-Hant-TW']],
  ['language=zh-Hans', ['Golf zh']],
  ['language=es', []],
  ['language=de,zh', ['Golf zh', 'Foxtrot zh-Hant-TW', 'Delta de']],
  ['language=-fr', ['India fra', 'Hotel en', 'Golf zh', 'Foxtrot zh-Hant-TW', 'Echo en-GB', 'Delta de', 'Delta en', 'Alpha en']],
  ['language=-fr-CA,en,zh,frm', ['Echo fr', 'Delta de', 'Charlie fr-FR', 'Alpha fr']],
  ['language=fr&language=-fr-FR', ['Echo fr', 'Bravo fr-CA', 'Alpha fr']],
  ['language=fr&language=fr-FR', ['Echo fr', 'Charlie fr-FR', 'Alpha fr']],
  ['language=fr&topic=sport', ['Echo fr']],
  ['language=fr&sort=headline', ['Alpha fr', 'Bravo fr-CA', 'Charlie fr-FR', 'Echo fr']],
  ['language=fr&q=echo', ['Echo fr']],
  ['language=fr&fallback=en', ['Hotel en', 'Echo fr', 'Delta en', 'Charlie fr-FR', 'Bravo fr-CA', 'Alpha fr']],
  ['language=fr&fallback=de,en', ['Hotel en', 'Echo fr', 'Delta de', 'Charlie fr-FR', 'Bravo fr-CA', 'Alpha fr']],
  ['language=fr-CA&fallback=en', ['Hotel en', 'Echo fr', 'Delta en', 'Bravo fr-CA', 'Alpha fr']],
  ['language=es&fallback=de', ['Delta de']],
  ['language=de&fallback=*', ['India fra', 'Hotel en', 'Golf zh', 'Foxtrot zh-Hant-TW', 'Echo en-GB', 'Delta de', 'Charlie fr-FR', 'Bravo fr-CA', 'Alpha en']],
  ['language=fr&fallback=en&language=-en-GB', ['Hotel en', 'Echo fr', 'Delta en', 'Charlie fr-FR', 'Bravo fr-CA', 'Alpha fr']],
  ['language=fr&fallback=en&topic=sport', ['Echo fr']],
  ['language=fr&fallback=en&sort=headline', ['Alpha fr', 'Bravo fr-CA', 'Charlie fr-FR', 'Delta en', 'Echo fr', 'Hotel en']],
  ['language=fr&fallback=en&q=alpha', ['Alpha fr']],
  ['language=fr&fallback=en&sort=publishedAt,-id', ['Alpha fr', 'Bravo fr-CA', 'Charlie fr-FR', 'Delta en', 'Echo fr', 'Hotel en']],
]
for (const [query, expected] of lists)
  t.test(query, async (t) => {
    t.strictSame(await list(query), expected)
    t.equal((await server.anonymous.get(`/v1/articles?${query}&count=true&limit=1`)).body.page.total, expected.length)
  })

t.test('a list with a fallback is paged both ways', async (t) => {
  const query = 'language=fr&fallback=en,de'
  const all = await list(query)
  for (const limit of [1, 2, 3, 4]) {
    const pages: string[][] = []
    let page: Answer | undefined
    for (let cursor = ''; ; cursor = `&cursor=${page.body.page.nextCursor}`) {
      page = await server.anonymous.get(`/v1/articles?${query}&limit=${limit}${cursor}`)
      pages.push(found(page))
      if (page.body.page.nextCursor === null) break
    }
    t.strictSame(pages.flat(), all)
    const back: string[][] = []
    for (let at = page; at.body.page.prevCursor !== null; ) {
      at = await server.anonymous.get(`/v1/articles?${query}&limit=${limit}&cursor=${at.body.page.prevCursor}`)
      back.unshift(found(at))
    }
    t.strictSame(back.flat(), all.slice(0, all.length - (pages.at(-1) as string[]).length))
  }
  const { nextCursor } = (await server.anonymous.get(`/v1/articles?${query}&limit=1`)).body.page
  t.strictSame(faultsOf(await server.anonymous.get(`/v1/articles?language=fr&cursor=${nextCursor}`)), ['cursor: value'])
})

t.test('editors find a language with what is more specific, and not what is more general', async (t) => {
  const editors = async (query: string) => found(await server.get(`/v1/articles?copy=working&sort=headline&${query}`))
  t.strictSame(await editors('language=fr-CA'), ['Bravo fr-CA'])
  t.strictSame(await editors('language=fr'), ['Alpha fr', 'Bravo fr-CA', 'Charlie fr-FR', 'Echo fr', 'Hotel fr'])
  t.strictSame(await editors('language=fr&fallback=en'), ['Alpha fr', 'Bravo fr-CA', 'Charlie fr-FR', 'Delta en', 'Echo fr', 'Hotel fr'])
  const changed = await server.post('/v1/articles/changes?dryRun=true', { filter: { language: 'fr-CA' }, patch: { kicker: 'Canada' } })
  t.strictSame(
    changed.body.data.map(({ slug }: Json) => slug),
    ['bravo-fr-ca'],
  )
})

t.test('a fallback needs a language, and both are tags', async (t) => {
  const refused: [string, string[]][] = [
    ['fallback=en', ['fallback: combination']],
    ['language=-fr&fallback=en', ['fallback: combination']],
    ['language=fr&fallback=english please', ['fallback: format']],
    ['language=fr&fallback=', ['fallback: length']],
    ['language=fr&fallback=en,', ['fallback: format']],
    ['language=f&fallback=en', ['language: format']],
    ['language=fr&fallback=en&fallback=de', ['fallback: duplicate']],
    ['language=*', ['language: format']],
  ]
  for (const [query, faults] of refused) t.strictSame(faultsOf(await server.anonymous.get(`/v1/articles?${query}`)), faults, query)
  t.match((await server.anonymous.get('/v1/articles?language=fr&falback=en')).body.errors, [{ suggestion: 'fallback' }])
})

t.test('a list with a fallback is read anew when a translation comes or goes', async (t) => {
  const query = 'language=fr&fallback=en'
  const stories = async () => (await list(query)).filter((headline) => headline.startsWith('Hotel'))
  t.strictSame(await stories(), ['Hotel en'])
  const path = `/v1/articles/${made['Hotel fr']?.id}`
  await server.post(`${path}/publish`)
  t.strictSame(await stories(), ['Hotel fr'])
  await server.patch(path, { translationOf: null })
  t.strictSame(await stories(), ['Hotel fr', 'Hotel en'])
  await server.patch(path, of('Hotel en'))
  t.strictSame(await stories(), ['Hotel fr'])
  await server.post(`${path}/unpublish`, {})
  t.strictSame(await stories(), ['Hotel en'])
})
