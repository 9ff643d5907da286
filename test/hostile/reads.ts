import { fill, get, type Hostile, type Who } from './request.ts'

const encoded = encodeURIComponent
const read = (name: string, path: string | ((id: string) => string), headers: Record<string, string> = {}, who: Who = 'anonymous'): Hostile => ({
  name: `read ${name}`,
  who,
  request: ({ open }) => get(typeof path === 'string' ? path : path(open), headers),
})

const queries: Record<string, string> = {
  'a*': 'a* '.repeat(166),
  'prefixes of all letters': [...'abcdefghijklmnopqrstuvwxyz0123456789'].map((letter) => `${letter}*`).join(' '),
  quotes: '"'.repeat(500),
  'open phrases': '"a '.repeat(166),
  phrases: '"a b" '.repeat(83),
  'long phrase': `"${'a '.repeat(248)}"`,
  'phrase of all texts': `"${'crews worked '.repeat(38)}"`,
  Chinese: '港口'.repeat(250),
  Thai: 'ก'.repeat(500),
  ligatures: '\ufdfa'.repeat(500),
  'combining marks': `a${'\u0301'.repeat(499)}`,
  'one-letter words': [...'abcdefghijklmnopqrstuvwxyz0123456789']
    .flatMap((a) => [...'abcdefg'].map((b) => a + b))
    .join(' ')
    .slice(0, 500),
  '250 words': Array.from({ length: 250 }, (_, index) => String.fromCharCode(0x100 + index)).join(' '),
  stars: '*'.repeat(500),
  'words of the engine': 'NEAR(a b) AND OR NOT ^a {a b}: '.repeat(16),
  'word of all texts': 'crews',
  'word of a long text': '"word7 word14"',
  'letters of a long text': 'w* wo* wor* word*',
}

const filters = (name: string) => Array.from({ length: 3 }, (_, index) => `${name}=${'a,'.repeat(2000)}a${index}`.slice(0, 4000)).join('&')
const ids = Array.from({ length: 100 }, (_, index) => `01980b3e-1c5f-7c60-a3f4-${String(index).padStart(12, '0')}`).join(',')
const list = '/v1/articles'
const forged = (query: string, value: unknown) => Buffer.from(JSON.stringify([query, 'next', value, 'a'.repeat(5000)])).toString('base64url')

const ampersands = (index: number) => '&'.repeat(Math.floor(index / 100))

