import { faultsOf, type Json, startServer } from '../support/server.ts'
import { create, createShort, workingCopy } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const later = '2100-01-01T00:00:00.000Z'

type State = 'draft' | 'scheduled' | 'published' | 'pending' | 'unpublished' | 'returning' | 'trashed'

/** A story in a state. */
async function inState(state: State): Promise<Json> {
  const isPublic = ['published', 'pending', 'unpublished', 'returning'].includes(state)
  const made = await createShort(server, `In state ${state}`, { status: isPublic ? 'published' : 'draft' })
  const path = `/v1/articles/${made.id}`
  if (state === 'scheduled') await server.post(`${path}/publish`, { at: later })
  if (state === 'pending') await server.patch(path, { kicker: 'Pending' })
  if (state === 'unpublished' || state === 'returning') await server.post(`${path}/unpublish`)
  if (state === 'returning') await server.post(`${path}/publish`, { at: later })
  if (state === 'trashed') await server.delete(path)
  await server.events()
  return workingCopy(server, made.id)
}

// What a PATCH that names a status answers, the status that the story has then, and what happened.
type Outcome = [answer: number, after: string, events: string[]]
const nothing: string[] = []
const taken = ['article.unpublished']
const outcomes: Record<State, Record<string, Outcome>> = {
  draft: {
    draft: [200, 'draft', nothing],
    scheduled: [409, 'draft', nothing],
    published: [200, 'published', ['article.published']],
    unpublished: [409, 'draft', nothing],
    trashed: [409, 'draft', nothing],
  },
  scheduled: {
    draft: [200, 'draft', ['article.scheduled']],
    scheduled: [200, 'scheduled', nothing],
    published: [200, 'published', ['article.published']],
    unpublished: [409, 'scheduled', nothing],
    trashed: [409, 'scheduled', nothing],
  },
  published: {
    draft: [200, 'unpublished', taken],
    scheduled: [409, 'published', nothing],
    published: [200, 'published', nothing],
    unpublished: [200, 'unpublished', taken],
    trashed: [409, 'published', nothing],
  },
  pending: {
    draft: [200, 'unpublished', taken],
    scheduled: [409, 'published', nothing],
    published: [200, 'published', ['article.published']],
    unpublished: [200, 'unpublished', taken],
    trashed: [409, 'published', nothing],
  },
  unpublished: {
    draft: [409, 'unpublished', nothing],
    scheduled: [409, 'unpublished', nothing],
    published: [200, 'published', ['article.published']],
    unpublished: [200, 'unpublished', nothing],
    trashed: [409, 'unpublished', nothing],
  },
  // Taken down, and planned to come back.
  returning: {
    draft: [409, 'unpublished', nothing],
    scheduled: [409, 'unpublished', nothing],
    published: [200, 'published', ['article.published']],
    unpublished: [200, 'unpublished', ['article.scheduled']],
    trashed: [409, 'unpublished', nothing],
  },
  trashed: {
    draft: [409, 'trashed', nothing],
    scheduled: [409, 'trashed', nothing],
    published: [409, 'trashed', nothing],
    unpublished: [409, 'trashed', nothing],
    trashed: [409, 'trashed', nothing],
  },
}
for (const [state, wanted] of Object.entries(outcomes))
  for (const [status, [answer, after, events]] of Object.entries(wanted))
    t.test(`a PATCH of the status ${status} on a story that is ${state} does what it says, or says why not`, async (t) => {
      const { id } = await inState(state as State)
      const patched = await server.patch(`/v1/articles/${id}`, { status })
      t.equal(patched.status, answer)
      if (answer === 409 && state !== 'trashed') t.match(patched.body.errors[0], { pointer: '/status', code: 'conflict', message: /\w/ })
      if (answer === 200) t.equal(patched.body.status, after)
      t.strictSame(await server.events(), events)
      const now = await workingCopy(server, id)
      t.equal(now.status, after)
      if (after === 'draft' || (answer === 200 && status === 'unpublished'))
        t.strictSame(now.schedule, { publish: null, unpublish: null }, 'and no plan stands')
    })

t.test('a moderator who changes a comment policy can’t publish on the way', async (t) => {
  const { id } = await inState('pending')
  const moderator = { token: await server.tokenWith('comments:moderate') }
  const path = `/v1/articles/${id}`
  for (const query of ['publish=true', 'apply=both', 'publish=true&minor=true']) {
    const answer = await server.patch(`${path}?${query}`, { commentPolicy: 'closed' }, moderator)
    t.equal(answer.status, 403, query)
    t.equal(answer.body.requiredScope, 'content:publish')
  }
  t.strictSame(await server.events(), [])
  t.equal((await server.patch(path, { commentPolicy: 'closed' }, moderator)).status, 200)
})

