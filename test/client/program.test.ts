import { adminToken, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'
import { program } from './program.ts'
import { resources } from './resources.ts'

t.test('a client generated from the document does the main job', async (t) => {
  const server = await startServer(t)
  const page = await program(
    server.url,
    adminToken,
    'Harbour reopens\n\nBackground:\nCrews worked through the night.\n\n  1. Stone: 4,000 blocks\n  2. Steel: piles',
  )
  t.equal(page, 'Harbour reopens\nBy Ada Berg\nBackground\nCrews worked through the night.\nStone: 4,000 blocks\nSteel: piles\n1 comment: Thank you')
})

t.test('of every resource what is read can be changed and sent back, without a cast', async (t) => {
  const server = await startServer(t)
  t.strictSame(await resources(server.url, adminToken), [
    'author Editor Writes.',
    'topic section Boats.',
    'article Live A2 On Monday.',
    'section How it began 2',
    'list numbered null',
    'front numbered 1',
    'comment rejected',
    'token Nightly job',
    'revision true Harbour reopens',
    'preview',
    'events in order true',
  ])
})
