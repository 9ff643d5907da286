import { type Named, named, ref } from '../http/schemas.ts'
import Type from '../http/type.ts'

const word = (description: string) => Type.Optional(Type.String({ description }))
const example = { id: 'urn:uuid:01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55', title: 'Harbour reopens', content_text: 'Ships are back.' }

const JsonFeedItem = named(
  'JsonFeedItem',
  Type.Object(
    {
      id: Type.String({ description: 'A URN of the story’s id.' }),
      url: word('Where it is.'),
      title: word('The headline, or who commented.'),
      content_html: word('The story as safe HTML.'),
      content_text: word('The story’s excerpt, where that is all.'),
      summary: word('The excerpt.'),
      image: word('The lead image.'),
      date_published: word('The story’s date (RFC 3339).'),
      date_modified: word('When it was last changed (RFC 3339).'),
      authors: Type.Optional(Type.Array(Type.Object({ name: Type.String({ description: 'The name.' }) }), { description: 'Who wrote it.' })),
      tags: Type.Optional(Type.Array(Type.String(), { description: 'What it is about.' })),
      language: word('BCP 47.'),
    },
    { description: 'A story, or a comment, in a feed.', examples: [example] },
  ),
)

export const JsonFeed = named(
  'JsonFeed',
  Type.Object(
    {
      version: Type.Unsafe<string>({ type: 'string', const: 'https://jsonfeed.org/version/1.1', description: 'Which version it is of.' }),
      title: Type.String({ description: 'What it is called.' }),
      home_page_url: word('The page that it is the feed of.'),
      feed_url: word('Its own address.'),
      description: word('What it says of itself.'),
      next_url: word('The next page.'),
      icon: word('The logo.'),
      language: word('BCP 47.'),
      hubs: Type.Optional(
        Type.Array(Type.Object({ type: Type.String({ description: '`WebSub`.' }), url: Type.String({ description: 'Where the hub is.' }) }), {
          description: 'Where changes are told at once.',
        }),
      ),
      items: Type.Array(ref(JsonFeedItem), { description: 'Stories or comments, the newest first.' }),
    },
    {
      description: 'A feed as JSON Feed 1.1.',
      examples: [{ version: 'https://jsonfeed.org/version/1.1', title: 'The Oakmere Courier', items: [example] }],
    },
  ),
)

export const FEED_SCHEMAS = [JsonFeedItem, JsonFeed] as Named[]
