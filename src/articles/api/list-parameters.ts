import { filter } from '../../http/pagination.ts'
import { TimeInput } from '../../http/schemas.ts'
import Type from '../../http/type.ts'
import { statuses } from '../working/schemas.ts'
import { copyParameter } from './lookup.ts'

const several = (description: string) => filter(description, 4000)
/** A time as a parameter. */
export const timeParameter = (description: string) => Type.Optional({ ...TimeInput, description })

/** Which public stories a list has. */
export const publicFilters = {
  topic: several('Topics by id or slug, with those under them.'),
  author: several('Authors by id or slug.'),
  language: several(
    `BCP 47. A language finds what is more specific, too (\`fr\`: \`fr-CA\`), and in public what is more general (\`fr-CA\`: \`fr\`); with a leading \`-\` it leaves out what is it or more specific.`,
  ),
  fallback: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 4000,
      description:
        'Languages in the place of those of `language`, comma-separated, the best first, or `*` for any: of stories that are translations of each other only that in the first of all these languages is listed, whatever else is asked for.',
    }),
  ),
  genre: several(''),
  publishedAfter: timeParameter('This time or later.'),
  publishedBefore: timeParameter('Earlier than this time.'),
  updatedAfter: timeParameter('This time or later.'),
  updatedBefore: timeParameter('Earlier than this time.'),
  q: Type.Optional(
    Type.String({
      maxLength: 500,
      description:
        'Words that must all occur; `"…"` is a phrase, a trailing `*` a prefix. The order is `relevance` then. Looked for in what a reader reads: headlines, kicker, standfirst, sections, captions, highlights, related texts and corrections; in the alternative text of pictures, `slugline`, `dateline` and `seo`; and in working copies in `editorNote`.',
    }),
  ),
}

/** The same, also of working copies. */
export const filters = {
  ...copyParameter,
  status: several(`With \`copy=working\`: what the public has now, of ${statuses.join(', ')}.`),
  ...publicFilters,
  scheduledAfter: timeParameter('With `copy=working`: planned for this time or later.'),
  scheduledBefore: timeParameter('With `copy=working`: planned for earlier than this time.'),
  hasUnpublishedChanges: Type.Optional(
    Type.Boolean({ description: 'With `copy=working`: whether the public would see something else if they were published now.' }),
  ),
}
