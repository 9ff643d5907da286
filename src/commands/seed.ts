import { randomBytes } from 'node:crypto'
import { type Config, commentRules, environmentWithFile, readConfig } from '../config.ts'
import { milliseconds } from '../database/clock.ts'
import { CommandError } from '../usage.ts'
import { command } from './command.ts'
import { openDatabase } from './open.ts'
import { features } from './seed/features.ts'
import { lists } from './seed/lists.ts'
import { authors, topics } from './seed/names.ts'
import { news } from './seed/news.ts'
import { ports } from './seed/ports.ts'
import { site } from './seed/site.ts'
import type { SeedComment, SeedStory } from './seed/story.ts'

type Method = 'GET' | 'POST' | 'PATCH'
type Found = { id: string; revision: number }
/** Sends a request, with an admin's token unless it is a reader's. @returns null where a `GET` finds nothing */
type Send = (method: Method, path: string, body?: object, options?: { isReader?: boolean; note?: string }) => Promise<Found | null>

const hour = 3_600_000
const timeIn = (hours: number) => new Date(milliseconds() + hours * hour).toISOString()
/** Stories refer to those that came out before them. */
const stories: SeedStory[] = [...news, ...features, ...ports].sort((a, b) => (b.hoursAgo ?? 0) - (a.hoursAgo ?? 0))

/** Where the stories say that their pictures are. */
const archive = /https:\/\/media\.example\/tidewick\/([a-z-]+)\.(?:jpg|png)/g

/** @param media where the pictures are, drawn; without it their addresses lead nowhere */
function sender(address: string, secret: string, media: string | undefined): Send {
  return async (method, path, body, { isReader = false, note } = {}) => {
    const response = await fetch(`${address}/v1/${path}`, {
      method,
      headers: {
        ...(isReader ? {} : { authorization: `Bearer ${secret}` }),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(note ? { 'x-change-note': note } : {}),
      },
      ...(body ? { body: media === undefined ? JSON.stringify(body) : JSON.stringify(body).replace(archive, `${media}/$1.svg`) } : {}),
    })
    const { status } = response
    if (method === 'GET' && status === 404) return null
    const answer = (await response.json()) as Found & { detail?: string }
    if (status >= 400)
      throw new CommandError(`${method} /v1/${path} was answered ${status}: ${answer.detail} Run it again when that is mended; what was made stays.`)
    return answer
  }
}

/** A resource by its slug, made where there is none. */
async function found(send: Send, kind: 'authors' | 'topics' | 'highlight-lists', input: { slug: string }): Promise<Found> {
  return ((await send('GET', `${kind}/${input.slug}`)) ?? (await send('POST', kind, input))) as Found
}

async function comment(send: Send, slug: string, { name, body, isPending, replies = [] }: SeedComment, parentId: string | null): Promise<number> {
  const { id, status } = (await send('POST', `articles/${slug}/comments`, { author: { name }, body, parentId }, { isReader: true })) as Found & {
    status: string
  }
  if (status === 'pending' && !isPending) await send('PATCH', `comments/${id}`, { status: 'approved' })
  let count = 1
  for (const reply of replies) count += await comment(send, slug, reply, id)
  return count
}

/** Makes a story, with what came after it. @returns how many stories and comments were made */
async function tell(send: Send, { article, hoursAgo, dueIn, comments = [], edit, takenDown }: SeedStory): Promise<[stories: number, comments: number]> {
  const { slug } = article
  const isOut = hoursAgo !== null
  const there = (await send('GET', `articles/${slug}?copy=working`)) as (Found & { status: string }) | null
  if (there === null)
    await send('POST', 'articles', { ...article, ...(isOut ? { status: 'published', publishedAt: timeIn(-hoursAgo), updatedAt: timeIn(-hoursAgo) } : {}) })
  else {
    // It was made by a run that was interrupted, of which only what came after it may be missing.
    const { data } = (await send('GET', `comments?article=${slug}&limit=1`)) as unknown as { data: unknown[] }
    if (data.length > 0) return [0, 0]
  }
  if (edit) await send('PATCH', `articles/${slug}?publish=true`, edit.patch, { note: edit.note })
  if (dueIn !== undefined && there?.status !== 'scheduled') await send('POST', `articles/${slug}/publish`, { at: timeIn(dueIn) })
  let count = 0
  for (const one of comments) count += await comment(send, slug, one, null)
  if (takenDown && there?.status !== 'unpublished') await send('POST', `articles/${slug}/unpublish`, { notice: takenDown })
  return [there ? 0 : 1, count]
}

