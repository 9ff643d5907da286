import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { settings } from '../src/config.ts'
import { eventTypes } from '../src/database/event-types.ts'
import { run } from './support/command.ts'
import { emptyDatabase } from './support/database.ts'
import { adminToken } from './support/server.ts'
import { t } from './support/tap.ts'

const project = new URL('../', import.meta.url).pathname
const read = (file: string) => readFileSync(join(project, file), 'utf8')
const guides = ['docs/frontends.md', 'docs/editors.md', 'docs/scripts.md', 'docs/integrators.md', 'docs/operators.md']

t.test('the table of settings is what config.ts says', async (t) => {
  const text = read('docs/operators.md')
  for (const [name, setting] of Object.entries(settings)) {
    const fallback = setting.default === '' ? '' : `\`${setting.default}\``
    t.ok(text.includes(`| \`${name}\` | ${fallback} | ${setting.meaning} |`), name)
  }
  t.equal([...text.matchAll(/^\| `[A-Z_]+` \|/gm)].length, Object.keys(settings).length, 'and nothing else')
})

t.test('every event type is listed', async (t) => {
  const text = read('docs/integrators.md')
  for (const [type, meaning] of Object.entries(eventTypes)) t.ok(text.includes(`| \`${type}\` | ${meaning} |`), type)
})

t.test('every block type is listed', async (t) => {
  const text = read('docs/frontends.md')
  const { components } = JSON.parse(read('openapi/openapi.json'))
  for (const type of Object.keys(components.schemas.KnownBlock.discriminator.mapping)) t.match(text, `| \`${type}\` |`)
})

const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )

t.test('links lead to files and headings that are there', async (t) => {
  const files = [
    'README.md',
    'CONTRIBUTING.md',
    ...(readdirSync(join(project, 'docs')) as string[]).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
  ]
  for (const file of files)
    for (const [, path = '', anchor] of read(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
      const target = path === '' ? file : join(file, '..', path)
      if (!existsSync(join(project, target))) t.fail(`${file} → ${target}`)
      else if (anchor) t.ok(anchorsOf(read(target)).includes(anchor), `${file} → ${target}#${anchor}`)
    }
})

/** What commands become: requests go to the server that was started and tell their status, and the command line is this one. */
const preamble = (port: string) => `
set -euo pipefail
curl() { command curl -w '%{stderr}%{http_code}\\n' "\${@//localhost:3000/127.0.0.1:${port}}"; }
npm() { [ "$1 $2 $3 $4" = "run --silent broadsheet --" ] && shift 4 && "${process.execPath}" "${project}bin/broadsheet.js" "$@"; }
`

for (const guide of guides)
  t.test(`the commands of ${guide} do what it says when pasted`, async (t) => {
    const env = { DATABASE_URL: await emptyDatabase(t), ADMIN_TOKEN: adminToken, PUBLIC_SITE_URL: 'https://news.example/{slug}' }
    t.equal(await run(t, ['seed'], { env }).ends, 0)
    const server = run(t, ['serve'], { env: { ...env, PORT: '0', LOG_LEVEL: 'warn' } })
    const port = (await server.sees(/answers on http:\/\/127\.0\.0\.1:(\d+)/))[1] as string
    const isServer = process.env.TEST_DATABASE_URL !== undefined
    const lines = [...read(guide).matchAll(/```sh\n([\s\S]*?)```/g)]
      .flatMap(([, block = '']) => block.trim().split('\n'))
      // A server has its own backups.
      .filter((line) => !(isServer && line.includes('-- backup')))
    const requests = lines.filter((line) => line.includes('curl '))
    const wanted = requests.map((line) => /# (\d{3})$/.exec(line)?.[1] ?? `${line} says no status`)
    const cwd = t.testdir()
    const { stderr } = await promisify(execFile)('bash', ['-c', preamble(port) + lines.join('\n')], {
      cwd,
      env: { PATH: process.env.PATH, TOKEN: adminToken, ...env },
      maxBuffer: 1 << 26,
    })
    const statuses = stderr.split('\n').filter((line) => /^\d{3}$/.test(line))
    t.strictSame(
      requests.map((line, index) => `${statuses[index]} ${line}`),
      requests.map((line, index) => `${wanted[index]} ${line}`),
    )
    t.ok(requests.length > 2)
  })
