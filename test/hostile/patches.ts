import type { Content } from './content.ts'
import { arrayOf, type Hostile, json, jsonPatch, megabyte, type Sent, type Who } from './request.ts'

type Subject = { name: string; who: Who; path: (content: Content) => string }

const subjects: Subject[] = [
  { name: 'comment', who: 'anonymous', path: ({ comment }) => `/v1/comments/${comment.id}` },
  { name: 'comment', who: 'edit token', path: ({ comment }) => `/v1/comments/${comment.id}` },
  { name: 'comment', who: 'comments:moderate', path: ({ comment }) => `/v1/comments/${comment.id}` },
  { name: 'article', who: 'comments:moderate', path: ({ open }) => `/v1/articles/${open}` },
  { name: 'article', who: 'content:write', path: ({ large }) => `/v1/articles/${large}` },
  { name: 'section', who: 'content:write', path: ({ open, section }) => `/v1/articles/${open}/sections/${section}` },
  { name: 'list', who: 'content:write', path: ({ open, list }) => `/v1/articles/${open}/highlight-lists/${list}` },
  { name: 'author', who: 'content:publish', path: ({ author }) => `/v1/authors/${author}` },
  { name: 'topic', who: 'content:publish', path: ({ topic }) => `/v1/topics/${topic}` },
  { name: 'freestanding', who: 'content:publish', path: ({ freestanding }) => `/v1/highlight-lists/${freestanding}` },
  { name: 'token', who: 'admin', path: ({ token }) => `/v1/tokens/${token}` },
]
const [, commenter, , , writer] = subjects as [Subject, Subject, Subject, Subject, Subject]

const empties = `[${Array(40_000).fill('[]').join(',')}]`
const add = (path: string, value: string) => `{"op":"add","path":"${path}","value":${value}}`
const copy = (from: string, path: string) => `{"op":"copy","from":"${from}","path":"${path}"}`
const move = (from: string, path: string) => `{"op":"move","from":"${from}","path":"${path}"}`
const remove = (path: string) => `{"op":"remove","path":"${path}"}`
const test = (path: string, value: string) => `{"op":"test","path":"${path}","value":${value}}`
const operations = (...parts: string[][]) => `[${parts.flat().join(',')}]`
const times = (count: number, piece: (index: number) => string[]) => Array.from({ length: count }, (_, index) => piece(index)).flat()

/** Wraps what stands at a path into as many objects as JSON may be deep, again and again: few operations make any depth. */
function wrapped(path: string, levels: number): string[] {
  const deep = 50
  return times(Math.ceil(levels / deep), () => [
    add('/wrap', `${'{"a":'.repeat(deep)}0${'}'.repeat(deep)}`),
    move(path, `/wrap${'/a'.repeat(deep)}`),
    move('/wrap', path),
  ])
}

const numbers = (count: number) => `[${Array(count).fill(0).join(',')}]`

const copiesOverACopy = () =>
  operations(
    [add('/x', empties)],
    times(999, () => [copy('/x', '/y')]),
  )

