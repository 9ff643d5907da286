import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { adminToken, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

// Run by `npm run client`, which builds what it looks at.
const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const home = join(root, 'clients/typescript')
const manifest = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'))
const readme = await readFile(join(home, 'README.md'), 'utf8')

/** The package, installed into a folder of its own as it is packed. */
async function installed(t: { teardown: (stop: () => Promise<void>) => void }): Promise<{ folder: string; files: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'client-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const { stdout } = await run('npm', ['pack', home, '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: folder })
  const [{ filename, files }] = JSON.parse(stdout)
  const target = join(folder, 'node_modules/@broadsheet/client')
  await mkdir(target, { recursive: true })
  await run('tar', ['-xzf', join(folder, filename), '-C', target, '--strip-components=1'])
  return { folder, files: files.map(({ path }: { path: string }) => path) }
}

t.test('the package has what is needed, needs nothing, and is less than 10 kB of code', async (t) => {
  const { files } = await installed(t)
  t.strictSame(
    files.filter((path) => !path.startsWith('dist/')),
    ['LICENSE', 'README.md', 'package.json'],
  )
  const code = files.filter((path) => path.endsWith('.js'))
  t.strictSame(
    code.map((path) => path.replace('.js', '.d.ts')).filter((path) => !files.includes(path)),
    [],
    'all code has types',
  )
  const texts = await Promise.all(code.map((path) => readFile(join(home, path), 'utf8')))
  const size = Buffer.byteLength(texts.join(''))
  t.ok(size < 10_000, `${size} bytes, not minified`)
  t.strictSame(
    texts.flatMap((text) => [...text.matchAll(/ from "([^"]+)"/g)].map(([, name = '']) => name)).filter((name) => !name.startsWith('./')),
    [],
  )
  t.notOk(manifest.dependencies ?? manifest.peerDependencies)
  t.equal(manifest.version, JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version)
})

t.test('the examples of its README compile strictly, run, and print what they say', async (t) => {
  const { folder } = await installed(t)
  const server = await startServer(t)
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)
  const program = blocks.join('\n')
  const file = join(folder, 'examples.ts')
  await writeFile(file, program.replaceAll('http://127.0.0.1:3000', server.url).replaceAll('bsh_…', adminToken))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  // Types as a page has them, and as Node has them; what the package declares is checked as well.
  for (const environment of [
    { lib: ['es2022', 'dom'], types: [] },
    { lib: ['es2022'], types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
  ]) {
    const options = { ...environment, target: 'es2022', module: 'nodenext', strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, noEmit: true }, files: ['examples.ts'] }))
    const { stdout } = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]).catch((error) => error)
    t.equal(stdout, '')
  }
  t.notMatch(readme, /^```(?!ts$|sh$|$)/m, 'there is no example in another language')
  const { stdout } = await run(process.execPath, [file])
  t.strictSame(
    stdout.trim().split('\n'),
    [...program.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, printed]) => printed),
  )
})
