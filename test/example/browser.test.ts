import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { noBrowser, startBrowser } from '../support/browser.ts'
import { t } from '../support/tap.ts'
import { startExample } from './running.ts'

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

type Results = { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }

t.test('in a browser', { skip: noBrowser }, async (t) => {
  const example = await startExample(t)
  const browser = await startBrowser(t)

  for (const path of [
    '/',
    '/story/lifting-bridge-opens',
    '/story/old-harbour-lamps',
    '/search?q=storm',
    '/story/lifting-bridge-opens/comments',
    '/story/library-to-close',
  ])
    await t.test(`axe finds nothing at ${path}, wide and narrow, light and dark`, async (t) => {
      const page = await browser.newPage()
      const failed: string[] = []
      page.on('pageerror', (error) => failed.push(String(error)))
      await page.goto(example.url + path)
      await page.evaluate(axe)
      for (const width of [1280, 390])
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.setViewportSize({ width, height: 900 })
          await page.emulateMedia({ colorScheme })
          // Only colours change with the scheme.
          const rules = colorScheme === 'dark' ? '{ runOnly: ["color-contrast"] }' : ''
          const { violations } = (await page.evaluate(`axe.run(${rules})`)) as Results
          const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`)
          t.strictSame(found, [], `${width} ${colorScheme}`)
          t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'nothing sticks out')
        }
      t.strictSame(failed, [])
      await page.close()
    })

  await t.test('comments, replies and votes are sent without loading the page again', async (t) => {
    const page = await browser.newPage()
    await page.goto(`${example.url}/story/lifting-bridge-opens`)
    const address = page.url()
    const form = page.locator('form.write')
    const write = async (name: string, body: string) => {
      await form.getByLabel('Name').fill(name)
      await form.getByLabel('Comment').fill(body)
      await form.getByRole('button').click()
    }
    await write('A reader', 'Well *done*.')
    const mine = page.locator('article.comment', { hasText: 'Well done.' })
    await mine.getByText('A reader').waitFor()
    await mine.getByRole('button', { name: 'Agree', exact: true }).click()
    await mine.locator('output', { hasText: '1' }).waitFor()
    await mine.getByText('Reply').click()
    await write('Another', 'Indeed.')
    await page.locator('ol ol article', { hasText: 'Indeed.' }).waitFor()
    await write(' ', 'Who am I?')
    await page.locator('[aria-invalid]').waitFor()
    t.equal(page.url(), address)
    await page.close()
  })
})