t.test('an edit by one who may not publish pins the plan to the revision before it', async (t) => {
  const made = await create(server)
  const path = `/v1/articles/${made.id}`
  const writer = { token: await server.tokenWith('content:write') }
  const plan = async () => (await workingCopy(server, made.id)).schedule.publish
  await server.post(`${path}/publish`, { at: later })
  await server.patch(path, { kicker: 'Seen by who may publish' })
  t.strictSame(await plan(), { at: later, revision: null, minor: false }, 'who may publish keeps it unpinned')
  const { revision } = await workingCopy(server, made.id)
  await server.events()
  const edited = await server.patch(path, { headline: 'Unseen words' }, writer)
  t.equal(edited.status, 200)
  t.equal(edited.body.schedule.publish.revision, revision, 'the answer says so')
  t.strictSame(await server.events(), ['article.updated', 'article.scheduled'])
  await server.patch(path, { headline: 'More unseen words' }, writer)
  t.strictSame(await plan(), { at: later, revision, minor: false }, 'and stays there')
  await server.post(`${path}/publish`, { at: later })
  t.equal((await plan()).revision, null, 'until it is planned again')
  const before = (await workingCopy(server, made.id)).revision
  await server.patch(`${path}/sections/background`, { heading: 'Unseen heading' }, writer)
  t.equal((await plan()).revision, before, 'a part is an edit, too')
  const { articles } = await server.database.read
    .selectFrom('articles')
    .select(({ fn }) => fn.countAll<number>().as('articles'))
    .where('id', '=', made.id)
    .where('publish_revision', '=', before)
    .executeTakeFirstOrThrow()
  t.equal(Number(articles), 1)
})

t.test('the names that a planned story will show are for who may publish, as public ones are', async (t) => {
  const made = await createShort(server, 'Names to come', { status: 'draft', authors: [{ name: 'To Come' }], topics: [{ name: 'To come' }] })
  const writer = { token: await server.tokenWith('content:write') }
  const named = [`/v1/authors/${made.authors[0].id}`, `/v1/topics/${made.topics[0].id}`]
  for (const path of named) t.equal((await server.patch(path, { name: `Written ${path.slice(4, 8)}` }, writer)).status, 200, path)
  await server.post(`/v1/articles/${made.id}/publish`, { at: later })
  await server.events()
  for (const path of named) {
    const answer = await server.patch(path, { name: 'Unseen name' }, writer)
    t.strictSame([answer.status, answer.body.requiredScope], [403, 'content:publish'], path)
    t.equal((await server.delete(path, writer)).status, 409, 'a name in use is not deleted')
  }
  t.strictSame(await server.events(), [])
  for (const path of named) t.equal((await server.patch(path, { name: `Seen ${path.slice(4, 8)}` })).status, 200, path)
})

t.test('the conflict of an embargo and a plan names what stands in the way', async (t) => {
  const planned = await createShort(server, 'Planned first', { status: 'draft', schedule: { publish: { at: later } } })
  const moved = await server.patch(`/v1/articles/${planned.id}`, { embargoUntil: '2100-02-01T00:00:00Z' })
  t.equal(moved.status, 409)
  t.match(moved.body, { type: '/problems/embargoed', plannedAt: later, embargoUntil: '2100-02-01T00:00:00.000Z', detail: /planned .*2100-01-01/ })
  t.strictSame(faultsOf(moved), ['/embargoUntil: conflict'])
  const held = await createShort(server, 'Held first', { status: 'draft', embargoUntil: later })
  const path = `/v1/articles/${held.id}`
  t.strictSame(faultsOf(await server.patch(path, { schedule: { publish: { at: '2099-01-01T00:00:00Z' } } })), ['/schedule/publish/at: conflict'])
  t.strictSame(faultsOf(await server.post(`${path}/publish`, { at: '2099-01-01T00:00:00Z' })), ['/at: conflict'])
  t.strictSame(faultsOf(await server.post(`${path}/publish`)), [': conflict'])
  t.strictSame(faultsOf(await server.patch(path, { status: 'published' })), ['/status: conflict'])
})

