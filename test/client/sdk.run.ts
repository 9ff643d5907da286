import { adminToken, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'
import { sdkRoundTrips } from './sdk.ts'

// Run by `npm run client`, which generates what it imports.
t.test('of every resource what is read can be changed and sent back, with the client of another generator, too', async (t) => {
  const server = await startServer(t)
  t.strictSame(await sdkRoundTrips(server.url, adminToken), ['Editor section Live How numbered Nightly 1', '/problems/precondition-failed 4'])
})
