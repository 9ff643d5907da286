import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import t from 'tap'

const root = new URL('../src/', import.meta.url).pathname
const files = (readdirSync(root, { recursive: true }) as string[]).filter((name) => name.endsWith('.ts')).sort()
const importLine = /^import (type )?([\s\S]*?)from '([^']+)'$/gm

/** What a file imports of the project, types alone aside. */
function importsOf(file: string): string[] {
  return [...readFileSync(join(root, file), 'utf8').matchAll(importLine)].flatMap(([, isType, names = '', from = '']) => {
    const onlyTypes =
      isType ||
      (/\{/.test(names) &&
        names
          .replace(/^[^{]*\{|\}[\s\S]*$/g, '')
          .split(',')
          .every((name) => /^\s*(type\s|$)/.test(name)))
    return onlyTypes || !from.startsWith('.') ? [] : [relative(root, join(root, dirname(file), from))]
  })
}

const arrows = new Map(files.map((file) => [file, importsOf(file)]))
const roomOf = (file: string) => (file.includes('/') ? (file.split('/')[0] as string) : '')
const rooms = ['articles', 'sections', 'highlight-lists', 'comments', 'authors', 'topics', 'tokens', 'revisions', 'previews', 'events', 'editions']
const allowed: Record<string, string[]> = {
  copy: [],
  events: [],
  database: ['copy', 'events'],
  http: ['copy', 'events', 'database'],
}

t.test('imports never run in a circle', async (t) => {
  const done = new Set<string>()
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) throw new Error(`a circle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`)
    if (done.has(file)) return
    for (const next of arrows.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  t.ok(done.size > 50)
})

t.test('the shared rooms know none above them', async (t) => {
  for (const [file, imports] of arrows)
    for (const imported of imports) {
      const [room, other] = [roomOf(file), roomOf(imported)]
      // Of events, only what can happen is everyone's; the rest is a room like others.
      const isShared = room in allowed && (room !== 'events' || file === 'events/types.ts')
      if (isShared && other !== room) t.ok(allowed[room]?.includes(other), `${file} imports ${imported}`)
    }
})

// What the parts of articles, and what hangs on them, may use of their room.
const articleDoors = ['lookup', 'touch', 'cards', 'public', 'publish', 'correct', 'derived'].map((name) => `articles/${name}.ts`)

t.test('between the rooms of resources only the agreed doors are used', async (t) => {
  const doors = (file: string, imported: string): boolean => {
    const other = roomOf(imported)
    // Shapes are shared, and so are a resource's parts by what composes them.
    if (/schemas\.ts$|\/blocks\.ts$/.test(imported)) return true
    if (roomOf(file) === 'articles') return ['sections', 'highlight-lists', 'authors', 'topics', 'revisions', 'previews', 'editions'].includes(other)
    // The history and the previews of articles are parts of them that have folders of their own.
    if (['revisions', 'previews'].includes(roomOf(file))) return ['articles', 'revisions'].includes(other)
    if (/(routes|write|rules)\.ts$/.test(file)) return articleDoors.includes(imported) || /^(sections|highlight-lists)\/store\.ts$/.test(imported)
    return false
  }
  for (const [file, imports] of arrows)
    for (const imported of imports)
      if (rooms.includes(roomOf(file)) && rooms.includes(roomOf(imported)) && roomOf(file) !== roomOf(imported))
        t.ok(doors(file, imported), `${file} imports ${imported}`)
})

t.test('no SQL in routes, no HTTP in stores, and engines differ in one place', async (t) => {
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8')
    const isOfRequests = file.endsWith('routes.ts') || (rooms.includes(roomOf(file)) && file.endsWith('/write.ts'))
    if (isOfRequests) t.notMatch(text, /insertInto|updateTable|deleteFrom|selectFrom|sql`/, file)
    if (file.endsWith('store.ts')) t.notMatch(text, /from 'fastify'|reply\.|request\./, file)
    if (!file.startsWith('database/') && file !== 'config.ts') t.notMatch(text, /sqlite|postgres/i, file)
  }
})
