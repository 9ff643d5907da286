import createClient from 'openapi-fetch'
import type { paths } from '../../clients/typescript/src/schema.d.ts'

type Result<T> = { data?: T; error?: { type: string; detail: string; currentRevision?: number }; response: Response }

function ok<T>({ data, error }: Result<T>): T {
  if (data === undefined) throw new Error(error?.detail)
  return data
}

/** What a stale precondition is answered, of every resource alike. */
function isStale({ error }: Result<unknown>, current: number): boolean {
  return error?.type === '/problems/precondition-failed' && error.currentRevision === current
}

const mergePatch = { headers: { 'content-type': 'application/merge-patch+json' } } as const
const jsonPatch = { headers: { 'content-type': 'application/json-patch+json' } } as const

/**
 * Of every resource: read what is edited, change it, put it back; patch it both ways; be refused with a stale revision; page through all.
 * Nothing here is cast: what an answer gives is what a request takes.
 * @returns what was done, a line a resource
 */
export async function resources(baseUrl: string, token: string): Promise<string[]> {
  const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } })
  const done: string[] = []
  const stale = { 'If-Match': '"1"' }

  const author = ok(await client.POST('/v1/authors', { body: { name: 'Ada Berg' } }))
  const atAuthor = { path: { author: author.id } }
  const readAuthor = ok(await client.GET('/v1/authors/{author}', { params: atAuthor }))
  const putAuthor = ok(await client.PUT('/v1/authors/{author}', { params: atAuthor, body: { ...readAuthor, jobTitle: 'Editor' } }))
  const patchedAuthor = ok(await client.PATCH('/v1/authors/{author}', { params: atAuthor, body: { bio: 'Writes.' }, ...mergePatch }))
  ok(await client.PATCH('/v1/authors/{author}', { params: atAuthor, body: [{ op: 'replace', path: '/bio', value: null }], ...jsonPatch }))
  if (!isStale(await client.PATCH('/v1/authors/{author}', { params: { ...atAuthor, header: stale }, body: { bio: 'x' } }), 4)) throw new Error('author')
  done.push(`author ${putAuthor.jobTitle} ${patchedAuthor.bio}`)

  const topic = ok(await client.POST('/v1/topics', { body: { name: 'Shipping' } }))
  const atTopic = { path: { topic: topic.id } }
  const readTopic = ok(await client.GET('/v1/topics/{topic}', { params: atTopic }))
  const putTopic = ok(await client.PUT('/v1/topics/{topic}', { params: atTopic, body: { ...readTopic, kind: 'section' } }))
  const patchedTopic = ok(await client.PATCH('/v1/topics/{topic}', { params: atTopic, body: { description: 'Boats.' }, ...mergePatch }))
  ok(await client.PATCH('/v1/topics/{topic}', { params: atTopic, body: [{ op: 'remove', path: '/description' }], ...jsonPatch }))
  if (!isStale(await client.PUT('/v1/topics/{topic}', { params: { ...atTopic, header: stale }, body: { name: 'x' } }), 4)) throw new Error('topic')
  done.push(`topic ${putTopic.kind} ${patchedTopic.description}`)

  const article = ok(
    await client.POST('/v1/articles', {
      body: {
        headline: 'Harbour reopens',
        authors: [{ id: author.id, role: 'words' }],
        topics: [{ slug: topic.slug }],
        sections: [{ heading: 'Background', body: [{ type: 'paragraph', text: 'Crews worked.' }] }],
        highlightLists: [{ title: 'At a glance', items: [{ text: 'How it began', target: { type: 'section', anchor: 'background' } }] }],
        related: [{ relation: 'background', text: 'Tides', target: { type: 'url', url: 'https://port.example/tides' } }],
        custom: { printPage: 'A1' },
        status: 'published',
      },
    }),
  )
  const atArticle = { path: { article: article.id } }
  const working = ok(await client.GET('/v1/articles/{article}', { params: { ...atArticle, query: { copy: 'working' } } }))
  const putArticle = ok(
    await client.PUT('/v1/articles/{article}', { params: atArticle, body: { ...working, kicker: 'Live', custom: { ...working.custom, printPage: 'A2' } } }),
  )
  const patchedArticle = ok(
    await client.PATCH('/v1/articles/{article}', { params: atArticle, body: { standfirst: 'On Monday.', related: working.related }, ...mergePatch }),
  )
  ok(await client.PATCH('/v1/articles/{article}', { params: atArticle, body: [{ op: 'replace', path: '/kicker', value: 'Later' }], ...jsonPatch }))
  if (!isStale(await client.PATCH('/v1/articles/{article}', { params: { ...atArticle, header: stale }, body: { kicker: 'x' } }), 4)) throw new Error('article')
  done.push(`article ${putArticle.kicker} ${putArticle.custom.printPage} ${patchedArticle.standfirst}`)

  const [section] = ok(await client.GET('/v1/articles/{article}/sections', { params: { ...atArticle, query: { copy: 'working' } } })).data
  if (!section) throw new Error('no section')
  const atSection = { path: { ...atArticle.path, section: section.id } }
  const putSection = ok(await client.PUT('/v1/articles/{article}/sections/{section}', { params: atSection, body: { ...section, heading: 'How it began' } }))
  const patchedSection = ok(
    await client.PATCH('/v1/articles/{article}/sections/{section}', {
      params: atSection,
      body: { body: [...section.body, { type: 'code', code: 'tide()' }] },
      ...mergePatch,
    }),
  )
  ok(await client.PATCH('/v1/articles/{article}/sections/{section}', { params: atSection, body: [{ op: 'remove', path: '/body/1' }], ...jsonPatch }))
  ok(await client.PUT('/v1/articles/{article}/sections', { params: atArticle, body: { data: [patchedSection] } }))
  done.push(`section ${putSection.heading} ${patchedSection.body.length}`)

  const [list] = ok(await client.GET('/v1/articles/{article}/highlight-lists', { params: { ...atArticle, query: { copy: 'working' } } })).data
  if (!list) throw new Error('no list')
  const atList = { path: { ...atArticle.path, list: list.id } }
  const putList = ok(await client.PUT('/v1/articles/{article}/highlight-lists/{list}', { params: atList, body: { ...list, style: 'numbered' } }))
  const patchedList = ok(await client.PATCH('/v1/articles/{article}/highlight-lists/{list}', { params: atList, body: { title: null }, ...mergePatch }))
  ok(
    await client.PATCH('/v1/articles/{article}/highlight-lists/{list}', {
      params: atList,
      body: [{ op: 'add', path: '/items/-', value: { text: 'New' } }],
      ...jsonPatch,
    }),
  )
  done.push(`list ${putList.style} ${patchedList.title}`)

  const front = ok(await client.POST('/v1/highlight-lists', { body: { title: 'Front page', items: [{ target: { type: 'article', id: article.id } }] } }))
  const atFront = { path: { list: front.id } }
  const readFront = ok(await client.GET('/v1/highlight-lists/{list}', { params: { ...atFront, query: { copy: 'working' } } }))
  const putFront = ok(await client.PUT('/v1/highlight-lists/{list}', { params: atFront, body: { ...readFront, style: 'numbered' } }))
  ok(await client.PATCH('/v1/highlight-lists/{list}', { params: atFront, body: { items: putFront.items }, ...mergePatch }))
  done.push(`front ${putFront.style} ${putFront.items.length}`)

  const comment = ok(await client.POST('/v1/articles/{article}/comments', { params: atArticle, body: { author: { name: 'Reader' }, body: 'Thanks' } }))
  const moderated = ok(
    await client.PATCH('/v1/comments/{comment}', {
      params: { path: { comment: comment.id } },
      body: { status: 'rejected', reason: 'Off topic' },
      ...mergePatch,
    }),
  )
  done.push(`comment ${moderated.status}`)

  const made = ok(await client.POST('/v1/tokens', { body: { name: 'Job', scopes: ['content:read'] } }))
  const atToken = { path: { tokenId: made.id } }
  const readToken = ok(await client.GET('/v1/tokens/{tokenId}', { params: atToken }))
  const putToken = ok(await client.PUT('/v1/tokens/{tokenId}', { params: atToken, body: { ...readToken, name: 'Nightly job' } }))
  ok(await client.PATCH('/v1/tokens/{tokenId}', { params: atToken, body: { scopes: [...putToken.scopes, 'content:write'] }, ...mergePatch }))
  done.push(`token ${putToken.name}`)

  const [newest] = ok(await client.GET('/v1/articles/{article}/revisions', { params: { ...atArticle, query: { limit: 1 } } })).data
  if (newest?.number === undefined) throw new Error('no revision')
  const whole = ok(await client.GET('/v1/articles/{article}/revisions/{number}', { params: { path: { ...atArticle.path, number: newest.number } } }))
  done.push(`revision ${whole.number === newest.number} ${whole.article.headline}`)

  const link = ok(await client.POST('/v1/articles/{article}/preview-links', { params: atArticle, body: { expiresIn: 3600 } }))
  ok(await client.GET('/v1/preview/{token}', { params: { path: { token: link.apiUrl?.split('/').at(-1) ?? '' } } }))
  done.push('preview')

  const numbers: number[] = []
  for (let cursor: string | undefined | null; cursor !== null; ) {
    const page = ok(await client.GET('/v1/events', { params: { query: { limit: 10, ...(cursor ? { cursor } : {}) } } }))
    for (const { seq, data } of page.data) if (data.imported === undefined) numbers.push(seq)
    cursor = page.page.nextCursor
  }
  done.push(`events in order ${numbers.join() === [...numbers].sort((a, b) => a - b).join()}`)
  return done
}
