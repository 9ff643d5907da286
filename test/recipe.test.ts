import { execFile } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import ts from 'typescript'
import { run } from './support/command.ts'
import { emptyDatabase } from './support/database.ts'
import { documentChecker } from './support/document.ts'
import { adminToken, type Json } from './support/server.ts'

const root = new URL('../', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'broadsheet-recipe-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
for (const name of ['src', 'migrations', 'bin', 'docs', 'test', 'package.json', 'tsconfig.json', 'biome.json', 'README.md'])
  cpSync(join(root, name), join(folder, name), { recursive: true })
for (const name of ['node_modules', '.tap']) symlinkSync(join(root, name), join(folder, name))

type Step = { file: string; before: string; after: string }

/** The steps of the recipe: each a diff of the file that was last named before it. */
function stepsOf(recipe: string): Step[] {
  const steps: Step[] = []
  let file = ''
  for (const [, name, diff = ''] of recipe.matchAll(/^`([^`]+)`:|^```diff\n([\s\S]*?)\n```$/gm)) {
    file = name ?? file
    if (name) continue
    const side = (mark: string) =>
      diff
        .split('\n')
        .filter((line) => line[0] === ' ' || line[0] === mark)
        .map((line) => line.slice(1))
        .join('\n')
    steps.push({ file, before: side('-'), after: side('+') })
  }
  return steps
}

function apply({ file, before, after }: Step): void {
  const text = readFileSync(join(folder, file), 'utf8')
  if (text.split(`\n${before}\n`).length !== 2) throw new Error(`${file} doesn’t have the lines of the recipe once: ${before}`)
  writeFileSync(
    join(folder, file),
    text.replace(`\n${before}\n`, () => `\n${after}\n`),
  )
}

const steps = stepsOf(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('## A new resource')[1] as string)
const { options, fileNames } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, folder)
let program: ts.Program | undefined

/** What the compiler says of a file, of all where none is named. */
function faultsIn(...files: string[]): string[] {
  program = ts.createProgram(
    fileNames.filter((name) => name.startsWith(join(folder, 'src/'))),
    options,
    undefined,
    program,
  )
  const sources = files.length > 0 ? files.map((file) => program?.getSourceFile(join(folder, file))) : [undefined]
  return sources
    .flatMap((source) => program?.getSemanticDiagnostics(source) ?? [])
    .map(({ file, messageText }) => `${file?.fileName.slice(folder.length)} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
}

/** Runs a file there; what it writes, also where it fails. */
const output = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH }, maxBuffer: 1 << 26 }).catch((error) => error)).stdout

t.test('a step that is forgotten is an error', async (t) => {
  cpSync(join(root, 'templates/places'), join(folder, 'src/places'), { recursive: true })
  cpSync(join(root, 'templates/0000-places.ts'), join(folder, 'migrations/9999-places.ts'))
  t.match(await output('test/arrows.test.ts'), 'unknown room places')
  const told: Record<string, string> = {
    'src/database/tables.ts': 'src/places/store.ts',
    'src/database/event-types.ts': 'src/places/store.ts',
    'src/http/cache-keys.ts': 'src/http/cache-keys.ts',
    'src/http/tags.ts': 'src/places/routes.ts',
    'src/transfer/records.ts': 'src/transfer/records.ts',
    'src/app.ts': 'src/app.ts',
  }
  const source = steps.filter(({ file }) => file.startsWith('src/'))
  const order = ({ file }: Step) => (file === 'src/app.ts' ? 0 : file in told ? 1 : 2)
  for (const step of source.toSorted((a, b) => order(a) - order(b))) {
    const place = told[step.file]
    if (place && step.file !== 'src/app.ts') t.not(faultsIn(place).length, 0, `without ${step.after}`)
    // What a segment of a path names is asked for when the document is made.
    if (!place) t.equal(await output('bin/broadsheet.js', 'openapi'), '', `without ${step.after}`)
    apply(step)
  }
})

