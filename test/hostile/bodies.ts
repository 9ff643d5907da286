import { arrayOf, fill, type Hostile, json, megabyte } from './request.ts'

const author = '"author":{"name":"A reader"}'
const comment = (body: string) => `{${author},"body":${JSON.stringify(body)}}`
const commented = (name: string, body: () => string): Hostile => ({
  name: `comment: ${name}`,
  who: 'anonymous',
  request: ({ open }) => json('POST', `/v1/articles/${open}/comments`, body()),
})
const written = (name: string, body: () => string): Hostile => ({
  name: `article: ${name}`,
  who: 'content:write',
  request: () => json('POST', '/v1/articles', body()),
})
const story = (properties: string) => `{"headline":"Harbour reopens",${properties}}`
const inBody = (blocks: string) => story(`"sections":[{"body":${blocks}}]`)
const keys = (count: number, key: (index: number) => string) => `{${Array.from({ length: count }, (_, index) => `"${key(index)}":0`).join(',')}}`

/** JSON that is hard to read, whatever it is meant to be. */
const anyJson: Record<string, () => string> = {
  '63 levels, wide': () => `{"a":${arrayOf(`${'['.repeat(61)}${']'.repeat(61)}`, 8000)}}`,
  'opening brackets': () => fill('['),
  'nested objects': () => fill('{"a":'),
  'number of a million digits': () => `{"a":${fill('9')}}`,
  'number of a million zeros': () => `{"a":0.${fill('0')}1}`,
  'numbers of 17 digits': () => `{"a":${arrayOf('12345678901234567', 58_000)}}`,
  'numbers of 300 digits': () => `{"a":${arrayOf('9'.repeat(300), 3480)}}`,
  'kept numbers, one long': () => `{"b":1234567890123456,"a":${arrayOf('1', 510_000)}}`,
  'escapes of NUL': () => `{"a":"${fill('\\u0000')}"}`,
  'strings of NUL': () => `{"a":${arrayOf('"\\u0000"', 110_000)}}`,
  'lone surrogates': () => `{"a":${arrayOf('"\\ud800"', 110_000)}}`,
  'lone surrogates in keys': () => keys(55_000, (index) => `\\ud800${index}`),
  'lone surrogates, 60 deep': () => `{"a":${'['.repeat(60)}${arrayOf('"\\ud800"', 100_000)}${']'.repeat(60)}}`,
  'array of objects': () => arrayOf('{}', 250_000),
  'unknown properties': () => keys(80_000, (index) => `n${index}`),
  'unknown properties near known ones': () => keys(60_000, (index) => `bodi${index}`),
  'unknown properties of 100 letters': () => keys(9500, (index) => `${'correction'.repeat(9)}${String(index).padStart(10, '0')}`),
  'one property many times': () => `{${Array(150_000).fill('"a":1').join(',')}}`,
  'property name of 1 MB': () => `{"${fill('a')}":0}`,
  'property name of slashes': () => `{"${fill('/')}":["\\ud800"]}`,
  'white space': () => fill(' '),
  'escaped quotes': () => `{"a":"${fill('\\"')}"}`,
  'not UTF-8 at the end': () => `{"a":"${fill('a', megabyte - 100)}`,
}

/** Texts in a comment's author that formats are checked of. */
const commenters: Record<string, () => string> = {
  'name of 1 MB': () => `"name":"${fill('a')}"`,
  'name of spaces': () => `"name":"${fill(' ')}"`,
  'name of combining marks': () => `"name":"${fill('\u0301')}"`,
  'address of 1 MB': () => `"name":"A","url":"http://${fill('a')}"`,
  'address that ends in a space': () => `"name":"A","url":"http://${'a'.repeat(200_000)} "`,
  'address of 2,000 that ends in a space': () => `"name":"A","url":"http://${'a'.repeat(1990)} "`,
  'address of 1 MB of dots': () => `"name":"A","url":"http://${fill('a.')}"`,
  'address of 1 MB of slashes': () => `"name":"A","url":"http://a/${fill('../')}"`,
  'address of 1 MB of signs': () => `"name":"A","url":"http://a/${fill('ü')}"`,
  'address of 1 MB of @': () => `"name":"A","url":"http://${fill('@')}"`,
  'e-mail of 1 MB': () => `"name":"A","email":"a@${fill('a')}"`,
  'e-mail of dots': () => `"name":"A","email":"${fill('a.')}@"`,
  'e-mail of labels': () => `"name":"A","email":"a@${fill('a-a.')}!"`,
  'e-mail of hyphens': () => `"name":"A","email":"a@${fill('a-')}!"`,
}

