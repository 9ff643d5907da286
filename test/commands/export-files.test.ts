import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../support/command.ts'
import { emptyDatabase } from '../support/database.ts'
import { startServer } from '../support/server.ts'
import { story } from '../support/stories.ts'
import { t } from '../support/tap.ts'

t.test('export writes each public story into a file of its own', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-files-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const DATABASE_URL = await emptyDatabase(t)
  const server = await startServer(t, { DATABASE_URL })
  await server.post('/v1/articles', { ...story, slug: 'harbour', status: 'published' })
  await server.post('/v1/articles', { headline: 'A draft', slug: 'a-draft' })
  const env = { DATABASE_URL, PUBLIC_SITE_URL: 'https://news.example/{slug}' }
  for (const [format, ending, says] of [
    ['markdown', 'md', /^---\ntitle: "Harbour reopens after storm"\n/],
    ['ninjs', 'ninjs.json', /"uri": "https:\/\/news\.example\/harbour"/],
    ['ans', 'ans.json', /"version": "0\.10\.0"/],
    ['html', 'html', /^<!DOCTYPE html>\n<html lang="en"/],
  ] as const) {
    const own = join(folder, format, 'stories')
    const { ends, output } = run(t, ['export', '--format', format, own], { env })
    t.equal(await ends, 0, output())
    t.strictSame(readdirSync(own), [`harbour.${ending}`], 'of what is public alone')
    t.match(readFileSync(join(own, `harbour.${ending}`), 'utf8'), says)
    t.match(output(), '1 stories are in')
  }
})

t.test('a command line that can’t be meant is said to be wrong', async (t) => {
  for (const [args, says] of [
    [['export', '--format', 'markdwon', 'x'], /did you mean markdown/],
    [['export', '--format', 'html'], /needs DIR/],
    [['export', 'x'], /DIR goes with --format/],
  ] as const) {
    const { ends, output } = run(t, [...args])
    t.equal(await ends, 2)
    t.match(output(), says)
  }
})
