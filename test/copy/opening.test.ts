import { readFileSync } from 'node:fs'
import { articleFromText } from '../../src/copy/text.ts'
import { t } from '../support/tap.ts'
import { type Expected, outcomeOf } from './generated-pages.ts'

function outcome(text: string): Expected {
  const article = articleFromText(text)
  if (!article) throw new Error('this text has no headline')
  return outcomeOf(article)
}

/** What came out in short: each section as its heading and its blocks, a list as the number of its items. */
function shape(text: string): { second: string | null; picture: string | null; highlights: string[]; sections: [string | null, ...(string | number)[]][] } {
  const { alternativeHeadline, picture, highlights, sections } = outcome(text)
  return {
    second: alternativeHeadline,
    picture: picture && [picture.alt, picture.title, picture.caption].map((part) => part ?? '').join('|'),
    highlights: highlights.flatMap(({ items }) => items.map(([item, heading]) => (heading === null ? item : `→ ${heading}`))),
    sections: sections.map(({ heading, body }) => [heading, ...body.map((block) => (block.type === 'list' ? block.items.length : block.text))]),
  }
}

const pages: Record<string, ReturnType<typeof shape>> = {
  'bullets-under-headline': {
    second: null,
    picture: null,
    highlights: ['→ Stalls By Lottery', '→ Rain Or Shine'],
    sections: [
      ['Stalls By Lottery', 2],
      ['Rain Or Shine', 'The arches keep out the worst of it. Awnings do the rest.'],
    ],
  },
  'bullets-list-first': {
    second: null,
    picture: null,
    highlights: ['→ Rehearsals On Fridays', 'Nobody Auditions Twice'],
    sections: [
      ['Teachers Asked For It', 2],
      ['Rehearsals On Fridays', 'The bus leaves at noon and waits for the cellos.'],
    ],
  },
  'picture-alone': {
    second: null,
    picture: '|Evening Shift|Two rakers draw the last heap of the day across the pan while gulls look on.',
    highlights: ['→ Boots For Everyone'],
    sections: [
      ['Boots For Everyone', 'The guides hand them out at the gate. Small sizes go first.'],
      ['A Slow Harvest', 2],
    ],
  },
  'picture-under-headline-once': {
    second: 'Schools Pay Half Of The Projector',
    picture: '|First Stars|Pupils lean back and count them aloud.',
    highlights: [],
    sections: [
      ['Why The Old One Failed', 'Its lamp was no longer made. Nobody could mend the gears.'],
      ['What Visitors See', 2],
    ],
  },
  'second-headline-once': {
    second: 'Crews Want Longer Breaks',
    picture: null,
    highlights: ['→ Boats Stay Moored On Sunday', '→ Islanders Hire Their Own'],
    sections: [
      ['Boats Stay Moored On Sunday', 'Seven in ten voted against it.', 2],
      ['Islanders Hire Their Own', 'A trawler takes twelve at a time.'],
    ],
  },
  'times-of-day': {
    second: null,
    picture: null,
    highlights: [],
    sections: [
      [null, '5:40 a.m. - The envelope fills and the ropes are let go'],
      ['Over The Water', '7.15 am – A fishing boat waves', '20:05: Lights on the far shore'],
      ['The Landing', 'It came down in a field of beans. Nobody was hurt.', 'Thanks To All Who Waited'],
    ],
  },
  'bare-headings': {
    second: null,
    picture: null,
    highlights: [],
    sections: [
      [null, 'The board met on Monday and closed the sluices.', 'What Is Planned:'],
      ['First Measures', 'Gardens go dry. Car washes close until the rain comes back.', 'More To Come:'],
    ],
  },
}
for (const [name, expected] of Object.entries(pages)) {
  t.test(`the page ${name} has the shape a reader sees`, async (t) => {
    t.strictSame(shape(readFileSync(new URL(`pages/${name}.txt`, import.meta.url), 'utf8')), expected)
  })
}

t.test('a line after the bullets is a second headline only where it is repeated', async (t) => {
  const story = 'The Tide\n\nIt came at noon. Nobody slept.'
  t.match(shape(`Headline\n• One\n\nA Night On The Roof\n\n${story}`), { second: null, sections: [[null, 'A Night On The Roof'], ['The Tide']] })
  t.match(shape(`Headline\n\nA Night On The Roof\n• One\n\n${story}`), { second: 'A Night On The Roof', highlights: ['One'] })
  const repeated = shape(`Headline\n\nA Night On The Roof\nLow Water: Boats lie on the sand.\n• One\n\nA night on the roof\n\n${story}`)
  t.match(repeated, { second: 'A night on the roof', picture: 'A Night On The Roof|Low Water|Boats lie on the sand.', highlights: ['One'] })
})

