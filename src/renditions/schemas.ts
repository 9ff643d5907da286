import { type Named, named } from '../http/schemas.ts'
import Type from '../http/type.ts'

const open = { additionalProperties: true } as const
const word = (description: string) => Type.String({ description })
const some = (description: string) => Type.Optional(Type.Array(Type.Unsafe<object>({ type: 'object', additionalProperties: true }), { description }))

export const JsonLdArticle = named(
  'JsonLdArticle',
  Type.Object(
    {
      '@context': Type.Unsafe<string>({ type: 'string', const: 'https://schema.org', description: 'Whose vocabulary it is.' }),
      '@type': word('`NewsArticle`, or the kind of it that the genre says, such as `OpinionNewsArticle`.'),
      '@id': word('The story’s address, or a URN of its id.'),
      headline: word('The headline.'),
      hasPart: some('The sections, each a `WebPageElement` with its anchor.'),
      correction: some('The corrections.'),
    },
    {
      ...open,
      description: 'A story as JSON-LD (schema.org `NewsArticle`).',
      examples: [{ '@context': 'https://schema.org', '@type': 'NewsArticle', '@id': 'https://news.example/harbour-reopens', headline: 'Harbour reopens' }],
    },
  ),
)

export const NinjsArticle = named(
  'NinjsArticle',
  Type.Object(
    {
      uri: word('The story’s address, or a URN of its id.'),
      type: Type.Unsafe<string>({ type: 'string', const: 'text', description: 'What kind of news object it is.' }),
      headlines: some('The headlines, by role.'),
      bodies: some('The text, as `text/html` and `text/plain`.'),
      associations: some('The pictures.'),
    },
    {
      ...open,
      description: 'A story as a news object of IPTC ninjs 3.0.',
      examples: [{ uri: 'https://news.example/harbour-reopens', type: 'text', headlines: [{ role: 'main', value: 'Harbour reopens' }] }],
    },
  ),
)

export const AnsArticle = named(
  'AnsArticle',
  Type.Object(
    {
      type: Type.Unsafe<string>({ type: 'string', const: 'story', description: 'What kind of content it is.' }),
      version: Type.Unsafe<string>({ type: 'string', const: '0.10.0', description: 'The version of ANS.' }),
      _id: word('The story’s id.'),
      content_elements: some('The story itself.'),
    },
    {
      ...open,
      description: 'A story as Arc XP’s ANS 0.10.0.',
      examples: [{ type: 'story', version: '0.10.0', _id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' }],
    },
  ),
)

export const OEmbed = named(
  'OEmbed',
  Type.Object(
    {
      version: Type.Unsafe<'1.0'>({ type: 'string', const: '1.0', description: 'The version of oEmbed.' }),
      type: Type.Unsafe<'rich'>({ type: 'string', const: 'rich', description: 'What it is.' }),
      title: word('The headline.'),
      author_name: Type.Optional(word('Who wrote it.')),
      provider_name: word('What the site is called.'),
      provider_url: Type.Optional(word('Where the site is.')),
      thumbnail_url: Type.Optional(word('The lead image.')),
      thumbnail_width: Type.Optional(Type.Integer({ description: 'In pixels.' })),
      thumbnail_height: Type.Optional(Type.Integer({ description: 'In pixels.' })),
      html: word('A quotation that leads to the story, as safe HTML.'),
      width: Type.Integer({ description: 'In pixels: at most `maxwidth`.' }),
      height: Type.Integer({ description: 'In pixels: at most `maxheight`.' }),
    },
    {
      description: 'How another site shows a link to a story (oEmbed 1.0).',
      examples: [
        {
          version: '1.0',
          type: 'rich',
          title: 'Harbour reopens',
          provider_name: 'The Oakmere Courier',
          html: '<blockquote><p><a href="https://news.example/harbour-reopens">Harbour reopens</a></p></blockquote>',
          width: 600,
          height: 200,
        },
      ],
    },
  ),
)

export const RENDITION_SCHEMAS = [JsonLdArticle, NinjsArticle, AnsArticle, OEmbed] as Named[]
