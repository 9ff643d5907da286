import { said } from '../copy/said.ts'
import type { Feed } from './feed.ts'

/** A feed as JSON Feed 1.1. */
export function jsonFeedOf(feed: Feed): object {
  return {
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    ...said({
      home_page_url: feed.home,
      feed_url: feed.self,
      description: feed.description,
      next_url: feed.next,
      icon: feed.icon,
      language: feed.language,
      hubs: feed.hub === null ? [] : [{ type: 'WebSub', url: feed.hub }],
    }),
    items: feed.entries.map((entry) => ({
      id: entry.id,
      ...said({ url: entry.url, title: entry.title }),
      // An item has one of the two.
      ...(entry.html === null ? { content_text: entry.summary ?? entry.title } : { content_html: entry.html }),
      ...said({
        summary: entry.summary,
        image: entry.image?.url,
        date_published: entry.published,
        date_modified: entry.updated,
        authors: entry.authors.map((name) => ({ name })),
        tags: entry.categories,
        language: entry.language,
      }),
    })),
  }
}
