import { readFileSync } from 'node:fs'
import { breaksBetween } from './support/breaks.ts'
import type { Json } from './support/server.ts'
import { t } from './support/tap.ts'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const baseline: Json = JSON.parse(read('openapi/baseline.json'))
const current: Json = JSON.parse(read('openapi/openapi.json'))

t.test('what would break clients made for the last release is named in the changelog', async (t) => {
  const [, unreleased = ''] = /## \[Unreleased\]\n([\s\S]*?)(?=\n## \[|$)/.exec(read('CHANGELOG.md')) ?? []
  const [, breaking = ''] = /### Breaking\n([\s\S]*?)(?=\n### |$)/.exec(unreleased) ?? []
  for (const { name, what } of breaksBetween(baseline, current)) t.ok(breaking.includes(`\`${name}\``), `${name}: ${what}`)
})

t.test('each kind of break is noticed, and what clients must bear is none', async (t) => {
  const changes: [kind: string, change: (document: Json) => void, expected: RegExp | null][] = [
    ['an operation that is gone', ({ paths }) => delete paths['/v1/authors'].get, /^listAuthors: GET \/v1\/authors is gone$/],
    ['another name', ({ paths }) => Object.assign(paths['/v1/authors'].get, { operationId: 'getAuthors' }), /^listAuthors: is called getAuthors$/],
    ['a parameter that is gone', ({ paths }) => paths['/v1/authors'].get.parameters.splice(0, 1), /^listAuthors: takes no query limit$/],
    [
      'a parameter that is required',
      ({ paths }) => Object.assign(paths['/v1/authors'].get.parameters[0], { required: true }),
      /^listAuthors: requires query limit$/,
    ],
    ['a property that is gone', ({ components }) => delete components.schemas.Author.properties.bio, /^Author: it has no bio$/],
    ['an input that is gone', ({ components }) => delete components.schemas.AuthorInput.properties.bio, /^AuthorInput: it has no bio$/],
    ['an input that is required', ({ components }) => components.schemas.AuthorInput.required.push('bio'), /^AuthorInput: it requires bio$/],
    ['a promise less', ({ components }) => components.schemas.Author.required.shift(), /^Author: it may lack id$/],
    [
      'a shorter text',
      ({ components }) => Object.assign(components.schemas.AuthorInput.properties.name, { maxLength: 10 }),
      /^AuthorInput: \/name has maxLength 10$/,
    ],
    [
      'another type',
      ({ components }) => Object.assign(components.schemas.Author.properties.name, { type: ['string', 'null'] }),
      /^Author: \/name may be null, too$/,
    ],
    ['a value less', ({ components }) => components.schemas.TopicKind.enum.pop(), /^TopicKind: it takes event no more$/],
    [
      'a media type less',
      ({ paths }) => delete paths['/v1/articles'].post.requestBody.content['text/plain'],
      /^createArticle: its body is no text\/plain any more$/,
    ],
    ['a status less', ({ paths }) => delete paths['/v1/articles'].get.responses[304], /^listArticles: answers 304 no more$/],
    ['a schema that is gone', ({ components }) => delete components.schemas.EventPage, /EventPage: is gone$/m],
    ['a property more', ({ components }) => Object.assign(components.schemas.Author.properties, { born: { type: 'string' } }), null],
    ['an input more', ({ components }) => Object.assign(components.schemas.AuthorInput.properties, { born: { type: 'string' } }), null],
    ['a value more of a closed list', ({ components }) => components.schemas.TopicKind.enum.push('saga'), /^TopicKind: it may be saga, too$/],
    ['a value more of an open list', ({ components }) => components.schemas.EventType['x-extensible-enum'].push('place.created'), null],
    ['a type of block more', ({ components }) => components.schemas.KnownBlock.oneOf.push({ $ref: '#/components/schemas/MapBlock' }), null],
    ['an operation more', ({ paths }) => Object.assign(paths, { '/v1/places': { get: { operationId: 'listPlaces', responses: {} } } }), null],
  ]
  for (const [kind, change, expected] of changes) {
    const changed = structuredClone(current)
    change(changed)
    const found = breaksBetween(current, changed).map(({ name, what }) => `${name}: ${what}`)
    if (expected === null) t.strictSame(found, [], kind)
    else
      t.ok(
        found.some((text) => expected.test(text)),
        kind,
        { found },
      )
  }
})
