import { createClient, isKnownBlock, isProblem, type Schemas } from '../../clients/typescript/src/index.ts'

/** What a reader reads of a block: `type` tells which it is. */
function read(block: Schemas['KnownBlock']): string {
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
  const editor = createClient({ baseUrl, token })
  const reader = createClient({ baseUrl })

  const { data: made } = await editor.post('/v1/articles', { body: { fromText: page, authors: [{ name: 'Ada Berg' }] } })
  const path = { article: made.id }
  await editor.patch('/v1/articles/{article}', { path, body: { kicker: 'Live', status: 'published' } })
  await reader.post('/v1/articles/{article}/comments', { path, body: { author: { name: 'Reader' }, body: 'Thank you' } })

  const { data: story } = await reader.get('/v1/articles/{article}', { path })
  const comments: string[] = []
  for await (const { body } of reader.items('/v1/articles/{article}/comments', { path, query: { sort: 'newest' } })) comments.push(body ?? '')

  const tooLate = editor.patch('/v1/articles/{article}', { path, ifMatch: made.revision, body: { headline: 'Too late' } })
  const current = await tooLate.catch((error: unknown) => (isProblem(error, 'precondition-failed') ? error.problem.currentRevision : null))
  if (current !== story.revision) throw new Error('a stale write was not refused')

  return [
    story.headline,
    `By ${story.authors.map(({ name }) => name).join(' and ')}`,
    ...story.sections.flatMap(({ heading, body }) => [heading ?? '', ...body.filter(isKnownBlock).map(read)]),
    `${'commentCount' in story ? story.commentCount : 0} comment: ${comments.join()}`,
  ].join('\n')
}
