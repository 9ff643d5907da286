import type { Static, TProperties } from 'typebox'
import {
  Closed,
  described,
  ExpectedRevision,
  Image,
  ImageInput,
  ignored,
  Line,
  Name,
  type Named,
  Nullable,
  named,
  nullable,
  Prose,
  Revision,
  ref,
  SameAs,
  SameAsInput,
  Time,
  Url,
} from '../http/schemas.ts'
import Type from '../http/type.ts'
import { NAVIGATION_SCHEMAS, Navigation, NavigationInput } from './navigation-schemas.ts'
import { type NetworkName, networkNames } from './networks.ts'

const line = (description: string) => Nullable(described(Line, description))
const url = (description: string) => Nullable(described(Url, description))
const email = (description: string) => Nullable(Type.String({ format: 'email', maxLength: 254, description }))

const organisation = {
  legalName: line('Its name in law.'),
  url: url('Its own page.'),
  email: email('Where it is written to.'),
  foundingDate: Nullable(
    Type.String({
      pattern: '^\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?$',
      maxLength: 10,
      description: 'When it was founded: a year, a month or a day (ISO 8601).',
    }),
  ),
  publishingPrinciples: url('The page with its principles.'),
  correctionsPolicy: url('The page that says how it corrects what was wrong.'),
  ethicsPolicy: url('The page with its code of ethics.'),
}
const publisherText = 'Who publishes: what JSON-LD says of a `NewsMediaOrganization`'
const publisherName = described(Name, 'What it is called.')
const publisherExample = {
  name: 'The Oakmere Courier',
  legalName: 'Oakmere Courier Ltd',
  url: 'https://news.example/about',
  logo: null,
  email: 'desk@news.example',
  foundingDate: '1887-05-01',
  sameAs: ['https://www.wikidata.org/wiki/Q1'],
  publishingPrinciples: 'https://news.example/principles',
  correctionsPolicy: 'https://news.example/corrections',
  ethicsPolicy: null,
}
const givenPublisher = { name: 'The Oakmere Courier', foundingDate: '1887' }

export const Publisher = named(
  'Publisher',
  Type.Object(
    { name: described(Line, 'What it is called.'), ...organisation, logo: nullable(Image), sameAs: SameAs },
    { description: `${publisherText}.`, examples: [publisherExample] },
  ),
)
const optional = <P extends TProperties>(properties: P) => Type.Partial(Type.Object(properties)).properties
const organisationInput = { ...optional(organisation), logo: Type.Optional(nullable(ImageInput)), sameAs: Type.Optional(SameAsInput) }

export const PublisherInput = named(
  'PublisherInput',
  Closed({ name: publisherName, ...organisationInput }, { description: `${publisherText}, as input.`, examples: [givenPublisher] }),
)
const PublisherPatch = named(
  'PublisherPatch',
  Closed({ name: Type.Optional(publisherName), ...organisationInput }, { description: 'A merge patch of who publishes.', examples: [givenPublisher] }),
)

const profile = {
  network: Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 50, description: 'In lower case: `mastodon`, `bluesky`, `youtube`.' }),
  url: Url,
}
const handle = line('What it is called there.')
const profileExample = { network: 'mastodon', url: 'https://social.example/@courier', handle: '@courier@social.example' }
const SocialProfile = named(
  'SocialProfile',
  Type.Object({ ...profile, handle }, { description: 'A page of its own in a network.', examples: [profileExample] }),
)
const SocialProfileInput = named(
  'SocialProfileInput',
  Closed({ ...profile, handle: Type.Optional(handle) }, { description: 'A page of its own in a network, as input.', examples: [profileExample] }),
)

const labels = (text: object) =>
  Type.Unsafe<Record<string, string>>({
    type: 'object',
    ...text,
    description: 'What the link is called, by language (BCP 47); the first one is for all others.',
  })
const networkExample = { network: 'mastodon', labels: { en: 'Share on Mastodon', fr: 'Partager sur Mastodon' } }
const networkText = 'A network in which stories are shared, with what its link is called.'
const ShareNetwork = named(
  'ShareNetwork',
  Type.Object(
    {
      network: Type.Unsafe<NetworkName>({ type: 'string', description: 'Which one.', 'x-extensible-enum': networkNames }),
      labels: labels({ additionalProperties: { type: 'string' } }),
    },
    { description: networkText, examples: [networkExample] },
  ),
)
const ShareNetworkInput = named(
  'ShareNetworkInput',
  Closed(
    {
      network: Type.Unsafe<NetworkName>({ type: 'string', enum: networkNames, description: 'Which one; `copy` is the address itself.' }),
      labels: Type.Optional(labels({ maxProperties: 50, additionalProperties: { ...Name, maxLength: 200 } })),
    },
    { description: networkText, examples: [networkExample] },
  ),
)

