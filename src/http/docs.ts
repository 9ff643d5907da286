import { hash } from 'node:crypto'
import Fastify from 'fastify'
import { type FixedAnswer, fixed, immutable } from './fixed.ts'
import { Problem } from './problems.ts'
import type { App } from './server.ts'

// All comes from here; the reference writes its own styles.
const docsPolicy =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; font-src 'self' data:; frame-ancestors 'none'"

const settings = {
  url: '/openapi.json',
  telemetry: false,
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  mcp: { disabled: true },
  agent: { disabled: true },
  authentication: { preferredSecurityScheme: 'token' },
  metaData: { title: 'Broadsheet API' },
}

const start = `Scalar.createApiReference('#app', ${JSON.stringify(settings)})\n`

/** The script of the reference, five megabytes that are loaded when somebody first wants them, and a name that changes with them. */
async function loadReference(): Promise<{ script: Uint8Array; version: string }> {
  const server = Fastify()
  const { default: reference } = await import('@scalar/fastify-api-reference')
  await server.register(reference, { routePrefix: '/docs', configuration: { url: settings.url } })
  const { rawPayload: script } = await server.inject('/docs/js/scalar.js')
  return { script, version: hash('sha256', Buffer.concat([script, Buffer.from(start)]), 'hex').slice(0, 12) }
}

/** GET /docs: the document to read and try. What it loads has its version in its address. */
export function docs(app: App): void {
  const hidden = { schema: { hide: true } }
  let loaded: ReturnType<typeof loadReference> | undefined
  const reference = () => {
    loaded ??= loadReference().catch((error) => {
      loaded = undefined
      throw error
    })
    return loaded
  }
  const scripts: Record<string, FixedAnswer> = {
    'reference.js': fixed('text/javascript; charset=utf-8', async () => (await reference()).script, { 'cache-control': immutable }),
    'start.js': fixed('text/javascript; charset=utf-8', () => start, { 'cache-control': immutable }),
  }
  const whole = fixed(
    'text/html; charset=utf-8',
    async () => {
      const folder = `/docs/${(await reference()).version}`
      return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<title>Broadsheet API</title>
<body>
<div id="app"></div>
<script src="${folder}/reference.js"></script>
<script src="${folder}/start.js"></script>
</html>
`
    },
    { 'content-security-policy': docsPolicy },
  )
  for (const url of ['/docs', '/docs/']) app.get(url, hidden, whole)
  app.get<{ Params: { script: string } }>('/docs/:version/:script', hidden, async (request, reply) => {
    const answer = Object.hasOwn(scripts, request.params.script) ? scripts[request.params.script] : undefined
    if (!answer) throw new Problem('not-found', 'There is nothing at this address.')
    return answer(request, reply)
  })
}
