import t from 'tap'
import { adminToken, startServer } from '../support/server.ts'
import { program } from './program.ts'

t.test('a client generated from the document does the main job', async (t) => {
  const server = await startServer(t)
  const page = await program(
    server.url,
    adminToken,
    'Harbour reopens\n\nBackground:\nCrews worked through the night.\n\n  1. Stone: 4,000 blocks\n  2. Steel: piles',
  )
  t.equal(page, 'Harbour reopens\nBy Ada Berg\nBackground\nCrews worked through the night.\nStone: 4,000 blocks\nSteel: piles\n1 comment: Thank you')
})
