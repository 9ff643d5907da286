import type { FastifyRequest } from 'fastify'
import { findPublished, readProblems } from '../articles/api/lookup.ts'
import { keysOfCards, publicCards } from '../articles/public/documents.ts'
import type { Answer } from '../http/answers.ts'
import { externalReference } from '../http/external-ids.ts'
import { noteFaults } from '../http/faults.ts'
import { operation } from '../http/operations.ts'
import { answerRead, asCommitted } from '../http/reads.ts'
import type { App } from '../http/server.ts'
import Type from '../http/type.ts'
import { type Among, neighboursOf } from './neighbours.ts'
import { ArticleNeighbours, SimilarArticles } from './schemas.ts'
import { similarTo } from './similar.ts'

const amongParameter = (what: string) =>
  Type.Optional(
    Type.String({
      pattern: `^([A-Za-z0-9]+(-[A-Za-z0-9]+)*|${externalReference})$`,
      minLength: 1,
      maxLength: 204,
      description: `Among the stories of this ${what}: one id, slug or \`ext:\`. One that the public doesn’t know has none.`,
    }),
  )

/** Among which stories a request looks. */
function amongOf(request: FastifyRequest): Among {
  const { topic, author } = request.query as { topic?: string; author?: string }
  if (topic !== undefined && author !== undefined) noteFaults(request, [{ parameter: 'author', code: 'combination', message: 'can’t be combined with topic' }])
  if (topic !== undefined) return { kind: 'topic', reference: topic }
  return author === undefined ? null : { kind: 'author', reference: author }
}

/**
 * GET /v1/articles/{article}/neighbours, GET /v1/articles/{article}/similar
 */
export function aroundRoutes(app: App): void {
  const site = app.config.PUBLIC_SITE_URL

  app.get(
    '/v1/articles/:article/neighbours',
    operation('GET', {
      id: 'getArticleNeighbours',
      tag: 'Articles',
      summary: 'Get the stories before and after',
      description:
        'The public stories next to a public story in the order of `publishedAt`, then of their ids; with `topic`, which has those under it, or `author` the ones among its stories, whether or not the story is one of them.',
      isOpen: true,
      redirects: true,
      query: { topic: amongParameter('topic'), author: amongParameter('author') },
      answer: ArticleNeighbours,
      problems: readProblems,
    }),
    (request, reply) =>
      answerRead(request, reply, async (read): Promise<Answer> => {
        const among = amongOf(request)
        const { id } = await findPublished(read, request)
        const { previous, next } = await neighboursOf(read, id, among)
        const cards = await publicCards(
          read,
          [previous, next].flatMap((other) => other ?? []),
          site,
        )
        const shown = (other: string | null) => (other === null ? null : (cards.get(other)?.card ?? null))
        return { body: { previous: shown(previous), next: shown(next) }, isPublic: true, keys: [`article:${id}`, 'list', ...keysOfCards(cards)] }
      }),
  )
  app.get(
    '/v1/articles/:article/similar',
    operation('GET', {
      id: 'listSimilarArticles',
      tag: 'Articles',
      summary: 'List similar stories',
      description:
        'Public stories that have topics, authors or words of the headline in common with a public story: those with the most of the rarest first, the newest first among equals, and never the story itself. Of each of its topics, authors and words the newest stories are looked at.',
      isOpen: true,
      redirects: true,
      query: { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, format: 'int32', default: 5, description: 'At most so many.' })) },
      answer: SimilarArticles,
      problems: readProblems,
    }),
    (request, reply) =>
      answerRead(request, reply, async (read): Promise<Answer> => {
        const { limit = 5 } = request.query
        const { id } = await findPublished(read, request)
        const own = (await publicCards(read, [id], site)).get(id)?.card
        const similar = own ? await asCommitted(request, () => similarTo(read, app.database.engine, own, limit)) : []
        const cards = await publicCards(read, similar, site)
        const data = similar.flatMap((other) => cards.get(other)?.card ?? [])
        return { body: { data }, isPublic: true, keys: [`article:${id}`, 'list', ...keysOfCards(cards)] }
      }),
  )
}
