import { readProblems, requirePublic } from '../articles/api/lookup.ts'
import { holderOfAlias } from '../articles/working/aliases.ts'
import type { Read } from '../database/engine.ts'
import { type Answer, send } from '../http/answers.ts'
import { noting } from '../http/faults.ts'
import { operation } from '../http/operations.ts'
import { collection, fieldsParameter, pageParameters } from '../http/pagination.ts'
import { badRequest, type Fault, notFound } from '../http/problems.ts'
import { answerRead, readSnapshot } from '../http/reads.ts'
import { SitePath } from '../http/schemas.ts'
import type { App } from '../http/server.ts'
import Type from '../http/type.ts'
import { EitherRedirect, redirectProperties } from './schemas.ts'
import { isTaken, pageOfAliases, presentRedirects } from './store.ts'

const sorts = ['path'] as const

// Dropped when an old address changes hands, and when a story with some comes or goes.
const keysOfAll = ['redirects', 'list']

const paging = ['limit', 'cursor', 'sort', 'count', 'fields'] as const

/** What can't stand beside each other: one address is asked for, or all are paged through. */
function combinationFaults(query: Record<string, unknown>): Fault[] {
  const fault = (parameter: string, message: string): Fault => ({ parameter, code: 'combination', message })
  if (query.path === undefined) return query.follow ? [fault('follow', 'needs path')] : []
  return paging.filter((name) => query[name] !== undefined).map((name) => fault(name, 'can’t be combined with path'))
}

/**
 * GET /v1/redirects
 */
export function redirectRoutes(app: App): void {
  const site = app.config.PUBLIC_SITE_URL

  /** Where an old address leads. @throws Problem 404, 410, 451 as its story is read */
  async function lookedUp(read: Read, path: string) {
    const held = await holderOfAlias(read, path, true)
    if (!held) throw notFound('redirect')
    const { redirects, keys } = await presentRedirects(read, [held], site)
    if (!redirects[0] && !(await isTaken(read, held.tried ?? [held.path], site))) await requirePublic(read, held.articleId)
    if (!redirects[0]) throw notFound('redirect')
    // It leads there only until another story has it with more of its query, or is there.
    return { redirect: redirects[0], keys: [...keys, ...keysOfAll] }
  }

  app.get(
    '/v1/redirects',
    operation('GET', {
      id: 'listRedirects',
      tag: 'Articles',
      summary: 'Find out where old addresses lead',
      description:
        'With `path` where that leads: to the public story that has it among its `aliases`, else to the one that has it with fewer parameters, as before a campaign added its own, or without its query. 404 where none has it, or a story is there now, 410 or 451 where the story was taken down. With `follow=true` it is the redirect itself. Without `path` all old addresses of public stories in order, for the table of a proxy, without those where a story is now, which `page.total` counts all the same. Answers carry the keys of the stories, `redirects` and `list`.',
      isPaged: true,
      redirects: 'With `follow=true`: where the story is now, its `url`, or its path here where it has none.',
      query: {
        path: Type.Optional({
          ...SitePath,
          description: 'A path of the old site with its query, all of it percent-encoded as a value.',
          examples: ['/2014/05/old-story.html?p=7'],
        }),
        follow: Type.Optional(Type.Boolean({ default: false, description: 'With `path`: whether to answer with the redirect itself (308).' })),
        ...pageParameters(sorts, 'path'),
        ...fieldsParameter(redirectProperties),
      },
      answer: EitherRedirect,
      problems: readProblems,
    }),
    async (request, reply) => {
      const query = request.query as { path?: string; follow?: boolean }
      const { path, follow = false } = query
      noting(request, () => {
        const faults = combinationFaults(query)
        if (faults.length > 0) throw badRequest(faults)
      })
      if (path !== undefined && follow) {
        // What is kept in memory is sent with 200.
        const { redirect, keys } = await readSnapshot(request, (read) => lookedUp(read, path))
        return send(request, reply, { status: 308, location: redirect?.url ?? redirect?.apiUrl, isPublic: true, keys })
      }
      return answerRead(request, reply, async (read): Promise<Answer> => {
        if (path !== undefined) {
          const { redirect, keys } = await lookedUp(read, path)
          return { body: redirect, isPublic: true, keys }
        }
        const keys: string[] = [...keysOfAll]
        const { rows: _, ...answer } = await collection(request, {
          sorts,
          initially: 'path',
          properties: redirectProperties,
          included: ['path'],
          shown: ({ id: _, ...redirect }) => redirect,
          page: async (page) => {
            const found = await pageOfAliases(read, page)
            const shown = await presentRedirects(read, found.data, site)
            keys.push(...shown.keys)
            return { ...found, data: shown.redirects.map((redirect) => ({ id: redirect.path, ...redirect })) }
          },
        })
        return { ...answer, isPublic: true, keys }
      })
    },
  )
}
