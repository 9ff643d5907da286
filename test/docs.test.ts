import { noBrowser, startBrowser } from './support/browser.ts'
import { adminToken, startServer } from './support/server.ts'
import { createShort } from './support/stories.ts'
import { t } from './support/tap.ts'

t.test('the docs page brings everything with it', async (t) => {
  const server = await startServer(t)
  const answer = await fetch(`${server.url}/docs/`)
  t.equal(answer.status, 200)
  t.match(answer.headers.get('content-type'), 'text/html')
  t.notMatch(await answer.text(), /(src|href)="https?:/)
})

t.test('in a browser one can read and try every operation with a token', { skip: noBrowser }, async (t) => {
  const server = await startServer(t)
  await createShort(server, 'Only a draft', { status: 'draft' })
  const browser = await startBrowser(t)
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
  const outside: string[] = []
  const errors: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !/^(data|blob):/.test(request.url())) outside.push(request.url())
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  await page.goto(`${server.url}/docs#tag/articles/GET/v1/articles`)
  await page.getByRole('heading', { name: 'List and search articles' }).first().waitFor()
  await page
    .getByRole('button', { name: /test request/i })
    .first()
    .click()
  await page.getByPlaceholder('Token').last().fill(adminToken)
  const answered = page.waitForResponse((response) => response.url().includes('/v1/articles?'))
  await page.getByRole('button', { name: /^send/i }).first().click()
  const response = await answered
  t.match(response.url(), `${server.url}/v1/articles?`)
  t.equal(response.status(), 200)
  t.equal(response.request().headers().authorization, `Bearer ${adminToken}`)
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT })
  t.strictSame(outside, [], 'nothing is fetched from elsewhere')
  t.strictSame(errors, [])
})
