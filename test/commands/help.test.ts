import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commands } from '../../src/commands/index.ts'
import { settings } from '../../src/config.ts'
import { run } from '../support/command.ts'
import { emptyDatabase } from '../support/database.ts'
import { t } from '../support/tap.ts'

const isServer = process.env.TEST_DATABASE_URL !== undefined

for (const [name, { load }] of Object.entries(commands))
  t.test(`${name} --help names each of its options, its settings and exit codes, and does nothing`, async (t) => {
    const command = await load()
    const env = { DATABASE_URL: 'sqlite:nowhere/none.db' }
    const asked = run(t, [name, '--help'], { env })
    t.equal(await asked.ends, 0)
    t.equal(asked.stderr(), '')
    const text = asked.stdout()
    t.match(text, new RegExp(`^Usage: broadsheet ${name}`))
    for (const option of command.options) t.match(text, new RegExp(`^  (-., )?--${option}\\b.* \\S`, 'm'), option)
    for (const code of [0, 1, 2]) t.match(text, new RegExp(`^  ${code}  \\w`, 'm'))
    t.match(text, new RegExp(`Example:\n  broadsheet ${name}`))
    for (const [, setting = ''] of text.matchAll(/^ {2}([A-Z]+_[A-Z_]+) /gm)) t.ok(setting in settings, setting)
    t.equal(text, `${command.help(name)}\n`)
  })

t.test('help is asked for in several ways, and a slip says what was meant', async (t) => {
  const asked = run(t, ['token', '--help'])
  t.equal(await asked.ends, 0)
  for (const args of [
    ['token', '-h'],
    ['help', 'token'],
  ]) {
    const again = run(t, args)
    t.equal(await again.ends, 0)
    t.equal(again.stdout(), asked.stdout())
  }
  const typed = run(t, ['token', '--hepl'])
  t.equal(await typed.ends, 2)
  t.match(typed.stderr(), /there is no option --hepl; did you mean --help\?/)
})

t.test('help lists every command, on standard output', async (t) => {
  for (const args of [[], ['help'], ['--help'], ['-h']]) {
    const asked = run(t, args)
    t.equal(await asked.ends, 0)
    for (const [name, { summary }] of Object.entries(commands)) t.match(asked.stdout(), new RegExp(`^  ${name} +${summary}$`, 'm'))
  }
})

/** One line, without a word of a statement or a stack. */
const isPlain = (text: string) => !/\b(select|insert into|create table|pragma)\b|\n\s+at |\.ts:\d/i.test(text) && text.trim().split('\n').length === 1

t.test('what is wrong with a database is said in a sentence without SQL or a stack', { skip: isServer ? 'these are files' : false }, async (t) => {
  const folder = t.testdir()
  const broken = join(folder, 'broken.db')
  writeFileSync(broken, 'These words are not a database, however long they go on.\n'.repeat(100))
  const url = await emptyDatabase(t)
  t.equal(await run(t, ['migrate', 'up'], { env: { DATABASE_URL: url } }).ends, 0)
  const cases: [args: string[], url: string, says: RegExp][] = [
    ...['serve', 'export'].map((name): [string[], string, RegExp] => [[name], `sqlite:${broken}`, /not a database.*Set DATABASE_URL/]),
    [['backup', join(folder, 'copy.db')], `sqlite:${broken}`, /not a database.*Set DATABASE_URL/],
    [['migrate', 'status'], `sqlite:${broken}/inside.db`, /can’t be opened.*Set DATABASE_URL/],
    [['backup', join(folder, 'no', 'copy.db')], url, /no such file or directory/],
    [['import', join(folder, 'none.ndjson')], url, /there is no file/],
  ]
  for (const [args, DATABASE_URL, says] of cases) {
    const failed = run(t, args, { env: { DATABASE_URL } })
    t.equal(await failed.ends, 1, args.join(' '))
    t.match(failed.stderr(), says)
    t.ok(isPlain(failed.stderr()), failed.stderr())
    t.equal(failed.stdout(), '')
  }
  const told = run(t, ['export'], { env: { DATABASE_URL: `sqlite:${broken}`, LOG_LEVEL: 'debug' } })
  t.equal(await told.ends, 1)
  t.match(told.stderr(), /\n {4}at /, 'a stack, for who asks for it')
})

const skip = isServer ? 'this is a file' : process.getuid?.() === 0 ? false : 'only root can be another user'
t.test('a database that this user may not write is said to be so', { skip }, async (t) => {
  const folder = t.testdir()
  chmodSync(folder, 0o755)
  const file = join(folder, 'closed.db')
  t.equal(await run(t, ['migrate', 'up'], { env: { DATABASE_URL: `sqlite:${file}` } }).ends, 0)
  chmodSync(file, 0o444)
  const failed = run(t, ['token', 'create', '--scope', 'admin'], { cwd: '/', env: { DATABASE_URL: `sqlite:${file}` }, uid: 65534 })
  t.equal(await failed.ends, 1)
  // What runs the tests hooks into the process, and fails to write where it may not.
  const [said = ''] = failed.stderr().split('\n')
  t.match(said, /^The database can’t be (written|opened): /)
  t.ok(isPlain(said))
})

t.test('a server that lacks the database, or refuses the user, is said to do so', { skip: isServer ? false : 'the suite runs on files' }, async (t) => {
  const none = new URL(process.env.TEST_DATABASE_URL as string)
  none.pathname = '/there-is-none'
  const failed = run(t, ['export'], { env: { DATABASE_URL: none.href } })
  t.equal(await failed.ends, 1)
  t.match(failed.stderr(), /no database or schema of that name.*set DATABASE_URL/)
  t.ok(isPlain(failed.stderr()), failed.stderr())
})
