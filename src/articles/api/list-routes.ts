import type { FastifyRequest } from 'fastify'
import type { CountedKind } from '../../database/tables.ts'
import type { Answer } from '../../http/answers.ts'
import { requireScope } from '../../http/auth.ts'
import { noteFaults, noting } from '../../http/faults.ts'
import { operation } from '../../http/operations.ts'
import { collection, externalIdParameter, fieldsParameter, idsParameter, pageParameters, propertyNames, slugParameter } from '../../http/pagination.ts'
import { answerRead, asCommitted } from '../../http/reads.ts'
import type { App } from '../../http/server.ts'
import Type from '../../http/type.ts'
import { articleProperties, leftOutOfRows } from '../working/fields.ts'
import { bodyNames, renderedArticle, renderings, renderingsIn } from '../working/renderings.ts'
import type { Document } from '../working/store.ts'
import { facetNames, facetsOf, mostLookedAt } from './facets.ts'
import type { ListQuery } from './filters.ts'
import { isByCount, mostDays, orderedArticles, pageOfArticles, sorts } from './list.ts'
import { filters } from './list-parameters.ts'
import { ArticlePage } from './page-schemas.ts'

const facetsParameter = {
  facets: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: `Counts, in public, how many stories of the list have which, comma-separated: ${facetNames.map((name) => `\`${name}\``).join(', ')}. Without filters all are counted, else the newest ${mostLookedAt.toLocaleString('en')} of a search, a topic, an author, a genre, a language or all, of which those count that the other filters leave.`,
    }),
  ),
}

/** The properties of a copy that the other one doesn’t have, as the document names them. */
const ofOne = (one: 'public' | 'working', other: 'public' | 'working') =>
  articleProperties[one]
    .filter((name) => !articleProperties[other].includes(name))
    .map((name) => `\`${name}\``)
    .join(', ')

const namesStories = ['ids', 'externalId', 'slug']

/** What a list is to be counted by. */
function facetsAsked(request: FastifyRequest): CountedKind[] {
  const query = request.query as ListQuery
  const asked = noting(request, () => propertyNames(query, 'facets', facetNames)) ?? []
  const other = query.copy === 'working' ? 'copy=working' : namesStories.find((name) => query[name] !== undefined)
  if (asked.length > 0 && other) noteFaults(request, [{ parameter: 'facets', code: 'combination', message: `can’t be combined with ${other}` }])
  return [...new Set(asked)] as CountedKind[]
}

/**
 * GET /v1/articles
 */
export function articleCollectionRoutes(app: App): void {
  const { config } = app
  const site = config.PUBLIC_SITE_URL
  const hosts = config.EMBED_HOSTS

  app.get(
    '/v1/articles',
    operation('GET', {
      id: 'listArticles',
      tag: 'Articles',
      summary: 'List and search articles',
      description:
        'Published articles, the newest first; with `copy=working` and `content:read` working copies, drafts too. Rows leave out the long parts unless `include` or `fields` asks for them. ' +
        `\`sort=-commentCount\` and \`sort=-correctionCount\` are of the public stories of a period: they need \`publishedAfter\`, at most ${mostDays} days before \`publishedBefore\`, or before now.`,
      isOpen: true,
      isPaged: true,
      query: {
        ...pageParameters(sorts, '-publishedAt', ' `scheduledAt` needs `copy=working`.'),
        ...filters,
        ...fieldsParameter(
          [...new Set([...articleProperties.public, ...articleProperties.working])],
          ` ${ofOne('working', 'public')} need \`copy=working\`, which has no ${ofOne('public', 'working')}.`,
        ),
        include: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 1000,
            description: `Of what rows leave out, comma-separated: ${leftOutOfRows.map((name) => `\`${name}\``).join(', ')}; \`commentCount\` in public alone, \`aliases\` and \`translationOf\` in working copies. \`html\` and \`text\` add \`bodyHtml\` and \`bodyText\`. A page ends early where it would have more than 8 MiB of \`sections\`; by \`ids\`, \`slug\` or \`externalId\` more than 32 MiB are a 400.`,
          }),
        ),
        ...facetsParameter,
        ...idsParameter,
        ...externalIdParameter,
        ...slugParameter,
      },
      answer: ArticlePage,
    }),
    async (request, reply) => {
      const query = request.query as ListQuery
      if (query.copy === 'working') requireScope(request, 'content:read')
      const shows = query.copy === 'working' ? 'working' : 'public'
      const properties = articleProperties[shows]
      const mayInclude = [...leftOutOfRows.filter((name) => properties.includes(name)), ...renderings]
      const include = noting(request, () => propertyNames(query, 'include', mayInclude)) ?? []
      const fields = noting(request, () => propertyNames(query, 'fields', properties)) ?? []
      const wanted = renderingsIn(include)
      const facets = facetsAsked(request)
      const parts = new Set([...include, ...fields])
      const loaded = wanted.size > 0 ? new Set([...parts, 'sections']) : parts
      const shown = ({ article }: Document) => renderedArticle(article, { wanted, hosts }, parts.has('sections'))
      return answerRead(request, reply, async (read): Promise<Answer> => {
        const source = { read, engine: app.database.engine, shows, site, note: <T>(check: () => T) => noting(request, check) } as const
        const { rows, ...answer } = await collection(request, {
          sorts,
          initially: query.q === undefined ? '-publishedAt' : 'relevance',
          properties,
          keyType: isByCount(query.sort) ? 'number' : 'string',
          included: [...include, 'snippet', 'headlineSnippet', ...bodyNames],
          ordered: async (asked) => (await orderedArticles(source, query, asked, loaded)).map(shown),
          page: async (page) => {
            const found = await pageOfArticles(source, query, page, loaded)
            return { ...found, data: found.data.map(shown) }
          },
        })
        const counted = parts.has('commentCount') ? rows.map(({ id }) => `comments:${id}`) : []
        const shared = parts.has('share') ? ['site'] : []
        const body =
          facets.length > 0 && request.faults.length === 0
            ? { ...(answer.body as object), facets: await asCommitted(request, () => facetsOf(source, query, facets)) }
            : answer.body
        // Any comment may change who comes first.
        if (/^-?commentCount/.test(String(query.sort))) counted.push('comments')
        return { ...answer, body, isPublic: shows === 'public', keys: ['list', ...rows.map(({ id }) => `article:${id}`), ...counted, ...shared] }
      })
    },
  )
}
