import { createClient } from './hey/client/index.ts'
import * as sdk from './hey/index.ts'
import type { PatchArticleResponses } from './hey/types.gen.ts'

/** The same with the other generator: what is read of each resource is changed and put back, and patched, without a cast. Its functions know the first media type of a body alone: a JSON Patch goes by its client. */
export async function sdkRoundTrips(baseUrl: string, token: string): Promise<string[]> {
  const client = createClient({ baseUrl, auth: () => token })
  const use = { client, throwOnError: true } as const

  const { data: author } = await sdk.createAuthor({ ...use, body: { name: 'Grace Holm' } })
  const atAuthor = { author: author.id }
  const { data: readAuthor } = await sdk.getAuthor({ ...use, path: atAuthor })
  const { data: putAuthor } = await sdk.replaceAuthor({ ...use, path: atAuthor, body: { ...readAuthor, jobTitle: 'Editor' }, headers: { 'If-Match': '"1"' } })
  await sdk.patchAuthor({ ...use, path: atAuthor, body: { bio: 'Writes.', links: putAuthor.links } })

  const { data: topic } = await sdk.createTopic({ ...use, body: { name: 'Ferries' } })
  const { data: putTopic } = await sdk.replaceTopic({ ...use, path: { topic: topic.id }, body: { ...topic, kind: 'section' } })

  const { data: article } = await sdk.createArticle({
    ...use,
    body: {
      headline: 'Ferry returns',
      authors: [{ id: author.id }],
      sections: [{ heading: 'Background', body: [{ type: 'paragraph', text: 'It sails.' }] }],
      highlightLists: [{ items: [{ text: 'How', target: { type: 'section', anchor: 'background' } }] }],
      related: [{ relation: 'background', text: 'Tides', target: { type: 'url', url: 'https://port.example/tides' } }],
      custom: { printPage: 'A1' },
      status: 'published',
    },
  })
  const path = { article: article.id }
  const { data: working } = await sdk.getArticle({ ...use, path, query: { copy: 'working' } })
  const { data: putArticle } = await sdk.replaceArticle({ ...use, path, body: { ...working, kicker: 'Live', custom: { ...working.custom, more: 1 } } })
  await sdk.patchArticle({ ...use, path, body: { related: putArticle.related } })
  const { data: patched } = await client.patch<PatchArticleResponses, unknown, true>({
    url: '/v1/articles/{article}',
    security: [{ scheme: 'bearer', type: 'http' }],
    path,
    headers: { 'Content-Type': 'application/json-patch+json', 'If-Match': `"${putArticle.revision}"` },
    body: [{ op: 'replace', path: '/kicker', value: 'Here' }],
    throwOnError: true,
  })
  if (patched.kicker !== 'Here') throw new Error('the JSON Patch was not applied')
  const [section] = working.sections
  if (!section) throw new Error('no section')
  const { data: putSection } = await sdk.replaceSection({ ...use, path: { ...path, section: section.id }, body: { ...section, heading: 'How' } })

  const { data: front } = await sdk.createHighlightList({ ...use, body: { title: 'Front', items: [{ target: { type: 'article', id: article.id } }] } })
  const { data: putFront } = await sdk.replaceHighlightList({ ...use, path: { list: front.id }, body: { ...front, style: 'numbered' } })

  const { data: made } = await sdk.createToken({ ...use, body: { name: 'Job', scopes: ['content:read'] } })
  const { data: readToken } = await sdk.getToken({ ...use, path: { tokenId: made.id } })
  const { data: putToken } = await sdk.replaceToken({ ...use, path: { tokenId: made.id }, body: { ...readToken, name: 'Nightly' } })
  const { data: revision } = await sdk.getRevision({ ...use, path: { ...path, number: 1 } })

  const stale = await sdk.patchArticle({ client, path, body: { kicker: 'x' }, headers: { 'If-Match': '"1"' } })
  return [
    `${putAuthor.jobTitle} ${putTopic.kind} ${putArticle.kicker} ${putSection.heading} ${putFront.style} ${putToken.name} ${revision.number}`,
    `${stale.error?.type} ${stale.error?.type === '/problems/precondition-failed' ? stale.error.currentRevision : ''}`,
  ]
}
