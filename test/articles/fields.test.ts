import { type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)

const original = await createShort(server, 'Das Original', { language: 'de' })
const earlier = '2020-01-02T03:04:05.000Z'

// What each property that editors write is changed to, a word of that by which the story is then found, or isn’t, whether a change of
// many replaces that word by itself or where the property is named, and whether restoring an older revision leaves the property as it is.
const changes: Record<string, { to: Json; isPublished?: false; word?: string; unsearched?: string; replaced?: 'by itself' | 'where named'; stays?: true }> = {
  slug: { to: 'another-address', stays: true },
  status: { to: 'published', isPublished: false, stays: true },
  language: { to: 'nb' },
  headline: { to: 'Gannets return', word: 'gannets', replaced: 'by itself' },
  alternativeHeadline: { to: 'Puffins, said otherwise', word: 'puffins', replaced: 'by itself' },
  kicker: { to: 'Kittiwakes', word: 'kittiwakes', replaced: 'by itself' },
  standfirst: { to: 'What fulmars are about.', word: 'fulmars', replaced: 'by itself' },
  slugline: { to: 'razorbill-line', word: 'razorbill', replaced: 'where named' },
  dateline: { to: 'OAKMERE', word: 'oakmere', replaced: 'where named' },
  genre: { to: 'analysis', unsearched: 'analysis' },
  leadImage: {
    to: { url: 'https://media.example/1.jpg', caption: 'Guillemots', credit: 'Skua Press' },
    word: 'guillemots',
    unsearched: 'skua',
    replaced: 'by itself',
  },
  authors: { to: [{ name: 'Ada Berg', role: 'reporter' }] },
  topics: { to: [{ name: 'Tides' }] },
  sections: { to: [{ heading: 'Terns', body: [{ type: 'paragraph', text: 'Words.' }] }], word: 'terns', replaced: 'by itself' },
  highlightLists: { to: [{ items: [{ text: 'An item on dunlins' }] }], word: 'dunlins', replaced: 'by itself' },
  related: {
    to: [{ relation: 'related', text: 'Sanderlings', target: { type: 'url', url: 'https://port.example/tides' } }],
    word: 'sanderlings',
    replaced: 'by itself',
  },
  source: { to: { name: 'Whimbrel Wire' }, unsearched: 'whimbrel' },
  copyright: { to: { holder: 'The curlew' }, unsearched: 'curlew' },
  seo: { to: { title: 'Avocets for engines' }, word: 'avocets', replaced: 'by itself' },
  commentPolicy: { to: 'closed', isPublished: false, stays: true },
  commentsCloseAt: { to: '2100-01-01T00:00:00.000Z', isPublished: false, stays: true },
  corrections: { to: [{ text: 'It was a plover.', at: earlier }], word: 'plover', replaced: 'where named' },
  custom: { to: { page: 'godwit' }, unsearched: 'godwit' },
  canonicalUrl: { to: 'https://elsewhere.example/story' },
  publishedAt: { to: earlier, stays: true },
  updatedAt: { to: earlier },
  editorNote: { to: 'Only for us, the knots.', isPublished: false, word: 'knots', replaced: 'where named' },
  embargoUntil: { to: earlier, isPublished: false, stays: true },
  externalId: { to: 'wire-1', isPublished: false, stays: true },
  translationOf: { to: original.id, isPublished: false, stays: true },
  aliases: { to: ['/2014/05/old-story.html?p=7'], isPublished: false, stays: true },
  schedule: { to: { unpublish: { at: '2100-01-01T00:00:00.000Z' } }, isPublished: false, stays: true },
}

/** Whether what was sent is in what is answered, which may say more. */
function says(answered: Json, sent: Json): boolean {
  if (Array.isArray(sent)) return Array.isArray(answered) && answered.length === sent.length && sent.every((one, index) => says(answered[index], one))
  if (sent === null || typeof sent !== 'object') return answered === sent
  return Object.entries(sent).every(([name, value]) => says(answered?.[name], value))
}

t.test('each property that editors write is published as what it was changed to, and not before', async (t) => {
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Json
  const { properties } = document.components.schemas.ArticlePatch
  const writable = Object.entries<Json>(properties).filter(([, schema]) => !schema.readOnly)
  t.strictSame(
    Object.keys(changes).sort(),
    writable
      .map(([name]) => name)
      .filter((name) => name !== 'revision')
      .sort(),
    'a new property has its line above',
  )
  for (const [name, { to, isPublished = true }] of Object.entries(changes)) {
    const story = await createShort(server, `Before ${name}`, { publishedAt: '2019-01-02T03:04:05.000Z' })
    const path = `/v1/articles/${story.id}`
    const before = (await server.anonymous.get(path)).body
    const changed = await server.patch(path, { [name]: to })
    t.equal(changed.status, 200, name)
    t.ok(says(changed.body[name], to), `${name} is in the working copy`)
    if (!isPublished) {
      t.equal(changed.body.hasUnpublishedChanges, false, `${name} is nothing that is published`)
      continue
    }
    t.equal(changed.body.hasUnpublishedChanges, true, `${name} is a change to publish`)
    t.strictSame((await server.anonymous.get(path)).body[name], before[name], `${name} isn’t public yet`)
    const published = await server.post(`${path}/publish`)
    t.equal(published.status, 200)
    t.equal(published.body.hasUnpublishedChanges, false, name)
    t.ok(says((await server.anonymous.get(path)).body[name], to), `${name} is public`)
    t.equal((await server.post(`${path}/publish`)).body.publishedRevision, published.body.publishedRevision, `${name} is no change any more`)
  }
})