t.test('minor works on every way of publishing, and only there', async (t) => {
  const made = await create(server, { status: 'published' })
  const path = `/v1/articles/${made.id}`
  const shown = async () => (await server.anonymous.get(path)).body
  const { updatedAt } = await shown()
  const list = made.highlightLists[0].id
  const ways: [string, string, unknown][] = [
    ['PATCH', `${path}?publish=true&minor=true`, { kicker: 'One' }],
    ['PATCH', `${path}?apply=both&minor=true`, { kicker: 'Two' }],
    ['PATCH', `${path}?minor=true`, { kicker: 'Three', status: 'published' }],
    ['PATCH', `${path}/sections/background?apply=both&minor=true`, { heading: 'Four' }],
    ['PATCH', `${path}/highlight-lists/${list}?apply=both&minor=true`, { title: 'Five' }],
  ]
  for (const [method, address, body] of ways) {
    await server.events()
    t.equal((await server.request(method, address, body)).status, 200, address)
    t.ok((await server.events()).includes('article.published'), address)
    t.equal((await shown()).updatedAt, updatedAt, address)
  }
  t.equal((await server.put(`${path}?publish=true&minor=true`, { ...(await workingCopy(server, made.id)), kicker: 'Six' })).status, 200)
  t.match(await shown(), { kicker: 'Six', updatedAt })
  for (const address of [`${path}?minor=true`, `${path}/sections/background?minor=true`, `${path}/highlight-lists/${list}?minor=true`])
    t.strictSame(faultsOf(await server.patch(address, {})), ['minor: combination'], address)
  await server.patch(`${path}?publish=true`, { kicker: 'Seven' })
  t.ok((await shown()).updatedAt > updatedAt)
})

t.test('archives keep their dates: the first edition’s, and those that are set', async (t) => {
  const old = '2001-05-01T10:00:00.000Z'
  const changed = '2003-01-01T00:00:00.000Z'
  const first = await createShort(server, 'From the archive', { publishedAt: old })
  t.match((await server.anonymous.get(`/v1/articles/${first.id}`)).body, { publishedAt: old, updatedAt: old })
  const second = await server.post('/v1/articles', {
    headline: 'Corrected long ago',
    status: 'published',
    publishedAt: old,
    updatedAt: '2003-01-01T01:00:00+01:00',
  })
  t.equal(second.body.updatedAt, changed)
  const path = `/v1/articles/${second.body.id}`
  t.match((await server.anonymous.get(path)).body, { publishedAt: old, updatedAt: changed })
  t.equal(second.body.hasUnpublishedChanges, false)
  const set = await server.patch(`${path}?publish=true`, { updatedAt: '2004-01-01T00:00:00Z' })
  t.equal(set.body.updatedAt, '2004-01-01T00:00:00.000Z')
  t.equal((await server.anonymous.get(path)).body.updatedAt, '2004-01-01T00:00:00.000Z', 'also where nothing else changes')
  const kept = await server.patch(path, { updatedAt: changed })
  t.match(kept.body, { updatedAt: changed, hasUnpublishedChanges: true })
  await server.post(`${path}/publish`)
  t.equal((await server.anonymous.get(path)).body.updatedAt, changed, 'what was set before it is published is what the edition says')
  t.strictSame(faultsOf(await server.patch(path, { updatedAt: later })), ['/updatedAt: range'])
  t.strictSame(faultsOf(await server.patch(path, { updatedAt: '2000-01-01T00:00:00Z' })), ['/updatedAt: range'])
  t.strictSame(faultsOf(await server.patch(path, { updatedAt: null })), ['/updatedAt: type'])
  t.strictSame(faultsOf(await server.patch(path, { updatedAt: 'long ago' })), ['/updatedAt: format'])
  const writer = { token: await server.tokenWith('content:write') }
  t.equal((await server.patch(path, { updatedAt: '2005-01-01T00:00:00Z' }, writer)).status, 403)
  t.equal(
    (await server.put(path, { ...(await workingCopy(server, second.body.id)), updatedAt: '1990-01-01T00:00:00Z' }, writer)).status,
    200,
    'in a PUT it is read-only',
  )
})

t.test('what comes without ids is what it says: sections by their anchors, lists by their titles, items by their words', async (t) => {
  const made = await create(server)
  const path = `/v1/articles/${made.id}`
  const file = {
    headline: made.headline,
    sections: made.sections.map(({ anchor, heading, depth, body }: Json) => ({ anchor, heading, depth, body })),
    highlightLists: made.highlightLists.map(({ title, style, items }: Json) => ({
      title,
      style,
      items: items.map(({ text, target }: Json) => ({ text, target: target.type === 'section' ? { type: 'section', anchor: target.anchor } : target })),
    })),
  }
  await server.patch(path, { sections: file.sections, highlightLists: file.highlightLists })
  t.strictSame(await server.events(), [], 'the same again changes nothing')
  const changed = { ...file.sections[1], depth: 0, heading: 'Another heading' }
  const { body } = await server.put(`${path}/sections`, { data: [changed, { heading: 'New' }, { ...file.sections[0], depth: 0 }] })
  t.equal(body.data[0].id, made.sections[1].id)
  t.equal(body.data[2].id, made.sections[0].id)
  t.equal((await workingCopy(server, made.id)).highlightLists[0].items[0].target.anchor, 'background', 'and highlights still lead there')
  const swapped = await server.put(`${path}/sections`, {
    data: [
      { id: made.sections[0].id, anchor: made.sections[1].anchor, heading: 'x' },
      { anchor: made.sections[0].anchor, heading: 'y' },
    ],
  })
  t.equal(swapped.status, 200)
  t.not(swapped.body.data[1].id, made.sections[0].id, 'one that is named by its id is no other’s')
})

