import type { FastifyRequest } from 'fastify'
import { type Answers, storyOf } from './api.ts'
import { html } from './html.ts'
import { commentsPart, type Threads } from './pages/comments.ts'
import { frontPage } from './pages/front.ts'
import { aboutPage, correctionsPage, privacyPage } from './pages/imprint.ts'
import { authorPage, latestPage, listPage, searchPage, topicPage } from './pages/listing.ts'
import { type Around, storyPage } from './pages/story.ts'
import { type Article, storyPath } from './parts.ts'
import type { Site } from './site.ts'

const rowsAPage = 20

type Asked = { slug: string; cursor?: string; q?: string; token?: string }

/** What is in the address: its parameters, and those of its query that are there once. */
export function askedOf<Names extends object = Asked>(request: FastifyRequest): Names {
  const query = Object.entries(request.query as Record<string, unknown>).filter(([, value]) => typeof value === 'string' && value !== '')
  return { ...Object.fromEntries(query), ...(request.params as object) } as Names
}

/** What readers read: the front page, lists of stories, stories, search, previews. */
export function readingRoutes({ page, client, options }: Site): void {
  page('/', async (_request, answers) => {
    const [lists, newest] = await Promise.all([
      answers.of(client.get('/v1/highlight-lists', { query: { limit: 10 } })),
      answers.of(client.get('/v1/articles', { query: { limit: 40 } })),
    ])
    return (frame) => frontPage(frame, lists.data, newest.data)
  })

  page('/latest', async (request, answers) => {
    const { cursor } = askedOf(request)
    const stories = await answers.of(client.get('/v1/articles', { query: { limit: rowsAPage, cursor } }))
    return (frame) => latestPage(frame, stories)
  })

  page('/topic/:slug', async (request, answers) => {
    const { slug, cursor } = askedOf(request)
    const [topic, stories] = await Promise.all([
      answers.of(client.get('/v1/topics/{topic}', { path: { topic: slug } })),
      answers.of(client.get('/v1/articles', { query: { topic: [slug], limit: rowsAPage, cursor } })),
    ])
    if (topic.slug !== slug) return `/topic/${topic.slug}`
    const under = await answers.part(client.get('/v1/topics', { query: { parentId: [topic.id], limit: 20 } }))
    return (frame) => topicPage(frame, topic, under?.data ?? [], stories)
  })

  page('/author/:slug', async (request, answers) => {
    const { slug, cursor } = askedOf(request)
    const [author, stories] = await Promise.all([
      answers.of(client.get('/v1/authors/{author}', { path: { author: slug } })),
      answers.of(client.get('/v1/articles', { query: { author: [slug], limit: rowsAPage, cursor } })),
    ])
    return author.slug === slug ? (frame) => authorPage(frame, author, stories) : `/author/${author.slug}`
  })

  page('/list/:slug', async (request, answers) => {
    const { slug } = askedOf(request)
    const list = await answers.of(client.get('/v1/highlight-lists/{list}', { path: { list: slug } }))
    return list.slug === slug ? (frame) => listPage(frame, list) : `/list/${list.slug}`
  })

  // Where the demonstration newsroom’s menu leads besides.
  page('/about', async (_request, answers) => {
    const site = await answers.of(client.get('/v1/site'))
    return () => aboutPage(site)
  })

  page('/corrections', async (_request, answers) => {
    const { data } = await answers.of(client.get('/v1/articles', { query: { sort: '-updatedAt', include: 'corrections', limit: 100 } }))
    return (frame) => correctionsPage(frame, data)
  })

  page('/privacy', async () => () => privacyPage())

  page('/search', async (request, answers) => {
    const { q = '', cursor } = askedOf(request)
    const found = q ? await answers.of(client.get('/v1/articles', { query: { q, limit: rowsAPage, cursor } })) : undefined
    return (frame) => searchPage(frame, q, found)
  })

  /** The headlines of the stories to which highlights lead without a text of their own. */
  async function headlinesOf({ highlightLists }: Article, answers: Answers): Promise<Map<string, string>> {
    const ids = highlightLists.flatMap(({ items }) => items.flatMap(({ text, target }) => (text === null && target?.type === 'article' ? [target.id] : [])))
    if (ids.length === 0) return new Map()
    const found = await answers.part(client.get('/v1/articles', { query: { ids: ids.slice(0, 100).join(','), fields: 'headline' } }))
    return new Map((found?.data ?? []).map(({ id, headline }) => [id, headline]))
  }

  page('/story/:slug', async (request, answers) => {
    const { slug } = askedOf(request)
    const path = { article: slug }
    const [article, threads, neighbours, similar, jsonld] = await Promise.all([
      answers.of(storyOf(client, slug, 'html')),
      answers.part(client.get('/v1/articles/{article}/comments', { path, query: { view: 'tree', limit: 10 } })),
      answers.part(client.get('/v1/articles/{article}/neighbours', { path })),
      answers.part(client.get('/v1/articles/{article}/similar', { path, query: { limit: 3 } })),
      answers.part(client.get('/v1/articles/{article}/renditions/jsonld', { path })),
    ])
    if (article.slug !== slug) return storyPath(article)
    const around: Around = {
      headlines: await headlinesOf(article, answers),
      ...neighbours,
      similar: similar?.data,
      jsonld,
      comments: threads && commentsPart(article, threads as Threads),
    }
    return (frame) => storyPage(frame, article, around, options.siteUrl)
  })

  // The address of previews, as PREVIEW_URL of the API has it. Once the story is out, the API redirects there.
  page('/preview', async (request, answers) => {
    const { token = '-' } = askedOf(request)
    const { data: article, response } = await client.get('/v1/preview/{token}', { path: { token }, query: { include: 'html' } })
    if (response.redirected) return storyPath(article)
    answers.isOfOne()
    const around = { headlines: await headlinesOf(article, answers) }
    const notice = html`<p class="preview" role="note">A preview: not published yet.</p>`
    return (frame) => ({ ...storyPage(frame, article, around, options.siteUrl, notice), isIndexed: false })
  })
}
