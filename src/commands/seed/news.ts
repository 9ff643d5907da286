import { day, named, paragraphs, picture, type SeedStory, toSection, toStory } from './story.ts'

export const news: SeedStory[] = [
  {
    hoursAgo: 1,
    article: {
      slug: 'quay-street-closed',
      headline: 'Quay Street closed after a water main bursts',
      kicker: 'Breaking',
      genre: 'breaking',
      dateline: 'TIDEWICK',
      authors: named('mara-lindqvist'),
      topics: named('news'),
      sections: [
        { body: paragraphs('Quay Street is closed between the fish market and the library. Nobody is hurt. Buses 4 and 7 go by Mill Lane. **More follows.**') },
      ],
    },
  },
  {
    hoursAgo: 2 * day,
    article: {
      slug: 'lifting-bridge-opens',
      headline: 'The lifting bridge opens, eleven years after it was promised',
      alternativeHeadline: 'Up it goes',
      standfirst: 'At noon the first tram crossed, at five past the first ship passed, and by six nobody could remember the detour.',
      genre: 'news',
      dateline: 'TIDEWICK',
      leadImage: picture('bridge', 'A steel bridge with its middle raised over a river mouth', 'The bridge is up for the Petrel, the first ship to pass.'),
      authors: [
        { slug: 'mara-lindqvist', role: 'words' },
        { slug: 'jonas-pryce', role: 'pictures' },
      ],
      topics: named('harbour', 'politics'),
      sections: [
        {
          body: paragraphs(
            'The bell rang, the gates came down, and four hundred tonnes of steel rose over the mouth of the Wick as if they weighed nothing.',
            'For eleven years whoever wanted to cross had gone round by the mill: forty minutes on foot, or a bus that came when it liked.',
          ),
        },
        {
          heading: 'What it cost',
          body: [
            ...paragraphs('The bridge cost **£61 million**, nearly twice what the council was told in the beginning.'),
            {
              type: 'table',
              caption: 'Where the money went',
              header: ['Part', '£ million'],
              rows: [
                ['Steel and machinery', '34'],
                ['Foundations', '19'],
                ['Land and roads', '8'],
              ],
            },
          ],
        },
        {
          heading: 'Who crossed first',
          body: [
            { type: 'quote', text: 'I was born on the wrong side. Now there is no wrong side.', attribution: 'Edith Marlow, 91, first across on foot' },
            { type: 'image', image: picture('first-tram', 'A tram covered in bunting', 'Tram 1 took four minutes.') },
          ],
        },
        {
          heading: 'When it lifts',
          depth: 1,
          body: [
            {
              type: 'list',
              ordered: false,
              items: [
                { label: 'On weekdays', text: 'at 6:00, 12:00 and 20:00' },
                { label: 'On Sundays', text: 'when a ship asks', items: [{ text: 'by radio, an hour ahead' }, { text: 'or by telephone, a day ahead' }] },
              ],
            },
          ],
        },
      ],
      highlightLists: [
        {
          title: 'At a glance',
          items: [
            toSection('what-it-cost', 'It cost £61 million'),
            toSection('when-it-lifts'),
            { text: 'The timetable', target: { type: 'url', url: 'https://tidewick.example/bridge/times' } },
            toStory('why-bridges-lift'),
          ],
        },
      ],
      related: [
        { relation: 'background', target: { type: 'article', slug: 'why-bridges-lift' } },
        { relation: 'related', text: 'How the council paid', target: { type: 'article', slug: 'budget-what-is-left' } },
      ],
      seo: { title: 'Tidewick lifting bridge opens', description: 'The first tram, the first ship, and the bill.' },
      custom: { printPage: 'A1' },
    },
    comments: [
      {
        name: 'Edith M.',
        body: 'I would do it again tomorrow, *if my knees agree*.',
        replies: [
          { name: 'A tram driver', body: 'We will wait for you.', replies: [{ name: 'Edith M.', body: 'You had better.' }] },
          { name: 'Pavel', body: 'See you at the other end.' },
        ],
      },
      { name: 'Counting pennies', body: 'Sixty-one. **Million.**' },
      { name: 'Night shift', body: 'The bell at six in the morning is louder than they said.' },
    ],
  },
  {
    hoursAgo: 3 * day,
    article: {
      slug: 'why-bridges-lift',
      headline: 'Why some bridges lift and others turn',
      kicker: 'Explained',
      genre: 'explainer',
      standfirst: 'Three ways to let a ship through a road, and why Tidewick chose the oldest.',
      authors: named('ruth-adeyemi'),
      topics: named('science', 'harbour'),
      sections: [
        {
          heading: 'Lift',
          body: paragraphs(
            'A lifting bridge is a seesaw: what goes up on one side is balanced by a weight that goes down on the other. A motor no larger than that of a car does the rest.',
          ),
        },
        {
          heading: 'Turn',
          body: paragraphs('A swing bridge turns on a pillar. It needs no height, but a wide river, since it lies along the stream while it is open.'),
        },
        { heading: 'Roll', body: paragraphs('Some roll back on curved feet, like a rocking chair. They are quick, and the hardest on their foundations.') },
        {
          heading: 'And ours?',
          body: paragraphs('The Wick is narrow and its banks are built up. So ours lifts: see [how it was paid for](https://tidewick.example/budget).'),
        },
      ],
      highlightLists: [{ title: 'In short', style: 'numbered', items: [toSection('lift'), toSection('turn'), toSection('roll')] }],
    },
    comments: [{ name: 'Retired engineer', body: 'The counterweight is 410 tonnes, to be exact.' }],
  },
  {
    hoursAgo: 5 * day,
    article: {
      slug: 'budget-what-is-left',
      headline: 'The budget balances. What is left?',
      kicker: 'Analysis',
      genre: 'analysis',
      standfirst: 'The council has closed its gap of £9 million. It did so by spending twice what can be spent once.',
      authors: named('tobias-okafor'),
      topics: named('politics'),
      sections: [
        { body: paragraphs('A budget is a list of promises with numbers beside them. This one keeps most of them until spring.') },
        {
          heading: 'The reserve',
          body: paragraphs('£6 million come from the reserve for storms. It was meant for a night such as that of six weeks ago, and was half spent on it.'),
        },
        { heading: 'The sale', body: paragraphs('The other £3 million are for the old customs house, which has no buyer yet.') },
        { heading: 'The question', body: paragraphs('What happens if it storms before somebody buys? Nobody in the chamber asked.') },
      ],
      highlightLists: [
        {
          title: 'The argument',
          items: [toSection('the-reserve'), toSection('the-sale'), toStory('the-night-of-the-storm', 'The storm that cost £3 million')],
        },
      ],
    },
    comments: [{ name: 'Customs clerk', body: 'It has no buyer because it has no roof.', replies: [{ name: 'Tess', body: 'It has half of one.' }] }],
  },
  {
    hoursAgo: 8 * day,
    article: {
      slug: 'ferry-fares-rise',
      headline: 'Ferry fares rise by a tenth',
      genre: 'news',
      authors: named('mara-lindqvist'),
      topics: named('harbour', 'business'),
      sections: [
        {
          body: [
            ...paragraphs('From the first of next month a crossing costs £3.30, and a book of ten £27.'),
            {
              type: 'table',
              header: ['Ticket', 'Before', 'After'],
              rows: [
                ['Single', '£3.00', '£3.30'],
                ['Ten', '£25.00', '£27.00'],
              ],
            },
          ],
        },
      ],
      commentPolicy: 'moderated',
    },
    edit: {
      note: 'The operator rang: the book of ten',
      patch: { corrections: [{ text: 'An earlier version gave the old price of a book of ten as £24. It was £25.' }] },
    },
    comments: [
      { name: 'Island resident', body: 'It is a bridge for us. Bridges have no fares.', replies: [{ name: 'Other islander', body: 'Give them time.' }] },
      { name: 'Anonymous', body: 'Somebody ought to be told.', isPending: true },
      { name: 'Cheap tickets here', body: 'Best fares at https://fares.example', isPending: true },
    ],
  },
  {
    hoursAgo: 40 * day,
    article: {
      slug: 'the-night-of-the-storm',
      headline: 'As it happened: the night of the storm',
      kicker: 'Live',
      genre: 'live',
      standfirst: 'The Wick rose by three metres and fell again. What we knew, when we knew it.',
      authors: named('mara-lindqvist', 'ruth-adeyemi'),
      topics: named('weather', 'harbour'),
      leadImage: picture('storm', 'Waves over a sea wall at night', 'The wall at 23:40.'),
      sections: [
        { heading: '06:10 – The water falls', body: paragraphs('The gauge at the mill shows 2.1 metres. The fire service lets people back into Quay Street.') },
        {
          heading: '02:30 – The wall holds',
          body: [
            ...paragraphs('Engineers have walked the whole of the sea wall. Two places leak; none has moved.'),
            { type: 'embed', url: 'https://video.example/tidewick/wall', title: 'The wall from above' },
          ],
        },
        { heading: '23:40 – Highest water', body: paragraphs('3.02 metres, the most since records began in 1911.') },
        { heading: '21:00 – The school is open', body: paragraphs('Whoever can’t stay at home finds beds in the gymnasium of Mill Lane School.') },
      ],
      highlightLists: [{ title: 'Key moments', items: [toSection('23-40-highest-water'), toSection('06-10-the-water-falls')] }],
    },
    comments: [{ name: 'Fire station', body: 'Thanks to everyone who brought soup.' }],
  },
  {
    hoursAgo: 45 * day,
    article: {
      slug: 'mill-lane-school-garden',
      headline: 'A school digs up its car park',
      genre: 'news',
      authors: named('ines-carvalho'),
      topics: named('news'),
      sections: [
        {
          body: paragraphs(
            'Forty spaces have become forty beds. Each class has four, and a rota for the watering can.',
            'The head teacher now comes by bicycle. “So does everyone,” she says, “since there is nowhere to park.”',
          ),
        },
      ],
    },
    edit: { note: 'A shorter address', patch: { slug: 'school-garden' } },
  },
  {
    hoursAgo: 50 * day,
    article: {
      slug: 'court-net-theft',
      headline: 'Two fined for the theft of nets',
      genre: 'court report',
      authors: named('tobias-okafor'),
      topics: named('news', 'harbour'),
      commentPolicy: 'closed',
      sections: [
        {
          body: paragraphs(
            'Two men were fined £400 each for taking eleven nets from a shed on the north quay. Both admitted it. The nets have been returned, and one of them mended.',
          ),
        },
      ],
    },
  },
  {
    hoursAgo: 90 * day,
    article: {
      slug: 'council-election-results',
      headline: 'No party wins the council',
      kicker: 'Results',
      genre: 'news',
      authors: named('tobias-okafor', 'ruth-adeyemi'),
      topics: named('politics'),
      sections: [
        {
          heading: 'Seats',
          body: [
            {
              type: 'table',
              caption: 'Seats, and what changed',
              header: ['List', 'Seats', 'Change'],
              rows: [
                ['Harbour', '11', '−2'],
                ['Upper Town', '10', '+3'],
                ['Greens', '7', '+1'],
                ['Others', '3', '−2'],
              ],
            },
          ],
        },
        { heading: 'Turnout', body: paragraphs('58 in a hundred voted, four more than last time. On the island it was 81.') },
      ],
      highlightLists: [{ title: 'The night in two numbers', items: [toSection('seats', 'Eleven seats are not sixteen'), toSection('turnout')] }],
    },
  },
  {
    hoursAgo: 27 * 365 * day,
    article: {
      slug: 'last-herring-boat',
      headline: 'The last herring boat comes home',
      kicker: 'From the archive',
      genre: 'news',
      dateline: 'TIDEWICK',
      source: { name: 'The Tidewick Courier, print edition' },
      topics: named('harbour'),
      sections: [
        {
          body: paragraphs(
            'The *Constance* tied up on Friday for the last time. Her skipper sold the catch, three boxes, on the quay, and the boat on Saturday.',
          ),
        },
      ],
      custom: { page: 3, scannedFrom: 'microfilm' },
    },
  },
  {
    hoursAgo: 16 * day,
    article: {
      slug: 'library-to-close',
      headline: 'The library is to close',
      genre: 'news',
      authors: named('tobias-okafor'),
      topics: named('politics', 'books'),
      sections: [{ body: paragraphs('The library on Quay Street is to close in spring, according to a paper seen by the Courier.') }],
    },
    takenDown: 'The paper on which this story rested was a forgery. The library stays open. We apologise to its staff and readers.',
  },
  {
    hoursAgo: null,
    article: {
      slug: 'customs-house-buyer',
      headline: 'Who wants the customs house?',
      genre: 'news',
      editorNote: 'Two sources say there is an offer. Call the agent before this goes anywhere.',
      authors: named('tobias-okafor'),
      topics: named('politics', 'business'),
      sections: [{ body: paragraphs('There is an offer for the customs house, roof or no roof.') }],
    },
  },
  {
    hoursAgo: null,
    dueIn: 7 * day,
    article: {
      slug: 'bridge-first-week',
      headline: 'The bridge after its first week, in numbers',
      genre: 'data',
      authors: named('ruth-adeyemi'),
      topics: named('science', 'harbour'),
      sections: [{ body: paragraphs('So many people crossed, so many ships passed, and so often the bell rang. The numbers go in on the morning.') }],
    },
  },
]
