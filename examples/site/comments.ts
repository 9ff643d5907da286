import type { FastifyRequest } from 'fastify'
import { type Answers, isProblem, type ProblemError, storyOf } from './api.ts'
import { commentsPage, type Draft, ownCommentPage, placeOf, type Threads } from './pages/comments.ts'
import { storyPath } from './parts.ts'
import { askedOf } from './reading.ts'
import type { Site } from './site.ts'

type Form = { name?: string; body?: string; parent?: string; stamp?: string; website?: string; value?: string; story?: string }
type Asked = { slug: string; cursor?: string; sort?: string; around?: string; reply?: string }

const sorts = ['oldest', 'newest', 'top'] as const

const editCookie = 'edit'

/** What the form is told of a refusal. */
function faultsOf({ errors, message }: ProblemError): Draft['faults'] {
  const of = (pointer: string) => errors.find((fault) => 'pointer' in fault && fault.pointer?.startsWith(pointer))?.message
  const [name, body] = [of('/author'), of('/body')]
  return { name, body, whole: name || body ? undefined : message }
}

/** What readers write. Everything works without the script, which only saves loading the page again. */
export function commentRoutes({ app, client, options, page, send }: Site): void {
  const isSecure = options.siteUrl.startsWith('https:')
  // A reader’s own address, by which the API counts: it trusts this site (its TRUST_PROXY).
  const fromReader = (request: FastifyRequest) => ({ 'X-Forwarded-For': request.ip })

  // Forms of other sites are none of ours.
  app.addHook('preHandler', async (request, reply) => {
    const from = request.headers['sec-fetch-site']
    if (request.method === 'POST' && from !== undefined && from !== 'same-origin') return reply.code(403).send('This form is of another site.')
  })

  /** Reads a story’s comments, with the form as far as it is filled in. */
  async function threadsOf({ slug, cursor, sort, around, reply }: Asked, answers: Answers, draft: Draft = {}) {
    const path = { article: slug }
    const order = sorts.find((one) => one === sort) ?? 'oldest'
    const [article, threads, parent] = await Promise.all([
      answers.of(storyOf(client, slug)),
      answers.of(client.get('/v1/articles/{article}/comments', { path, query: { view: 'tree', sort: order, cursor, around, limit: 20 } })),
      reply ? answers.part(client.get('/v1/comments/{comment}', { path: { comment: reply } })) : null,
    ])
    if (article.slug !== slug) return `${storyPath(article)}/comments`
    return () => commentsPage(article, threads as Threads, { ...draft, parent }, order)
  }

  page('/story/:slug/comments', (request, answers) => threadsOf(askedOf<Asked>(request), answers))

  app.post('/story/:slug/comments', async (request, reply) => {
    const { slug } = askedOf<Asked>(request)
    const { name = '', body = '', parent, stamp, website } = (request.body ?? {}) as Form
    try {
      const { data } = await client.post('/v1/articles/{article}/comments', {
        path: { article: slug },
        headers: fromReader(request),
        body: {
          author: { name },
          body,
          ...(parent ? { parentId: parent } : {}),
          ...(stamp ? { stamp } : {}),
          ...(website ? { honeypot: website } : {}),
        },
      })
      if (data.status === 'approved') return reply.redirect(placeOf({ slug: encodeURIComponent(slug) }, data.id), 303)
      // Whoever wrote it sees it while it waits.
      const cookie = `${editCookie}=${data.editToken}; Path=/comment/${data.id}; Max-Age=86400; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
      return reply.header('Set-Cookie', cookie).redirect(`/comment/${data.id}`, 303)
    } catch (error) {
      if (!isProblem(error) || error.status >= 500 || [404, 410, 451].includes(error.status)) throw error
      const draft = { name, body, faults: faultsOf(error) }
      return send(request, reply, (_request, answers) => threadsOf({ slug, reply: parent }, answers, draft), error.status)
    }
  })

  page('/comment/:slug', async (request, answers) => {
    const token = new RegExp(`\\b${editCookie}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1]
    const { data } = await client.get('/v1/comments/{comment}', {
      path: { comment: askedOf<Asked>(request).slug },
      headers: token ? { 'Comment-Edit-Token': token } : {},
    })
    const { data: article } = await storyOf(client, data.articleId)
    answers.isOfOne()
    return (frame) => ownCommentPage(frame, data, article)
  })

  app.post('/comment/:slug/votes', async (request, reply) => {
    const { slug: comment } = askedOf<Asked>(request)
    const { value, story = '' } = (request.body ?? {}) as Form
    const { data } = await client.post('/v1/comments/{comment}/votes', {
      path: { comment },
      headers: fromReader(request),
      body: { value: value === '1' ? 1 : value === '-1' ? -1 : 0 },
    })
    if (request.headers.accept === 'application/json') return { score: data.score }
    return reply.redirect(placeOf({ slug: encodeURIComponent(story) }, comment), 303)
  })

  app.get('/comment-stamp', async (_request, reply) => {
    const { data } = await client.get('/v1/comment-stamp')
    return reply.header('Cache-Control', 'no-store').send(data)
  })
}
