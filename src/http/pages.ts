import { readFile } from 'node:fs/promises'
import { docs } from './docs.ts'
import { byType, type FixedAnswer, fixed } from './fixed.ts'
import { publishedDocument } from './openapi.ts'
import { Problem, type ProblemType, problemTypes } from './problems.ts'
import type { App } from './server.ts'

const page = (title: string, content: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<title>${title} · Broadsheet</title>
<style>body{font:1.1rem/1.5 Georgia,serif;max-width:42rem;margin:3rem auto;padding:0 1rem}code{font-size:.9em}</style>
${content}
</html>
`

const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="4" fill="#111"/><path d="M9 6h9a6 6 0 0 1 3.4 11 6.4 6.4 0 0 1-3.6 9H9zm4 4v5h4.6a2.5 2.5 0 0 0 0-5zm0 8.6V22h5a1.7 1.7 0 0 0 0-3.4z" fill="#fff"/></svg>`

const withCode = (text: string) => text.replace(/`([^`]+)`/g, '<code>$1</code>')
const link = (path: string, text = path) => `<a href="${path}">${text}</a>`

const [html, markdown, json] = ['text/html', 'text/markdown', 'application/json']
const utf8 = (type: string) => `${type}; charset=utf-8`
const stored = { 'cache-control': 'public, max-age=3600' }

/** A page in both forms, by `Accept`. */
const pageOf = (asHtml: string, asMarkdown: string): FixedAnswer =>
  byType({
    [html]: (headers) => fixed(utf8(html), () => asHtml, { ...stored, ...headers }),
    [markdown]: (headers) => fixed(utf8(markdown), () => asMarkdown, { ...stored, ...headers }),
  })

const problemMarkdown = (type: ProblemType): string => {
  const [status, title, explanation] = problemTypes[type]
  return `# ${title}\n\n\`/problems/${type}\`, status ${status}.\n\n${explanation}\n\n[All problems](/problems)\n`
}

function problemHtml(type: ProblemType): string {
  const [status, title, explanation] = problemTypes[type]
  return page(
    title,
    `<h1>${title}</h1>\n<p><code>/problems/${type}</code>, status ${status}.</p>\n<p>${withCode(explanation)}</p>\n<p>${link('/problems', 'All problems')}</p>`,
  )
}

const problems = Object.keys(problemTypes) as ProblemType[]
const introduction = 'What an answer of `application/problem+json` (RFC 9457) can name as its `type`:'

function problemPages(app: App): void {
  const hidden = { schema: { hide: true } }
  const rows = problems.map((type) => ({ type, status: problemTypes[type][0], title: problemTypes[type][1] }))
  const asHtml = rows.map(({ type, status, title }) => `<li>${link(`/problems/${type}`, type)} (${status}): ${title}</li>`).join('\n')
  const asMarkdown = rows.map(({ type, status, title }) => `- [${type}](/problems/${type}) (${status}): ${title}`).join('\n')
  app.get(
    '/problems',
    hidden,
    pageOf(page('Problems', `<h1>Problems</h1>\n<p>${withCode(introduction)}</p>\n<ul>\n${asHtml}\n</ul>`), `# Problems\n\n${introduction}\n\n${asMarkdown}\n`),
  )
  const pages = new Map<string, FixedAnswer>(problems.map((type) => [type, pageOf(problemHtml(type), problemMarkdown(type))]))
  for (const type of problems)
    pages.set(
      `${type}.md`,
      fixed(utf8(markdown), () => problemMarkdown(type), stored),
    )
  app.get<{ Params: { type: string } }>('/problems/:type', hidden, async (request, reply) => {
    const answer = pages.get(request.params.type)
    if (!answer) throw new Problem('not-found', 'There is no problem of this name.')
    return answer(request, reply)
  })
}

const packageFile = new URL('../../package.json', import.meta.url)