const listed = { sections: 'sections', authors: 'authors', topics: 'topics', related: 'related', corrections: 'corrections', highlightLists: 'highlight lists' }

const articles: Hostile[] = [
  ...Object.entries(listed).flatMap(([property, name]) => [
    written(`empty ${name}`, () => story(`"${property}":${arrayOf('{}', 250_000)}`)),
    written(`${name} with an unknown property`, () => story(`"${property}":${arrayOf('{"idd":0}', 95_000)}`)),
  ]),
  written('empty items', () => story(`"highlightLists":[{"items":${arrayOf('{}', 250_000)}}]`)),
  written('items of text', () => story(`"highlightLists":[{"items":${arrayOf('{"text":"a"}', 75_000)}}]`)),
  written('items with an unknown target', () => story(`"highlightLists":[{"items":${arrayOf('{"target":{"type":"sektion"}}', 33_000)}}]`)),
  written('items with a target that isn’t there', () =>
    story(`"highlightLists":[{"items":${arrayOf((index) => `{"target":{"type":"article","slug":"a-${index}"}}`, 18_000)}}]`),
  ),
  written('highlight lists', () => story(`"highlightLists":${arrayOf('{"items":[]}', 75_000)}`)),
  written('corrections', () => story(`"corrections":${arrayOf('{"text":"a"}', 75_000)}`)),
  written('related', () => story(`"related":${arrayOf('{"relation":"related","text":"a"}', 30_000)}`)),
  written('authors by name', () => story(`"authors":${arrayOf((index) => `{"name":"a${index}"}`, 50_000)}`)),
  written('topics by name', () => story(`"topics":${arrayOf((index) => `{"name":"a${index}"}`, 50_000)}`)),
  written('100 authors and topics by name', () =>
    story(`"authors":${arrayOf((index) => `{"name":"a${index}"}`, 100)},"topics":${arrayOf((index) => `{"name":"a${index}"}`, 100)}`),
  ),
  written('empty blocks', () => inBody(arrayOf('{}', 250_000))),
  written('blocks of an unknown type', () => inBody(arrayOf('{"type":"paragraf"}', 50_000))),
  written('sections with blocks of an unknown type', () => story(`"sections":${arrayOf('{"body":[{"type":"paragraf"},{"type":"liste"}]}', 1000)}`)),
  written('blocks of all faults', () => inBody(arrayOf('{"type":"list","ordered":0,"items":0,"itmes":0}', 20_000))),
  written('table of one row', () => inBody(`[{"type":"table","rows":[${arrayOf('""', 250_000)}]}]`)),
  written('table of one column', () => inBody(`[{"type":"table","rows":${arrayOf('[""]', 200_000)}}]`)),
  written('table of words', () => inBody(`[{"type":"table","rows":[${arrayOf('"a"', 250_000)}]}]`)),
  written('table of wrong cells', () => inBody(`[{"type":"table","rows":[${arrayOf('0', 500_000)}]}]`)),
  written('items of a list', () => inBody(`[{"type":"list","ordered":true,"items":${arrayOf('{"text":"a"}', 75_000)}}]`)),
  written('items nested 28 deep', () => inBody(`[{"type":"list","ordered":true,"items":${'[{"text":"a","items":'.repeat(28)}[]${'}]'.repeat(28)}}]`)),
  written('items nested 28 deep, many', () =>
    inBody(arrayOf(`{"type":"list","ordered":true,"items":${'[{"text":"a","items":'.repeat(28)}[]${'}]'.repeat(28)}}`, 1000)),
  ),
  written('sections with small blocks', () => story(`"sections":${arrayOf(`{"body":${arrayOf('{"type":"paragraph","text":"a"}', 30)}}`, 1000)}`)),
  written('one heading 1,000 times', () => story(`"sections":${arrayOf('{"heading":"Background"}', 1000)}`)),
  written('one anchor 1,000 times', () => story(`"sections":${arrayOf('{"anchor":"background"}', 1000)}`)),
  written('slug of 1 MB', () => story(`"slug":"${fill('a-')}a"`)),
  written('slug of 1 MB, wrong', () => story(`"slug":"${fill('a-')}"`)),
  written('language of 1 MB', () => story(`"language":"${fill('en-')}a"`)),
  written('language of 100 letters', () => story(`"language":"${fill('en-', 90)}a"`)),
  written('time of 1 MB', () => story(`"publishedAt":"2026-01-01T00:00:00.${fill('0')}Z"`)),
  written('status of 1 MB', () => story(`"status":"${fill('a')}"`)),
  written('canonicalUrl that ends in a space', () => story(`"canonicalUrl":"http://${'a'.repeat(200_000)} "`)),
  written('embeds whose address ends in a space', () => inBody(arrayOf(`{"type":"embed","url":"http://${'a'.repeat(1900)} "}`, 500))),
  written('custom of 1 MB', () => story(`"custom":${keys(80_000, (index) => `n${index}`)}`)),
  written('images', () => inBody(arrayOf(`{"type":"image","image":{"url":"https://a.example/${'a'.repeat(1900)}"}}`, 500))),
]