t.test('an author twice in the same role is a fault, in two roles not', async (t) => {
  const both = await server.post('/v1/articles', {
    headline: 'x',
    authors: [
      { name: 'Twice', role: 'words' },
      { name: 'twice', role: 'words' },
    ],
  })
  t.strictSame(faultsOf(both), ['/authors/1: duplicate'])
  const roles = await server.post('/v1/articles', {
    headline: 'x',
    authors: [
      { name: 'Twice', role: 'words' },
      { name: 'Twice', role: 'pictures' },
    ],
  })
  t.equal(roles.status, 201)
})

t.test('a replay needs what the first answer needed, and tells nothing of what has gone', async (t) => {
  const made = await createShort(server, 'Replayed')
  const path = `/v1/articles/${made.id}`
  const key = { headers: { 'idempotency-key': 'once' } }
  const { body: own } = await server.post('/v1/tokens', { name: 'Shrinks', scopes: ['content:publish'] })
  const publisher = { token: own.secret, ...key }
  t.equal((await server.patch(`${path}?publish=true`, { kicker: 'x' }, publisher)).status, 200)
  t.equal((await server.patch(`${path}?publish=true`, { kicker: 'x' }, publisher)).headers.get('idempotency-replayed'), 'true')
  await server.patch(`/v1/tokens/${own.id}`, { scopes: ['content:write'] })
  const refused = await server.patch(`${path}?publish=true`, { kicker: 'x' }, publisher)
  t.strictSame([refused.status, refused.body.requiredScope], [403, 'content:publish'])
  const comment = () => server.anonymous.post(`${path}/comments`, { author: { name: 'x' }, body: 'planted' }, key)
  t.equal((await comment()).status, 201)
  t.equal((await comment()).headers.get('idempotency-replayed'), 'true')
  const moderator = { token: await server.tokenWith('comments:moderate'), ...key }
  t.equal((await server.patch(path, { commentPolicy: 'moderated' }, moderator)).status, 200)
  await server.post(`${path}/unpublish`, { reason: 'legal', notice: 'By order.' })
  for (const answer of [await comment(), await server.patch(path, { commentPolicy: 'moderated' }, moderator)]) {
    t.equal(answer.status, 451)
    t.notMatch(answer.text, /planted|Replayed/)
  }
})

t.test('a replay of what is deleted is a 410, and doesn’t make it again', async (t) => {
  const made = await createShort(server, 'Deleted later')
  const key = { headers: { 'idempotency-key': 'deleted' } }
  const comment = () => server.anonymous.post(`/v1/articles/${made.id}/comments`, { author: { name: 'x' }, body: 'planted' }, key)
  const { body } = await comment()
  await server.delete(`/v1/comments/${body.id}`)
  const draft = () => server.post('/v1/articles', { headline: 'planted' }, key)
  const { id } = (await draft()).body
  await server.delete(`/v1/articles/${id}`)
  await server.delete(`/v1/articles/${id}?permanent=true`)
  await server.events()
  for (const answer of [await comment(), await draft()]) {
    t.equal(answer.status, 410)
    t.notMatch(answer.text, /planted/)
  }
  t.strictSame(await server.events(), [])
})

t.test('an edit token is part of what makes a request the same', async (t) => {
  const made = await createShort(server, 'Two writers')
  const comments = `/v1/articles/${made.id}/comments`
  const { body: first } = await server.anonymous.post(comments, { author: { name: 'x' }, body: 'x' })
  const edit = (token: string) =>
    server.anonymous.patch(`/v1/comments/${first.id}`, { body: 'y' }, { headers: { 'idempotency-key': 'edit', 'comment-edit-token': token } })
  t.equal((await edit(first.editToken)).status, 200)
  t.equal((await edit('bshe_another')).status, 422)
})

t.test('a comment whose story isn’t public can’t be changed by its writer', async (t) => {
  const made = await createShort(server, 'Down with its comments')
  const { body } = await server.anonymous.post(`/v1/articles/${made.id}/comments`, { author: { name: 'x' }, body: 'x' })
  await server.post(`/v1/articles/${made.id}/unpublish`, { notice: 'Wrong.' })
  await server.events()
  const writer = { headers: { 'comment-edit-token': body.editToken } }
  t.equal((await server.anonymous.patch(`/v1/comments/${body.id}`, { body: 'y' }, writer)).status, 410)
  t.equal((await server.anonymous.delete(`/v1/comments/${body.id}`, writer)).status, 410)
  t.strictSame(await server.events(), [])
  t.equal((await server.patch(`/v1/comments/${body.id}`, { status: 'rejected' })).status, 200, 'a moderator can')
})