/** Where to go from the root. */
const places = {
  api: '/v1',
  document: '/openapi.json',
  docs: '/docs',
  problems: '/problems',
  catalog: '/.well-known/api-catalog',
  health: '/health/ready',
}

/** GET /, GET /v1, GET /.well-known/api-catalog (RFC 9727), GET /llms.txt: who this is, and where to go. */
function entrances(app: App): void {
  const hidden = { schema: { hide: true } }
  const named = async () => {
    const { version, description } = JSON.parse(await readFile(packageFile, 'utf8')) as Record<string, string>
    return { name: 'Broadsheet', version, description }
  }
  const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
  const listed = (links: Record<string, string>) =>
    `<ul>${Object.entries(links)
      .map(([name, path]) => `\n<li>${name}: ${link(path)}</li>`)
      .join('')}\n</ul>`
  app.get(
    '/',
    hidden,
    byType({
      [json]: (headers) => fixed(utf8(json), async () => pretty({ ...(await named()), links: places }), headers),
      [html]: (headers) =>
        fixed(
          utf8(html),
          async () => {
            const { name, version, description } = await named()
            return page('A headless CMS for news', `<h1>${name} ${version}</h1>\n<p>${description}.</p>\n${listed(places)}`)
          },
          headers,
        ),
    }),
  )

  const collections = async () => {
    const { paths } = await publishedDocument()
    // What needs to be told more is no place to go.
    const isPlace = (path: string) => {
      const operation = paths[path]?.get
      return operation !== undefined && !operation.parameters?.some(({ required }) => required)
    }
    return Object.fromEntries(Object.keys(paths).flatMap((path) => (/^\/v1\/[a-z-]+$/.test(path) && isPlace(path) ? [[path.slice(4), path]] : [])))
  }
  app.get(
    '/v1',
    hidden,
    byType({
      [json]: (headers) => fixed(utf8(json), async () => pretty({ links: await collections(), document: places.document }), headers),
      [html]: (headers) => fixed(utf8(html), async () => page('Collections', `<h1>Collections</h1>\n${listed(await collections())}`), headers),
    }),
  )

  const linkset = {
    linkset: [
      {
        anchor: '/v1',
        'service-desc': [
          { href: '/openapi.json', type: 'application/json' },
          { href: '/openapi.yaml', type: 'application/yaml' },
          { href: '/openapi-3.0.json', type: 'application/json' },
        ],
        'service-doc': [{ href: '/docs', type: html }],
        status: [{ href: '/health/ready', type: json }],
      },
    ],
  }
  const catalog = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
  app.get(
    places.catalog,
    hidden,
    fixed(catalog, () => pretty(linkset), { link: `<${places.catalog}>; rel="api-catalog"` }),
  )

  app.get(
    '/llms.txt',
    hidden,
    fixed('text/plain; charset=utf-8', async () => {
      const { paths, tags, info } = await publishedDocument()
      const operations = Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
      )
      const parts = tags.map(({ name, description }) => {
        const own = operations.filter((operation) => operation.tags.includes(name))
        return `## ${name}\n\n${description}\n\n${own.map(({ method, path, summary }) => `- \`${method.toUpperCase()} ${path}\`: ${summary}`).join('\n')}`
      })
      const links = '- [OpenAPI document](/openapi.json)\n- [Reference to read and try](/docs)\n- [Problems](/problems)'
      return `# Broadsheet\n\n> ${info.summary}\n\n${info.description}\n\n${links}\n\n${parts.join('\n\n')}\n`
    }),
  )
  app.get(
    '/favicon.svg',
    hidden,
    fixed('image/svg+xml', () => favicon, stored),
  )
  app.get(
    '/favicon.ico',
    hidden,
    fixed('image/svg+xml', () => favicon, stored),
  )
}

/** The pages for people and machines that come by: who this is, the explanation of each problem, and the document to read and try. */
export function installPages(app: App): void {
  entrances(app)
  problemPages(app)
  docs(app)
}
