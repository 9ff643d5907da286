import { readdirSync, readFileSync } from 'node:fs'
import { type ArticleFromText, articleFromText, type TextSection } from '../../src/copy/text.ts'
import { t } from '../support/tap.ts'
import { blockTexts, lossesOf } from './page-lines.ts'
import { randomFrom } from './random.ts'

const pages = new URL('pages/', import.meta.url)
const FURNITURE = ['Share This Article', 'Share this story', 'Leave a comment', 'Leave a reply', 'Facebook', 'X']

function page(name: string): string {
  return readFileSync(new URL(`${name}.txt`, pages), 'utf8')
}

function read(text: string): ArticleFromText {
  const article = articleFromText(text)
  if (!article) throw new Error('this text has no headline')
  return article
}

function outline(sections: TextSection[]): [string | null, string, string][] {
  return sections.map(({ heading, anchor, body }) => [heading, anchor, body.map(kindOf).join(' ')])
}

function kindOf(block: TextSection['body'][number]): string {
  if (block.type === 'paragraph') return 'paragraph'
  return `${block.ordered ? 'ordered' : 'bulleted'}(${block.items.length})`
}

t.test('a page with everything: two headlines, a picture, highlights, sections, boilerplate', async (t) => {
  t.strictSame(read(page('harbour-picture')), {
    headline: 'Oakmere Harbour Reopens After Two-Year Repair',
    alternativeHeadline: 'Ferries Return to Oakmere’s Old Quay',
    leadImage: {
      url: null,
      alt: "Ferries Return to Oakmere's Old Quay",
      title: 'First Boat Home',
      caption: 'The ferry Petrel ties up at the rebuilt quay while families wait along the sea wall.',
      credit: null,
      width: null,
      height: null,
      focalPoint: null,
    },
    sections: [
      {
        heading: 'Background to the Closure',
        anchor: 'background-to-the-closure',
        depth: 0,
        body: [
          {
            type: 'paragraph',
            text: 'A storm broke the outer wall in the spring, and engineers closed the quay the same night.',
          },
        ],
      },
      {
        heading: 'What the Repair Cost',
        anchor: 'what-the-repair-cost',
        depth: 0,
        body: [
          {
            type: 'list',
            ordered: true,
            items: [
              { label: 'Stone and Labour', text: 'Masons relaid 4,000 blocks at a cost of $12 million.' },
              { label: 'Interest', text: 'The loan runs until 2041. The town pays it from berth fees.' },
            ],
          },
        ],
      },
      {
        heading: 'A Winter Timetable',
        anchor: 'a-winter-timetable',
        depth: 0,
        body: [{ type: 'paragraph', text: 'Boats leave at 7:15, 12:00 and 18:30. On Sundays there is no early boat.' }],
      },
    ],
    highlightLists: [
      {
        style: 'bulleted',
        items: [
          { text: 'What the Repair Cost', target: { type: 'section', anchor: 'what-the-repair-cost' } },
          { text: 'A Winter Timetable', target: { type: 'section', anchor: 'a-winter-timetable' } },
          { text: 'Free parking until June', target: null },
        ],
      },
    ],
  })
})