const captions: [string, string, { second?: string; picture: string | null }][] = [
  ['over text', 'Low Water: Boats lie on the sand.\n\nThe storm came at noon. Nobody slept.', { picture: '|Low Water|Boats lie on the sand.' }],
  ['over a heading, as one word', 'Reopened: The boats are back.\n\nCosts:\nNobody knows.', { picture: '|Reopened|The boats are back.' }],
  ['without a stop', 'Low Water At Dawn: Boats lie on the sand\n\nThe Costs\n\nNobody knows.', { picture: '|Low Water At Dawn|Boats lie on the sand' }],
  [
    'under a second headline with a colon',
    'A Night Outside: No End In Sight\nLow Water: Boats lie on the sand.\n\nThe Costs\n\nNobody knows.',
    { second: 'A Night Outside: No End In Sight', picture: '|Low Water|Boats lie on the sand.' },
  ],
  [
    'under a line of its own',
    'A Night On The Roof\n\nThe old harbour\nLow Water: Boats lie on the sand.\n\nThe Costs\n\nNobody knows.',
    { second: 'A Night On The Roof', picture: 'The old harbour|Low Water|Boats lie on the sand.' },
  ],
  ['a place in capitals', 'OAKMERE: The council met on Thursday.\n\nIt meets again soon.', { picture: null }],
  ['a place', 'Oakmere: The council met on Thursday.\n\nIt meets again soon.', { picture: null }],
  ['who said it', 'The mayor said: We won the case.\n\nIt was a long one.', { picture: null }],
  [
    'a headline with a colon',
    'Strike Looms: Bakers Reject The Third Offer\n\nThe Costs\n\nNobody knows.',
    { second: 'Strike Looms: Bakers Reject The Third Offer', picture: null },
  ],
]
for (const [what, text, expected] of captions) {
  t.test(`a caption without a repeated line: ${what}`, async (t) => {
    const { second, picture } = shape(`Headline\n\n${text}`)
    t.strictSame({ second, picture }, { second: null, ...expected })
  })
}

const times = [
  ...['8:08 a.m. - The clerk arrives', '8.08 am – The clerk arrives', '20:15 – The clerk arrives', '8 p.m.: The clerk arrives', '20.15: The clerk arrives'],
  ...[
    '8 AM The clerk arrives',
    'At 8:08 a.m. The Clerk Arrives',
    'Monday, 8:08 a.m. – The clerk arrives',
    '8–9 a.m.: The clerk arrives',
    '20h15 – The clerk arrives',
  ],
  ...['Noon: The clerk arrives', '(8:08 a.m.) The clerk arrives', '8:08 a.m. EST - The clerk arrives', 'Updated 8:08 a.m. – The clerk arrives'],
]
for (const line of times) {
  t.test(`a line with a time of day is a paragraph: ${line}`, async (t) => {
    t.strictSame(shape(`Headline\n\n${line}\n\nTwo Votes\n\nThe bridge stays.\n\n${line}\n\nThe toll stays.`), {
      second: null,
      picture: null,
      highlights: [],
      sections: [
        [null, line],
        ['Two Votes', 'The bridge stays.', line, 'The toll stays.'],
      ],
    })
  })
}

t.test('a title over a list heads it, with or without a colon or a blank line', async (t) => {
  for (const heading of ['What It Needs\n', 'What It Needs\n\n', 'What It Needs:\n', 'What It Needs:\n\n']) {
    const { sections } = shape(`Headline\n\nThe story began.\n\n${heading}- Money: a lot.\n- Time.`)
    t.strictSame(sections, [
      [null, 'The story began.'],
      ['What It Needs', 2],
    ])
    t.match(shape(`Headline\n\n${heading}- Money: a lot.\n- Time.\n\nWho Pays\n- The town.`), {
      second: null,
      highlights: [],
      sections: [
        ['What It Needs', 2],
        ['Who Pays', 1],
      ],
    })
  }
  const unbroken = `Headline\n${'It rained on and on. '.repeat(9).trim()}\nWhat It Needs\n- Money\n- Time`
  t.strictSame(shape(unbroken).sections.at(-1), ['What It Needs', 2])
})

t.test('a list of any length is read', async (t) => {
  const [block] = outcome(`Headline\n\nThe story began.\n\n${'- a\n'.repeat(500_000)}`).sections[0]?.body.slice(1) ?? []
  t.equal(block?.type === 'list' && block.items.length, 500_000)
  t.equal(outcome(`Headline\n${'- a\n'.repeat(500_000)}\nThe story began.`).highlights[0]?.items.length, 500_000)
})