const patches: Record<string, () => string> = {
  'copies of copies': () =>
    operations(
      [add('/x0', empties)],
      times(999, (index) => [copy(`/x${index}`, `/x${index + 1}`)]),
    ),
  'copies into itself': () =>
    operations(
      [add('/x', '[]')],
      times(999, () => [copy('/x', '/x/-')]),
    ),
  'copies of the whole': () => operations(times(999, () => [copy('', '/x')])),
  'copies taken back': () =>
    operations(
      [add('/x', empties)],
      times(499, () => [copy('/x', '/y'), remove('/y')]),
    ),
  'copies replaced': () =>
    operations(
      [add('/x', empties)],
      times(499, () => [copy('/x', '/y'), '{"op":"replace","path":"/y","value":0}']),
    ),
  'copies of one element': () =>
    operations(
      [add('/x', empties)],
      times(999, () => [copy('/x/0', '/x/0')]),
    ),
  'tests of arrays': () =>
    operations(
      [add('/x', arrayOf('[]', 320))],
      times(999, () => [test('/x', arrayOf('[]', 320))]),
    ),
  'tests of the whole': () => operations([add('/x', empties)], [test('', '{}')]),
  'test of a large value': () => operations([add('/x', arrayOf('[]', 170_000))], [test('/x', arrayOf('[]', 170_000))]),
  'moves in an array': () =>
    operations(
      [add('/x', numbers(450_000))],
      times(999, () => [move('/x/0', '/x/449999')]),
    ),
  'adds in front': () =>
    operations(
      [add('/x', numbers(450_000))],
      times(999, () => [add('/x/0', '0')]),
    ),
  'removes in front': () =>
    operations(
      [add('/x', numbers(450_000))],
      times(999, () => [remove('/x/0')]),
    ),
  'keys moved': () =>
    operations(
      [add('/x', `{${Array.from({ length: 60_000 }, (_, index) => `"k${index}":0`).join(',')}}`)],
      times(999, (index) => [move(`/x/k${index}`, `/x/m${index}`)]),
    ),
  'custom 900 deep': () => operations([add('/custom', '{}')], wrapped('/custom', 900)),
  'custom 16,000 deep': () => operations([add('/custom', '{}')], wrapped('/custom', 16_000)),
  'custom deep, then copied': () =>
    operations(
      [add('/custom', '{}')],
      wrapped('/custom', 8000),
      times(400, () => [copy('/custom', '/y')]),
    ),
  'pointer of 1 MB': () => operations([test(`${'/a'.repeat(520_000)}`, '0')]),
  'pointer of 1 MB in one key': () => operations([test(`/${'~0'.repeat(520_000)}`, '0')]),
  'pointers of 1 kB': () => operations(times(999, () => [test('/a'.repeat(490), '0')])),
  'wrong pointer of 1 MB': () => operations([test(`/${'~0'.repeat(520_000)}~`, '0')]),
  'too many operations': () => arrayOf(remove('/x'), 25_000),
  'operations that are none': () => arrayOf('{}', 250_000),
  'operations of an unknown kind': () => arrayOf('{"op":"replacee","path":"x"}', 35_000),
  'operations without from': () => arrayOf('{"op":"copy","path":""}', 999),
  'large array': () =>
    operations([
      add(
        '/x',
        `[${Array(megabyte / 4)
          .fill('[]')
          .join(',')}]`,
      ),
    ]),
}

const deep = (levels: number) => `${'{"a":'.repeat(levels)}null${'}'.repeat(levels)}`

const merges: Record<string, () => string> = {
  '60 deep': () => `{"custom":${deep(60)}}`,
  '60 deep, wide': () => `{"custom":{${Array.from({ length: 2900 }, (_, index) => `"k${index}":${deep(58)}`).join(',')}}}`,
  'many nulls': () => `{${Array.from({ length: 60_000 }, (_, index) => `"n${index}":null`).join(',')}}`,
  'many nulls in custom': () => `{"custom":{${Array.from({ length: 60_000 }, (_, index) => `"n${index}":null`).join(',')}}}`,
  'many keys in custom': () => `{"custom":{${Array.from({ length: 60_000 }, (_, index) => `"n${index}":0`).join(',')}}}`,
}

type Send = (path: string, body: string, headers: Record<string, string>) => Sent

const mergePatch: Send = (path, body, headers) => json('PATCH', path, body, headers)

/** Patches a subject as one who may: a reader's edit token goes in a header of its own. */
const patching = ({ who, path }: Subject, name: string, patch: () => string, send: Send): Hostile => ({
  name,
  who,
  request: (content) => send(path(content), patch(), who === 'edit token' ? { 'comment-edit-token': content.comment.editToken } : {}),
})

/** Patches that make much of little. */
export const patchRequests: Hostile[] = [
  ...subjects.map((subject) => patching(subject, `patch ${subject.name}: copies over a copy`, copiesOverACopy, jsonPatch)),
  ...Object.entries(patches).flatMap(([name, patch]) =>
    [commenter, writer].map((subject) => patching(subject, `patch ${subject.name}: ${name}`, patch, jsonPatch)),
  ),
  ...Object.entries(merges).flatMap(([name, patch]) =>
    [commenter, writer].map((subject) => patching(subject, `merge ${subject.name}: ${name}`, patch, mergePatch)),
  ),
]
