import type { FastifyRequest } from 'fastify'
import type { ListQuery } from '../articles/api/filters.ts'
import { pageOfArticles } from '../articles/api/list.ts'
import { publicFilters } from '../articles/api/list-parameters.ts'
import { findPublished, readProblems } from '../articles/api/lookup.ts'
import { keysOfCards, publicCards } from '../articles/public/documents.ts'
import { lastEdition } from '../articles/public/editions.ts'
import { pageOfVisible } from '../comments/lists.ts'
import type { Read } from '../database/engine.ts'
import { normalAddress } from '../http/addresses.ts'
import type { Answer } from '../http/answers.ts'
import { noting } from '../http/faults.ts'
import { operation } from '../http/operations.ts'
import { collection, pageParameters } from '../http/pagination.ts'
import { badRequest } from '../http/problems.ts'
import { answerRead } from '../http/reads.ts'
import { Enum } from '../http/schemas.ts'
import type { App } from '../http/server.ts'
import Type from '../http/type.ts'
import { type Publication, publicationOf } from '../site/store.ts'
import { commentEntry, entriesOf, partsOf } from './entries.ts'
import type { Entry, Feed } from './feed.ts'
import { baseOf, formats, isTold } from './formats.ts'
import { languageOf, listOf, subjectOf } from './store.ts'

const { limit, cursor } = pageParameters(['publishedAt'], '-publishedAt')

const contentParameter = {
  content: Type.Optional(
    Enum(['full', 'summary'], {
      description: '`full`: each story whole, as HTML, up to 2 MiB of them a page, and the rest as summaries; `summary`: its excerpt alone. Default: full.',
    }),
  ),
}

const listParameter = {
  list: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 204,
      description: 'The stories of a freestanding highlight list, by its id, slug or `ext:` and in its order, on one page.',
    }),
  ),
}

type Page = { entries: Entry[]; next: string | null; previous: string | null; keys: string[]; title: string | null; language: string | null; hidden?: string[] }

/** The newest of some times (RFC 3339); the beginning of time where there is none. */
const newest = (times: readonly string[]) => times.toSorted().at(-1) ?? '1970-01-01T00:00:00.000Z'

/**
 * GET /v1/feeds/{rss|atom|json}, GET /v1/articles/{article}/comments/feeds/{rss|atom|json}
 */
