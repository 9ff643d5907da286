import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Read } from '../../database/engine.ts'
import { newId } from '../../database/ids.ts'
import type { Answer } from '../../http/answers.ts'
import { change } from '../../http/change.ts'
import { requireMatch } from '../../http/conditional.ts'
import { jsonBody, noteHeader, operation, patchBodies } from '../../http/operations.ts'
import { badRequest, conflict, notFound } from '../../http/problems.ts'
import { answerRead } from '../../http/reads.ts'
import { readOnlyFaults } from '../../http/references.ts'
import type { App } from '../../http/server.ts'
import { refuse } from '../../http/validation.ts'
import { type Faults, resolveSections } from '../../sections/resolve.ts'
import { mostSections, Section, SectionCreate, SectionInput, SectionPatch, Sections, SectionsInput } from '../../sections/schemas.ts'
import { sectionsOfArticle } from '../../sections/store.ts'
import { arranged, bodyDepthFaults, placed, withDescendants } from '../../sections/tree.ts'
import { changing } from '../public/changing.ts'
import { publicDocument } from '../public/documents.ts'
import { renderedSection } from '../working/renderings.ts'
import { applyParameter, partAppliesToBoth } from './correct.ts'
import { includeParameter, renderingsOf } from './include.ts'
import { copyParameter, findReadable, lockWritable, readProblems, writeProblems } from './lookup.ts'
import { changed, correct, decideAnchor, nodeOf, parentNamed, place, save, sectionNamed, sectionOf } from './section-write.ts'

const path = '/v1/articles/:article/sections'

function findSection(request: FastifyRequest, sections: readonly Section[]): Section {
  const found = sectionNamed(request, sections)
  if (!found) throw notFound('section')
  return found
}

const sectionAnswer = (section: Section): Answer => ({ body: section, revision: section.revision })

/** The sections of an article as a request is to see them, and whether as the public does. */
async function readable(read: Read, request: FastifyRequest): Promise<Pick<Answer, 'isPublic' | 'keys' | 'revision'> & { sections: Section[] }> {
  const wanted = renderingsOf(request)
  const hosts = request.server.config.EMBED_HOSTS
  const { article, shows } = await findReadable(read, request)
  const rendered = (sections: Section[], language: string) =>
    wanted.size > 0 ? sections.map((section) => renderedSection(section, { wanted, language, hosts })) : sections
  if (shows === 'working') return { sections: rendered(await sectionsOfArticle(read, article.id), article.language), revision: article.revision }
  const { sections, language, revision } = (await publicDocument(read, article.id, new Set(['sections']), null)).article
  return { sections: rendered(sections, language), revision, isPublic: true, keys: [`article:${article.id}`] }
}

/**
 * GET|POST|PUT /v1/articles/{article}/sections, GET|PUT|PATCH|DELETE /v1/articles/{article}/sections/{section}
 */
