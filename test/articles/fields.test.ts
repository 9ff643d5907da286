import { type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)

const original = await createShort(server, 'Das Original', { language: 'de' })
const earlier = '2020-01-02T03:04:05.000Z'

// What each property that editors write is changed to.
const changes: Record<string, { to: Json; isPublished?: false }> = {
  slug: { to: 'another-address' },
  status: { to: 'published', isPublished: false },
  language: { to: 'nb' },
  headline: { to: 'Another headline' },
  alternativeHeadline: { to: 'Said otherwise' },
  kicker: { to: 'Kicker' },
  standfirst: { to: 'What it is about.' },
  slugline: { to: 'slug-line' },
  dateline: { to: 'OAKMERE' },
  genre: { to: 'analysis' },
  leadImage: { to: { url: 'https://media.example/1.jpg' } },
  authors: { to: [{ name: 'Ada Berg', role: 'reporter' }] },
  topics: { to: [{ name: 'Tides' }] },
  sections: { to: [{ heading: 'One', body: [{ type: 'paragraph', text: 'Words.' }] }] },
  highlightLists: { to: [{ items: [{ text: 'An item' }] }] },
  related: { to: [{ relation: 'related', text: 'Tables', target: { type: 'url', url: 'https://port.example/tides' } }] },
  source: { to: { name: 'Port of Oakmere' } },
  copyright: { to: { holder: 'The paper' } },
  seo: { to: { title: 'For engines' } },
  commentPolicy: { to: 'closed', isPublished: false },
  commentsCloseAt: { to: '2100-01-01T00:00:00.000Z', isPublished: false },
  corrections: { to: [{ text: 'It was Tuesday.', at: earlier }] },
  custom: { to: { page: 'A1' } },
  canonicalUrl: { to: 'https://elsewhere.example/story' },
  publishedAt: { to: earlier },
  updatedAt: { to: earlier },
  editorNote: { to: 'Only for us.', isPublished: false },
  embargoUntil: { to: earlier, isPublished: false },
  externalId: { to: 'wire-1', isPublished: false },
  translationOf: { to: original.id, isPublished: false },
  aliases: { to: ['/2014/05/old-story.html?p=7'], isPublished: false },
  schedule: { to: { unpublish: { at: '2100-01-01T00:00:00.000Z' } }, isPublished: false },
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
