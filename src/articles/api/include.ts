import type { FastifyRequest } from 'fastify'
import { noting } from '../../http/faults.ts'
import { propertyNames } from '../../http/pagination.ts'
import Type from '../../http/type.ts'
import { type Rendering, renderings, renderingsIn } from '../working/renderings.ts'

export const includeParameter = {
  include: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description:
        'What to render, comma-separated: `html` adds safe HTML beside each inline text and as `bodyHtml` of sections and article, `text` plain text as their `bodyText`.',
      examples: ['html'],
    }),
  ),
}

/** What a request for a story or its sections wants rendered. */
export const renderingsOf = (request: FastifyRequest): Set<Rendering> =>
  renderingsIn(noting(request, () => propertyNames(request.query as Record<string, unknown>, 'include', renderings)) ?? [])
