import { readFileSync, writeFileSync } from 'node:fs'
import { answersOfExamples } from './support/examples.ts'
import { type Json, startServer } from './support/server.ts'
import { t } from './support/tap.ts'

const file = new URL('../openapi/examples.json', import.meta.url)

t.test('each example of a request succeeds, and what is shown as its answer is what was answered (npm run examples)', async (t) => {
  const server = await startServer(t, { PREVIEW_URL: 'https://news.example/preview?token={token}' })
  const document: Json = await (await fetch(`${server.url}/openapi.json`)).json()
  const runs = await answersOfExamples(server, document)
  for (const [id, byType] of Object.entries(runs))
    for (const [type, { status, answer }] of Object.entries(byType)) t.ok(status < 300, `${id} ${type}`, { answer })

  const answers = Object.fromEntries(
    Object.entries(runs)
      .flatMap(([id, byType]) => [[id, Object.values(byType)[0]?.answer]])
      .filter(([, answer]) => answer !== null),
  )
  if (process.env.UPDATE_EXAMPLES) writeFileSync(file, `${JSON.stringify(answers, null, 2)}\n`)
  t.strictSame(answers, JSON.parse(readFileSync(file, 'utf8')), 'openapi/examples.json is what was answered')
  // Where nothing is answered a dry run still is.
  for (const operation of Object.values<Json>(document.paths).flatMap((methods) => Object.values<Json>(methods)))
    for (const [status, { content }] of Object.entries<Json>(operation.responses))
      for (const [type, { example }] of Object.entries<Json>(status < '300' && !(204 in operation.responses) ? (content ?? {}) : {}))
        if (/[/+]json$/.test(type)) t.strictSame(example, answers[operation.operationId], `the answer of ${operation.operationId}`)
})
