import type { FastifyReply, FastifyRequest } from 'fastify'
import { v7 as newId } from 'uuid'
import { appliesToBoth, applyParameter, correctedSections, forBoth, publishCorrection, requireSamePlaces } from '../articles/correct.ts'
import { copyParameter, findReadable, lockWritable, readProblems } from '../articles/lookup.ts'
import { publicDocument } from '../articles/public.ts'
import { currentEdition } from '../articles/publish.ts'
import { touch } from '../articles/touch.ts'
import type { Write } from '../database/connect.ts'
import type { Read } from '../database/engine.ts'
import { isId } from '../database/slugs.ts'
import type { ArticleTable } from '../database/tables.ts'
import { clearTargets } from '../highlight-lists/store.ts'
import { type Answer, send } from '../http/answers.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { desired } from '../http/desired.ts'
import { jsonBody, noteHeader, operation, patchBodies } from '../http/operations.ts'
import { badRequest, conflict, type Fault, notFound } from '../http/problems.ts'
import { reading } from '../http/reading.ts'
import { parameter, readOnlyFaults } from '../http/references.ts'
import type { App } from '../http/server.ts'
import { refuse } from '../http/validation.ts'
import { type Faults, resolveSections } from './resolve.ts'
import { mostLevels, mostSections, Section, SectionInput, SectionPatch, Sections, SectionsInput } from './schemas.ts'
import { saveSections, sectionsOfArticle } from './store.ts'
import { anchorFor, arranged, bodyDepthFaults, type Node, placed, type SectionContent, storedBody, withDescendants, wordsOf, wordsOfSection } from './tree.ts'

const path = '/v1/articles/:article/sections'

function sectionNamed(request: FastifyRequest, sections: readonly Section[]): Section | undefined {
  const reference = parameter(request, 'section')
  return sections.find((section) => (isId(reference) ? section.id === reference.toLowerCase() : section.anchor === reference))
}

function findSection(request: FastifyRequest, sections: readonly Section[]): Section {
  const found = sectionNamed(request, sections)
  if (!found) throw notFound('section')
  return found
}

const answerOf = (section: Section): Answer => ({ body: section, revision: section.revision })

/** The sections of an article as a request is to see them, and whether as the public does. */
async function readable(read: Read, request: FastifyRequest): Promise<Pick<Answer, 'isPublic' | 'keys' | 'revision'> & { sections: Section[] }> {
  const { article, shows } = await findReadable(read, request)
  if (shows === 'working') return { sections: await sectionsOfArticle(read, article.id), revision: article.revision }
  const { sections, revision } = (await publicDocument(read, article.id, new Set(['sections']), null)).article
  return { sections, revision, isPublic: true, keys: [`article:${article.id}`] }
}

/** Where a section goes, and the faults of that. @param own the section that moves, null for a new one */
function place(sections: readonly Section[], own: Section | null, parentId: string | null, position: number | null): Fault[] {
  const parent = parentId === null ? null : sections.find(({ id }) => id === parentId)
  if (parent === undefined) return [{ pointer: '/parentId', code: 'not-found', message: 'names no section of this article' }]
  const moving = own ? withDescendants(sections, own.id) : new Set<string>()
  if (parent && moving.has(parent.id)) return [{ pointer: '/parentId', code: 'value', message: 'is the section itself or one under it' }]
  const faults: Fault[] = []
  const siblings = sections.filter((section) => section.parentId === parentId && section.id !== own?.id).length
  if (position !== null && (position < 0 || position > siblings)) faults.push({ pointer: '/position', code: 'range', message: `must be from 0 to ${siblings}` })
  const height = own ? Math.max(...sections.filter(({ id }) => moving.has(id)).map(({ depth }) => depth - own.depth)) : 0
  if ((parent ? parent.depth + 1 : 0) + height >= mostLevels)
    faults.push({ pointer: '/parentId', code: 'range', message: `sections nest no deeper than ${mostLevels} levels` })
  return faults
}

function decideAnchor(input: SectionInput, sections: readonly Section[], own: Section | null, keeps: boolean): string {
  const others = new Set(sections.filter(({ id }) => id !== own?.id).map(({ anchor }) => anchor))
  if (input.anchor === undefined) return keeps && own ? own.anchor : anchorFor(input.heading ?? null, others)
  if (others.has(input.anchor)) throw conflict({ pointer: '/anchor', code: 'conflict', message: 'belongs to another section of this article' })
  return input.anchor
}

function nodeOf(id: string, parentId: string | null, anchor: string, input: SectionInput): Node {
  const body = storedBody(input.body)
  return { id, parentId, anchor, heading: input.heading ?? null, body, wordCount: wordsOf(body) }
}

/** Saves the sections of an article, lets go of those removed, and raises the article's revision where anything changed. */
async function save(
  tx: Write,
  article: ArticleTable,
  before: readonly Section[],
  after: readonly SectionContent[],
  moved?: Set<string>,
): Promise<ArticleTable> {
  const staying = new Set(after.map(({ id }) => id))
  for (const section of before) if (!staying.has(section.id)) await clearTargets(tx, 'target_section_id', section.id, wordsOfSection(section))
  return (await saveSections(tx, article.id, before, after, moved)) ? touch(tx, article.id) : article
}

type Changed = { after: SectionContent[]; moved: Set<string> }

