import Fastify, { type FastifyInstance } from 'fastify'
import { Problem, type ProblemType, problemTypes } from './problems.ts'
import type { App } from './server.ts'

const page = (title: string, content: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Broadsheet</title>
<style>body{font:1.1rem/1.5 Georgia,serif;max-width:42rem;margin:3rem auto;padding:0 1rem}code{font-size:.9em}</style>
${content}
</html>
`

const withCode = (text: string) => text.replace(/`([^`]+)`/g, '<code>$1</code>')

const link = (type: string) => `<a href="/problems/${type}">${type}</a>`

function problemPage(type: ProblemType): string {
  const [status, title, explanation] = problemTypes[type]
  return page(
    title,
    `<h1>${title}</h1>\n<p><code>/problems/${type}</code>, status ${status}.</p>\n<p>${withCode(explanation)}</p>\n<p><a href="/problems">All problems</a></p>`,
  )
}

function allProblems(): string {
  const rows = Object.entries(problemTypes).map(([type, [status, title]]) => `<li>${link(type)} (${status}): ${title}</li>`)
  return page(
    'Problems',
    `<h1>Problems</h1>\n<p>What an answer of <code>application/problem+json</code> (RFC 9457) can name as its <code>type</code>:</p>\n<ul>\n${rows.join('\n')}\n</ul>`,
  )
}

const html = 'text/html; charset=utf-8'
const stored = 'public, max-age=3600'

/** The pages for people: the explanation of each problem, and the document to read and try. */
export async function installPages(app: App): Promise<void> {
  const hidden = { schema: { hide: true } }
  app.get('/problems', hidden, async (_request, reply) => reply.type(html).header('cache-control', stored).send(allProblems()))
  app.get<{ Params: { type: string } }>('/problems/:type', hidden, async (request, reply) => {
    const { type } = request.params
    if (!Object.hasOwn(problemTypes, type)) throw new Problem('not-found', 'There is no problem of this name.')
    return reply
      .type(html)
      .header('cache-control', stored)
      .send(problemPage(type as ProblemType))
  })
  // The page is five megabytes of script: loaded when someone first wants it, in a server of its own.
  let docs: Promise<FastifyInstance> | undefined
  for (const url of ['/docs', '/docs/*'])
    app.get(url, hidden, async (request, reply) => {
      docs ??= docsServer()
      const answer = await (await docs).inject({ method: 'GET', url: request.raw.url ?? '/docs' })
      const { 'content-length': _, connection: __, date: ___, ...headers } = answer.headers
      return reply
        .code(answer.statusCode)
        .headers({ ...headers, 'content-security-policy': docsPolicy })
        .send(answer.rawPayload)
    })
}

// The page brings its own script and styles, inline; all else stays out.
const docsPolicy =
  "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; font-src 'self' data:; frame-ancestors 'none'"

async function docsServer(): Promise<FastifyInstance> {
  const server = Fastify()
  const { default: reference } = await import('@scalar/fastify-api-reference')
  await server.register(reference, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      telemetry: false,
      withDefaultFonts: false,
      hideClientButton: true,
      showDeveloperTools: 'never',
      mcp: { disabled: true },
      agent: { disabled: true },
      authentication: { preferredSecurityScheme: 'token' },
    },
  })
  return server
}
