import type { FastifyRequest } from 'fastify'
import { currentTime } from '../../database/clock.ts'
import type { Read } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import { isId } from '../../database/slugs.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { without } from '../../database/values.ts'
import type { Answer } from '../../http/answers.ts'
import { may, requireScope } from '../../http/auth.ts'
import { change } from '../../http/change.ts'
import { requireMatch } from '../../http/conditional.ts'
import { isToBeMade } from '../../http/external-ids.ts'
import { noting } from '../../http/faults.ts'
import { normalTime } from '../../http/formats.ts'
import { mediaTypeOf } from '../../http/media-types.ts'
import { jsonBody, noteHeader, operation, patchBodies } from '../../http/operations.ts'
import { badRequest, notFound } from '../../http/problems.ts'
import { answerRead } from '../../http/reads.ts'
import { readOnlyFaults } from '../../http/references.ts'
import { replacementFrom } from '../../http/replacement.ts'
import type { App } from '../../http/server.ts'
import Type from '../../http/type.ts'
import { refuse } from '../../http/validation.ts'
import { changing } from '../public/changing.ts'
import { editionDocument, publicDocument, publicDocuments } from '../public/documents.ts'
import { editionAt } from '../public/editions.ts'
import { trashArticle } from '../public/publish.ts'
import { ArticleCreate, ArticleInput, ArticlePatch } from '../working/input-schemas.ts'
import { type Rendering, renderedArticle } from '../working/renderings.ts'
import { makeNames, resolveArticle } from '../working/resolve.ts'
import { EitherArticle, WorkingArticle } from '../working/schemas.ts'
import { allParts, type Document, workingCopy } from '../working/store.ts'
import { applyParameter, minorParameter } from './correct.ts'
import { includeParameter, renderingsOf } from './include.ts'
import { createdInput, givenUpdatedAt } from './input.ts'
import { timeParameter } from './list-parameters.ts'
import {
  copyParameter,
  createParameter,
  findPublished,
  findReadable,
  idOfReference,
  isPublic,
  lockArticle,
  publishPermission,
  readProblems,
  workingAnswer,
  writeProblems,
} from './lookup.ts'
import { createArticle, deleteArticle, replaceArticle } from './save.ts'
import { plannedToo, writeArticle } from './write.ts'

const publishParameter = {
  ...createParameter,
  ...minorParameter,
  publish: Type.Optional(Type.Boolean({ default: false, description: 'Whether to publish the result in the same transaction, with `content:publish`.' })),
}

/** Those of changing what an article says, or publishing it. */
const textProblems = [...writeProblems, 'slug-taken', 'external-id-taken', 'alias-taken', 'translation-taken', 'embargoed'] as const

/** A patch of the comment policy alone, by one who may moderate but not write. */
function isPolicyAlone(request: FastifyRequest): boolean {
  const names = Object.keys(request.body as object)
  return (
    mediaTypeOf(request) !== 'application/json-patch+json' &&
    names.some((name) => ['commentPolicy', 'commentsCloseAt'].includes(name)) &&
    names.every((name) => ['commentPolicy', 'commentsCloseAt', 'revision'].includes(name))
  )
}

/**
 * POST /v1/articles, GET|PUT|PATCH|DELETE /v1/articles/{article}
 */
