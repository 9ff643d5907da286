import { currentTime } from '../../src/database/clock.ts'
import type { Json, Server } from './server.ts'

type State = 'draft' | 'changed' | 'published' | 'scheduled' | 'trashed'

/** What an article is in before it is asked for, where it isn't what the public reads. */
const states: Record<string, State> = {
  publishArticle: 'draft',
  replaceArticle: 'draft',
  patchArticle: 'draft',
  deleteArticle: 'draft',
  restoreArticle: 'trashed',
  deleteSchedule: 'scheduled',
  listRevisions: 'changed',
  getRevision: 'changed',
  diffRevisions: 'changed',
  restoreRevision: 'changed',
  listPreviewLinks: 'draft',
  createPreviewLink: 'draft',
  deletePreviewLink: 'draft',
  getPreview: 'draft',
  createSection: 'draft',
  replaceSections: 'draft',
  replaceSection: 'draft',
  patchSection: 'draft',
  deleteSection: 'draft',
  createArticleHighlightList: 'draft',
  replaceArticleHighlightLists: 'draft',
  replaceArticleHighlightList: 'draft',
  patchArticleHighlightList: 'draft',
  deleteArticleHighlightList: 'draft',
}

const steps: Record<State, [path: string, body: Json][]> = {
  draft: [],
  changed: [['', { headline: 'Harbour reopens after two years' }]],
  published: [['/publish', {}]],
  scheduled: [['/publish', { at: '2099-05-02T06:00:00Z' }]],
  trashed: [],
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g
const time = /\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g

/** An answer as the document shows it: ids in the order in which they come, one time, and no secret. */
function shown(answer: Json): Json {
  const ids = new Map<string, string>()
  const idOf = (id: string) => {
    if (!ids.has(id)) ids.set(id, `01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c${(ids.size + 1).toString(16).padStart(2, '0')}`)
    return ids.get(id) as string
  }
  const text = JSON.stringify(answer)
    .replaceAll(uuid, idOf)
    .replaceAll(time, (at) => (at.startsWith('2099') ? at : '2026-05-01T09:30:00.000Z'))
    .replaceAll(/\b(bsh[pe]?_)\w+/g, '$1…')
    .replaceAll(/"pending:\w+"/g, '"pending:6b1f0a3c5501980b3e1c5f7c60a3f49b"')
    .replaceAll(/"stamp":"[\w.]+"/g, '"stamp":"mbq1k2x8.9f86d081884c7d659a2feaa0c55ad015"')
    .replaceAll(/("requestId":"[\w-]{36})-\w+"/g, '$1-qx"')
    .replaceAll(/"seq":\d+/g, '"seq":17')
    .replaceAll(/(\\"\d+)-[\w-]{22}\\"/g, '$1-9f86d081884c7d659a2fea\\"')
    .replaceAll(/"ip":"\w+"/g, '"ip":"9f86d081884c7d659a2feaa0c55ad015"')
    .replaceAll(/"(next|prev)Cursor":"[\w-]+"/g, '"$1Cursor":"WyI5ZjgyYTE3ZSIsIm5leHQiLDE3LCIwMSJd"')
  return JSON.parse(text)
}

type Run = { status: number; answer: Json }

/**
 * Sends each example of the document in a state in which it can succeed.
 * @returns by operation and media type of the request what was answered, as the document would show it
 */
export async function answersOfExamples(server: Server, document: Json): Promise<Record<string, Record<string, Run>>> {
  const runs: Record<string, Record<string, Run>> = {}
  const exampleOf = (id: string) => {
    const found = Object.values<Json>(document.paths)
      .flatMap((methods) => Object.values<Json>(methods))
      .find(({ operationId }) => operationId === id)
    return (found.requestBody.content['application/json'] ?? found.requestBody.content['application/merge-patch+json']).example
  }
  const made = async (path: string, body: Json) => (await server.post(path, body)).body

  /** Makes all that the path of an operation names. @returns its parameters, and what to delete afterwards */
  async function prepare(id: string, method: string, path: string): Promise<{ parameters: Record<string, string>; trash: string[] }> {
    const parameters: Record<string, string> = {
      author: 'ada-berg',
      topic: 'shipping',
      section: 'background',
      number: '1',
      sitemap: `${currentTime().slice(0, 7)}.xml`,
    }
    const trash: string[] = []
    if (id !== 'createArticle' && !['createAuthor', 'createTopic', 'replaceAuthor', 'replaceTopic', 'deleteAuthor', 'deleteTopic'].includes(id)) {
      const article = await made('/v1/articles', exampleOf('createArticle'))
      trash.push(`/v1/articles/${article.id}?permanent=true`, `/v1/authors/${article.authors[0].id}`, `/v1/topics/${article.topics[0].id}`)
      parameters.article = article.slug
      parameters.url = article.url
      if (path.includes('/highlight-lists/{list}')) parameters.list = article.highlightLists[0].id
      const state = states[id] ?? (id.startsWith('getPreviewAs') ? 'draft' : 'published')
      for (const [end, body] of steps[state]) await (end === '' ? server.patch : server.post)(`/v1/articles/${article.id}${end}`, body)
      if (state === 'trashed') await server.delete(`/v1/articles/${article.id}`)
      if (path.includes('/comments')) {
        const say = (more: object) => made(`/v1/articles/${article.id}/comments`, { ...exampleOf('createComment'), ...more })
        if (id !== 'createComment') parameters.comment = (await say({})).id
        if (id === 'listReplies') await say({ parentId: parameters.comment })
        if (id === 'listCommentHistory') await server.patch(`/v1/comments/${parameters.comment}`, { status: 'rejected', reason: 'Off the subject' })
        if (id === 'listCommentReports') await server.post(`/v1/comments/${parameters.comment}/reports`, exampleOf('reportComment'))
      }
      if (id.endsWith('ChangeSet')) {
        parameters.name = 'retag-harbour'
        await server.patch(`/v1/articles/${article.id}`, { kicker: 'Ports' }, { headers: { 'x-change-set': 'retag-harbour' } })
      }
      if (id === 'mergeAuthor' || id === 'mergeTopic') {
        const at = id === 'mergeAuthor' ? '/v1/authors' : '/v1/topics'
        trash.push(`${at}/${(await made(at, { name: 'The one that stays', externalId: 'desk:7' })).id}`)
      }
      if (id === 'listRedirects') await server.patch(`/v1/articles/${article.id}`, { aliases: ['/2014/05/old-story.html?p=7'] })
      if (id === 'listArticleLinks') {
        const body = [{ type: 'paragraph', text: `More on [the harbour](${article.url}).` }]
        const other = await made('/v1/articles', { headline: 'Ferries are back', status: 'published', sections: [{ heading: 'Background', body }] })
        trash.push(`/v1/articles/${other.id}?permanent=true`)
      }
      if (id === 'getArticleNeighbours' || id === 'listSimilarArticles') {
        const other = await made('/v1/articles', { headline: 'Ferries are back', topics: article.topics, status: 'published' })
        trash.unshift(`/v1/articles/${other.id}?permanent=true`)
      }
      if (id.includes('Preview')) {
        const link = id === 'createPreviewLink' ? {} : await made(`/v1/articles/${article.id}/preview-links`, exampleOf('createPreviewLink'))
        Object.assign(parameters, { link: link.id, token: link.token })
      }
    } else if (id.endsWith('Author') && id !== 'createAuthor') {
      trash.push(`/v1/authors/${(await made('/v1/authors', exampleOf('createAuthor'))).id}`)
    } else if (id.endsWith('Topic') && id !== 'createTopic') trash.push(`/v1/topics/${(await made('/v1/topics', exampleOf('createTopic'))).id}`)
    if ((path.startsWith('/v1/highlight-lists') || id === 'getHighlightListPreview') && id !== 'createHighlightList') {
      const list = await made('/v1/highlight-lists', exampleOf('createHighlightList'))
      trash.unshift(`/v1/highlight-lists/${list.id}`)
      parameters.list = list.slug
      if (path.includes('/revisions')) await server.patch(`/v1/highlight-lists/${list.id}`, exampleOf('patchHighlightList'))
      if (id.includes('Preview') && id !== 'createHighlightListPreviewLink') {
        const link = await made(`/v1/highlight-lists/${list.id}/preview-links`, {})
        Object.assign(parameters, { link: link.id, token: link.token })
      }
      if (id === 'deleteHighlightListSchedule') await server.post(`/v1/highlight-lists/${list.id}/publish`, exampleOf('publishHighlightList'))
    }
    if (/^.v1.author.*revisions/.test(path)) await server.patch('/v1/authors/ada-berg', exampleOf('patchAuthor'))
    if (/^.v1.topic.*revisions/.test(path)) await server.patch('/v1/topics/shipping', exampleOf('patchTopic'))
    if (path.startsWith('/v1/site')) await server.put('/v1/site', exampleOf('replaceSite'))
    if (/^.v1.comment-(?:ban|trust)s/.test(path) && method !== 'post') {
      const at = path.replace('/{standing}', '')
      parameters.standing = (await made(at, exampleOf(at.includes('ban') ? 'createCommentBan' : 'createCommentTrust'))).id
      trash.unshift(`${at}/${parameters.standing}`)
    }
    if (path.startsWith('/v1/commenters')) {
      const ban = await made('/v1/comment-bans', exampleOf('createCommentBan'))
      trash.unshift(`/v1/comment-bans/${ban.id}`)
      parameters.commenter = ban.email
    }
    if (path.startsWith('/v1/tokens') && id !== 'createToken') {
      const token = await made('/v1/tokens', exampleOf('createToken'))
      trash.unshift(`/v1/tokens/${token.id}`)
      parameters.tokenId = token.id
    }
    return { parameters, trash }
  }

  for (const [path, methods] of Object.entries<Json>(document.paths))
    for (const [method, operation] of Object.entries<Json>(methods)) {
      const { operationId: id, requestBody, security } = operation
      const bodies: [string, Json][] = Object.entries<Json>(requestBody?.content ?? { '': {} }).map(([type, { example }]) => [type, example])
      runs[id] = {}
      for (const [type, example] of bodies) {
        const { parameters, trash } = await prepare(id, method, path)
        const isPublic = method === 'get' && security.some((one: Json) => Object.keys(one).length === 0)
        const query = id.startsWith('diff')
          ? '?against=2'
          : id === 'listEvents'
            ? '?limit=1&type=article.published'
            : id === 'getOembed'
              ? `?url=${encodeURIComponent(parameters.url ?? '')}`
              : ''
        const address = path.replaceAll(/\{(\w+)\}/g, (_, name) => parameters[name] ?? '')
        const given = type === '' ? undefined : typeof example === 'string' ? example : JSON.stringify(example)
        const body = id === 'moderateComments' ? given?.replace(uuid, parameters.comment ?? '') : given
        const client = isPublic ? server.anonymous : server
        const answer = await client.request(method.toUpperCase(), address + query, body, { headers: type ? { 'content-type': type } : {} })
        runs[id][type] = { status: answer.status, answer: answer.body === null ? null : shown(answer.body) }
        if (method === 'post' && answer.status === 201) trash.unshift(`${answer.headers.get('location')}${id === 'createArticle' ? '?permanent=true' : ''}`)
        if (id === 'createArticle') for (const kind of ['authors', 'topics']) for (const one of answer.body[kind]) trash.push(`/v1/${kind}/${one.id}`)
        for (const one of trash) await server.delete(one)
      }
    }
  return runs
}
