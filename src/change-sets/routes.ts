import type { Read } from '../database/engine.ts'
import { send } from '../http/answers.ts'
import { authorOf, changeInParts } from '../http/change.ts'
import { reverting } from '../http/formats.ts'
import { longestChangeSet, noteHeader, operation } from '../http/operations.ts'
import { collection, pageParameters } from '../http/pagination.ts'
import { badRequest, notFound } from '../http/problems.ts'
import { readCommitted } from '../http/reads.ts'
import { parameter } from '../http/references.ts'
import type { App } from '../http/server.ts'
import { rememberReverting, setsRevertedUnder } from './lineage.ts'
import { revertSet } from './revert-set.ts'
import { ChangeSet, ChangeSetPage, ChangeSetRow, Revert } from './schemas.ts'
import { loadChangeSet, pageOfChangeSets, rowOf, summaryOf } from './store.ts'

const sorts = ['updatedAt', 'createdAt']

/** @throws Problem 400 where the reverting changes can’t be told from those of the set, or have no name that fits */
function requireOther(name: string, changeSet: string): void {
  const fault = (code: 'value' | 'required', message: string) => badRequest({ header: 'X-Change-Set', code, message })
  if (changeSet === name) throw fault('value', 'names the set that is to be reverted: give the reverting changes another name, or none')
  if (changeSet.endsWith(reverting) && changeSet !== `${name}${reverting}`) throw fault('value', `ends with ${reverting}, but reverts another set than this`)
  if (changeSet.length > longestChangeSet)
    throw fault('required', `is required, since the name with ${reverting} would have more than ${longestChangeSet} characters`)
}

/** @throws Problem 400 where other changes than those that revert this set were made under a name: what of them is whose couldn’t be told */
async function requireReverting(read: Read, name: string, changeSet: string): Promise<void> {
  const reverted = await setsRevertedUnder(read, changeSet)
  if (reverted.includes(name)) return
  if (reverted.length > 0)
    throw badRequest({ header: 'X-Change-Set', code: 'value', message: `names what reverts ${reverted[0]}: give the reverting changes another name, or none` })
  if (changeSet.endsWith(reverting) || !(await loadChangeSet(read, changeSet))) return
  throw badRequest({ header: 'X-Change-Set', code: 'value', message: 'names a set of other changes: give the reverting changes another name, or none' })
}

/** GET /v1/change-sets, GET /v1/change-sets/{name}, POST /v1/change-sets/{name}/revert */
export function changeSetRoutes(app: App): void {
  app.get(
    '/v1/change-sets',
    operation('GET', {
      id: 'listChangeSets',
      tag: 'Server',
      summary: 'List change sets',
      description: 'What was gathered by `X-Change-Set`, what was changed last first.',
      scopes: ['content:read', 'events:read'],
      isPaged: true,
      query: pageParameters(sorts, '-updatedAt'),
      answer: ChangeSetPage,
    }),
    async (request, reply) => {
      const answer = await readCommitted(request, (read) =>
        collection(request, {
          sorts,
          initially: '-updatedAt',
          properties: Object.keys(ChangeSetRow.properties),
          shown: ({ id: _, ...row }) => row,
          page: (page) => pageOfChangeSets(read, page),
        }),
      )
      return send(request, reply, answer)
    },
  )

  app.get(
    '/v1/change-sets/:name',
    operation('GET', {
      id: 'getChangeSet',
      tag: 'Server',
      summary: 'Get a change set',
      description: 'Who made its changes, when, what and how many.',
      scopes: ['content:read', 'events:read'],
      answer: ChangeSet,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const name = parameter(request, 'name')
      const body = await readCommitted(request, async (read) => {
        const row = await loadChangeSet(read, name)
        if (!row) throw notFound('change set')
        const { id: _, ...own } = rowOf(row)
        return { ...own, ...(await summaryOf(read, name)), list: `/v1/events?changeSet=${encodeURIComponent(name)}` }
      })
      return send(request, reply, { body })
    },
  )

  app.post(
    '/v1/change-sets/:name/revert',
    operation('POST', {
      id: 'revertChangeSet',
      tag: 'Server',
      summary: 'Undo a change set',
      description:
        'Each article, author, topic and freestanding list goes back to what it was before, in public, too, where nobody changed it since; what it made is moved to the trash or deleted, what it deleted of names comes back. The rest is kept, and the answer says why. The reverting changes are gathered under `NAME.revert`, or as `X-Change-Set` says, under which no others may be, and which a name of more than 93 characters needs: to revert that brings all of it back. Up to 10,000 things go back a request: while `remaining` isn’t 0 the same request goes on, also after it was broken off. Comments, tokens and what was permanently deleted stay as they are. Needs `content:publish`.',
      scopes: ['content:publish'],
      headers: noteHeader,
      isAlone: true,
      isReverting: true,
      isConditional: false,
      status: 200,
      answer: Revert,
      problems: ['not-found'],
    }),
    (request, reply) =>
      changeInParts(
        request,
        reply,
        async () => {
          const name = parameter(request, 'name')
          const author = authorOf(request)
          const changeSet = author.changeSet ?? `${name}${reverting}`
          requireOther(name, changeSet)
          await app.database.snapshot(async (read) => {
            if (!(await loadChangeSet(read, name))) throw notFound('change set')
            await requireReverting(read, name, changeSet)
          })
          return { name, changeSet, author: { ...author, changeSet, note: author.note ?? `Reverts ${name}` } }
        },
        async ({ name, changeSet, author }) => {
          const isOwnName = !changeSet.endsWith(reverting)
          if (isOwnName && !author.onDryRun) await app.database.transaction(author, (tx) => rememberReverting(tx, { name, revertingName: changeSet }))
          const { data, remaining } = await revertSet(app, author, name, changeSet)
          const count = (wanted: string) => data.filter(({ result }) => result === wanted).length
          const counts = { reverted: count('reverted'), unchanged: count('unchanged'), kept: count('kept'), remaining }
          return async () => ({ body: { name, changeSet, ...counts, data }, isUnfinished: remaining > 0 })
        },
      ),
  )
}
