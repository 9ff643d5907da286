/** Picks of one page: a number below a limit, one of several, and true so many times in a hundred. */
export type Dice = { below: (limit: number) => number; oneOf: <T>(values: readonly T[]) => T; chance: (percent: number) => boolean }

/** How a page writes its headings. */
export type Case = 'Every Word' | 'Words of Weight' | 'first word'

const places = ['Brannock', 'Tolvey', 'Sankt Ulm', 'Pereira', 'Kessing', 'Ardmoor', 'Lindhaven', 'Vaduri', 'Croy', 'Ostrava', 'Mirpur', 'Hallow Bay']
const subjects = ['observatory', 'tram', 'orchard', 'reservoir', 'lighthouse', 'archive', 'choir', 'swimming pool', 'cinema', 'vineyard', 'airfield', 'clinic']
const acts = [
  ...['opens its doors to schools', 'loses a third of its staff', 'wins back its night shift', 'sells shares to its neighbours', 'closes for the winter'],
  ...['asks for a second chance', 'counts the cost of the flood', 'moves across the river', 'turns a hundred', 'answers its critics'],
]
const decks = [
  ...['volunteers and a legacy pay for the first year', 'critics doubt that the numbers add up', 'a ruling from the capital settles a quarrel of ten years'],
  ...[
    'neighbours promise to bring soup and blankets',
    'the ministry wants its loan back',
    'twelve apprentices start in the spring',
    'nobody asked the ferrymen',
  ],
]
const topics = [
  ...[
    'the money',
    'a long wait',
    'who decides',
    'the first season',
    'an old quarrel',
    'paint and plaster',
    'tickets and passes',
    'the night shift',
    'what it takes',
  ],
  ...[
    'how it began',
    'a question of noise',
    'the view from the hill',
    'next steps',
    'the neighbours',
    'room for bicycles',
    'water and light',
    'the other bidder',
  ],
  ...['what the engineers found', 'why nobody objected', 'the plan for the roof', 'two winters of work', 'where the visitors sleep'],
]
const extras = [
  'parking stays free',
  'dogs are welcome again',
  'no new taxes this year',
  'a film is in the making',
  'the café keeps its lease',
  'school groups come first',
]
const agents = ['The trustees', 'Two surveyors', 'A retired baker', 'The ministry', 'Several families', 'Her deputy', 'Pupils from the valley', 'The insurers']
const deeds = [
  ...[
    'signed the papers in March',
    'walked the whole site twice',
    'have offered to lend the tools',
    'found rust behind the panels',
    'want a ramp by the east gate',
  ],
  ...[
    'kept a diary of every visit',
    'disagree about the colour of the doors',
    'paid 4,200 crowns for the survey',
    'rejected the first draft',
    'planted forty limes along the wall',
  ],
]
const turns = [
  'after a short vote',
  'although the rain kept on',
  'because the lease ran out',
  'without telling the press',
  'as the deadline passed',
  'in a hall of 300',
  'for the first time since 1987',
]
const labels = ['Ground floor', 'The lease', 'Heating', 'Second phase', 'Volunteers', 'Opening hours', 'Staff costs', 'A spare key', 'Noise', 'The bell']
const shots = [
  ...[
    'Pupils wave from the gallery while the band packs up below.',
    'A crane lowers the new roof beam under a grey sky.',
    'Two keepers polish the lamp before the evening.',
  ],
  ...[
    'Neighbours share bread at a long table in the yard.',
    'The last visitors leave through the garden gate at dusk.',
    'An engineer points at the crack; nobody smiles.',
  ],
]
const shotTitles = ['opening night', 'under the dome', 'a first look', 'hands at work', 'the long table', 'end of the line']
const times = [
  ...['7:45 a.m. - ', '7.45 am – ', '19:20 – ', '6 p.m.: ', '11:05: ', '09:30 ', '12.15 pm - ', '8 AM — ', '21.40 – '],
  ...['Monday, 8:10 a.m. – ', '4:55 PM: '],
]
const events = [
  'The first guests arrive at the gate',
  'Doors open and the queue moves',
  'The chair reads out the names',
  'A second count begins',
  'The lights go out for good',
]

/** The words that a page is made of; no heading, highlight or sentence comes twice. */
export function wordsOf({ below, oneOf, chance }: Dice, style: Case) {
  const rest = new Map<readonly string[], string[]>()
  const fresh = (pool: readonly string[]): string => {
    const left = rest.get(pool) ?? [...pool]
    if (!rest.has(pool)) rest.set(pool, left)
    return left.splice(below(left.length), 1)[0] ?? fresh(rest.set(pool, [...pool]) && pool)
  }
  const sentence = (): string => `${fresh(agents)} ${fresh(deeds)}${chance(60) ? ` ${fresh(turns)}` : ''}.`
  return {
    headline: () => inCase(`${oneOf(places)} ${oneOf(subjects)} ${oneOf(acts)}`, style),
    deck: () => inCase(fresh(decks), style),
    longDeck: () => inCase(`${decks[2]}, and ${oneOf(['the old bridge', 'the river path', 'the market hall'])} stays open to all`, 'first word'),
    topic: () => inCase(fresh(topics), style),
    shortTopic: () => inCase(fresh(shortTopics), style),
    extra: () => inCase(fresh(extras), style),
    label: () => fresh(labels),
    shotTitle: () => inCase(fresh(shotTitles), style),
    shot: () => fresh(shots),
    sentence,
    paragraph: () => Array.from({ length: 2 + below(3) }, sentence).join(' '),
    timed: () => `${fresh(times)}${fresh(events)}${chance(40) ? '.' : ''}`,
  }
}

const shortTopics = topics.filter((topic) => topic.split(' ').length <= 3)
const light = new Set(['of', 'the', 'a', 'an', 'and', 'to', 'in', 'at', 'by', 'for', 'on', 'from', 'its'])

function inCase(text: string, style: Case): string {
  return text
    .split(' ')
    .map((word, index) => {
      const stays = index > 0 && (style === 'first word' || (style === 'Words of Weight' && light.has(word)))
      return stays ? word : word.charAt(0).toUpperCase() + word.slice(1)
    })
    .join(' ')
}
