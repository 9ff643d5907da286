import type { FastifyRequest } from 'fastify'
import { findPublished, readProblems } from '../articles/api/lookup.ts'
import { publicDocument } from '../articles/public/documents.ts'
import type { Article } from '../articles/working/schemas.ts'
import { allParts } from '../articles/working/store.ts'
import type { Read } from '../database/engine.ts'
import { type Answer, send, sendPublished } from '../http/answers.ts'
import { operation } from '../http/operations.ts'
import { badRequest, notFound } from '../http/problems.ts'
import { answerRead, readSnapshot } from '../http/reads.ts'
import { parameter } from '../http/references.ts'
import { Enum, Url } from '../http/schemas.ts'
import type { App } from '../http/server.ts'
import Type from '../http/type.ts'
import { openPreview } from '../previews/open.ts'
import { playerHosts } from '../sections/frames.ts'
import { publicationOf } from '../site/store.ts'
import { type Format, type FormatName, formats } from './formats.ts'
import { oembedOf } from './oembed.ts'
import { AnsArticle, JsonLdArticle, NinjsArticle, OEmbed } from './schemas.ts'
import { highlightedStories, storyAt } from './store.ts'

const text = (title: string, example: string) => Type.String({ description: `The story as ${title}.`, examples: [example] })

const answers: { [Name in FormatName]: Parameters<typeof operation>[1]['answer'] } = {
  html: text(formats.html.title, '<!DOCTYPE html>\n<html lang="en" dir="ltr">…</html>\n'),
  markdown: text(formats.markdown.title, '---\ntitle: Harbour reopens\n---\n\n# Harbour reopens\n'),
  text: text(formats.text.title, 'Harbour reopens\n\nAda Berg\n'),
  jsonld: JsonLdArticle,
  ninjs: NinjsArticle,
  ans: AnsArticle,
}

const ids: { [Name in FormatName]: string } = { html: 'Html', markdown: 'Markdown', text: 'Text', jsonld: 'JsonLd', ninjs: 'Ninjs', ans: 'Ans' }

// Besides the story itself, every rendition names the site.
const siteKey = 'site'

// A comment changes nothing of them.
const parts = new Set([...allParts].filter((name) => name !== 'commentCount'))

/**
 * GET /v1/articles/{article}/renditions/{format}, GET /v1/preview/{token}/renditions/{format}, GET /v1/oembed
 */
export function renditionRoutes(app: App): void {
  const { config } = app
  const { PUBLIC_SITE_URL: pattern, EMBED_HOSTS: hosts } = config

  const policy = `default-src 'none';style-src 'unsafe-inline';img-src http: https:;frame-src ${[...playerHosts, ...hosts].map((host) => `https://${host}`).join(' ')};frame-ancestors 'none'`

  async function rendered(read: Read, format: Format, article: Article, isPreview: boolean): Promise<Pick<Answer, 'body' | 'type' | 'policy' | 'keys'>> {
    const { targets, keys } = await highlightedStories(read, [article], pattern)
    return {
      body: await format.render({ article, site: await publicationOf(read, config), hosts, targets, isPreview }),
      type: format.type,
      // A page shows its pictures and players, and nothing else.
      ...(format.type === 'text/html' ? { policy } : {}),
      keys,
    }
  }

  function routesOf(name: FormatName): void {
    const format = formats[name]
    app.get(
      `/v1/articles/:article/renditions/${name}`,
      operation('GET', {
        id: `getArticleAs${ids[name]}`,
        tag: 'Articles',
        summary: `Get an article as ${format.title}`,
        description: `Its public edition as ${format.title}, with what the site says of itself.`,
        redirects: true,
        answerType: format.type,
        answer: answers[name],
        problems: readProblems,
      }),
      (request, reply) =>
        answerRead(request, reply, async (read): Promise<Answer> => {
          const { id } = await findPublished(read, request)
          const { article, keys, dependsOn = [], hidden, isPartial } = await publicDocument(read, id, parts, pattern)
          const answer = await rendered(read, format, article, false)
          return {
            ...answer,
            revision: article.revision,
            isPublic: true,
            isPartial,
            keys: [...keys, ...(answer.keys ?? []), siteKey],
            dependsOn,
            hidden: hidden ?? [],
          }
        }),
    )

    app.get(
      `/v1/preview/:token/renditions/${name}`,
      operation('GET', {
        id: `getPreviewAs${ids[name]}`,
        tag: 'Articles',
        summary: `Open a preview link as ${format.title}`,
        description: `What the public would get of a story as ${format.title}. Once the story is published it is a 308 to the same of it; a link of a freestanding list is a 404.`,
        redirects: true,
        isUnlisted: true,
        answerType: format.type,
        answer: answers[name],
        problems: ['not-found'],
      }),
      async (request, reply) => {
        const found = await readSnapshot(request, async (read): Promise<Answer> => {
          const opened = await openPreview(read, parameter(request, 'token'), pattern)
          if ('article' in opened) return { ...(await rendered(read, format, opened.article, true)), revision: opened.article.revision, isUnlisted: true }
          if (opened.isList) throw notFound('preview')
          return { status: 308, location: `${opened.location}/renditions/${name}` }
        })
        return found.location ? sendPublished(reply, found.location) : send(request, reply, found)
      },
    )
  }

  for (const name of Object.keys(formats) as FormatName[]) routesOf(name)

  const side = (what: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, format: 'int32', description: `The most pixels of its ${what}.` }))
  app.get(
    '/v1/oembed',
    operation('GET', {
      id: 'getOembed',
      tag: 'Articles',
      summary: 'Get what another site shows of a link to a story',
      description:
        'oEmbed 1.0, by the address of a public story: one that the pattern of `PUBLIC_SITE_URL` makes, with an old slug too, its `canonicalUrl`, or one of its `aliases`. 404 for any other, 410 or 451 where the story was taken down.',
      query: {
        url: { ...Url, description: 'The address of a story, percent-encoded as a value.', examples: ['https://news.example/harbour-reopens'] },
        maxwidth: side('width'),
        maxheight: side('height'),
        format: Type.Optional(Enum(['json'], { description: 'JSON, which it is in any case.' })),
      },
      answer: OEmbed,
      problems: readProblems,
    }),
    (request: FastifyRequest, reply) =>
      answerRead(request, reply, async (read): Promise<Answer> => {
        const { url, maxwidth, maxheight } = request.query as { url: string; maxwidth?: number; maxheight?: number }
        if (pattern === null)
          throw badRequest({ parameter: 'url', code: 'not-found', message: 'leads nowhere: stories have addresses only with PUBLIC_SITE_URL' })
        const id = await storyAt(read, url, pattern)
        if (id === null) throw notFound('article')
        const { article, keys } = await publicDocument(read, id, new Set(), pattern)
        const site = await publicationOf(read, config)
        // Another address may be a story's by tomorrow.
        return { body: oembedOf(article, site, { width: maxwidth, height: maxheight }), isPublic: true, keys: [...keys, siteKey, 'redirects', 'list'] }
      }),
  )
}
