import type { Static } from 'typebox'
import { Actor, Count, described, Enum, type Named, named, PageOf, ref, Time } from '../http/schemas.ts'
import Type from '../http/type.ts'

const row = {
  name: Type.String({ description: 'The name that its changes were made with.' }),
  createdAt: described(Time, 'When the first of its changes was made.'),
  updatedAt: described(Time, 'When the last of its changes was made.'),
  events: Count('How many events its changes appended.'),
}
const example = { name: 'retag-harbour', createdAt: '2026-05-01T09:30:00.000Z', updatedAt: '2026-05-01T09:30:00.000Z', events: 100 }

export const ChangeSetRow = named('ChangeSetRow', Type.Object(row, { description: 'Changes that were gathered under a name.', examples: [example] }))
export const ChangeSetPage = PageOf('ChangeSetPage', ChangeSetRow)

export const ChangeSet = named(
  'ChangeSet',
  Type.Object(
    {
      ...row,
      resources: Count('How many articles, authors, topics, lists and others it changed.'),
      actors: Type.Array(ref(Actor), { description: 'Who made them.' }),
      types: Type.Unsafe<Record<string, number>>({
        type: 'object',
        additionalProperties: { type: 'integer' },
        description: 'How many events there are of each type.',
      }),
      list: Type.String({ description: 'The path of the list of its events.' }),
    },
    {
      description: 'Changes that were gathered under a name: who made them, when, what and how many.',
      examples: [
        {
          ...example,
          resources: 100,
          actors: [{ tokenId: null, name: 'ADMIN_TOKEN' }],
          types: { 'article.updated': 100 },
          list: '/v1/events?changeSet=retag-harbour',
        },
      ],
    },
  ),
)

export const RevertResult = named(
  'RevertResult',
  Type.Object(
    {
      type: Type.String({ description: 'What kind of thing it is.' }),
      id: Type.String({ description: 'Its id; of the site `site`.' }),
      result: Enum(['reverted', 'unchanged', 'kept'], {
        description:
          '`reverted`: it is again what it was before. `unchanged`: it was reverted before. `kept`: it is left as it is, for the reason that is given.',
      }),
      reason: Type.Optional(Type.String({ description: 'Why it is kept: what was changed since, and by whom, or what stands in the way.' })),
    },
    { description: 'What came of one thing.', examples: [{ type: 'article', id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55', result: 'reverted' }] },
  ),
)
export type RevertResult = Static<typeof RevertResult>

export const Revert = named(
  'Revert',
  Type.Object(
    {
      name: Type.String({ description: 'What was reverted.' }),
      changeSet: Type.String({ description: 'The name under which the reverting changes are gathered: to revert that brings all of it back.' }),
      reverted: Count('How many are again what they were before.'),
      unchanged: Count('How many were reverted before.'),
      kept: Count('How many are left as they are.'),
      remaining: Count('How many are still to go back: the same request again goes on with them.'),
      data: Type.Array(ref(RevertResult), { description: 'What came of each, the last changed first.' }),
    },
    { description: 'What came of reverting a change set.' },
  ),
)

export const CHANGE_SET_SCHEMAS = [ChangeSetRow, ChangeSetPage, ChangeSet, RevertResult, Revert] as Named[]