t.test('a story is found by the words of each property that is searched, and by no others, in both copies', async (t) => {
  for (const [name, { to, word, unsearched, isPublished = true }] of Object.entries(changes)) {
    if (!word && !unsearched) continue
    const story = await createShort(server, `Found by ${name}`)
    const path = `/v1/articles/${story.id}`
    t.equal((await server.patch(path, { [name]: to })).status, 200, name)
    const isFound = async (q: string, copy = '') =>
      (await server.get(`/v1/articles?q=${q}&limit=100${copy}`)).body.data.some(({ id }: { id: string }) => id === story.id)
    if (word) t.notOk(await isFound(word), `${name} isn’t public yet`)
    for (const copy of ['&copy=working', '']) {
      if (word) t.equal(await isFound(word, copy), isPublished || copy !== '', `${name}${copy}: ${word}`)
      if (unsearched) t.notOk(await isFound(unsearched, copy), `${name}${copy}: ${unsearched}`)
      await server.post(`${path}/publish`)
    }
  }
})

t.test('a change of many replaces text where it stands by itself, elsewhere where that is named, and never in codes and names', async (t) => {
  for (const [name, { to, word, unsearched, replaced }] of Object.entries(changes)) {
    const find = new RegExp(replaced ? (word ?? unsearched ?? '') : (unsearched ?? ''), 'i').exec(JSON.stringify(to))?.[0]
    if (!find) continue
    const story = await createShort(server, `Replaced in ${name}`)
    const path = `/v1/articles/${story.id}`
    await server.patch(path, { [name]: to })
    const replace = (more: object) => server.post('/v1/articles/changes', { filter: { ids: story.id }, replaceText: { find, with: 'Albatross', ...more } })
    const isReplaced = async () => JSON.stringify((await server.get(`${path}?copy=working`)).body[name]).includes('Albatross')
    t.equal((await replace({})).status, 200)
    t.equal(await isReplaced(), replaced === 'by itself', `${name}, which isn’t named`)
    t.equal((await replace({ in: [name] })).status, replaced || name === 'leadImage' ? 200 : 400, name)
    t.equal(await isReplaced(), replaced !== undefined, `${name}, which is named`)
  }
})

t.test('an older revision brings back each property that is what a story says, and leaves its settings', async (t) => {
  // What the first of these tests has given away.
  const others: Record<string, Json> = {
    slug: 'yet-another',
    externalId: 'wire-2',
    aliases: ['/2014/06/another.html'],
    translationOf: (await createShort(server, 'Noch ein Original', { language: 'de' })).id,
  }
  for (const [name, { to, stays = false }] of Object.entries(changes)) {
    if (name === 'updatedAt') continue
    const story = await createShort(server, `Restored ${name}`)
    const path = `/v1/articles/${story.id}`
    const before = (await server.get(`${path}?copy=working`)).body
    const changed = await server.patch(path, { [name]: others[name] ?? to })
    t.equal(changed.status, 200, name)
    const restored = await server.post(`${path}/revisions/${before.revision}/restore`)
    t.equal(restored.status, 200, name)
    t.strictSame(restored.body[name], stays ? changed.body[name] : before[name], `${name} ${stays ? 'stays' : 'comes back'}`)
  }
})

t.test('editions and revisions that were kept before a property existed say its default', async (t) => {
  const story = await createShort(server, 'Kept by older code', { kicker: 'A kicker', custom: { page: 'A1' } })
  const path = `/v1/articles/${story.id}`
  await server.patch(path, { standfirst: 'Since.' })
  const lacking = (json: string) => {
    const { kicker: _, custom: __, ...older } = JSON.parse(json)
    return JSON.stringify(older)
  }
  await server.database.transaction({ actor: null, requestId: null }, async (tx) => {
    const edition = await tx.read.selectFrom('editions').select('document').where('article_id', '=', story.id).executeTakeFirstOrThrow()
    await tx
      .updateTable('editions')
      .set({ document: lacking(edition.document) })
      .where('article_id', '=', story.id)
      .execute()
    const first = tx.read.selectFrom('revisions').select(['id', 'document']).where('article_id', '=', story.id).where('number', '=', 1)
    const revision = await first.executeTakeFirstOrThrow()
    await tx
      .updateTable('revisions')
      .set({ document: lacking(revision.document as string) })
      .where('id', '=', revision.id)
      .execute()
    const head = await tx.read.selectFrom('article_heads').select('document').where('article_id', '=', story.id).executeTakeFirst()
    if (head)
      await tx
        .updateTable('article_heads')
        .set({ document: lacking(head.document) })
        .where('article_id', '=', story.id)
        .execute()
    // As an import has it, all that is kept in memory may be another now.
    tx.append({ type: 'article.updated', subject: { type: 'article', id: story.id }, data: { imported: true } })
  })
  const older = (await server.anonymous.get(path)).body
  t.match(older, { headline: 'Kept by older code', kicker: null, custom: {} })
  t.strictSame(Object.keys(older), Object.keys((await server.anonymous.get(`/v1/articles/${(await createShort(server, 'Of today')).id}`)).body))
  t.match((await server.anonymous.get(`/v1/articles?ids=${story.id}&include=custom`)).body.data[0], { kicker: null, custom: {} })
  for (const number of [1, 2]) t.match((await server.get(`${path}/revisions/${number}`)).body.article, { kicker: null, custom: {} })
  const at = new Date().toISOString()
  t.match((await server.anonymous.get(`${path}?at=${at}`)).body, { kicker: null, custom: {} })
  const after = await server.patch(path, { dateline: 'OAKMERE' })
  t.match(after.body, { kicker: 'A kicker', dateline: 'OAKMERE' }, 'what is stored in columns is as it was')
  t.match((await server.get(`${path}/revisions/3`)).body.article, { kicker: 'A kicker', dateline: 'OAKMERE' })
})