/** Refuses a database that has stories of its own. */
async function requireNoOthers(send: Send): Promise<void> {
  const own = new Set(stories.flatMap(({ article, edit }) => [article.slug, ...(edit?.patch.slug ? [edit.patch.slug] : [])]))
  const { data } = (await send('GET', 'articles?copy=working&status=draft,scheduled,published,unpublished,trashed&limit=100&fields=slug')) as unknown as {
    data: { slug: string }[]
  }
  if (data.some(({ slug }) => !own.has(slug)))
    throw new CommandError('This database has stories of its own; seed only fills an empty one. Set DATABASE_URL to another.')
}

async function fill(send: Send): Promise<void> {
  // What is made last says that all else is there.
  if (await send('GET', `highlight-lists/${lists.at(-1)?.slug}`)) return console.log('The demonstration newsroom is there already; nothing was changed.')
  await requireNoOthers(send)
  for (const author of authors) await found(send, 'authors', author)
  for (const { under, ...topic } of topics) {
    const parentId = under === undefined ? null : ((await send('GET', `topics/${under}`)) as Found).id
    await found(send, 'topics', { ...topic, ...{ parentId } })
  }
  const made = { stories: 0, comments: 0 }
  for (const story of stories) {
    const [told, said] = await tell(send, story)
    made.stories += told
    made.comments += said
  }
  await send('PATCH', 'site', site)
  for (const list of lists) await found(send, 'highlight-lists', list)
  console.log(
    `Made ${made.stories} stories and ${made.comments} comments, by ${authors.length} authors, on ${topics.length} topics, and ${lists.length} lists of them.

Look at them, with the server running (npm start):
  curl -s localhost:3000/v1/site
  curl -s localhost:3000/v1/highlight-lists/top-stories
  curl -s localhost:3000/v1/articles/lifting-bridge-opens
  curl -s localhost:3000/v1/articles/lifting-bridge-opens/comments
  curl -s 'localhost:3000/v1/articles?topic=ports-of-the-world&fields=headline,language'
  curl -s 'localhost:3000/v1/articles?q=storm&fields=headline'
or at /docs, where every request can be tried.`,
  )
}

const commentRulesOff = Object.fromEntries(Object.keys(commentRules).map((name) => [name, 'off'])) as Config['COMMENT_RULES']

/** The settings, without what is there to hold strangers back. */
const ownConfig = (config: Config, secret: string): Config => ({
  ...config,
  ADMIN_TOKEN: secret,
  LOG_LEVEL: 'silent',
  RATE_LIMIT: null,
  WRITE_RATE_LIMIT: null,
  COMMENT_RATES: {},
  COMMENT_RULES: commentRulesOff,
  REQUIRE_IF_MATCH: false,
  DEFAULT_COMMENT_POLICY: 'open',
})

async function run(media: string | undefined): Promise<void> {
  const config = readConfig(environmentWithFile())
  const { database, key, firstSecret, readOnlySince } = await openDatabase(config)
  try {
    if (readOnlySince) throw readOnlySince
    // At once: it is in the database now, and can't be shown again.
    if (firstSecret) console.log(`Admin token: ${firstSecret}\n             (shown this once; only a hash of it is stored)\n`)
    const secret = randomBytes(32).toString('hex')
    const { buildApp } = await import('../app.ts')
    const app = await buildApp(ownConfig(config, secret), database, key)
    try {
      // At an address that nobody else knows: what is sent there is what any client could send.
      await fill(sender(await app.listen({ host: '127.0.0.1', port: 0 }), secret, media))
    } finally {
      app.server.closeAllConnections()
      await app.close()
    }
  } finally {
    await database.close()
  }
}

/** `seed`: fills an empty newsroom with stories to look at, by the requests that any client would send. */
export const seed = command({
  about:
    'Fills an empty newsroom for a demonstration: thirty stories of all kinds, also from right to left and in Japanese and Chinese, with authors, topics, lists, comments and what the newsroom says of itself. It sends the requests that any client would, so a server that runs shows them at once. Where the newsroom is there already nothing changes; a database with other stories is refused; a run that was interrupted is completed by the next.',
  arguments: {},
  options: {
    media: { type: 'string', value: 'URL', meaning: 'Where the pictures are, each under its name and `.svg`, as `examples/site` has them in `/media`.' },
  },
  environment: ['DATABASE_URL', 'ADMIN_TOKEN', 'PUBLIC_SITE_URL', 'DEFAULT_LANGUAGE'],
  failure: 'Not all could be made, or the database has other stories; standard error says why.',
  example: 'seed',
  run: ({ media }) => run(media),
})
