import { foldedLines, foldedWords } from '../copy/words.ts'
import type { Write } from '../database/handles.ts'
import type { CommentTable } from '../database/tables.ts'
import { hashOf } from '../http/secrets.ts'

/** An e-mail address as a person is found by it. */
export const emailKey = (email: string | null): string | null => (email === null ? null : email.toLowerCase())

/** Of the words of a comment: two of one hash say the same. */
export const bodyHash = (body: string | null): string | null => {
  const words = body === null ? '' : foldedWords(body)
  return words === '' ? null : hashOf(words).slice(0, 32)
}

/** The number of a comment’s row in the full-text index: 52 of the random bits of its id. */
export const numberOf = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(-13), 16)

/** Puts the words of comments into the full-text index, in the place of those they had. */
export function indexComments(tx: Write, rows: readonly Pick<CommentTable, 'id' | 'author_name' | 'body'>[]): void {
  if (rows.length === 0) return
  const texts = rows.map(
    ({ id, author_name, body }) => [numberOf(id), { headline: foldedLines(author_name ?? ''), secondary: '', body: foldedLines(body ?? '') }] as const,
  )
  tx.engine.writeSearch(tx, 'comments', new Map(texts))
}