export function sectionRoutes(app: App): void {
  app.get(
    path,
    operation('GET', {
      id: 'listSections',
      tag: 'Sections',
      summary: 'List the sections of an article',
      description: 'All of them, in document order. The tag goes by the article’s revision.',
      isOpen: true,
      redirects: true,
      query: { ...copyParameter, ...includeParameter },
      answer: Sections,
      problems: readProblems,
    }),
    (request, reply) =>
      answerRead(request, reply, async (read): Promise<Answer> => {
        const { sections, ...rest } = await readable(read, request)
        return { body: { data: sections }, ...rest }
      }),
  )

  app.post(
    path,
    operation('POST', {
      id: 'createSection',
      tag: 'Sections',
      summary: 'Add a section to an article',
      description: 'Last and at the top where `position` and `parentId` are left out. Needs `content:write`.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      bodies: jsonBody(SectionCreate),
      answer: Section,
      problems: writeProblems,
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const article = await changing(tx, await lockWritable(tx, request))
        const before = article.copy.sections
        const input = request.body as SectionInput
        const parentId = parentNamed(before, input.parentId ?? null)
        refuse([...readOnlyFaults(input, null), ...bodyDepthFaults(input.body ?? [], '/body'), ...place(before, null, parentId, input.position ?? null)])
        if (before.length >= mostSections) throw conflict({ pointer: '', code: 'length', message: `an article has at most ${mostSections} sections` })
        const node = nodeOf(newId(), parentId, decideAnchor(input, before, null, false), input)
        const after = await save(tx, article, arranged(placed(before, node, input.position ?? null)), new Set())
        return { ...sectionAnswer(sectionOf(after, node.id)), status: 201, location: `/v1/articles/${after.row.id}/sections/${node.id}` }
      }),
  )

  app.put(
    path,
    operation('PUT', {
      id: 'replaceSections',
      tag: 'Sections',
      summary: 'Replace all sections of an article',
      description:
        'In one transaction, also to reorder them: order and `depth` tell the tree, a known `id` keeps its section. `If-Match` goes by the article’s revision.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      bodies: jsonBody(SectionsInput),
      answer: Sections,
      problems: writeProblems,
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const row = await lockWritable(tx, request)
        requireMatch(request, row.revision)
        const article = await changing(tx, row)
        const faults: Faults = { bad: [], conflicts: [] }
        const wanted = resolveSections((request.body as SectionsInput).data, article.copy.sections, true, '/data', faults)
        if (faults.bad.length > 0) throw badRequest(faults.bad)
        if (faults.conflicts.length > 0) throw conflict(faults.conflicts)
        const { copy } = await save(tx, article, wanted)
        return { body: { data: copy.sections }, revision: copy.revision }
      }),
  )

  app.get(
    `${path}/:section`,
    operation('GET', {
      id: 'getSection',
      tag: 'Sections',
      summary: 'Get a section',
      description: 'By id or anchor.',
      isOpen: true,
      redirects: true,
      query: { ...copyParameter, ...includeParameter },
      answer: Section,
      problems: readProblems,
    }),
    (request, reply) =>
      answerRead(request, reply, async (read): Promise<Answer> => {
        const { sections, ...rest } = await readable(read, request)
        return { ...rest, ...sectionAnswer(findSection(request, sections)) }
      }),
  )

  const write = (request: FastifyRequest, reply: FastifyReply) =>
    change(request, reply, async (tx) => {
      const isBoth = partAppliesToBoth(request)
      const article = await changing(tx, await lockWritable(tx, request))
      if (isBoth) return sectionAnswer(await correct(tx, request, article))
      const own = findSection(request, article.copy.sections)
      const { after, moved } = changed(request, article.copy.sections, own)
      return sectionAnswer(sectionOf(await save(tx, article, after, moved), own.id))
    })

  app.put(
    `${path}/:section`,
    operation('PUT', {
      id: 'replaceSection',
      tag: 'Sections',
      summary: 'Replace a section',
      description: 'Keeps `anchor, parentId, position` where they are left out; `parentId` and `position` move it with those under it.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      bodies: jsonBody(SectionInput),
      answer: Section,
      problems: writeProblems,
    }),
    write,
  )

  app.patch(
    `${path}/:section`,
    operation('PATCH', {
      id: 'patchSection',
      tag: 'Sections',
      summary: 'Change a section',
      description: 'With a merge patch or a JSON Patch. A new `parentId` alone makes it the last under that parent.',
      scopes: ['content:write'],
      headers: noteHeader,
      query: applyParameter,
      redirects: true,
      bodies: patchBodies(SectionPatch),
      answer: Section,
      problems: [...writeProblems, 'embargoed'],
    }),
    write,
  )

  app.delete(
    `${path}/:section`,
    operation('DELETE', {
      id: 'deleteSection',
      tag: 'Sections',
      summary: 'Delete a section',
      description: 'With those under it. Highlights that led there stay, with its heading as their text where they have none.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      answer: null,
      problems: writeProblems,
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const article = await changing(tx, await lockWritable(tx, request))
        const before = article.copy.sections
        const own = findSection(request, before)
        requireMatch(request, own.revision)
        const gone = withDescendants(before, own.id)
        await save(tx, article, arranged(before.filter(({ id }) => !gone.has(id))), new Set())
        return { status: 204 }
      }),
  )
}