export function articleRoutes(app: App): void {
  const { config } = app
  const site = config.PUBLIC_SITE_URL
  const hosts = config.EMBED_HOSTS

  /** Makes an article of what a request says. */
  async function make(tx: Write, request: FastifyRequest, input: ArticleInput): Promise<Answer> {
    const { status = 'draft' } = input
    if (status === 'published') publishPermission(request, 'Publishing')
    if (input.publishedAt) publishPermission(request, 'Setting publishedAt')
    const content = await resolveArticle(tx, input, null, false, config)
    if (content.columns.scheduled_at !== null) publishPermission(request, 'Planning a publication')
    if (status === 'published' && content.columns.publish_at !== null) throw badRequest(plannedToo)
    const date = content.columns.published_at ?? (status === 'published' ? tx.now : null)
    if (input.updatedAt !== undefined) content.updatedAt = givenUpdatedAt(request, input.updatedAt, null, date, tx.now)
    const made = await createArticle(tx, await makeNames(tx, content), input.slug, status === 'published')
    return { ...workingAnswer(made), status: 201, location: `/v1/articles/${made.row.id}` }
  }

  const documentAnswer = ({ id, article, isPartial, keys, dependsOn, hidden, sections }: Document): Answer => ({
    body: article,
    counts: keys.includes(`comments:${id}`) ? id : undefined,
    revision: article.revision,
    isPublic: true,
    isPartial,
    keys,
    dependsOn,
    hidden,
    ...(sections ? { raw: { sections } } : {}),
  })

  const publicAnswer = async (read: Read, { id }: ArticleTable) => documentAnswer(await publicDocument(read, id, allParts, site, true))

  /** The same with what is to be rendered of it. */
  async function renderedAnswer(read: Read, { id }: ArticleTable, wanted: ReadonlySet<Rendering>): Promise<Answer> {
    const document = await publicDocument(read, id, allParts, site)
    return documentAnswer({ ...document, article: renderedArticle(document.article, { wanted, hosts }) })
  }

  /** The edition that was public at a time. @throws Problem 404, 410, 451; 400 for a time to come */
  async function answerAt(read: Read, request: FastifyRequest, given: string, wanted: ReadonlySet<Rendering>): Promise<Answer> {
    const at = normalTime(given)
    noting(request, () => {
      if (at > currentTime()) throw badRequest({ parameter: 'at', code: 'range', message: 'must not be in the future' })
      if ((request.query as { copy?: string }).copy)
        throw badRequest({ parameter: 'at', code: 'combination', message: 'is of the public editions: leave copy out' })
    })
    const article = await findPublished(read, request)
    const edition = await editionAt(read, article.id, at)
    if (!edition) throw notFound('edition')
    const document = await editionDocument(read, edition, site)
    return documentAnswer({ ...document, article: renderedArticle(document.article, { wanted, hosts }) })
  }

  app.post(
    '/v1/articles',
    operation('POST', {
      id: 'createArticle',
      tag: 'Articles',
      summary: 'Create an article',
      description:
        'Whole, in one transaction: sections, highlight lists, authors and topics. Also from the text of a page, as `text/plain` or as `fromText`. Needs `content:write`, and `content:publish` for `"status": "published"`.',
      scopes: ['content:write'],
      headers: noteHeader,
      query: createParameter,
      bodies: {
        ...jsonBody(ArticleCreate),
        'text/plain': Type.String({
          description: 'The text of a page; its first line is the headline. Markup (HTML, XML, Markdown, front matter, RTF, JSON) is a 400.',
          examples: ['Harbour reopens\n\nBackground:\nCrews worked through the night.'],
        }),
      },
      answer: WorkingArticle,
      links: {
        publish: ['publishArticle', 'article'],
        read: ['getArticle', 'article'],
        change: ['patchArticle', 'article'],
        preview: ['createPreviewLink', 'article'],
      },
      problems: ['slug-taken', 'external-id-taken', 'alias-taken', 'translation-taken', 'embargoed'],
    }),
    (request, reply) => change(request, reply, (tx) => make(tx, request, createdInput(request))),
  )

  // The most frequent read of all: by id or by the slug that the public knows.
  app.plainReads.push({
    address: /^\/v1\/articles\/([\w-]+)$/,
    async read(read, [, reference = '']) {
      const id = await idOfReference(read, reference)
      const [document] = id === null ? [] : await publicDocuments(read, [id], allParts, site, true)
      return document && (isId(reference) || document.article.slug === reference) ? documentAnswer(document) : null
    },
  })

  app.get(
    '/v1/articles/:article',
    operation('GET', {
      id: 'getArticle',
      tag: 'Articles',
      summary: 'Get a whole article',
      description:
        'By id or slug: its public edition, or with `at` the one that was public then. A draft is answered to `content:read`, as is `copy=working`: the copy that can be edited and sent back with `PUT`. What was taken down is a 410, or a 451.',
      isOpen: true,
      redirects: true,
      query: { ...copyParameter, ...includeParameter, at: timeParameter('The edition that was public at this time: 404 where there was none.') },
      answer: EitherArticle,
      problems: readProblems,
    }),
    async (request, reply) => {
      const { at } = request.query
      const wanted = renderingsOf(request)
      return answerRead(request, reply, async (read): Promise<Answer> => {
        if (at !== undefined) return answerAt(read, request, at, wanted)
        const { article, shows } = await findReadable(read, request)
        if (shows === 'public') return wanted.size > 0 ? renderedAnswer(read, article, wanted) : publicAnswer(read, article)
        return { body: renderedArticle(await workingCopy(read, article, site), { wanted, hosts }), revision: article.revision }
      })
    },
  )

  /** Sets the comment policy for one who moderates, who is answered as the public is. */
  async function setCommentPolicy(tx: Write, request: FastifyRequest, row: ArticleTable): Promise<Answer> {
    const current = await changing(tx, row)
    const { input } = replacementFrom<ArticleInput>(request, current.copy, ArticleInput)
    const content = await resolveArticle(tx, input, current, true, config)
    const answer = await publicAnswer(tx.read, (await replaceArticle(tx, current, await makeNames(tx, content), undefined)).row)
    return { ...answer, isPublic: false, articleId: row.id }
  }

  app.put(
    '/v1/articles/:article',
    operation('PUT', {
      id: 'replaceArticle',
      tag: 'Articles',
      summary: 'Replace an article',
      makes: true,
      description:
        'Its working copy, whole; parts keep their ids where the body names them. Keeps `slug, anchor, status, publishedAt, commentPolicy, commentsCloseAt, editorNote, embargoUntil, schedule, externalId, aliases, translationOf` where they are left out; everything else left out takes its default. Needs `content:write`; what shows in public at once needs `content:publish`. At `ext:` and an id that nobody has it makes the article, as `POST` does: 201.',
      scopes: ['content:write'],
      headers: noteHeader,
      query: publishParameter,
      redirects: true,
      bodies: jsonBody(ArticleInput),
      answer: WorkingArticle,
      links: { publish: ['publishArticle', 'article'], revisions: ['listRevisions', 'article'] },
      problems: textProblems,
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        if (!(await isToBeMade(tx, request, 'article', 'article'))) return workingAnswer(await writeArticle(tx, request, config))
        const { publish, minor } = request.query
        if (minor) throw badRequest({ parameter: 'minor', code: 'combination', message: 'is about what was public before: nothing was' })
        // It says what may come back in a PUT; what a POST doesn't take was given by the server.
        const input = without(request.body as ArticleInput, 'updatedAt')
        refuse(readOnlyFaults(input, null))
        const reachable = ['draft', 'published', ...(input.schedule?.publish ? ['scheduled'] : [])]
        if (input.status !== undefined && !reachable.includes(input.status))
          throw badRequest({ pointer: '/status', code: 'value', message: 'must be draft or published, or scheduled with its time, where the article is made' })
        return make(tx, request, publish ? { ...input, status: 'published' } : input)
      }),
  )

  app.patch(
    '/v1/articles/:article',
    operation('PATCH', {
      id: 'patchArticle',
      tag: 'Articles',
      summary: 'Change an article',
      description:
        'With a merge patch or a JSON Patch of the working copy. `"status": "published"` publishes, `"unpublished"` or `"draft"` takes down, `"draft"` cancels a plan; one that can’t be reached so is a 409 that names the way. Needs `content:write`; what shows in public at once needs `content:publish`. A merge patch of a public article’s `commentPolicy` and `commentsCloseAt` alone needs only `comments:moderate`, and is answered with the public article.',
      scopes: ['content:write', 'comments:moderate'],
      headers: noteHeader,
      query: { ...publishParameter, ...applyParameter },
      redirects: true,
      bodies: patchBodies(ArticlePatch),
      answer: EitherArticle,
      problems: [...textProblems, ...readProblems],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        if (isPolicyAlone(request) && may(request, 'comments:moderate') && !may(request, 'content:publish')) {
          const { publish, apply, minor } = request.query
          if (publish || apply || minor) publishPermission(request, 'Publishing')
          const row = await lockArticle(tx, request, may(request, 'content:read'))
          request.needed.add('comments:moderate')
          if (isPublic(row)) return setCommentPolicy(tx, request, row)
        }
        requireScope(request, 'content:write')
        return workingAnswer(await writeArticle(tx, request, config))
      }),
  )

  app.delete(
    '/v1/articles/:article',
    operation('DELETE', {
      id: 'deleteArticle',
      tag: 'Articles',
      summary: 'Move an article to the trash',
      description:
        'With its sections, highlight lists and comments, and with its slug; what is planned for it is cancelled. Needs `content:write`, and `content:publish` where the article is public or planned. `permanent=true` deletes it permanently, with every trace but the event that says so, and needs `admin`.',
      scopes: ['content:write'],
      query: { permanent: Type.Optional(Type.Boolean({ default: false, description: 'Permanently, instead of moving it to the trash.' })) },
      redirects: true,
      answer: null,
      problems: ['not-found'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const { permanent = false } = request.query
        if (permanent) requireScope(request, 'admin')
        const row = await lockArticle(tx, request, true)
        requireMatch(request, row.revision)
        if (isPublic(row)) publishPermission(request, 'Trashing a public article')
        if (row.scheduled_at !== null && row.status !== 'trashed') publishPermission(request, 'Cancelling what is planned')
        if (permanent) await deleteArticle(tx, row)
        else await trashArticle(tx, row)
        return { status: 204 }
      }),
  )
}
