import type { EventSubject } from '../database/event-types.ts'
import type { EventTable } from '../database/tables.ts'

/** What a row of the log tells of: only pairs that belong together are appended. */
export const subjectOf = ({ type, subject_type, subject_id }: Pick<EventTable, 'type' | 'subject_type' | 'subject_id'>) =>
  ({ type, subject: { type: subject_type, id: subject_id } }) as EventSubject
