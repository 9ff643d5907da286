import type { SiteInput } from '../../site/schemas.ts'

const page = (name: string) => `https://tidewick.example/${name}`
const toTopic = (slug: string) => ({ target: { type: 'topic' as const, slug } })
const toPage = (label: string, path: string) => ({ label, target: { type: 'url' as const, url: `/${path}` } })

/** What the newsroom says of itself. */
export const site: SiteInput = {
  name: 'The Tidewick Courier',
  tagline: 'News from between the tides',
  languages: ['en', 'de', 'ar', 'he', 'ja', 'zh'],
  logo: { url: 'https://media.example/tidewick/courier.png', alt: 'The Tidewick Courier', width: 600, height: 60 },
  defaultImage: { url: 'https://media.example/tidewick/harbour.jpg', alt: 'The harbour of Tidewick', width: 1600, height: 900 },
  publisher: {
    name: 'The Tidewick Courier',
    legalName: 'Tidewick Courier Ltd',
    url: page('about'),
    logo: { url: 'https://media.example/tidewick/courier.png', alt: 'The Tidewick Courier', width: 600, height: 60 },
    email: 'desk@tidewick.example',
    foundingDate: '1887-05-01',
    publishingPrinciples: page('principles'),
    correctionsPolicy: page('corrections'),
    ethicsPolicy: page('ethics'),
  },
  social: [
    { network: 'mastodon', url: 'https://social.example/@courier', handle: '@courier@social.example' },
    { network: 'bluesky', url: 'https://bsky.app/profile/tidewick.example', handle: '@tidewick.example' },
  ],
  shareNetworks: [
    { network: 'email', labels: { en: 'E-mail', de: 'E-Mail', ar: 'البريد الإلكتروني', he: 'דוא״ל', ja: 'メール', zh: '电子邮件' } },
    { network: 'bluesky', labels: { en: 'Bluesky' } },
    { network: 'mastodon', labels: { en: 'Mastodon' } },
    { network: 'whatsapp', labels: { en: 'WhatsApp' } },
    { network: 'facebook', labels: { en: 'Facebook' } },
    { network: 'copy', labels: { en: 'Copy link', de: 'Link kopieren', ar: 'نسخ الرابط', he: 'העתקת הקישור', ja: 'リンクをコピー', zh: '复制链接' } },
  ],
  navigation: [
    {
      name: 'main',
      items: [
        { ...toTopic('news'), items: ['politics', 'harbour', 'weather'].map(toTopic) },
        ...['business', 'science', 'sport'].map(toTopic),
        { ...toTopic('culture'), items: ['books', 'food'].map(toTopic) },
        toTopic('opinion'),
        toTopic('ports-of-the-world'),
      ],
    },
    { name: 'footer', items: [toPage('About us', 'about'), toPage('Corrections', 'corrections'), toPage('Privacy', 'privacy')] },
  ],
  contact: { email: 'desk@tidewick.example', phone: '+44 1632 960123', address: '1 Quay Street\nTidewick', url: page('contact') },
}
