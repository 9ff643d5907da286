import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Read } from '../database/engine.ts'
import type { Answer } from '../http/answers.ts'
import { may } from '../http/auth.ts'
import { change } from '../http/change.ts'
import { jsonBody, noteHeader, operation, patchBodies } from '../http/operations.ts'
import { answerRead } from '../http/reads.ts'
import { replacementFrom } from '../http/replacement.ts'
import type { App } from '../http/server.ts'
import { refuse } from '../http/validation.ts'
import { Site, SiteInput, SitePatch } from './schemas.ts'
import { loadSite, lockSite, presentSite, replaceSite, resolveSite, type StoredSite } from './store.ts'

const path = '/v1/site'

/** A site as editors see it. @param pattern `PUBLIC_SITE_URL` */
export async function siteAnswer(read: Read, stored: StoredSite, pattern: string | null): Promise<Answer> {
  const { site } = await presentSite(read, stored, true, pattern)
  return { body: site, revision: site.revision }
}

/** GET|PUT|PATCH /v1/site */
export function siteRoutes(app: App): void {
  const { config } = app
  const pattern = config.PUBLIC_SITE_URL

  app.get(
    path,
    operation('GET', {
      id: 'getSite',
      tag: 'Site',
      summary: 'Get the site',
      description:
        'What the newsroom says of itself: its name, languages, publisher, share networks, menus and contact; before anybody has said anything, its defaults. In menus the public sees what is public: an item whose target isn’t is left out, unless it has a label and items of its own. `content:read` sees all.',
      isOpen: true,
      answer: Site,
    }),
    async (request, reply) => {
      const seesAll = may(request, 'content:read')
      return answerRead(request, reply, async (read): Promise<Answer> => {
        const { site, isPartial, follows } = await presentSite(read, await loadSite(read, config), seesAll, pattern)
        const answer = { body: site, revision: site.revision, isPartial, variesByToken: true }
        // Whatever makes something public, or gives it another name, drops `list`.
        return { ...answer, isPublic: !seesAll, keys: follows ? ['site', 'list'] : ['site'] }
      })
    },
  )

  const write = (request: FastifyRequest, reply: FastifyReply) =>
    change(request, reply, async (tx) => {
      const site = await lockSite(tx, config)
      const { site: current } = await presentSite(tx.read, site, true, pattern)
      const { input } = replacementFrom<SiteInput>(request, current, SiteInput)
      const { words, faults } = await resolveSite(tx.read, input, config)
      refuse(faults)
      return siteAnswer(tx.read, await replaceSite(tx, site, words), pattern)
    })

  app.put(
    path,
    operation('PUT', {
      id: 'replaceSite',
      tag: 'Site',
      summary: 'Replace the site',
      description: 'Whole; what is left out takes its default. It is public at once, so it needs `content:publish`.',
      scopes: ['content:publish'],
      headers: noteHeader,
      bodies: jsonBody(SiteInput),
      answer: Site,
    }),
    write,
  )

  app.patch(
    path,
    operation('PATCH', {
      id: 'patchSite',
      tag: 'Site',
      summary: 'Change the site',
      description: 'With a merge patch or a JSON Patch. It is public at once, so it needs `content:publish`.',
      scopes: ['content:publish'],
      headers: noteHeader,
      bodies: patchBodies(SitePatch),
      answer: Site,
    }),
    write,
  )
}
