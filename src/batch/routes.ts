import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Write } from '../database/handles.ts'
import { type Answer, noBody } from '../http/answers.ts'
import { scopes } from '../http/auth.ts'
import { parseJson, tooLarge } from '../http/body.ts'
import { authorOf, change, dryRunOf } from '../http/change.ts'
import { placedProblem } from '../http/dispatch.ts'
import { goneSince, idempotencyKey, storeAnswer, storedAnswer } from '../http/idempotency.ts'
import { problemOf } from '../http/lifecycle.ts'
import { acceptedType, jsonType, mediaTypeOf, ndjson } from '../http/media-types.ts'
import { jsonBody, noteHeader, operation } from '../http/operations.ts'
import { badRequest, Problem, type ProblemType, problemTypes } from '../http/problems.ts'
import { hashOf } from '../http/secrets.ts'
import type { App } from '../http/server.ts'
import Type from '../http/type.ts'
import { bodyFaults, refuse } from '../http/validation.ts'
import { type Line, pieces, type Spool, spooled } from './lines.ts'
import type { Allowance, Answers } from './references.ts'
import { type Counted, type Done, RefusedError, runOperations } from './run.ts'
import { BatchInput, BatchOperationInput, BatchResults } from './schemas.ts'

// A thousand long stories as JSON; and as lines, which are kept on the disk, a hundred thousand.
const mostBytes = 32 * 1024 * 1024
const mostSpooled = 1024 * 1024 * 1024
const mostLines = 100_000
// So many lines, or bytes of them, are one transaction.
const piece = { lines: 100, bytes: 1024 * 1024 }

const text = (done: Done, own: Record<string, unknown>) =>
  `${JSON.stringify({ ...own, status: done.status, headers: done.headers }).slice(0, -1)},"body":${done.body}}`

function requireDistinct(operations: readonly BatchOperationInput[]): void {
  const seen = new Set<string>()
  for (const [index, { id }] of operations.entries()) {
    if (id !== undefined && seen.has(id)) throw badRequest({ pointer: `/operations/${index}/id`, code: 'duplicate', message: 'is there twice' })
    if (id !== undefined) seen.add(id)
  }
}

