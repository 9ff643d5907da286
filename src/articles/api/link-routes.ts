import type { Answer } from '../../http/answers.ts'
import { operation } from '../../http/operations.ts'
import { collection, fieldsParameter, pageParameters } from '../../http/pagination.ts'
import { answerRead } from '../../http/reads.ts'
import type { App } from '../../http/server.ts'
import { ArticleLinkPage, linkProperties } from './link-schemas.ts'
import { type FoundLink, pageOfLinks } from './links.ts'
import { copyParameter, findReadable, readProblems } from './lookup.ts'

const sorts = ['createdAt'] as const

const keysOf = ({ article, highlightLists }: FoundLink) => (article ? [`article:${article.id}`] : highlightLists.map(({ id }) => `highlight-list:${id}`))

/**
 * GET /v1/articles/{article}/links
 */
export function articleLinkRoutes(app: App): void {
  const site = app.config.PUBLIC_SITE_URL

  app.get(
    '/v1/articles/:article/links',
    operation('GET', {
      id: 'listArticleLinks',
      tag: 'Articles',
      summary: 'List who links to an article',
      description:
        'Other stories by their highlights, their related items or links in their texts, and freestanding lists; the newest story or list first, one row for each story and way. A text, or an item that leads to an address, links here by the story’s `url`, by an old address on the site of `PUBLIC_SITE_URL`, or by an address of that pattern that ends in a slug of the story, old ones too, with whatever a campaign adds to its query, but for what is another story’s with more of it (of very many queries of one old address the first 500 count). The public is told of public editions; with `copy=working` and `content:read` it is what working copies have.',
      isOpen: true,
      redirects: true,
      isPaged: true,
      query: { ...copyParameter, ...pageParameters(sorts, '-createdAt'), ...fieldsParameter(linkProperties) },
      answer: ArticleLinkPage,
      problems: readProblems,
    }),
    async (request, reply) =>
      answerRead(request, reply, async (read): Promise<Answer> => {
        const { article, shows } = await findReadable(read, request)
        const { rows, ...answer } = await collection<FoundLink>(request, {
          sorts,
          initially: '-createdAt',
          properties: linkProperties,
          included: ['as'],
          shown: ({ id: _, ...link }) => link,
          page: (page) => pageOfLinks({ read, id: article.id, copy: shows, site }, page),
        })
        return { ...answer, isPublic: shows === 'public', keys: ['list', 'redirects', `article:${article.id}`, ...rows.flatMap(keysOf)] }
      }),
  )
}