const outlines: { page: string; alternativeHeadline?: string; highlights?: string[]; sections: [string | null, string, string][] }[] = [
  { page: 'plain-story', sections: [[null, 'section', 'paragraph paragraph paragraph']] },
  { page: 'one-line', sections: [] },
  {
    page: 'deck-and-headings',
    alternativeHeadline: 'Sleeper service links four cities that lost it a decade ago',
    sections: [
      [null, 'section', 'paragraph'],
      ['Why now', 'why-now', 'paragraph'],
      ['What happens next?', 'what-happens-next', 'paragraph'],
      ['The fares', 'the-fares', 'paragraph'],
    ],
  },
  {
    page: 'wrapped-lines',
    sections: [
      [null, 'section', 'paragraph paragraph paragraph'],
      ['Method', 'method', 'paragraph'],
    ],
  },
  {
    page: 'nested-lists',
    sections: [[null, 'section', 'paragraph bulleted(2) bulleted(2) ordered(2) bulleted(1)']],
  },
  {
    page: 'odd-numbers',
    sections: [[null, 'section', 'paragraph paragraph paragraph paragraph paragraph ordered(2) paragraph paragraph']],
  },
  {
    page: 'highlights-numbered',
    highlights: ['numbered', 'Who may vote → who-may-vote', 'Where to vote', 'When the count begins → when-the-count-begins'],
    sections: [
      [null, 'section', 'paragraph paragraph'],
      ['Who may vote', 'who-may-vote', 'paragraph'],
      ['When the count begins', 'when-the-count-begins', 'paragraph paragraph'],
    ],
  },
  {
    page: 'german-windows',
    alternativeHeadline: 'Stadtrat stimmt für „offene“ Lösung bis zum Herbst',
    highlights: ['bulleted', 'Was sich ändert → was-sich-andert', 'Was bleibt → was-bleibt'],
    sections: [
      ['Was sich ändert', 'was-sich-andert', 'paragraph'],
      ['Was bleibt', 'was-bleibt', 'paragraph'],
    ],
  },
  {
    page: 'urdu',
    alternativeHeadline: 'شہر کے بچوں کے لیے بارہ ہزار کتابیں',
    highlights: ['bulleted', 'کتب خانے کے اوقات → khtb-khny-khy-wqt'],
    sections: [
      ['پس منظر', 'ps-mnzr', 'paragraph'],
      ['کتب خانے کے اوقات', 'khtb-khny-khy-wqt', 'ordered(2)'],
    ],
  },
  {
    page: 'chinese',
    sections: [
      ['背景', 'bei-jing', 'paragraph'],
      ['时间安排', 'shi-jian-an-pai', 'ordered(2)'],
      ['后续', 'hou-xu', 'paragraph'],
    ],
  },
  {
    page: 'markup-signs',
    sections: [[null, 'section', 'paragraph paragraph bulleted(2) paragraph paragraph paragraph']],
  },
  {
    page: 'unwrapped-innertext',
    sections: [
      [null, 'section', 'paragraph'],
      ['Growing in the open', 'growing-in-the-open', 'paragraph paragraph'],
      ['What gardeners must do', 'what-gardeners-must-do', 'paragraph'],
    ],
  },
]

for (const expected of outlines) {
  t.test(`the page ${expected.page} has the shape a reader sees`, async (t) => {
    const article = read(page(expected.page))
    t.equal(article.alternativeHeadline, expected.alternativeHeadline)
    t.equal(article.leadImage, undefined)
    t.strictSame(outline(article.sections), expected.sections)
    const highlights = article.highlightLists.flatMap((list) => [
      list.style,
      ...list.items.map(({ text, target }) => (target ? `${text} → ${target.anchor}` : text)),
    ])
    t.strictSame(highlights, expected.highlights ?? [])
  })
}

t.test('of no page is anything lost but the boilerplate', async (t) => {
  const names = readdirSync(pages).filter((name) => name.endsWith('.txt'))
  t.ok(names.length >= 10)
  for (const name of names) {
    const text = page(name.replace('.txt', ''))
    t.strictSame(lossesOf(text, read(text), FURNITURE), [], name)
    t.strictSame(read(text.replaceAll('\n', '\r')), read(text.replaceAll('\r\n', '\n')), `${name} with other line ends`)
  }
})

t.test('of no made-up page is anything lost', async (t) => {
  // # makes each line one of its own; only the line without it may come twice, as a picture's alternative text does.
  const pieces = [
    ...['Harbour Reopens', '', '', '', '', '***', 'Key points:', 'The Quay # Opened', 'The quay # opened on Monday.', 'Costs #:', 'Costs: # million'],
    ...['- one #', '- two #: more', '  - deeper #', '\t- tabbed #', '      • deep #', '* Next #', '1. first #', '2. second #', '3. third #', '7) odd #'],
    ...['Low Water #: Boats lie on the sand.', 'Low Water: Boats # lie on it', '8:08 a.m. - The clerk # arrives', '– Dashed #', 'Updated 8:08 a.m. # – more'],
    ...['and on # in lower case,', '“Yes #,” she said', 'By Ann Lee #', '    indented # text', 'What now, #?', `A long line ${'and on '.repeat(30)}#.`],
  ]
  const random = randomFrom(1)
  for (let round = 0; round < 5_000; round += 1) {
    const lines = Array.from({ length: 2 + random(14) }, (_, line) => pieces[random(pieces.length)]?.replace('#', `n${line}n`))
    const text = `Headline\n${lines.join('\n')}`
    if (text.split('Harbour Reopens').length > 3) continue // which two of three a picture took can't be told
    const losses = lossesOf(text, read(text))
    if (losses.length > 0) t.fail(`${JSON.stringify(text)}: ${losses.join('\n')}`)
  }
})