/** Reads that anybody may send. */
export const readRequests: Hostile[] = [
  ...Object.entries(queries).map(([name, q]) => read(`q: ${name}`, `${list}?q=${encoded(q.slice(0, 500))}`)),
  ...Object.entries(queries).map(([name, q]) => read(`q, all: ${name}`, `${list}?q=${encoded(q.slice(0, 500))}&limit=100&count=true&include=sections`)),
  ...Object.entries(queries).map(([name, q]) =>
    read(`q, working: ${name}`, `${list}?copy=working&limit=100&count=true&include=sections&q=${encoded(q.slice(0, 500))}`, {}, 'content:read'),
  ),
  read('q of 15 kB', `${list}?q=${'a'.repeat(15_000)}`),
  read('q many times', `${list}?${'q=a&'.repeat(3700)}`),
  read('fields of 4,000', `${list}?fields=${'headline,'.repeat(444)}id`),
  read('fields near known ones', `${list}?fields=${'headlin,'.repeat(490)}id`),
  read('fields of 15 kB', `${list}?fields=${'headlin,'.repeat(1850)}id`),
  read('include of 1,000', `${list}?include=${'sections,'.repeat(110)}related`),
  read('include of 4,000', `${list}?include=${'sektions,'.repeat(440)}related`),
  read('include of all, 100 rows', `${list}?limit=100&include=sections,highlightLists,related,custom,corrections,share,copyright,commentCount`),
  read('working copies, all parts', `${list}?copy=working&limit=100&include=sections,highlightLists,related,custom,corrections`, {}, 'content:read'),
  read('100 ids', `${list}?ids=${ids}`),
  read('4,000 of ids', `${list}?ids=${'a,'.repeat(1999)}a`),
  read('100 slugs', `${list}?slug=${Array.from({ length: 100 }, (_, index) => `a-${index}`).join(',')}`),
  ...['topic', 'author', 'language', 'genre', 'status'].flatMap((name) => [
    read(`filter ${name}`, `${list}?${filters(name)}`),
    read(`filter ${name} 2,000 times`, `${list}?${`${name}=a&`.repeat(1100)}`),
  ]),
  read('20 topics', `${list}?${Array.from({ length: 20 }, (_, index) => `topic=${'a,'.repeat(360)}a${index}`).join('&')}`),
  read(
    '20 topics to leave out',
    `${list}?${Array.from({ length: 20 }, (_, index) => `topic=-${'a,-'.repeat(240)}a${index}`)
      .join('&')
      .replaceAll(',-', ',')}`,
  ),
  read('cursor of 8,000', `${list}?cursor=${'a'.repeat(8000)}`),
  read('cursor made up', `${list}?cursor=${forged('0'.repeat(16), 'a')}`),
  read('cursor nested', `${list}?cursor=${Buffer.from('['.repeat(5900)).toString('base64url')}`),
  read('sort of 15 kB', `${list}?sort=${'a'.repeat(15_000)}`),
  read('unknown parameters', `${list}?${Array.from({ length: 2100 }, (_, index) => `q${index}=`).join('&')}`),
  read('unknown parameters near known ones', `${list}?${Array.from({ length: 900 }, (_, index) => `publishedAfte${index}`).join('&')}`),
  read('one parameter 7,000 times', `${list}?${'a&'.repeat(7400)}`),
  read('ampersands', `${list}?${'&'.repeat(15_000)}`),
  read('percent signs', `${list}?${'%'.repeat(15_000)}`),
  read('plus signs', `${list}?q=${'+'.repeat(15_000)}`),
  {
    name: 'read 20,000 query strings',
    who: 'anonymous',
    request: () => ({ ...get(list), times: 20_000, pathOf: (index) => `${list}?${ampersands(index)}limit=${1 + (index % 100)}` }),
  },
  {
    name: 'read 2,000 query strings of a large article',
    who: 'anonymous',
    request: ({ long }) => ({ ...get(''), times: 2000, pathOf: (index) => `/v1/articles/${long}?${'&'.repeat(index)}` }),
  },
  { name: 'read the large article', who: 'content:read', request: ({ large }) => get(`/v1/articles/${large}?copy=working`) },
  { name: 'read the long article', who: 'anonymous', request: ({ long }) => get(`/v1/articles/${long}`) },
  read('path of 15 kB', `/v1/articles/${'a'.repeat(15_000)}`),
  read('path of slashes', `/${'/'.repeat(15_000)}`),
  read('path of dots', `/v1/articles/${'%2e%2e/'.repeat(30)}`),
  read('path, encoded', `/v1/articles/${'%C3%BC'.repeat(2500)}`),
  read('path, encoded twice', `/v1/articles/${'%2561'.repeat(3000)}`),
  read('path, wrongly encoded', `/v1/articles/${'%ff'.repeat(5000)}`),
  read('path of parameters', `/v1/articles/${'a/sections/'.repeat(1300)}`),
  read('path of ext:', `/v1/articles/ext:${'a:'.repeat(7000)}`),
  read('revision of 15 kB', (id) => `/v1/articles/${id}/revisions/${'9'.repeat(14_000)}`, {}, 'content:read'),
  read('at of 15 kB', (id) => `/v1/articles/${id}?at=2026-01-01T00:00:00.${'0'.repeat(14_000)}Z`),
  read('preview of 15 kB', `/v1/preview/${'a'.repeat(15_000)}`),
  read('OPTIONS', '/v1/articles', { 'access-control-request-headers': 'a,'.repeat(7000), 'access-control-request-method': 'GET', origin: 'http://a' }),
  read('the document', '/openapi.json'),
  read('the page of the document', '/docs'),
  ...Object.entries({
    Accept: fill('a/b;q=0.1,', 15_000),
    'Accept 2': fill(';', 15_000),
    'Accept-Encoding': fill('a;q=0.1,', 15_000),
    'If-None-Match': fill('"a",', 15_000),
    'If-None-Match 2': fill(', ', 15_000),
    'If-None-Match 3': `${fill('"a" ,', 14_000)}x`,
    'If-Modified-Since': fill('a', 15_000),
    Authorization: `Bearer ${fill('a', 15_000)}`,
    'Authorization 2': fill('Bearer ', 15_000),
    Range: `bytes=${fill('0-1,', 15_000)}`,
    Expect: fill('100-continue', 15_000),
    Cookie: fill('a=b;', 15_000),
    'X-Request-Id': fill('a', 15_000),
    traceparent: `00-${fill('a', 15_000)}`,
    'X-Forwarded-For': fill('1.1.1.1, ', 15_000),
    Forwarded: fill('for=1.1.1.1,', 15_000),
    Origin: `http://${fill('a', 15_000)}`,
    'Content-Type': fill(';charset=', 15_000),
  }).map(([name, value]) => read(`header ${name}`, (id) => `/v1/articles/${id}`, { [name.split(' ')[0] as string]: value })),
  {
    name: 'read headers, 1,900 of them',
    who: 'anonymous',
    request: ({ open }) => get(`/v1/articles/${open}`, Object.fromEntries(Array.from({ length: 1900 }, (_, index) => [`a${index}`, '']))),
  },
  ...['"a"', 'a'.repeat(15_000), ' , ', '\u00ff'].map(
    (key, index): Hostile => ({
      name: `Idempotency-Key ${index}`,
      who: 'anonymous',
      request: ({ open }) => ({
        method: 'POST',
        path: `/v1/articles/${open}/comments`,
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ author: { name: 'A reader' }, body: 'a' }),
      }),
    }),
  ),
  {
    name: 'Content-Type of 15 kB',
    who: 'anonymous',
    request: ({ open }) => ({
      method: 'POST',
      path: `/v1/articles/${open}/comments`,
      headers: { 'content-type': `application/json${fill('; ', 14_900)}` },
      body: '{}',
    }),
  },
]
