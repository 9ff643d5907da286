import type { FreestandingListInput } from '../../freestanding-lists/schemas.ts'
import { toStory } from './story.ts'

/** The last of them is made last of all: where it is, so is the rest. */
export const lists: (FreestandingListInput & { slug: string })[] = [
  {
    slug: 'ports-of-the-world',
    title: 'Ports of the world',
    items: ['old-harbour-lamps', 'book-stall-by-the-port', 'morning-market-soup', 'ferry-line-nine', 'der-seiler-vom-alten-hafen'].map((slug) => toStory(slug)),
  },
  {
    slug: 'weekend',
    title: 'For the weekend',
    style: 'numbered',
    items: [
      toStory('mussels-in-cider', 'Cook'),
      toStory('review-the-salt-ledger', 'Read'),
      toStory('two-days-on-the-island', 'Go'),
      { text: 'What is on', target: { type: 'url', url: 'https://tidewick.example/calendar' } },
    ],
  },
  {
    slug: 'top-stories',
    title: 'Top stories',
    items: [
      toStory('quay-street-closed'),
      toStory('lifting-bridge-opens'),
      toStory('budget-what-is-left'),
      toStory('rovers-three-harbour-two'),
      toStory('interview-bridge-keeper', 'The woman who lifts the bridge'),
      toStory('how-late-is-the-bus'),
    ],
  },
]
