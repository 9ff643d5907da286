import type { Test } from 'tap'
import { type Server, startServer } from '../support/server.ts'
import { story } from '../support/stories.ts'
import { t } from '../support/tap.ts'

// What changes cost is bounded, so that it can't creep up again: in SQLite's statements, begin and commit among them, and in
// PostgreSQL's round trips, those times that a change waited for an answer.
const most = {
  create: { statements: 35, waits: 12 },
  section: { statements: 15, waits: 8 },
  article: { statements: 15, waits: 8 },
  both: { statements: 30, waits: 12 },
  publish: { statements: 30, waits: 12 },
  comment: { statements: 8, waits: 4 },
}

async function costs(
  t: Test,
  { database }: Server,
  bound: { statements: number; waits: number },
  work: () => Promise<{ status: number; text: string }>,
): Promise<void> {
  const { counts } = database.engine
  const before = { ...counts }
  const { status, text } = await work()
  t.ok(status < 300, text)
  const [statements, waits] = [counts.statements - before.statements, counts.waits - before.waits]
  t.comment(`${statements} statements, ${waits} waits`)
  // Where nobody waits for a server, statements are what a change costs.
  if (waits === 0) t.ok(statements <= bound.statements, `${statements} statements are at most ${bound.statements}`)
  else t.ok(waits <= bound.waits, `${waits} waits are at most ${bound.waits}`)
}

const section = (index: number) => ({ heading: `Part ${index}`, body: [{ type: 'paragraph', text: 'Words of a part.' }] })
const whole = {
  ...story,
  authors: [{ name: 'Ada Berg' }],
  topics: [{ name: 'Shipping' }],
  related: [],
  sections: [1, 2, 3, 4, 5].map(section),
  highlightLists: [
    { title: 'At a glance', items: [1, 2, 3, 4].map((index) => ({ text: 'A highlight', target: { type: 'section', anchor: `part-${index}` } })) },
  ],
  status: 'published',
}

t.test('a change runs no more statements, and waits no more often, than it has to', async (t) => {
  const server = await startServer(t)
  await server.post('/v1/articles', whole)
  const made = { id: '', section: '' }
  await t.test('a whole story, published', (t) =>
    costs(t, server, most.create, async () => {
      const answer = await server.post('/v1/articles', { ...whole, headline: 'Another one' })
      Object.assign(made, { id: answer.body.id, section: answer.body.sections[0].id })
      return answer
    }),
  )
  const part = () => `/v1/articles/${made.id}/sections/${made.section}`
  await t.test('a section', async (t) => {
    for (const heading of ['First', 'Second']) await costs(t, server, most.section, () => server.patch(part(), { heading }))
  })
  await t.test('an article', (t) => costs(t, server, most.article, () => server.patch(`/v1/articles/${made.id}`, { kicker: 'Oakmere' })))
  await t.test('the public edition, too', async (t) => {
    await costs(t, server, most.both, () => server.patch(`/v1/articles/${made.id}?apply=both`, { standfirst: 'In public, too.' }))
    await costs(t, server, most.both, () => server.patch(`${part()}?apply=both`, { body: [{ type: 'paragraph', text: 'In public, too.' }] }))
  })
  await t.test('publishing', (t) => costs(t, server, most.publish, () => server.post(`/v1/articles/${made.id}/publish`)))
  await t.test('a comment', async (t) => {
    const comment = (body: string) => server.anonymous.post(`/v1/articles/${made.id}/comments`, { author: { name: 'Reader' }, body })
    await comment('The first one makes the key of addresses, too.')
    for (const body of ['Well said.', 'And done.']) await costs(t, server, most.comment, () => comment(body))
  })
})
