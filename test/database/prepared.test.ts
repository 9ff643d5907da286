import { sql } from 'kysely'
import { startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const skip = process.env.TEST_DATABASE_URL ? false : 'SQLite looks at its schema by itself'

t.test('a server goes on where another process adds columns to what its statements were prepared for', { skip }, async (t) => {
  const server = await startServer(t, { CACHE_BYTES: '1 KiB' })
  const use = async (round: string) => {
    const story = await createShort(server, `Told ${round}`)
    for (const path of [`/v1/articles/${story.id}`, '/v1/articles', `/v1/articles/${story.id}?copy=working`, `/v1/articles/${story.id}/revisions`])
      t.equal((await server.get(path)).status, 200, `${path} ${round}`)
    t.equal((await server.patch(`/v1/articles/${story.id}?apply=both`, { standfirst: round })).status, 200)
    const comment = await server.anonymous.post(`/v1/articles/${story.id}/comments`, { author: { name: 'Reader' }, body: `Well said, ${round}.` })
    t.equal(comment.status, 201, comment.text)
  }
  for (const round of ['once', 'twice', 'again']) await use(round)
  await server.database.transaction({ actor: null, requestId: null }, async (tx) => {
    for (const table of ['articles', 'comments', 'editions', 'revisions', 'events', 'comment_standings'])
      await sql`alter table ${sql.table(table)} add column added_later text`.execute(tx)
  })
  for (const round of ['after', 'and later']) await use(round)
})
