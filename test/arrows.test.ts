import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { t } from './support/tap.ts'

const root = new URL('../src/', import.meta.url).pathname
const files = (readdirSync(root, { recursive: true }) as string[]).filter((name) => /(?<!\.d)\.[jt]s$/.test(name)).sort()

const found = (file: string, pattern: RegExp): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(pattern)].map(([, from = '']) => relative(root, join(root, dirname(file), from)))

// What each file imports of the project, types included.
const arrows = new Map(files.map((file) => [file, found(file, /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)]))
// What runs in a thread is named by its address.
const threadsOf = (file: string) => found(file, /new Worker\(new URL\('(\.{1,2}\/[^']+)'/g)

// The rooms from the ground up, a storey a line: a room may use those of the lines above its own, and none of its own line.
const storeys = [
  ['usage.ts'],
  ['copy'],
  ['database'],
  ['config.ts'],
  ['http'],
  ['batch', 'events', 'tokens', 'authors', 'topics', 'sections'],
  ['highlight-lists'],
  ['site'],
  ...['articles/working', 'articles/public', 'articles/api'].map((storey) => [storey]),
  ['comments', 'revisions', 'previews', 'redirects', 'sitemaps', 'around'],
  ['renditions'],
  ['freestanding-lists'],
  ['feeds'],
  ['bulk', 'names'],
  ['change-sets'],
  ['transfer'],
  ['app.ts'],
  ['commands'],
  ['main.ts'],
]
const storeyOf = (room: string) => storeys.findIndex((rooms) => rooms.includes(room))

/** The room of a file: its folder, of articles the storey, or the file itself where it lies in none. */
function roomOf(file: string): string {
  const parts = file.split('/')
  return parts.length === 1 ? file : parts.slice(0, parts[0] === 'articles' ? 2 : 1).join('/')
}

t.test('imports never run in a circle, types included', async (t) => {
  const done = new Set<string>()
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) throw new Error(`a circle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`)
    if (done.has(file)) return
    for (const next of arrows.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  t.ok(done.size > 100)
})

t.test('every file lies in a known room, and arrows between rooms point down', async (t) => {
  for (const [file, imports] of arrows) {
    const room = roomOf(file)
    if (storeyOf(room) < 0) t.fail(`${file} lies in the unknown room ${room}: give it its place in this test`)
    for (const imported of imports) {
      const other = roomOf(imported)
      if (other !== room) t.ok(storeyOf(other) >= 0 && storeyOf(other) < storeyOf(room), `${file} imports ${imported}`)
    }
  }
})

t.test('no SQL in routes, no HTTP in stores; engines differ, and time is taken, in one place', async (t) => {
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8')
    if (/routes\.ts$|^articles\/api\/.*write\.ts$/.test(file)) t.notMatch(text, /insertInto|updateTable|deleteFrom|selectFrom|sql`/, file)
    if (file.endsWith('store.ts')) t.notMatch(text, /from 'fastify'|reply\.|request\./, file)
    if (!file.startsWith('database/') && file !== 'config.ts') t.notMatch(text, /sqlite|postgres/i, file)
    // An import by value loads what WebSockets and `fetch` need, too.
    t.notMatch(text, /^import (?!type ).*from 'node:https?'/m, file)
    // The header `Date` says the time of the machine.
    if (file !== 'database/clock.ts' && file !== 'http/memory.ts') t.notMatch(text, /Date\.now\(|new Date\(\)/, file)
  }
})

t.test('every file is used by what starts', async (t) => {
  const used = new Set<string>()
  const visit = (file: string): void => {
    if (used.has(file)) return
    used.add(file)
    for (const next of [...(arrows.get(file) ?? []), ...threadsOf(file)]) visit(next)
  }
  visit('main.ts')
  t.strictSame(
    files.filter((file) => !used.has(file)),
    [],
  )
})
