import { writeFileSync } from 'node:fs'
import { documentOfRoutes } from '../src/commands/openapi.ts'
import { inOpenApi30 } from '../src/http/openapi-30.ts'
import { mainJob } from './arazzo.ts'
import { postmanCollection } from './postman.ts'

const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** All that is published under `openapi/`, by file: made of the routes alone. */
export async function publishedFiles(): Promise<Record<string, string>> {
  const text = await documentOfRoutes()
  const document = JSON.parse(text)
  const exampleOf = (path: string) => document.paths[path].post.requestBody.content['application/json'].example
  return {
    'openapi.json': text,
    'openapi-3.0.json': pretty(inOpenApi30(document)),
    'postman_collection.json': pretty(postmanCollection(document)),
    'main-job.arazzo.json': pretty(mainJob(exampleOf('/v1/articles'), exampleOf('/v1/articles/{article}/comments'))),
  }
}

if (import.meta.main) for (const [name, text] of Object.entries(await publishedFiles())) writeFileSync(new URL(`../openapi/${name}`, import.meta.url), text)
