import { parseJson } from '../http/body.ts'
import { authorOf, changeInParts } from '../http/change.ts'
import { ndjson } from '../http/media-types.ts'
import { operation } from '../http/operations.ts'
import { badRequest, type Fault, Problem } from '../http/problems.ts'
import type { App } from '../http/server.ts'
import { bodyFaults } from '../http/validation.ts'
import { CommentImportInput, CommentImportLines, CommentImportResults } from './import-schemas.ts'
import { type ImportLine, importComments } from './importing.ts'

const mostLines = 10_000
const largest = 16 * 1024 * 1024

/** POST /v1/comments/import */
export function commentImportRoutes(app: App): void {
  function lineOf(text: string, line: number): ImportLine {
    try {
      const input = parseJson(Buffer.from(text))
      const faults = bodyFaults(app.validator(CommentImportInput), input) as Fault[]
      return faults.length > 0 ? { line, errors: faults } : { line, input: input as CommentImportInput }
    } catch (error) {
      if (error instanceof Problem) return { line, errors: error.extras.errors ?? [] }
      throw error
    }
  }

  app.post(
    '/v1/comments/import',
    operation('POST', {
      id: 'importComments',
      isAlone: true,
      tag: 'Comments',
      summary: 'Import many comments',
      description:
        'From elsewhere, with their times, states and threads: NDJSON, a comment a line, what is answered before its answers. One that can’t be taken keeps no other out, and the answer has a result for each. No rule, limit or policy keeps them out, also where a story is closed or isn’t public. One whose `externalId` is there already stays what it is, so that what was broken off can be sent again.',
      scopes: ['comments:moderate'],
      bodies: { [ndjson]: CommentImportLines },
      largeBody: largest,
      answer: CommentImportResults,
      status: 200,
    }),
    (request, reply) =>
      changeInParts(
        request,
        reply,
        async () => {
          const lines = (request.body as string).split('\n').flatMap((text, index) => (text.trim() === '' ? [] : [{ text, line: index + 1 }]))
          if (lines.length > mostLines) throw badRequest({ pointer: '', code: 'length', message: `must not have more than ${mostLines} lines` })
          return lines
        },
        async (lines) => {
          const data = await importComments(app.database, app.config, authorOf(request), lines, ({ text, line }) => lineOf(text, line))
          const count = (wanted: string) => data.filter(({ result }) => result === wanted).length
          return async () => ({ body: { data, created: count('created'), unchanged: count('unchanged'), failed: count('failed') } })
        },
      ),
  )
}
