import type { FastifyRequest } from 'fastify'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import type { PlaceTable } from '../database/tables.ts'
import { type Answer, send } from '../http/answers.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { jsonBody, mediumBody, operation, patchBodies } from '../http/operations.ts'
import { collection, fieldsParameter, idsParameter, pageParameters, slugParameter } from '../http/pagination.ts'
import { answerRead, readSnapshot } from '../http/reads.ts'
import { findVisible, locked, parameter, readOnlyFaults } from '../http/references.ts'
import { replacementFrom } from '../http/replacement.ts'
import type { App } from '../http/server.ts'
import Type from '../http/type.ts'
import { refuse } from '../http/validation.ts'
import { Place, PlaceCreate, PlaceInput, PlacePage, PlacePatch } from './schemas.ts'
import { createPlace, deletePlace, loadPlace, orderedPlaces, pageOfPlaces, placeOf, replacePlace } from './store.ts'

const properties = Object.keys(Place.properties)

const placeAnswer = (row: PlaceTable): Answer => ({ body: placeOf(row), revision: row.revision })

const find = (read: Read, request: FastifyRequest) => findVisible(read, 'place', parameter(request, 'place'), true, (id) => loadPlace(read, id))

const lockPlace = (tx: Write, request: FastifyRequest) =>
  locked(
    tx,
    ({ row }) => `place:${row.id}`,
    () => find(tx.read, request),
    ({ row }) => row.updated_at,
  )

/** GET|POST /v1/places, GET|PUT|PATCH|DELETE /v1/places/{place} */
export function placeRoutes(app: App): void {
  app.get(
    '/v1/places',
    operation('GET', {
      id: 'listPlaces',
      tag: 'Places',
      summary: 'List places',
      description: 'By name.',
      isPaged: true,
      query: { ...pageParameters(['name'], 'name'), ...fieldsParameter(Object.keys(Place.properties)), ...idsParameter, ...slugParameter },
      answer: PlacePage,
    }),
    async (request, reply) => {
      const answer = await readSnapshot(request, (read) =>
        collection(request, {
          sorts: ['name'],
          initially: 'name',
          properties,
          ordered: (asked) => orderedPlaces(read, asked),
          page: (page) => pageOfPlaces(read, page),
        }),
      )
      return send(request, reply, { ...answer, isPublic: true, keys: ['list', ...answer.rows.map(({ id }) => `place:${id}`)] })
    },
  )

  app.post(
    '/v1/places',
    operation('POST', {
      id: 'createPlace',
      tag: 'Places',
      summary: 'Create a place',
      description: 'Needs `content:publish`: it is public at once. A slug is made from the name where none is given.',
      scopes: ['content:publish'],
      bodies: jsonBody(PlaceCreate),
      bodyLimit: mediumBody,
      answer: Place,
      links: { read: ['getPlace', 'place'], change: ['patchPlace', 'place'] },
      problems: ['slug-taken'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const input = request.body as PlaceInput
        refuse(readOnlyFaults(input, null))
        const row = await createPlace(tx, input)
        return { ...placeAnswer(row), status: 201, location: `/v1/places/${row.id}` }
      }),
  )

  app.get(
    '/v1/places/:place',
    operation('GET', {
      id: 'getPlace',
      tag: 'Places',
      summary: 'Get a place',
      description: 'By id or slug; as text its name and description.',
      redirects: true,
      answer: Place,
      produces: { 'text/plain': Type.String() },
      problems: ['not-found'],
    }),
    async (request, reply) => {
      return answerRead(request, reply, async (read) => {
        const { row } = await find(read, request)
        const answer = { ...placeAnswer(row), isPublic: true, keys: [`place:${row.id}`] }
        return request.answerType === 'text/plain' ? { ...answer, type: 'text/plain', body: `${row.name}\n${row.description ?? ''}\n` } : answer
      })
    },
  )

  const write = (request: FastifyRequest, reply: Parameters<typeof change>[1]) =>
    change(request, reply, async (tx) => {
      const { row } = await lockPlace(tx, request)
      const current = placeOf(row)
      const { input, isPatch } = replacementFrom<PlaceInput>(request, current, PlaceInput)
      refuse(readOnlyFaults(input, current))
      return placeAnswer(await replacePlace(tx, row, input, input.slug ?? (isPatch ? null : undefined)))
    })

  app.put(
    '/v1/places/:place',
    operation('PUT', {
      id: 'replacePlace',
      tag: 'Places',
      summary: 'Replace a place',
      description: 'Needs `content:publish`. Keeps the slug where it is left out.',
      scopes: ['content:publish'],
      redirects: true,
      bodies: jsonBody(PlaceInput),
      bodyLimit: mediumBody,
      answer: Place,
      problems: ['not-found', 'conflict', 'slug-taken'],
    }),
    write,
  )

  app.patch(
    '/v1/places/:place',
    operation('PATCH', {
      id: 'patchPlace',
      tag: 'Places',
      summary: 'Change a place',
      description: 'Needs `content:publish`.',
      scopes: ['content:publish'],
      redirects: true,
      bodies: patchBodies(PlacePatch),
      bodyLimit: mediumBody,
      answer: Place,
      problems: ['not-found', 'slug-taken'],
    }),
    write,
  )

  app.delete(
    '/v1/places/:place',
    operation('DELETE', {
      id: 'deletePlace',
      tag: 'Places',
      summary: 'Delete a place',
      description: 'Needs `content:publish`.',
      scopes: ['content:publish'],
      redirects: true,
      answer: null,
      problems: ['not-found', 'in-use'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const { row } = await lockPlace(tx, request)
        requireMatch(request, row.revision)
        await deletePlace(tx, row.id)
        return { status: 204 }
      }),
  )
}