t.test('with all of them it passes', async (t) => {
  for (const step of steps.filter(({ file }) => !file.startsWith('src/'))) apply(step)
  t.strictSame(faultsIn(), [])
  t.notMatch(
    await output(join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', 'src', 'migrations', 'test/arrows.test.ts'),
    /×|FIXABLE|Found \d+ error/,
  )
  for (const file of ['test/arrows.test.ts', 'test/architecture.test.ts']) {
    const told = await output(file)
    t.match(told, /^1\.\.\d+/m)
    t.notMatch(told, /^ *not ok/m)
  }
})

t.test('it is served, documented, exported and imported', async (t) => {
  const serve = async (DATABASE_URL: string) => {
    const { sees } = run(t, ['serve'], { root: folder, env: { DATABASE_URL, ADMIN_TOKEN: adminToken, PORT: '0', WRITE_RATE_LIMIT: 'off' } })
    const [, url = ''] = await sees(/(http:\/\/[\d.]+:\d+)/)
    const check = documentChecker(await (await fetch(`${url}/openapi.json`)).json())
    return async (method: string, path: string, body?: unknown, accept = '*/*'): Promise<{ status: number; headers: Headers; body: Json }> => {
      const headers = { accept, ...(body ? { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' } : {}) }
      const answer = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
      const text = await answer.text()
      t.strictSame(check(method, path, { status: answer.status, headers: answer.headers, text }), [], `${method} ${path}`)
      return { status: answer.status, headers: answer.headers, body: answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text }
    }
  }
  mkdirSync(join(folder, 'openapi'))
  copyFileSync(join(root, 'openapi/examples.json'), join(folder, 'openapi/examples.json'))
  writeFileSync(join(folder, 'openapi/openapi.json'), await output('bin/broadsheet.js', 'openapi'))
  const [source, target] = [await emptyDatabase(t), await emptyDatabase(t)]
  const request = await serve(source)
  t.equal((await request('GET', '/v1/places')).body.data.length, 0)
  const made = await request('POST', '/v1/places', { name: 'The harbour', image: { url: 'https://img.example/1.jpg', alt: 'A crane' } })
  t.equal(made.status, 201)
  t.strictSame((await request('GET', '/v1/places')).body.data, [made.body])
  const changed = await request('PATCH', `/v1/places/${made.body.id}`, { name: 'The old harbour', slug: null })
  t.strictSame((await request('GET', '/v1/places/the-old-harbour')).body, changed.body)
  t.strictSame((await request('GET', '/v1/places')).body.data, [changed.body])

  // Each media type has its own answer, from memory, too.
  for (let time = 0; time < 2; time++)
    for (const [accept, type] of [
      ['*/*', 'application/json'],
      ['text/plain', 'text/plain'],
      ['application/json', 'application/json'],
      ['text/*;q=0.5, application/json;q=0.4', 'text/plain'],
      ['application/json;indent=2', 'application/json'],
    ] as const) {
      const { headers, body } = await request('GET', '/v1/places/the-old-harbour', undefined, accept)
      t.equal(headers.get('content-type'), `${type}; charset=utf-8`, accept)
      t.match(headers.get('vary'), /Accept,/)
      t.same(body, type === 'text/plain' ? 'The old harbour\n\n' : changed.body)
    }
  t.equal((await request('GET', '/v1/places/the-old-harbour', undefined, 'image/png')).status, 406)
  const later = await request('PATCH', `/v1/places/${made.body.id}`, { description: 'Gone' })
  t.equal((await request('GET', '/v1/places/the-old-harbour', undefined, 'text/plain')).body, 'The old harbour\nGone\n')

  const exported = run(t, ['export'], { root: folder, env: { DATABASE_URL: source } })
  t.equal(await exported.ends, 0)
  const file = join(folder, 'export.ndjson')
  writeFileSync(file, exported.output())
  t.equal(await run(t, ['import', file], { root: folder, env: { DATABASE_URL: target } }).ends, 0)
  const moved = await serve(target)
  t.strictSame((await moved('GET', '/v1/places/the-old-harbour')).body, later.body)
  const again = run(t, ['import', file], { root: folder, env: { DATABASE_URL: target } })
  t.equal(await again.ends, 0)
  t.match(again.output(), ' 0 written')
})
