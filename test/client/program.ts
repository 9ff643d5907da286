import createClient from 'openapi-fetch'
import type { components, paths } from './schema.d.ts'

type Block = components['schemas']['Block']

type KnownBlock = components['schemas']['KnownBlock']

const types: { [Type in KnownBlock['type']]: true } = { paragraph: true, list: true, quote: true, image: true, table: true, embed: true, code: true }
const isKnown = (block: Block): block is KnownBlock => Object.hasOwn(types, block.type)

/** What a reader reads of a block: `type` tells which it is. */
function read(block: KnownBlock): string {
  switch (block.type) {
    case 'paragraph':
      return block.text
    case 'list':
      return block.items.map(({ label, text }) => (label ? `${label}: ${text}` : text)).join('\n')
    case 'quote':
      return `“${block.text}”`
    case 'image':
      return block.image.alt ?? ''
    case 'table':
      return block.rows.map((row) => row.join(' ')).join('\n')
    case 'embed':
      return block.url
    case 'code':
      return block.code
  }
}

/** The main job through a generated client: a page's text goes in, is published and commented on, and comes out as a page. */
export async function program(baseUrl: string, token: string, page: string): Promise<string> {
  const editor = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } })
  const reader = createClient<paths>({ baseUrl })

  const made = await editor.POST('/v1/articles', { body: { fromText: page, authors: [{ name: 'Ada Berg' }] } })
  if (!made.data) throw new Error(made.error.detail)
  const { id, revision } = made.data
  const path = { article: id }

  const published = await editor.PATCH('/v1/articles/{article}', {
    params: { path, header: { 'If-Match': `"${revision}"` } },
    body: { kicker: 'Live', status: 'published' },
  })
  if (!published.data) throw new Error(published.error.detail)
  await reader.POST('/v1/articles/{article}/comments', { params: { path }, body: { author: { name: 'Reader' }, body: 'Thank you' } })

  const { data: story } = await reader.GET('/v1/articles/{article}', { params: { path } })
  const { data: comments } = await reader.GET('/v1/articles/{article}/comments', { params: { path, query: { sort: 'newest', limit: 10 } } })
  if (!story || !comments) throw new Error('the story is not public')

  const refused = await editor.PATCH('/v1/articles/{article}', { params: { path, header: { 'If-Match': '"1"' } }, body: { headline: 'Too late' } })
  const { error } = refused
  if (error?.type !== '/problems/precondition-failed' || error.currentRevision !== story.revision) throw new Error('a stale write was not refused')

  return [
    story.headline,
    `By ${story.authors.map(({ name }) => name).join(' and ')}`,
    ...story.sections.flatMap(({ heading, body }) => [heading ?? '', ...body.filter(isKnown).map(read)]),
    `${'commentCount' in story ? story.commentCount : 0} comment: ${comments.data.map((comment) => comment.body).join()}`,
  ].join('\n')
}
