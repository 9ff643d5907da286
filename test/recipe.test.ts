import { join } from 'node:path'
import ts from 'typescript'
import { recipeFolder, root, type Step } from './support/recipe.ts'
import { t } from './support/tap.ts'

const { folder, steps, apply, output } = recipeFolder(t)
const { options, fileNames } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, folder)
const host = ts.createCompilerHost(options)
const read = host.getSourceFile
const sources = new Map<string, ts.SourceFile>()
// What a step doesn't change is parsed once.
host.getSourceFile = (name, ...rest) => {
  const known = sources.get(name)
  if (known && known.text === ts.sys.readFile(name)) return known
  const source = read(name, ...rest)
  if (source) sources.set(name, source)
  return source
}
let program: ts.Program | undefined

/** What the compiler says of a file, of all where none is named. */
function faultsIn(...files: string[]): string[] {
  program = ts.createProgram(
    fileNames.filter((name) => name.startsWith(join(folder, 'src/'))),
    options,
    host,
    program,
  )
  const checked = files.length > 0 ? files.map((file) => program?.getSourceFile(join(folder, file))) : [undefined]
  return checked
    .flatMap((source) => program?.getSemanticDiagnostics(source) ?? [])
    .map(({ file, messageText }) => `${file?.fileName.slice(folder.length)} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
}

t.test('a step that is forgotten is an error', async (t) => {
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