const contact = {
  email: email('An e-mail address.'),
  phone: line('A telephone number.'),
  address: Nullable(described(Prose, 'A postal address.')),
  url: url('A page with more.'),
}
const contactExample = { email: 'desk@news.example', phone: '+44 1632 960123', address: '1 Quay Street\nOakmere', url: 'https://news.example/contact' }
const SiteContact = named(
  'SiteContact',
  Type.Object(
    { ...contact, address: Nullable(Type.String({ description: 'A postal address.' })) },
    { description: 'How readers reach it.', examples: [contactExample] },
  ),
)
const SiteContactInput = named('SiteContactInput', Closed(optional(contact), { description: 'How readers reach it, as input.', examples: [contactExample] }))

const languageText = 'The languages that it publishes in (BCP 47); the first one is the main one.'
const siteUrl = url('Where it is: the scheme and host of `PUBLIC_SITE_URL`; `null` without it, or where that has placeholders in the host.')

export const Site = named(
  'Site',
  Type.Object(
    {
      revision: Revision,
      name: described(Line, 'What it is called.'),
      tagline: line('What it says under its name.'),
      languages: Type.Array(Type.String({ description: 'A language (BCP 47).' }), { description: languageText }),
      url: siteUrl,
      logo: nullable(Image),
      defaultImage: nullable(Image),
      publisher: nullable(Publisher),
      social: Type.Array(ref(SocialProfile), { description: 'Its own pages elsewhere, in order.' }),
      shareNetworks: Type.Array(ref(ShareNetwork), { description: 'Where stories are shared: `share.links` of each has these, in this order.' }),
      navigation: Navigation,
      contact: nullable(SiteContact),
      updatedAt: described(Time, 'When it was last changed; before that, when the database learned of sites.'),
    },
    {
      description: 'What a newsroom says of itself.',
      examples: [
        {
          revision: 2,
          name: 'The Oakmere Courier',
          tagline: 'News from the harbour',
          languages: ['en', 'fr'],
          url: 'https://news.example',
          logo: null,
          defaultImage: null,
          publisher: publisherExample,
          social: [profileExample],
          shareNetworks: [networkExample],
          navigation: [{ name: 'main', label: null, items: [{ label: 'About us', target: { type: 'url', url: '/about' }, items: [] }] }],
          contact: contactExample,
          updatedAt: '2026-05-01T09:30:00.000Z',
        },
      ],
    },
  ),
)
export type Site = Static<typeof Site>

const writable = {
  tagline: Type.Optional(Nullable(described(Name, 'What it says under its name.'))),
  languages: Type.Optional(
    Type.Array(Type.String({ format: 'language', maxLength: 100, description: 'A language (BCP 47).' }), {
      minItems: 1,
      maxItems: 50,
      description: `${languageText} By default the operator’s \`DEFAULT_LANGUAGE\`.`,
    }),
  ),
  logo: Type.Optional(nullable(ImageInput)),
  defaultImage: Type.Optional(nullable(ImageInput)),
  social: Type.Optional(Type.Array(ref(SocialProfileInput), { maxItems: 50, description: 'Its own pages elsewhere, in order.' })),
  shareNetworks: Type.Optional(
    Type.Array(ref(ShareNetworkInput), {
      maxItems: networkNames.length,
      description: 'Where stories are shared, in order, each once. By default e-mail, Facebook, X, WhatsApp and LinkedIn.',
    }),
  ),
  navigation: Type.Optional(NavigationInput),
  contact: Type.Optional(nullable(SiteContactInput)),
}
const readOnly = { url: ignored(siteUrl), updatedAt: ignored(Time) }
const name = described(Name, 'What it is called.')
const given = { name: 'The Oakmere Courier', tagline: 'News from the harbour', languages: ['en', 'fr'] }

export const SiteInput = named(
  'SiteInput',
  Closed(
    { revision: ExpectedRevision, name, ...writable, publisher: Type.Optional(nullable(PublisherInput)), ...readOnly },
    { description: 'What a newsroom says of itself, as input; what is left out takes its default.', examples: [given] },
  ),
)
export type SiteInput = Static<typeof SiteInput>

export const SitePatch = named(
  'SitePatch',
  Closed(
    {
      revision: ExpectedRevision,
      name: Type.Optional(name),
      ...writable,
      ...Object.fromEntries((['languages', 'social', 'shareNetworks', 'navigation'] as const).map((key) => [key, Type.Optional(Nullable(writable[key]))])),
      publisher: Type.Optional(nullable(PublisherPatch)),
      ...readOnly,
    },
    { description: 'A merge patch of what a newsroom says of itself.', examples: [{ tagline: 'News from the harbour' }] },
  ),
)

export const SITE_SCHEMAS = [
  ...[Publisher, PublisherInput, PublisherPatch, SocialProfile, SocialProfileInput, ShareNetwork, ShareNetworkInput, SiteContact, SiteContactInput],
  ...NAVIGATION_SCHEMAS,
  ...[Site, SiteInput, SitePatch],
] as Named[]
