import type { AuthorInput } from '../../authors/schemas.ts'
import type { TopicInput } from '../../topics/schemas.ts'

type Slugged<T> = T & { slug: string }

export const authors: Slugged<AuthorInput>[] = [
  {
    slug: 'mara-lindqvist',
    name: 'Mara Lindqvist',
    jobTitle: 'Harbour correspondent',
    bio: 'Mara Lindqvist has reported from the quays of Tidewick since the old crane still stood. She keeps a tide table in every coat.',
    image: { url: 'https://media.example/tidewick/mara-lindqvist.jpg', alt: 'Mara Lindqvist', width: 800, height: 800 },
    links: [{ label: 'Write to her', url: 'https://tidewick.example/staff/mara-lindqvist' }],
  },
  { slug: 'tobias-okafor', name: 'Tobias Okafor', jobTitle: 'Political editor', bio: 'Tobias Okafor reads council papers so that others need not.' },
  {
    slug: 'ines-carvalho',
    name: 'Ines Carvalho',
    jobTitle: 'Culture and food',
    bio: 'Ines Carvalho writes about what is on stage, on the shelf and on the stove.',
  },
  { slug: 'hugh-penrose', name: 'Hugh Penrose', jobTitle: 'Sport', bio: 'Hugh Penrose played in goal for two seasons, and has been forgiven.' },
  {
    slug: 'jonas-pryce',
    name: 'Jonas Pryce',
    jobTitle: 'Photographer',
    bio: 'Jonas Pryce gets up before the light does.',
    links: [{ label: 'Pictures', url: 'https://pryce.example/' }],
  },
  {
    slug: 'ruth-adeyemi',
    name: 'Ruth Adeyemi',
    jobTitle: 'Science and data',
    bio: 'Ruth Adeyemi counts things, publishes how she counted, and corrects herself.',
  },
  { slug: 'layla-haddad', name: 'ليلى حداد', jobTitle: 'مراسلة', bio: 'تكتب ليلى حداد عن البحر والناس الذين يعيشون منه.' },
  { slug: 'noam-barak', name: 'נועם ברק', jobTitle: 'כתב', bio: 'נועם ברק כותב על ספרים, על שווקים ועל מה שביניהם.' },
  { slug: 'sato-haruka', name: '佐藤 遥', jobTitle: '特派員', bio: '港町の暮らしと食を取材しています。' },
  { slug: 'lin-yue', name: '林 悦', jobTitle: '记者', bio: '林悦关注城市交通与日常生活。' },
  { slug: 'greta-vogel', name: 'Greta Vogel', jobTitle: 'Korrespondentin', bio: 'Greta Vogel berichtet über Handwerk, Häfen und das Wetter dazwischen.' },
]

/** Each after the one that it is under. */
export const topics: (Slugged<TopicInput> & { under?: string })[] = [
  { slug: 'news', name: 'News', kind: 'section', description: 'What happened in Tidewick and around it.' },
  { slug: 'politics', name: 'Politics', kind: 'section', under: 'news', description: 'The council, its money and its quarrels.' },
  { slug: 'harbour', name: 'Harbour', kind: 'topic', under: 'news', description: 'Ships, quays, and those who work there.' },
  { slug: 'weather', name: 'Weather', kind: 'topic', under: 'news' },
  { slug: 'business', name: 'Business', kind: 'section' },
  { slug: 'shipbuilding', name: 'Shipbuilding', kind: 'topic', under: 'business' },
  { slug: 'science', name: 'Science', kind: 'section' },
  { slug: 'sea-life', name: 'Sea life', kind: 'topic', under: 'science' },
  { slug: 'sport', name: 'Sport', kind: 'section' },
  { slug: 'football', name: 'Football', kind: 'topic', under: 'sport' },
  { slug: 'culture', name: 'Culture', kind: 'section' },
  { slug: 'books', name: 'Books', kind: 'topic', under: 'culture' },
  { slug: 'food', name: 'Food', kind: 'topic', under: 'culture' },
  { slug: 'opinion', name: 'Opinion', kind: 'section' },
  { slug: 'ports-of-the-world', name: 'Ports of the world', kind: 'series', description: 'Letters from harbours elsewhere, in the languages spoken there.' },
]
