import type { Json, Server } from './server.ts'

const paragraph = (text: string) => ({ type: 'paragraph', text })

/** A story with a bit of everything, as input. */
export const story = {
  headline: 'Harbour reopens after storm',
  alternativeHeadline: 'Boats leave again',
  kicker: 'Oakmere',
  standfirst: 'Two years of work end on Monday.',
  dateline: 'OAKMERE',
  genre: 'news',
  leadImage: { url: 'https://media.example/quay.jpg', alt: 'The quay', caption: 'The new quay', width: 1600, height: 900, focalPoint: { x: 0.5, y: 0.25 } },
  authors: [{ name: 'Ada Berg', role: 'words' }],
  topics: [{ name: 'Shipping' }, { name: 'Weather' }],
  sections: [
    {
      heading: 'Background',
      body: [
        paragraph('Crews worked **through the night**.'),
        {
          type: 'list',
          ordered: true,
          items: [
            { label: 'Stone', text: '4,000 blocks' },
            { text: 'Steel', items: [{ text: 'Piles' }] },
          ],
        },
      ],
    },
    { heading: 'The storm', depth: 1, body: [{ type: 'quote', text: 'It was loud.', attribution: 'A keeper' }] },
    {
      heading: 'What comes next',
      body: [
        { type: 'table', header: ['Boat', 'Leaves'], rows: [['Petrel', '07:15']] },
        { type: 'embed', url: 'https://video.example/1' },
        { type: 'code', code: 'tide()' },
        { type: 'image', image: { url: 'https://media.example/boat.jpg' } },
      ],
    },
  ],
  highlightLists: [
    {
      title: 'At a glance',
      items: [
        { text: 'How it began', target: { type: 'section', anchor: 'background' } },
        { target: { type: 'section', anchor: 'what-comes-next' } },
        { text: 'Tides', target: { type: 'url', url: 'https://port.example/tides' } },
      ],
    },
  ],
  related: [{ relation: 'background', text: 'Tide tables', target: { type: 'url', url: 'https://port.example/tides' } }],
  source: { name: 'Harbour Board' },
  copyright: { holder: 'The Oakmere Post' },
  seo: { title: 'Harbour', noindex: true },
  corrections: [{ text: 'An earlier version named another boat.', at: '2026-05-01T12:00:00+02:00' }],
  custom: { printPage: 'A1', nested: { deep: [1, null] } },
  canonicalUrl: null,
  editorNote: 'Call the board',
}

let made = 0

/** Creates a story, each with an id of its own elsewhere, and answers with its working copy. */
export async function create(server: Server, changes: Record<string, unknown> = {}): Promise<Json> {
  const answer = await server.post('/v1/articles', { ...story, externalId: `wire-${++made}`, ...changes })
  if (answer.status !== 201) throw new Error(`the story was not created: ${answer.text}`)
  await server.events()
  return answer.body
}

/** Creates a story with a headline and nothing else, published unless it says otherwise. */
export async function createShort(server: Server, headline: string, changes: Record<string, unknown> = {}): Promise<Json> {
  const answer = await server.post('/v1/articles', { headline, status: 'published', ...changes })
  if (answer.status !== 201) throw new Error(`the story was not created: ${answer.text}`)
  await server.events()
  return answer.body
}

/** The working copy of a story as it is now. */
export async function workingCopy(server: Server, id: string): Promise<Json> {
  return (await server.get(`/v1/articles/${id}?copy=working`)).body
}