const withoutHeadline: [string, string][] = [
  ['nothing', ''],
  ['white space and a byte order mark', '\uFEFF \t\r\n\u00A0\n'],
  ['boilerplate alone', '\nShare This Article\nFacebook\nLeave a comment\n'],
  ['a first line over 1,000 characters', 'x'.repeat(1_001)],
]
for (const [what, text] of withoutHeadline) {
  t.test(`${what} is no article`, async (t) => t.equal(articleFromText(text), null))
}

const headings: [string, string, (string | null)[]][] = [
  ['a sentence alone is none', 'It rained.', [null]],
  ['an exclamation is none', 'Never again!', [null]],
  ['a question is one', 'What now?', ['What now?']],
  ['a quotation is none', '“Nobody told us”', [null]],
  ['an address is none', 'https://town.example/plan', [null]],
  ['a line in lower case is none', 'and so on', [null]],
  ['a line over 120 characters is none', 'Word '.repeat(25).trim(), [null]],
  ['a long colon line is none', `${'word '.repeat(25)}end:`, [null]],
  ['a title in capitals is one', 'THE PLAN', ['THE PLAN']],
  ['a colon is dropped, with the space before it', 'Le contexte\u00A0:', ['Le contexte']],
]
for (const [what, line, expected] of headings) {
  t.test(`headings: ${what}`, async (t) => {
    const text = `Headline\n\nThe story began on Monday.\n\n${line}\n\nIt went on until noon.`
    const found = read(text).sections.map((section) => section.heading)
    t.strictSame(found, [null, ...expected.filter((heading) => heading !== null)])
    t.strictSame(lossesOf(text, read(text)), [])
  })
}

t.test('a clause with a colon right over its list leads into it, a short one heads it', async (t) => {
  const clause = read('H\n\nThe story began.\n\nLeaders at the talks agreed on these:\n- one\n- two').sections
  t.strictSame(outline(clause), [[null, 'section', 'paragraph paragraph bulleted(2)']])
  const title = read('H\n\nThe story began.\n\nWhat they agreed:\n- one\n- two').sections
  t.strictSame(outline(title), [
    [null, 'section', 'paragraph'],
    ['What they agreed', 'what-they-agreed', 'bulleted(2)'],
  ])
})

const labels: [string, { label?: string; text: string }][] = [
  ['Trade: it grew', { label: 'Trade', text: 'it grew' }],
  ['Trade: at 10:30: more', { label: 'Trade', text: 'at 10:30: more' }],
  ['https://town.example: the plan', { text: 'https://town.example: the plan' }],
  ['10:30 Opening: a speech', { text: '10:30 Opening: a speech' }],
  ['It rained. Then: sun', { text: 'It rained. Then: sun' }],
  ['He said “well: no”', { text: 'He said “well: no”' }],
  [`${'word '.repeat(20)}: long`, { text: `${'word '.repeat(20)}: long` }],
  ['Nothing after:', { text: 'Nothing after:' }],
  ['贸易：增长', { label: '贸易', text: '增长' }],
  ['*Stars*: and_ *stars*', { label: '*Stars*', text: 'and\\_ \\*stars\\*' }],
]
for (const [item, expected] of labels) {
  t.test(`the list item “${item.slice(0, 30)}” has ${expected.label ? 'a' : 'no'} label`, async (t) => {
    t.strictSame(read(`Headline\n\nThe story began.\n\n• ${item}`).sections[0]?.body[1], {
      type: 'list',
      ordered: false,
      items: [expected],
    })
  })
}

t.test('bullets are highlights only between the headlines and the story', async (t) => {
  t.equal(read('Headline\n- one\n- two\n\nThe story began.').highlightLists.length, 1)
  const body = read('Headline\n\nThe story began.\n\n- one\n- two\n\nPlan:\nIt went on.')
  t.strictSame([body.highlightLists, outline(body.sections)[0]], [[], [null, 'section', 'paragraph bulleted(2)']])
  t.strictSame(outline(read('Headline\n\n- one\n- two').sections), [[null, 'section', 'bulleted(2)']], 'bullets alone are the story')
})