/** POST /v1/batch */
export function batchRoutes(app: App): void {
  const { database, config } = app

  const newAllowance = (): Allowance => ({ left: mostBytes, most: mostBytes })

  async function all(request: FastifyRequest, tx: Write, { operations, atomic = true }: BatchInput, counted: Counted): Promise<Answer> {
    requireDistinct(operations)
    let done: Done[]
    try {
      // Where the body isn’t right, that is the answer.
      done = await runOperations(request, tx, request.faults.length > 0 ? [] : operations, new Map(), {
        isEach: !atomic,
        kept: (one) => one,
        allowance: newAllowance(),
        counted,
      })
    } catch (error) {
      throw error instanceof RefusedError ? placedProblem(error.cause, error.index) : error
    }
    const succeeded = done.filter(({ status }) => status < 400).length
    const data = (answers: readonly Done[]) =>
      `[${answers.map((one, index) => text(one, operations[index]?.id === undefined ? {} : { id: operations[index].id })).join(',')}]`
    const kept = idempotencyKey(request) ? { keptRaw: { data: data(done.map((one, index) => keptOf(operations[index], one))) } } : {}
    return { body: { data: [], succeeded, failed: done.length - succeeded }, raw: { data: data(done) }, ...kept }
  }

  /** The operation that a line is. @throws Problem 400; 413 for a line that is too long */
  function operationOf(line: Line): BatchOperationInput {
    if (line.isTooLong) throw tooLarge(config.BODY_LIMIT, 'The line')
    const value = parseJson(line.text)
    refuse(bodyFaults(app.validator(BatchOperationInput), value))
    return value as BatchOperationInput
  }

  /** What a script needs of an answer when it asks again, and what later lines may refer to; the rest it reads. */
  function short({ status, headers, body }: Done): Done {
    const value = JSON.parse(body)
    const isObject = typeof value === 'object' && value !== null
    const kept = isObject ? Object.fromEntries(['id', 'slug', 'revision'].flatMap((name) => (name in value ? [[name, value[name]]] : []))) : null
    return { status, headers, body: JSON.stringify(kept) }
  }

  /** The operations of lines, or what is wrong with them. */
  function operationsOf(lines: readonly Line[], answers: Answers): (BatchOperationInput | Problem)[] {
    const seen = new Set<string>()
    return lines.map((line) => {
      try {
        const one = operationOf(line)
        const { id } = one
        if (id === undefined) return one
        if (seen.has(id) || answers.has(id)) throw badRequest({ pointer: '/id', code: 'duplicate', message: 'is there twice' })
        seen.add(id)
        return one
      } catch (error) {
        return error as Problem
      }
    })
  }

  /**
   * Does some lines as one change; one that is refused keeps no other out. With a key each such part is done once.
   * @param first the number of its first line among those that aren’t blank
   */
  async function doPiece(request: FastifyRequest, lines: readonly Line[], first: number, answers: Answers): Promise<string[]> {
    const { dryRun = false } = request.query as { dryRun?: boolean }
    // A dry run neither replays nor leaves what could be.
    const key = dryRun ? null : idempotencyKey(request)
    const own = key && {
      id: hashOf(`${key.id}:${first}`),
      fingerprint: hashOf(Buffer.concat(lines.flatMap((line) => [line.text, Buffer.from('\n')])).toString('base64')),
    }
    const parsed = operationsOf(lines, answers)
    const counted: Counted = new Set()
    const run = (isEach: boolean) =>
      database.transaction({ ...authorOf(request), isLong: true }, async (tx) => {
        if (own) tx.lock([`idempotency:${own.id}`])
        const stored = own && (await storedAnswer(tx.read, request, own))
        // Of what was refused nothing is kept: it is tried again.
        const kept = stored ? (JSON.parse(stored.body.toString()) as (Done | null)[]).map((one) => (one && (isDone(one) || isGone(one)) ? one : null)) : []
        const known: Answers = new Map(answers)
        for (const [index, one] of kept.entries()) remember(known, parsed[index], one && isDone(one) ? one : null)
        const operations = parsed.filter((one, index) => !(one instanceof Problem || kept[index])) as BatchOperationInput[]
        const done = await runOperations(request, tx, operations, known, { isEach, kept: short, allowance: newAllowance(), counted })
        const isNew = done.some(isDone)
        const inOrder = parsed.map((one, index): Done => {
          if (one instanceof Problem) return { status: one.status, headers: {}, body: JSON.stringify(one.toBody(request.id)) }
          const before = kept[index]
          if (before && isGone(before)) return { ...before, body: JSON.stringify(goneSince().toBody(request.id)) }
          return before ?? (done.shift() as Done)
        })
        const body = () => Buffer.from(JSON.stringify(inOrder.map((one, index) => (isDone(one) ? keptOf(parsed[index], short(one)) : (kept[index] ?? null)))))
        // Who sends the same key as JSON is told so.
        if (key && first === 1 && !stored) await storeAnswer(tx, key, { status: 200, headers: {}, body: noBody }, request.needed, null)
        if (own && (isNew || !stored)) await storeAnswer(tx, own, { status: 200, headers: {}, body: body() }, request.needed, null)
        return inOrder
      })
    // Most often none is refused, and then none needs a way back of its own.
    const done = await run(false).catch((error) => {
      if (error instanceof RefusedError) return run(true)
      throw error
    })
    // Of lines that are done only so much is kept, since there may be very many.
    for (const [index, one] of done.entries()) remember(answers, parsed[index], isDone(one) ? short(one) : null)
    return done.map((one, index) => `${text(one, { line: lines[index]?.number, ...idOf(parsed[index]) })}\n`)
  }

  const isDone = ({ status }: Done) => status < 400

  /** What of an answer is kept for a repetition: of a read, that it was done, since what it told of may be deleted by then. */
  function keptOf(one: BatchOperationInput | Problem | undefined, done: Done): Done {
    return one && 'method' in one && one.method === 'GET' && isDone(done) ? { status: done.status, headers: {}, body: 'null' } : done
  }
  // What it made was deleted since: to do it again would make it once more.
  const isGone = ({ status }: Done) => status === 410

  const idOf = (one: BatchOperationInput | Problem | undefined): { id?: string } => (one && 'id' in one && typeof one.id === 'string' ? { id: one.id } : {})

  /** Lets later lines refer to what one was answered; null where it was refused. */
  function remember(answers: Answers, one: BatchOperationInput | Problem | undefined, done: Done | null): void {
    const { id } = idOf(one)
    if (id !== undefined) answers.set(id, done && { json: done.body })
  }

  async function* answersOf(request: FastifyRequest, spool: Spool): AsyncGenerator<string> {
    const answers: Answers = new Map()
    let count = 0
    try {
      const isDry = (request.query as { dryRun?: boolean }).dryRun === true
      for await (const lines of pieces(spool.read(), config.BODY_LIMIT, piece)) {
        const first = count + 1
        count += lines.length
        if (count > mostLines) throw badRequest({ pointer: '', code: 'length', message: `must not have more than ${mostLines} lines` })
        yield (await doPiece(request, lines, first, answers)).join('')
      }
      if (isDry) yield `${JSON.stringify({ dryRun: dryRunOf(request) })}\n`
    } catch (error) {
      // What was answered so far is done; a repetition with the same key goes on from there.
      const problem = problemOf(error as Error, request)
      yield `${JSON.stringify({ status: problem.status, headers: {}, body: problem.toBody(request.id) })}\n`
    } finally {
      await spool.close()
    }
  }

  async function stream(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    refuse(request.faults)
    authorOf(request)
    const spool = await spooled(request.raw, mostSpooled)
    reply.headers({ 'content-type': `${ndjson}; charset=utf-8`, 'cache-control': 'private, no-store', vary: 'Accept-Encoding, Authorization' })
    if ((request.query as { dryRun?: boolean }).dryRun) reply.header('dry-run', 'true')
    return reply.send(Readable.from(answersOf(request, spool), { objectMode: false }))
  }

  app.post(
    '/v1/batch',
    operation('POST', {
      id: 'runBatch',
      tag: 'Server',
      summary: 'Do many operations in one request',
      description:
        'Up to 1,000 of this API’s reads and writes, in order, each with its own permissions, preconditions and limits. `atomic` (as it is where it is left out) does all or nothing in one transaction, and answers the problem of the one that was refused, with its number in `operation`; `"atomic": false` answers each. A later one refers to an earlier answer by `{"$ref": "opId#/id"}`, in its path by `{opId#/id}`. As NDJSON, an operation a line and an answer a line, up to 100,000 are done in parts of 100, each line by itself; sent again with the same `Idempotency-Key` it goes on where it ended, and of what was done it answers `id`, `slug` and `revision`, which are what a `$ref` reaches there. What a `GET` answered isn’t kept for that key: there it is `null`. Imports, merges, changes by query, reverts of change sets and erasures of commenters are requests of their own.',
      scopes: [...scopes],
      headers: noteHeader,
      bodies: {
        ...jsonBody(BatchInput),
        [ndjson]: Type.String({
          description: 'An operation a line.',
          examples: ['{"method":"PUT","path":"/v1/topics/ext:iptc:04","body":{"name":"Shipping"}}\n'],
        }),
      },
      largeBody: mostBytes,
      streams: [ndjson],
      isAlone: true,
      hasParts: true,
      isConditional: false,
      status: 200,
      answer: BatchResults,
      produces: {
        [ndjson]: Type.String({
          description:
            'An answer a line: `line`, `id`, `status`, `headers` and `body`. A last line without `line` is a problem that ended it, or with `dryRun=true` what would have come of all.',
        }),
      },
      problems: (Object.keys(problemTypes) as ProblemType[]).filter((type) => type !== 'method-not-allowed'),
    }),
    async (request, reply) => {
      const isStreamed = mediaTypeOf(request) === ndjson
      // It answers in the form of the request.
      acceptedType(request, [isStreamed ? ndjson : jsonType])
      if (isStreamed) return stream(request, reply)
      const counted: Counted = new Set()
      return change(request, reply, (tx) => all(request, tx, request.body as BatchInput, counted), { isLong: true })
    },
  )
}