/** What a PUT or PATCH of one section makes of all. */
function changed(request: FastifyRequest, before: readonly Section[], own: Section): Changed {
  const { input, isPatch, names } = desired<SectionInput>(request, own, SectionInput)
  const faults = readOnlyFaults(input, own)
  if (isPatch)
    for (const name of ['parentId', 'position'] as const)
      if (input[name] === undefined) faults.push({ pointer: `/${name}`, code: 'required', message: 'can’t be removed' })
  const parentId = input.parentId === undefined ? own.parentId : (input.parentId?.toLowerCase() ?? null)
  // A patch of the parent alone leaves the old position in the result: under the new parent it means last.
  const stays = parentId === own.parentId
  const position = names('position') ? (input.position ?? null) : stays ? own.position : null
  refuse([...faults, ...bodyDepthFaults(input.body ?? [], '/body'), ...place(before, own, parentId, position)])
  const node = nodeOf(own.id, parentId, decideAnchor(input, before, own, !isPatch), input)
  const isMoved = parentId !== own.parentId || (position !== null && position !== own.position)
  return { after: arranged(placed(before, node, position)), moved: new Set(isMoved ? [own.id] : []) }
}

/**
 * Makes the same change to the public edition and to the working copy.
 * @returns the id of the section @throws Problem 409 where it doesn't fit both
 */
async function correct(tx: Write, request: FastifyRequest, article: ArticleTable, before: readonly Section[]): Promise<string> {
  const edition = await currentEdition(tx.read, article)
  const [id, revision] = sectionInEither(request, before, edition.sections)
  const [own, shown] = [before.find((section) => section.id === id), edition.sections.find((section) => section.id === id)]
  if (!own || !shown) throw conflict({ pointer: '', code: 'conflict', message: own ? 'is not in the public edition' : 'is not in the working copy any more' })
  const both = await forBoth(
    request,
    () => changed(request, before, own),
    () => changed(request, edition.sections, { ...shown, revision }),
  )
  if (request.faults.length > 0) return id
  requireSamePlaces(request, own, shown)
  const row = await save(tx, article, before, both.working.after, both.working.moved)
  const sections = correctedSections(both.edition.after, edition, await sectionsOfArticle(tx.read, article.id), tx.now)
  await publishCorrection(tx, row, { ...edition, sections })
  return id
}

/** The section that a path names, in the working copy or else in public; its revision is that of the first. */
function sectionInEither(request: FastifyRequest, before: readonly Section[], published: readonly Section[]): [string, number] {
  const found = sectionNamed(request, before) ?? sectionNamed(request, published)
  if (!found) throw notFound('section')
  return [found.id, before.find(({ id }) => id === found.id)?.revision ?? found.revision]
}

async function sectionById(read: Read, articleId: string, id: string): Promise<Section> {
  return (await sectionsOfArticle(read, articleId)).find((section) => section.id === id) as Section
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
      query: copyParameter,
      answer: Sections,
      problems: readProblems,
    }),
    async (request, reply) => {
      const answer = await reading(request, async (read): Promise<Answer> => {
        const { sections, ...rest } = await readable(read, request)
        return { body: { data: sections }, ...rest }
      })
      return send(request, reply, answer)
    },
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
      bodies: jsonBody(SectionInput),
      answer: Section,
      problems: [404],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const article = await lockWritable(tx, request)
        const before = await sectionsOfArticle(tx.read, article.id)
        const input = request.body as SectionInput
        const parentId = input.parentId?.toLowerCase() ?? null
        refuse([...readOnlyFaults(input, null), ...bodyDepthFaults(input.body ?? [], '/body'), ...place(before, null, parentId, input.position ?? null)])
        if (before.length >= mostSections) throw conflict({ pointer: '', code: 'length', message: `an article has at most ${mostSections} sections` })
        const node = nodeOf(newId(), parentId, decideAnchor(input, before, null, false), input)
        await save(tx, article, before, arranged(placed(before, node, input.position ?? null)), new Set())
        return { ...answerOf(await sectionById(tx.read, article.id, node.id)), status: 201, location: `/v1/articles/${article.id}/sections/${node.id}` }
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
      problems: [404, 409],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const article = await lockWritable(tx, request)
        requireMatch(request, article.revision)
        const before = await sectionsOfArticle(tx.read, article.id)
        const faults: Faults = { bad: [], conflicts: [] }
        const after = resolveSections((request.body as SectionsInput).data, before, true, '/data', faults)
        if (faults.bad.length > 0) throw badRequest(...faults.bad)
        if (faults.conflicts.length > 0) throw conflict(...faults.conflicts)
        const { revision } = await save(tx, article, before, after)
        return { body: { data: await sectionsOfArticle(tx.read, article.id) }, revision }
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
      query: copyParameter,
      answer: Section,
      problems: readProblems,
    }),
    async (request, reply) => {
      const answer = await reading(request, async (read): Promise<Answer> => {
        const { sections, ...rest } = await readable(read, request)
        return { ...rest, ...answerOf(findSection(request, sections)) }
      })
      return send(request, reply, answer)
    },
  )

  const write = (request: FastifyRequest, reply: FastifyReply) =>
    change(request, reply, async (tx) => {
      const isBoth = appliesToBoth(request)
      const article = await lockWritable(tx, request)
      const before = await sectionsOfArticle(tx.read, article.id)
      if (isBoth) return answerOf(await sectionById(tx.read, article.id, await correct(tx, request, article, before)))
      const own = findSection(request, before)
      const { after, moved } = changed(request, before, own)
      await save(tx, article, before, after, moved)
      return answerOf(await sectionById(tx.read, article.id, own.id))
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
      problems: [404, 409],
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
      problems: [404],
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
      problems: [404],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const article = await lockWritable(tx, request)
        const before = await sectionsOfArticle(tx.read, article.id)
        const own = findSection(request, before)
        requireMatch(request, own.revision)
        const gone = withDescendants(before, own.id)
        await save(tx, article, before, arranged(before.filter(({ id }) => !gone.has(id))), new Set())
        return { status: 204 }
      }),
  )
}