export function feedRoutes(app: App): void {
  const { config } = app
  const pattern = config.PUBLIC_SITE_URL
  const base = baseOf(config)

  /** A feed of entries, at the address that was asked for. */
  function feedOf(request: FastifyRequest, site: Publication, page: Page, home: string | null, hub: string | null): Feed {
    const [path = '', query = ''] = normalAddress(request.raw.url ?? '').split(/\?(.*)/s)
    const kept = query.split('&').filter((pair) => pair !== '' && !pair.startsWith('cursor='))
    const address = (pairs: string[]) => `${base}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`
    const at = (position: string | null) => (position === null ? null : address([...kept, `cursor=${position}`]))
    const { entries, title, language } = page
    return {
      title: title === null ? site.name : `${title} · ${site.name}`,
      description: site.tagline,
      home,
      self: address(query === '' ? [] : query.split('&')),
      first: address(kept),
      next: at(page.next),
      previous: at(page.previous),
      hub,
      language: language ?? site.languages[0] ?? config.DEFAULT_LANGUAGE,
      icon: site.logo?.url ?? null,
      updated: newest(entries.map(({ updated }) => updated)),
      entries,
    }
  }

  const source = (read: Read, request: FastifyRequest) =>
    ({ read, engine: app.database.engine, shows: 'public', site: pattern, note: <T>(check: () => T) => noting(request, check) }) as const

  async function pageOfStories(read: Read, request: FastifyRequest): Promise<Page> {
    const query = request.query as ListQuery & { content?: 'full' | 'summary' }
    const isFull = query.content !== 'summary'
    const keys: string[] = ['list', 'site']
    const { body, rows } = await collection(request, {
      sorts: ['publishedAt', 'relevance'],
      initially: query.q === undefined ? '-publishedAt' : 'relevance',
      isSortFixed: true,
      properties: [],
      page: async (page) => {
        const found = await pageOfArticles(source(read, request), query, page, partsOf(isFull))
        for (const document of found.data) keys.push(...document.keys, ...(document.dependsOn ?? []))
        return { ...found, data: found.data.map(({ article }) => article) }
      },
    })
    const { nextCursor, prevCursor } = (body as { page: { nextCursor: string | null; prevCursor: string | null } }).page
    const title = await subjectOf(read, query)
    return { entries: await entriesOf(rows, isFull, config.EMBED_HOSTS), next: nextCursor, previous: prevCursor, keys, title, language: languageOf(query) }
  }

  async function pageOfList(read: Read, request: FastifyRequest, slug: string): Promise<Page> {
    const { content, list: _, ...others } = request.query as Record<string, unknown>
    const fault = (parameter: string) => ({ parameter, code: 'combination', message: 'can’t be combined with list' }) as const
    noting(request, () => {
      if (Object.keys(others).length > 0) throw badRequest(Object.keys(others).map(fault))
    })
    const isFull = content !== 'summary'
    const { title, documents, keys, hidden } = await listOf(read, slug, partsOf(isFull), pattern)
    const articles = documents.map(({ article }) => article)
    const entries = await entriesOf(articles, isFull, config.EMBED_HOSTS)
    return { entries, next: null, previous: null, keys: [...keys, 'site'], hidden, title, language: null }
  }

  for (const { name, id, type, title, render, schema } of formats) {
    app.get(
      `/v1/feeds/${name}`,
      operation('GET', {
        id: `get${id}Feed`,
        tag: 'Site',
        summary: `Get stories as ${title}`,
        description: `The newest stories, those that filters leave, or those of a freestanding list, as ${title}; pages by \`next\`, \`previous\` and \`first\` links (RFC 5005). Where \`WEBSUB_HUB\` is set the feeds of all stories, and of one topic, author or language, name it as their hub, which is told of each change.`,
        query: { limit, cursor, ...contentParameter, ...listParameter, ...publicFilters },
        answerType: type,
        isDated: true,
        answer: schema,
        problems: ['not-found'],
      }),
      (request, reply) =>
        answerRead(request, reply, async (read): Promise<Answer> => {
          const { list } = request.query as { list?: string }
          const site = await publicationOf(read, config)
          const page = list === undefined ? await pageOfStories(read, request) : await pageOfList(read, request, list)
          const feed = feedOf(request, site, page, site.url, isTold(request.query as ListQuery) ? config.WEBSUB_HUB : null)
          return {
            type,
            body: render(feed, site.name),
            isPublic: true,
            keys: page.keys,
            dependsOn: page.hidden ?? [],
            hidden: page.hidden ?? [],
            lastModified: feed.updated,
          }
        }),
    )

    app.get(
      `/v1/articles/:article/comments/feeds/${name}`,
      operation('GET', {
        id: `get${id}CommentFeed`,
        tag: 'Comments',
        summary: `Get the comments on an article as ${title}`,
        description: `The newest approved comments on a public story as ${title}, paged as the feeds of stories are.`,
        redirects: true,
        query: { limit, cursor },
        answerType: type,
        isDated: true,
        answer: schema,
        problems: readProblems,
      }),
      (request, reply) =>
        answerRead(request, reply, async (read): Promise<Answer> => {
          const { id: articleId, language: unpublished } = await findPublished(read, request)
          const language = (await lastEdition(read, articleId))?.document.language ?? unpublished
          const site = await publicationOf(read, config)
          const cards = await publicCards(read, [articleId], pattern)
          const story = cards.get(articleId)?.card
          const { body, rows } = await collection(request, {
            sorts: ['createdAt'],
            initially: '-createdAt',
            isSortFixed: true,
            properties: [],
            page: (page) => pageOfVisible(read, articleId, { isTree: false }, page),
          })
          const { nextCursor, prevCursor } = (body as { page: { nextCursor: string | null; prevCursor: string | null } }).page
          const entries = rows.flatMap((row) => (row.status === 'approved' ? [commentEntry(row, story?.url ?? null, language)] : []))
          // Its address may be made of its topic.
          const keys = [...new Set([`comments:${articleId}`, `article:${articleId}`, 'site', ...keysOfCards(cards)])]
          const feed = feedOf(
            request,
            site,
            { entries, next: nextCursor, previous: prevCursor, keys, title: story?.headline ?? null, language },
            story?.url ?? site.url,
            null,
          )
          return { type, body: render(feed, site.name), isPublic: true, keys, lastModified: feed.updated }
        }),
    )
  }
}
