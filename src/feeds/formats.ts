import type { TSchema } from 'typebox'
import type { Config } from '../config.ts'
import type { Named } from '../http/schemas.ts'
import Type from '../http/type.ts'
import { atomOf } from './atom.ts'
import type { Feed } from './feed.ts'
import { jsonFeedOf } from './json.ts'
import { rssOf } from './rss.ts'
import { JsonFeed } from './schemas.ts'

/** A form of feeds. */
type Format = {
  name: string
  /** As in the ids of operations. */
  id: string
  type: string
  /** In words. */
  title: string
  schema: TSchema | Named
  /** @param by who publishes */
  render: (feed: Feed, by: string) => string | object
}

const xml = (title: string, example: string) => Type.String({ description: `The feed as ${title}.`, examples: [example] })

/** The forms of feeds. */
export const formats: readonly Format[] = [
  {
    name: 'rss',
    id: 'Rss',
    type: 'application/rss+xml',
    title: 'RSS 2.0',
    schema: xml('RSS 2.0', '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0">…</rss>\n'),
    render: rssOf,
  },
  {
    name: 'atom',
    id: 'Atom',
    type: 'application/atom+xml',
    title: 'Atom (RFC 4287)',
    schema: xml('Atom', '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">…</feed>\n'),
    render: atomOf,
  },
  { name: 'json', id: 'Json', type: 'application/feed+json', title: 'JSON Feed 1.1', schema: JsonFeed, render: jsonFeedOf },
]

/** Where the world reaches the server, without a slash at the end. */
export const baseOf = ({ PUBLIC_API_URL, PUBLIC_SITE_URL, HOST, PORT }: Config): string =>
  PUBLIC_API_URL ?? URL.parse(PUBLIC_SITE_URL?.replace(/\{\w+\}/g, 'x') ?? '')?.origin ?? `http://${HOST}:${PORT}`

const toldBy = ['topic', 'author', 'language'] as const

/** By what a feed is narrowed whose changes the hub is told of, if by anything. */
export type Told = { [Name in (typeof toldBy)[number]]?: string }

/** Whether the hub is told of changes to what a query asks for: all stories, or those of one topic, author or language. */
export function isTold(query: Record<string, unknown>): boolean {
  const names = Object.keys(query)
  if (names.length === 0) return true
  const [name] = names
  const values = name === undefined ? undefined : query[name]
  return (
    names.length === 1 && toldBy.some((one) => one === name) && Array.isArray(values) && values.length === 1 && /^[A-Za-z0-9][A-Za-z0-9-]*$/.test(values[0])
  )
}

/** The addresses of the feeds that a change to a story shows in, as their readers subscribe to them. */
export const addressesOf = (base: string, told: readonly Told[]): string[] =>
  formats.flatMap(({ name }) => {
    const feed = `${base}/v1/feeds/${name}`
    return [feed, ...told.flatMap((one) => Object.entries(one).map(([by, value]) => `${feed}?${by}=${value}`))]
  })
