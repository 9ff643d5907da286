import { day, named, paragraphs, picture, type SeedStory, toSection, toStory } from './story.ts'

export const features: SeedStory[] = [
  {
    hoursAgo: 4 * day,
    article: {
      slug: 'in-praise-of-detours',
      headline: 'In praise of detours',
      kicker: 'Column',
      genre: 'opinion',
      authors: named('ines-carvalho'),
      topics: named('opinion'),
      sections: [
        {
          body: paragraphs(
            'For eleven years I walked round by the mill. I know its ducks by name. Now a tram takes me over in four minutes, and I arrive with nothing to tell.',
            'Cross the bridge by all means. But on Sundays, go the long way.',
          ),
        },
      ],
    },
    comments: [{ name: 'Miller', body: 'The ducks miss you.', replies: [{ name: 'Ines', body: 'Tell them: Sunday.' }] }],
  },
  {
    hoursAgo: 6 * day,
    article: {
      slug: 'rovers-three-harbour-two',
      headline: 'Wick Rovers 3, Harbour Athletic 2',
      kicker: 'Match report',
      genre: 'match report',
      standfirst: 'Two down after ten minutes, Rovers won it with the last touch.',
      authors: named('hugh-penrose'),
      topics: named('football'),
      leadImage: picture('rovers', 'Players in red pile onto one another', 'Ninety-four minutes gone.'),
      sections: [
        { heading: 'First half', body: paragraphs('Athletic scored from a corner, and then from another that should not have been one.') },
        {
          heading: 'Second half',
          body: paragraphs(
            'Dunne headed one back, Osei curled in the next. In the fourth minute of added time a clearance struck the referee, and fell to Dunne.',
          ),
        },
        {
          heading: 'The table',
          body: [
            {
              type: 'table',
              header: ['', 'Club', 'Points'],
              rows: [
                ['1', 'Wick Rovers', '31'],
                ['2', 'Mill Lane', '29'],
                ['3', 'Harbour Athletic', '28'],
              ],
            },
          ],
        },
      ],
      highlightLists: [
        {
          title: 'The match',
          style: 'numbered',
          items: [
            { text: '0–2, before some had found their seats', target: { type: 'section', anchor: 'first-half' } },
            toSection('second-half', '3–2, off the referee'),
            toSection('the-table', 'Rovers lead'),
          ],
        },
      ],
    },
    comments: [
      { name: 'North stand', body: 'I left after ten minutes. Never again.' },
      { name: 'The referee’s brother', body: 'It hurt, he says.' },
    ],
  },
  {
    hoursAgo: 7 * day,
    article: {
      slug: 'letters-the-bell',
      headline: 'Letters: the bell, the ducks, and a lost umbrella',
      genre: 'letters',
      topics: named('opinion'),
      sections: [
        {
          heading: 'The bell',
          body: [{ type: 'quote', text: 'Could the bell of the bridge not ring in a lower key?', attribution: 'A. Strand, Quay Street' }],
        },
        { heading: 'The ducks', body: [{ type: 'quote', text: 'There are nine ducks at the mill, not eight.', attribution: 'The miller' }] },
        { heading: 'The umbrella', body: [{ type: 'quote', text: 'Blue, with a wooden handle, on tram 1. It was my aunt’s.', attribution: 'J. Holt' }] },
      ],
    },
  },
  {
    hoursAgo: 9 * day,
    article: {
      slug: 'mussels-in-cider',
      headline: 'Mussels in cider',
      kicker: 'Recipe',
      genre: 'recipe',
      standfirst: 'Twenty minutes, one pot, and bread for what is left in it.',
      authors: named('ines-carvalho'),
      topics: named('food'),
      leadImage: picture('mussels', 'A pot of open mussels', 'Throw away those that stay shut.', 'Ines Carvalho'),
      sections: [
        {
          heading: 'For four',
          body: [
            {
              type: 'table',
              header: ['What', 'How much'],
              rows: [
                ['Mussels', '2 kg'],
                ['Dry cider', '400 ml'],
                ['Shallots', '3'],
                ['Butter', '50 g'],
                ['Cream', '100 ml'],
              ],
            },
          ],
        },
        {
          heading: 'Method',
          body: [
            {
              type: 'list',
              ordered: true,
              items: [
                { text: 'Wash the mussels; throw away those that are broken.' },
                { text: 'Soften the shallots in the butter, **without colour**.' },
                { text: 'Pour in the cider, let it boil, add the mussels, put the lid on.' },
                { text: 'After five minutes stir in the cream.' },
              ],
            },
          ],
        },
      ],
      custom: { minutes: 20, servings: 4, diet: ['no meat'] },
    },
    comments: [{ name: 'Cook', body: 'Half the cream, twice the cider.' }],
  },
  {
    hoursAgo: 12 * day,
    article: {
      slug: 'review-the-salt-ledger',
      headline: 'A ledger of salt and silence',
      kicker: 'Review',
      genre: 'review',
      standfirst: '“The Salt Ledger”, a first novel, keeps accounts of a family that never spoke of money.',
      authors: named('ines-carvalho'),
      topics: named('books'),
      sections: [
        {
          heading: 'The book',
          body: paragraphs(
            'Three sisters inherit a salt works and the books that their mother kept. Between the columns she wrote down all that she never said.',
          ),
        },
        { heading: 'The verdict', body: paragraphs('The middle is too long, as ledgers are. The last forty pages balance everything. ★★★★☆') },
      ],
      custom: { rating: 4, of: 5, isbn: '978-0-00-000000-2' },
      highlightLists: [{ items: [toSection('the-verdict', 'Four stars of five')] }],
    },
  },
  {
    hoursAgo: 15 * day,
    article: {
      slug: 'interview-bridge-keeper',
      headline: '“You hear the ship before you see it”',
      kicker: 'Interview',
      genre: 'interview',
      standfirst: 'Nora Feld will lift the new bridge. She has practised on the old one for thirty years.',
      authors: [
        { slug: 'mara-lindqvist', role: 'interview' },
        { slug: 'jonas-pryce', role: 'portrait' },
      ],
      topics: named('harbour'),
      sections: [
        {
          body: paragraphs(
            '**How does one become a keeper of bridges?**',
            'By being late for school, because the bridge was up. I asked to see who did that to me.',
          ),
        },
        {
          heading: 'On fog',
          body: [...paragraphs('**And in fog?**'), { type: 'quote', text: 'You hear the ship before you see it. And it hears you.', attribution: 'Nora Feld' }],
        },
        { heading: 'On patience', body: paragraphs('**Do drivers complain?**', 'They hoot. Ships hoot louder.') },
      ],
      highlightLists: [{ title: 'She speaks of', items: [toSection('on-fog'), toSection('on-patience')] }],
    },
    comments: [{ name: 'Late again', body: 'My teacher never believed me. Thank you, Nora.' }],
  },
  {
    hoursAgo: 18 * day,
    article: {
      slug: 'pictures-before-the-light',
      headline: 'Before the light: the fish market at four',
      kicker: 'In pictures',
      genre: 'photo story',
      authors: [{ slug: 'jonas-pryce', role: 'pictures and words' }],
      topics: named('harbour', 'food'),
      leadImage: picture('market-lamps', 'Lamps over wet stone', 'Ten to four.'),
      sections: [
        {
          heading: 'Ice',
          body: [
            { type: 'image', image: picture('market-ice', 'A man shovels ice', 'The ice comes first.') },
            { type: 'image', image: picture('market-scales', 'A pair of scales', 'Scales from 1934, still right.') },
          ],
        },
        {
          heading: 'Voices',
          body: [{ type: 'image', image: picture('market-auction', 'A woman with a raised hand', 'A raised hand is worth forty pounds.') }],
        },
        {
          heading: 'Nothing left',
          body: [{ type: 'image', image: { ...picture('market-empty', 'An empty hall', 'Six o’clock.'), width: 900, height: 1600 } }],
        },
      ],
    },
  },
  {
    hoursAgo: 20 * day,
    article: {
      slug: 'obituary-albert-finn',
      headline: 'Albert Finn, who painted the boats',
      kicker: 'Obituary',
      genre: 'obituary',
      standfirst: 'For sixty years no boat left the yard without a name in his hand.',
      authors: named('mara-lindqvist'),
      topics: named('shipbuilding', 'culture'),
      commentPolicy: 'moderated',
      sections: [
        { body: paragraphs('Albert Finn, who has died aged 88, painted the names on two thousand boats and never used a stencil.') },
        { heading: 'The yard', body: paragraphs('He came at fourteen to sweep. One day the painter was ill, and a boat was due.') },
        {
          heading: 'The names',
          body: paragraphs('He refused one name only, and took to his grave which. He is survived by two daughters, and by the *Petrel*.'),
        },
      ],
    },
    comments: [
      { name: 'Skipper of the Petrel', body: 'She will be painted again, and your letters stay.' },
      { name: 'A neighbour', body: 'He mended my gate, too.', isPending: true },
    ],
  },
  {
    hoursAgo: 28 * day,
    article: {
      slug: 'shipyard-order-electric-ferries',
      headline: 'The yard gets an order for four electric ferries',
      genre: 'news',
      authors: named('mara-lindqvist'),
      topics: named('shipbuilding', 'business'),
      sections: [
        {
          heading: 'The order',
          body: paragraphs('Four ferries, £48 million, the first in three years: the largest order for the yard since it built its own crane.'),
        },
        { heading: 'The work', body: paragraphs('It means 120 jobs, of which forty are for apprentices.') },
      ],
      highlightLists: [{ title: 'In brief', items: [toSection('the-work', '120 jobs'), toStory('last-herring-boat', 'When the last herring boat was sold')] }],
    },
  },
  {
    hoursAgo: 30 * day,
    article: {
      slug: 'how-late-is-the-bus',
      headline: 'How late is the bus? We counted',
      kicker: 'Data',
      genre: 'data',
      standfirst: '11,206 arrivals at forty stops: one bus in five is more than six minutes late.',
      authors: named('ruth-adeyemi'),
      topics: named('science', 'news'),
      sections: [
        {
          heading: 'What we found',
          body: [
            {
              type: 'table',
              caption: 'Minutes late',
              header: ['Line', 'Median', 'Worst in ten'],
              rows: [
                ['4', '2', '9'],
                ['7', '4', '14'],
                ['9', '1', '5'],
              ],
            },
          ],
        },
        {
          heading: 'How we counted',
          body: [
            ...paragraphs('We asked the stops’ own displays, every half minute. The middle of it is this:'),
            { type: 'code', language: 'python', code: 'late = [seen - due for due, seen in arrivals if seen > due]\nprint(statistics.median(late) / 60)' },
          ],
        },
      ],
      highlightLists: [{ items: [toSection('what-we-found', 'Line 7 is worst'), toSection('how-we-counted')] }],
    },
    comments: [{ name: 'Line 7', body: 'I could have told you that for nothing.' }],
  },
  {
    hoursAgo: 33 * day,
    article: {
      slug: 'seals-are-back',
      headline: 'The seals are back on the north sands',
      genre: 'news',
      authors: named('ruth-adeyemi'),
      topics: named('sea-life'),
      leadImage: picture('seals', 'Three seals on a sandbank', 'Keep fifty metres away.'),
      sections: [
        {
          body: paragraphs(
            'Forty-one seals were counted at low water, the first colony in sixty years. Biologists credit cleaner water; fishermen credit the fish.',
          ),
        },
      ],
    },
    comments: [{ name: 'Fisherman', body: 'We said so first.' }],
  },
  {
    hoursAgo: 60 * day,
    article: {
      slug: 'two-days-on-the-island',
      headline: 'Two days on the island, without a plan',
      kicker: 'Travel',
      genre: 'travel',
      authors: named('ines-carvalho'),
      topics: named('culture', 'food'),
      sections: [
        { heading: 'Saturday', body: paragraphs('Take the first ferry. Walk left from the landing, since everyone else walks right.') },
        {
          heading: 'Sunday',
          body: paragraphs(
            'The chapel is open, the café is not. Bring a sandwich, or `mussels`, and read [the recipe](https://tidewick.example/mussels-in-cider) first.',
          ),
        },
      ],
    },
  },
]
