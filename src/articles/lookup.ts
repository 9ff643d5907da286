import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Write } from '../database/connect.ts'
import type { Read } from '../database/engine.ts'
import type { ArticleTable } from '../database/tables.ts'
import { may, requireScope } from '../http/auth.ts'
import { requirePermission } from '../http/desired.ts'
import { findVisible, locked, parameter } from '../http/references.ts'
import { Enum } from '../http/schemas.ts'

export const copyParameter = { copy: Type.Optional(Enum(['working'], { description: '`working`: the copy that editors change, with `content:read`.' })) }

export const isPublic = (row: Pick<ArticleTable, 'status'>) => row.status === 'published'

/**
 * The article that a path names, for a reader who sees all (`seesAll`) or what is public.
 * @throws Problem 404; Redirect for an old slug
 */
export async function findArticle(read: Read, request: FastifyRequest, seesAll: boolean): Promise<ArticleTable> {
  const load = async (id: string) => {
    const row = await read.selectFrom('articles').selectAll().where('id', '=', id).executeTakeFirst()
    return row ? { row, isPublic: isPublic(row) } : null
  }
  return (await findVisible(read, 'article', parameter(request, 'article'), seesAll, load)).row
}

/** The same, for a change: nobody else changes the article or its parts until the transaction ends. */
export async function lockArticle(tx: Write, request: FastifyRequest, seesAll: boolean): Promise<ArticleTable> {
  return locked(
    tx,
    ({ id }) => `article:${id}`,
    () => findArticle(tx.read, request, seesAll),
  )
}

/**
 * The article to read, and which of its copies: the public one where there is one, unless `copy=working` asks for the other.
 * @throws Problem 401 or 403 for `copy=working` without `content:read`
 */
export async function findReadable(read: Read, request: FastifyRequest): Promise<{ article: ArticleTable; shows: 'public' | 'working' }> {
  const { copy } = request.query as { copy?: 'working' }
  if (copy === 'working') requireScope(request, 'content:read')
  const article = await findArticle(read, request, may(request, 'content:read'))
  return { article, shows: copy === 'working' || !isPublic(article) ? 'working' : 'public' }
}

/** @throws Problem 403 where the article is public and the token may not change that. */
export function requireWritable(request: FastifyRequest, article: Pick<ArticleTable, 'status'>): void {
  requirePermission(
    !isPublic(article) || may(request, 'content:publish'),
    'content:publish',
    'The article is public, so changing it needs the scope content:publish.',
  )
}
