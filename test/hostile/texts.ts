import { paragraph } from './content.ts'
import { fill, type Hostile, json, page } from './request.ts'

/** Pieces of Markdown that parsers have been slow with. */
const pieces: Record<string, string> = {
  'open strong': '**a ',
  'open links': '[a](',
  'open link texts': '[',
  'nested link texts': '[]',
  'link ends': '](',
  backticks: '`',
  emphasis: '_a_',
  tags: '<a>',
  'open tags': '<a ',
  'open comments': '<!--',
  'angle brackets': '<',
  images: '![',
  backslashes: '\\',
  entities: '&amp;',
  ampersands: '&',
  'mixed emphasis': '*a_b',
  'mixed strong': '*a **a ',
  stars: '*',
  'stars and words': 'a*',
  addresses: 'http://a.b ',
  autolinks: '<http://a>',
  'open autolinks': '<http:',
  'lines of quotes': '> \n',
  'hard breaks': 'a  \n',
}

const runs = (bytes: number) => {
  let text = ''
  for (let length = 1; text.length + length + 1 <= bytes; length++) text += `${'`'.repeat(length)} `
  return text
}

const signs: Record<string, string> = {
  'combining marks': '\u0301',
  'letters and marks': 'a\u0301\u0323',
  'one word': 'a',
  Thai: 'ภาษาไทย',
  Chinese: '港口重新開放',
  'one Thai letter': 'ก',
  Hangul: '항구',
  'Hangul letters': '\u1112\u1161\u11bc',
  ligatures: '\ufdfa',
  'zero width': '\u200b',
  'zero-width joiners': '👩\u200d',
  flags: '🇳🇴',
  'capital sigma': 'Σ',
  apostrophes: 'a’',
  commas: '1,',
  spaces: ' ',
  'no-break spaces': '\u00a0',
}

const inComment = (name: string, text: () => string): Hostile => ({
  name: `comment text: ${name}`,
  who: 'anonymous',
  request: ({ open }) => json('POST', `/v1/articles/${open}/comments`, { author: { name: 'A reader' }, body: `a${text()}` }),
})
const inBlock = (name: string, text: () => string): Hostile => ({
  name: `block text: ${name}`,
  who: 'content:write',
  request: () => json('POST', '/v1/articles', { headline: 'Harbour reopens', sections: [{ heading: 'Long', body: [paragraph(text())] }] }),
})
/** As many blocks of the longest text as a body has room for. */
const inBlocks = (name: string, text: () => string): Hostile => ({
  name: `blocks: ${name}`,
  who: 'content:write',
  request: () => json('POST', '/v1/articles', { headline: 'Harbour reopens', sections: [{ body: Array.from({ length: 15 }, () => paragraph(text())) }] }),
})

const characters = (piece: string, count: number) => piece.repeat(Math.floor(count / piece.length))

const pages: Record<string, () => string> = {
  'list items': () => fill('- a\n'),
  'list items without ends': () => fill('- a'),
  titles: () => fill('Title:\n'),
  'titles apart': () => fill('Title:\n\n'),
  'numbered items': () => fill('1. a\n'),
  'counted items': () => Array.from({ length: 90_000 }, (_, index) => `${index}. a\n`).join(''),
  'deep indents': () => Array.from({ length: 1440 }, (_, index) => `${' '.repeat(index)}- a\n`).join(''),
  'lists in and out': () => fill('- a\n  - b\n    - c\n'),
  'one line of 1 MB': () => fill('a'),
  'blank lines': () => fill('\n'),
  'white space': () => fill(' '),
  tabs: () => fill('\t'),
  'line ends of all kinds': () => fill('a\r\n\r\u2028'),
  'one line again and again': () => fill('Harbour reopens\n'),
  'headline again and again': () => fill('Harbour\n\n'),
  'lines under lines': () => fill('a\n'),
  'words and colons': () => fill('a: b '),
  labels: () => fill('- Trade: a\n'),
  bylines: () => fill('By Ada Berg\n'),
  'boilerplate at the end': () => fill('Leave a comment\n'),
  'what Markdown would read': () => fill('*_`[<&\\\n'),
  quotes: () => fill('“'),
  'Thai in one line': () => fill('ภาษาไทย'),
  'Thai in lines': () => fill('ภาษาไทย\n'),
  'titles of one length': () => fill('A short title\n\nSome text here.\n\n'),
}

/** Texts that are hard to render, to split into words or to read as a page. */
export const textRequests: Hostile[] = [
  ...Object.entries(pieces).flatMap(([name, piece]) => [
    inComment(name, () => characters(piece, 9990)),
    inBlock(name, () => fill(piece, 64_000)),
    inBlock(`500 kB of ${name}`, () => fill(piece, 500_000)),
  ]),
  inComment('runs of backticks', () => runs(9990)),
  inBlock('runs of backticks', () => runs(64_000)),
  inBlock('1 MB of runs of backticks', () => runs(1_000_000)),
  inBlocks('open strong', () => fill('**a ', 64_000)),
  inBlocks('open links', () => fill('[a](', 64_000)),
  inBlocks('Thai', () => fill('ภาษาไทย', 64_000)),
  ...Object.entries(signs).flatMap(([name, sign]) => [
    inComment(name, () => characters(sign, 9990)),
    inBlock(name, () => fill(sign, 64_000)),
    inBlock(`1 MB of ${name}`, () => fill(sign)),
  ]),
  ...['combining marks', 'one word', 'Thai', 'one Thai letter', 'ligatures'].flatMap((name): Hostile[] => [
    { name: `headline: 1 MB of ${name}`, who: 'content:write', request: () => json('POST', '/v1/articles', { headline: fill(signs[name] as string) }) },
    {
      name: `headline: 1,000 of ${name}`,
      who: 'content:write',
      request: () => json('POST', '/v1/articles', { headline: `a${characters(signs[name] as string, 999)}` }),
    },
    {
      name: `standfirst: 1 MB of ${name}`,
      who: 'content:write',
      request: () => json('POST', '/v1/articles', { headline: 'a', standfirst: fill(signs[name] as string) }),
    },
    { name: `name of an author: 1 MB of ${name}`, who: 'content:write', request: () => json('POST', '/v1/authors', { name: fill(signs[name] as string) }) },
    {
      name: `name of a topic: 1,000 of ${name}`,
      who: 'content:write',
      request: () => json('POST', '/v1/topics', { name: `a${characters(signs[name] as string, 999)}` }),
    },
  ]),
  { name: 'bio: 1 MB of open strong', who: 'content:write', request: () => json('POST', '/v1/authors', { name: 'A', bio: fill('**a ') }) },
  { name: 'bio: 1 MB of combining marks', who: 'content:write', request: () => json('POST', '/v1/authors', { name: 'A', bio: fill('\u0301') }) },
  ...Object.entries(pages).flatMap(([name, text]): Hostile[] => [
    { name: `page: ${name}`, who: 'content:write', request: () => page(text()) },
    { name: `page: headline, then ${name}`, who: 'content:write', request: () => page(`Harbour reopens\n\n${text().slice(0, 340_000)}`) },
  ]),
]