const scoped = (name: string, body: () => string): Hostile => ({ name: `token: ${name}`, who: 'admin', request: () => json('POST', '/v1/tokens', body()) })

/** Bodies that are hard to read or to check. */
export const bodyRequests: Hostile[] = [
  commented('body of 1 MB', () => comment(fill('a'))),
  commented('body of 64 kB', () => comment(fill('a', 64_000))),
  ...Object.entries(anyJson).map(([name, body]) => commented(name, body)),
  ...Object.entries(commenters).map(([name, properties]) => commented(name, () => `{"author":{${properties()}},"body":"a"}`)),
  commented('parentId of 1 MB', () => `{${author},"body":"a","parentId":"${fill('0')}"}`),
  {
    name: 'comment: status of 1 MB',
    who: 'edit token',
    request: ({ comment }) => json('PATCH', `/v1/comments/${comment.id}`, `{"status":"${fill('a')}"}`, { 'comment-edit-token': comment.editToken }),
  },
  {
    name: 'comment: unknown properties in a patch',
    who: 'anonymous',
    request: ({ comment }) =>
      json(
        'PATCH',
        `/v1/comments/${comment.id}`,
        keys(60_000, (index) => `bodi${index}`),
      ),
  },
  {
    name: 'comment: form of 1 MB',
    who: 'anonymous',
    request: ({ open }) => ({
      ...json('POST', `/v1/articles/${open}/comments`, fill('a=b&')),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
  },
  { name: 'article: without a token', who: 'anonymous', request: () => json('POST', '/v1/articles', fill('[')) },
  { name: 'article: with too small a token', who: 'comments:write', request: () => json('POST', '/v1/articles', arrayOf('{}', 250_000)) },
  {
    name: 'policy: unknown properties',
    who: 'comments:moderate',
    request: ({ open }) =>
      json(
        'PATCH',
        `/v1/articles/${open}`,
        keys(60_000, (index) => `headlin${index}`),
      ),
  },
  ...Object.entries(anyJson).map(([name, body]) => written(name, body)),
  ...articles,
  scoped('one scope many times', () => `{"name":"a","scopes":${arrayOf('"admin"', 120_000)}}`),
  scoped('unknown scopes', () => `{"name":"a","scopes":${arrayOf((index) => `"a${index}"`, 100_000)}}`),
  scoped('scopes near known ones', () => `{"name":"a","scopes":${arrayOf((index) => `"content:wr${index}"`, 50_000)}}`),
  scoped('scopes of objects', () => `{"name":"a","scopes":${arrayOf((index) => `{"a":${index}}`, 80_000)}}`),
]
