import type { Read } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import { preparedWrite } from '../../database/prepared.ts'
import type { EditionTable } from '../../database/tables.ts'
import { inPieces } from '../../database/values.ts'
import { completed } from '../working/copies.ts'
import type { Article } from '../working/schemas.ts'

/** What was published: the article with all its targets, and which of these weren't public then. */
export type Edition = { number: number; revision: number; document: Article; hidden: string[]; publicFrom: string; publicUntil: string | null }

/** An edition of its row. */
export function editionOf({ number, revision, document, sections, hidden, public_from, public_until }: EditionTable): Edition {
  return { number, revision, document: wholeDocument(document, sections), hidden: JSON.parse(hidden), publicFrom: public_from, publicUntil: public_until }
}

/** An article of its two stored parts: the sections take the place that is kept for them. */
function wholeDocument(document: string, sections: string): Article {
  return completed(Object.assign(JSON.parse(document), { sections: JSON.parse(sections) }))
}

const storedDocument = (document: Article) => ({
  document: JSON.stringify({ ...document, sections: [] }),
  sections: JSON.stringify(document.sections),
})

/** The last edition of an article, public or not; null where it never was. */
export async function lastEdition(read: Read, articleId: string): Promise<Edition | null> {
  const row = await read.selectFrom('editions').selectAll().where('article_id', '=', articleId).orderBy('number', 'desc').limit(1).executeTakeFirst()
  return row ? editionOf(row) : null
}

/** The last edition that began before a time (RFC 3339, UTC, milliseconds), public then or not; null where there was none. */
export async function editionBefore(read: Read, articleId: string, time: string): Promise<Edition | null> {
  const query = read.selectFrom('editions').selectAll().where('article_id', '=', articleId).where('public_from', '<', time)
  const row = await query.orderBy('number', 'desc').limit(1).executeTakeFirst()
  return row ? editionOf(row) : null
}

/** The edition that was public at a time (RFC 3339, UTC, milliseconds), or null. */
export async function editionAt(read: Read, articleId: string, time: string): Promise<Edition | null> {
  const row = await read
    .selectFrom('editions')
    .selectAll()
    .where('article_id', '=', articleId)
    .where('public_from', '<=', time)
    .where((where) => where.or([where('public_until', 'is', null), where('public_until', '>', time)]))
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? editionOf(row) : null
}

/** The editions of several articles that were public at a time, of those that are public now. */
export async function editionsAt(read: Read, articleIds: readonly string[], time: string): Promise<Map<string, Edition>> {
  const rows = await inPieces([...new Set(articleIds)], (ids) =>
    read
      .selectFrom('editions')
      .innerJoin('public_articles', 'public_articles.article_id', 'editions.article_id')
      .selectAll('editions')
      .where('editions.article_id', 'in', ids)
      .where('public_from', '<=', time)
      .where((where) => where.or([where('public_until', 'is', null), where('public_until', '>', time)]))
      .orderBy('number')
      .execute(),
  )
  return new Map(rows.map((row) => [row.article_id, editionOf(row)]))
}

/** Adds an edition, public from now on. */
export function insertEdition(
  tx: Write,
  articleId: string,
  { number, revision, document, hidden }: Omit<Edition, 'publicFrom' | 'publicUntil'>,
  isMinor: boolean,
): Edition {
  tx.insert('editions', [
    {
      article_id: articleId,
      number,
      revision,
      is_minor: Number(isMinor),
      ...storedDocument(document),
      hidden: JSON.stringify(hidden),
      public_from: tx.now,
      public_until: null,
    },
  ])
  return { number, revision, document, hidden, publicFrom: tx.now, publicUntil: null }
}

/** Rewrites each edition of an article by `change`, to redact what must not be disclosed any more. */
export async function rewriteEditions(
  tx: Write,
  articleId: string,
  change: (document: Article, edition: { publicFrom: string; hidden: string[] }) => Article,
): Promise<void> {
  const rows = await tx.read.selectFrom('editions').selectAll().where('article_id', '=', articleId).execute()
  for (const row of rows) {
    const { number, document, hidden } = editionOf(row)
    tx.run(
      tx
        .updateTable('editions')
        .set(storedDocument(change(document, { publicFrom: row.public_from, hidden })))
        .where('article_id', '=', articleId)
        .where('number', '=', number),
    )
  }
}

/** The headline that an article had in public at a time; null where it wasn't. */
export async function headlinesOf(read: Read, articleId: string): Promise<(time: string) => string | null> {
  const rows = await read.selectFrom('editions').selectAll().where('article_id', '=', articleId).orderBy('number', 'desc').execute()
  return (time) => {
    const row = rows.find(({ public_from, public_until }) => public_from <= time && (public_until === null || public_until > time))
    return row ? editionOf(row).document.headline : null
  }
}

const setEnd = preparedWrite<{ articleId: string; number: number; now: string }>((db, { articleId, number, now }) =>
  db.updateTable('editions').set({ public_until: now }).where('article_id', '=', articleId).where('number', '=', number),
)

/** Ends the time in which the public sees an edition: not before it began. */
export function endEdition(tx: Write, articleId: string, edition: Edition): void {
  tx.notBefore(edition.publicFrom)
  setEnd(tx, { articleId, number: edition.number, now: tx.now })
  edition.publicUntil = tx.now
}
