import { type Named, named, RevisionChange, ref } from './schemas.ts'
import Type from './type.ts'

export const DryRun = named(
  'DryRun',
  Type.Object(
    {
      events: Type.Array(
        Type.Object(
          {
            type: Type.String({ description: 'Of the list of `EventType`.' }),
            subject: Type.Object(
              { type: Type.String({ description: 'What kind of thing it is.' }), id: Type.String({ description: 'Its id.' }) },
              { description: 'What would change.' },
            ),
            revision: RevisionChange,
            data: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true, description: 'What else there is to say, by type.' }),
          },
          { description: 'An event that would be appended.' },
        ),
        { description: 'The events that would be appended, in order.' },
      ),
      keys: Type.Array(Type.String({ description: 'A surrogate key.' }), { description: 'The surrogate keys that caches would drop.' }),
    },
    {
      description: 'What would come of a write that was tried with `dryRun=true`: nothing of it is left.',
      examples: [
        {
          events: [
            { type: 'topic.updated', subject: { type: 'topic', id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c02' }, revision: { before: 2, after: 3 }, data: {} },
          ],
          keys: ['topic:01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c02', 'list'],
        },
      ],
    },
  ),
)

export const DryRunAnswer = named(
  'DryRunAnswer',
  Type.Object({ dryRun: ref(DryRun) }, { description: 'What would come of a write that answers nothing when it is done.' }),
)

export const DRY_RUN_SCHEMAS: Named[] = [DryRun, DryRunAnswer]