t.test('boilerplate goes only from the end of a page, and only word for word', async (t) => {
  const paragraphs = (text: string): string[] => read(text).sections.flatMap((section) => section.body.flatMap(blockTexts))
  t.strictSame(paragraphs('Headline\n\nThe story.\n\nShare this article\nFacebook\nX\n\nLEAVE A COMMENT:\n'), ['The story.'])
  t.strictSame(paragraphs('Headline\n\nThe story.\n\nLeave a comment if you agree.'), ['The story.', 'Leave a comment if you agree.'])
  t.strictSame(paragraphs('Headline\n\nThe story.\n\nFacebook'), ['The story.', 'Facebook'], 'a network without a “share” above it')
  t.strictSame(paragraphs('Headline\n\nShare this article\n\nThe story.'), ['The story.'])
})

t.test('anchors are unique in the article, within 200 characters', async (t) => {
  const long = `${'Word '.repeat(23)}ends`
  const text = ['Headline', 'The story began.', 'Plan:', 'It went on.', 'Plan:', 'It went on.', '…?!:', `${long}:`, 'On.', `${long}:`, 'On.']
  const anchors = read(text.join('\n\n')).sections.map((section) => section.anchor)
  t.equal(new Set(anchors).size, anchors.length)
  t.ok(anchors.every((anchor) => anchor.length <= 200 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(anchor)))
  t.strictSame(anchors.slice(0, 3), ['section', 'plan', 'plan-2'])
})

t.test('a number goes only where a list counts it by itself', async (t) => {
  const items = (list: string): string[] => {
    const block = read(`Headline\n\nThe story began.\n\n${list}`).sections[0]?.body[1]
    return block ? blockTexts(block) : []
  }
  t.strictSame(items('1. one\n   1. under\n   2. under\n2. two'), ['1. one', 'under', 'under', '2. two'])
  t.strictSame(items('1. one\n   2. under\n   4. under\n2. two'), ['1. one', '2. under', '4. under', '2. two'])
  t.strictSame(items('- one\n   1. under\n   2. under\n- two'), ['one', '1. under', '2. under', 'two'])
  t.strictSame(items('7. one'), ['7. one'])
})

t.test('lists deeper than 8 are flattened to 8, losing nothing', async (t) => {
  const text = `Headline\n\nThe story began.\n\n${Array.from({ length: 12 }, (_, level) => `${'  '.repeat(level)}- level ${level}`).join('\n')}`
  t.strictSame(lossesOf(text, read(text)), [])
  t.equal(JSON.stringify(read(text).sections).split('"items"').length - 1, 8)
})

t.test('single lines of the contract stay within 1,000 characters', async (t) => {
  const long = 'word '.repeat(250).trim()
  const text = `Headline\n\nSecond\n${long}\n• ${long}\n\nSecond\n\nThe story: it began.`
  const article = read(text)
  t.strictSame(lossesOf(text, article), [])
  t.strictSame([article.leadImage, article.highlightLists], [undefined, []])
})

const large: Record<string, string> = {
  'one line': 'word '.repeat(200_000),
  'a line a letter': 'a\n'.repeat(500_000),
  headings: 'Costs:\n'.repeat(150_000),
  titles: 'The Costs\n\n'.repeat(90_000),
  'lists of one item': '1. a\n'.repeat(200_000),
  'one list': '- item: text\n'.repeat(80_000),
  'ever deeper bullets': Array.from({ length: 1_400 }, (_, level) => `${' '.repeat(level)}- a`).join('\n'),
  'blank lines': '\n'.repeat(1_000_000),
  underscores: `${'_'.repeat(500_000)}a${'\\'.repeat(500_000)}`,
  'brackets and colons': '[a]: (b) <c> '.repeat(80_000),
  spaces: `a${' '.repeat(1_000_000)}b`,
  'stops and quotes': '.”'.repeat(300_000),
}
// What took more than linear time would take minutes, and be ended by the runner.
for (const [what, text] of Object.entries(large))
  t.test(`a mebibyte of ${what} is read`, async (t) => t.equal(read(`Headline\n\n${text}\n\nThe end.`).headline, 'Headline'))
