import { diff } from '../../copy/diff.ts'
import type { Read } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import { newId } from '../../database/ids.ts'
import { preparedWrite } from '../../database/prepared.ts'
import type { RevisionTable } from '../../database/tables.ts'
import { chunked } from '../../database/values.ts'
import { jsonPatch, type Operation } from '../../http/patches.ts'
import { completed } from './copies.ts'
import type { Article } from './schemas.ts'

// Between them only what changed is stored: few enough to go through, many enough to save space.
const everyWhole = 50

const unlimited = Number.POSITIVE_INFINITY

/**
 * A working copy as its last revision kept it, as JSON. The first revision is kept whole, so there is no need of another place until
 * the second: it is `isFirst` then.
 */
export type Head = { document: string; isFirst: boolean }

/**
 * Keeps what a working copy is now as its article's next revision: what changed, and now and then the whole.
 * @param head the revision before, null for the first one @param isPublished whether it is public
 * @returns what is the head from now on
 */
export async function recordRevision(tx: Write, document: Article, head: Head | null, isPublished = false): Promise<Head> {
  const { id, revision } = document
  const before = head ? JSON.parse(head.document) : revision > 1 ? await keptAt(tx.read, id, revision - 1) : null
  // Those that are its translations are so by what they say themselves.
  const text = JSON.stringify({ ...document, translations: [] })
  const changes = before ? diff(before, JSON.parse(text)) : []
  tx.insert('revisions', [
    {
      id: newId(),
      article_id: id,
      number: revision,
      at: tx.now,
      token_id: tx.author.actor?.tokenId ?? null,
      token_name: tx.author.actor?.name ?? null,
      note: tx.author.note ?? null,
      is_published: Number(isPublished),
      changes: JSON.stringify(changes),
      document: before && revision % everyWhole !== 0 ? null : text,
    },
  ])
  recordMentions(tx, document)
  if (head && !head.isFirst) tx.update('article_heads', ['article_id', id], { document: text })
  else if (before) tx.insert('article_heads', [{ article_id: id, document: text }])
  return { document: text, isFirst: !before }
}

/** Remembers where a working copy leads to, so that its history can be found when that is removed. */
function recordMentions(tx: Write, { id, highlightLists, related, translationOf }: Article): void {
  const items = [...highlightLists.flatMap((list) => list.items), ...related]
  const targets = new Set(items.flatMap(({ target }) => (target?.type === 'article' ? [target.id] : [])))
  if (translationOf) targets.add(translationOf)
  for (const piece of chunked([...targets]))
    tx.run(
      tx
        .insertInto('article_mentions')
        .values(piece.map((target_id) => ({ target_id, article_id: id })))
        .onConflict((conflict) => conflict.doNothing()),
    )
}

/** The articles whose working copies lead to one, or once did. */
export async function articlesMentioning(read: Read, targetId: string): Promise<string[]> {
  const rows = await read.selectFrom('article_mentions').select('article_id').where('target_id', '=', targetId).orderBy('article_id').execute()
  return rows.map(({ article_id }) => article_id)
}

/** The articles of which a planned revision names an author or a topic. */
export async function plannedNaming(read: Read, kind: 'author' | 'topic', id: string): Promise<string[]> {
  // What no revision up to it speaks of isn’t named by it: to look for the id is cheap, to put the revision together is not.
  const pattern = `%${id}%`
  const pinned = await read
    .selectFrom('articles')
    .select(['id', 'publish_revision as revision'])
    .where('publish_at', 'is not', null)
    .where('publish_revision', 'is not', null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('revisions')
          .select('revisions.id')
          .whereRef('revisions.article_id', '=', 'articles.id')
          .whereRef('revisions.number', '<=', 'articles.publish_revision')
          .where(({ or, eb }) => or([eb('revisions.document', 'like', pattern), eb('revisions.changes', 'like', pattern)])),
      ),
    )
    .orderBy('id')
    .execute()
  const naming: string[] = []
  for (const { id: article, revision } of pinned) {
    const named = (await documentAt(read, article, revision as number))[`${kind}s`]
    if (named.some((one) => one.id === id)) naming.push(article)
  }
  return naming
}

/** Makes each revision of an article, as it was kept, what `change` makes of it. */
export async function rewriteHistory(tx: Write, articleId: string, change: (document: Article) => Article): Promise<void> {
  const rows = await tx.read.selectFrom('revisions').selectAll().where('article_id', '=', articleId).orderBy('number').execute()
  let kept: Article | undefined
  let before: Article | undefined
  for (const { id, changes, document } of rows) {
    const whole: Article = document === null ? jsonPatch(kept, JSON.parse(changes) as Operation[], unlimited) : JSON.parse(document)
    kept = whole
    const after = change(structuredClone(whole))
    await tx
      .updateTable('revisions')
      .set({ changes: JSON.stringify(before ? diff(before, after) : []), document: document === null ? null : JSON.stringify(after) })
      .where('id', '=', id)
      .execute()
    before = after
  }
  if (before)
    await tx
      .updateTable('article_heads')
      .set({ document: JSON.stringify(before) })
      .where('article_id', '=', articleId)
      .execute()
}

const setPublished = preparedWrite<{ articleId: string; number: number }>((db, { articleId, number }) =>
  db.updateTable('revisions').set({ is_published: 1 }).where('article_id', '=', articleId).where('number', '=', number),
)

/** Remembers that a revision was published. */
export const markPublished = (tx: Write, articleId: string, number: number): void => setPublished(tx, { articleId, number })

export async function loadRevision(read: Read, articleId: string, number: number): Promise<RevisionTable | undefined> {
  return read.selectFrom('revisions').selectAll().where('article_id', '=', articleId).where('number', '=', number).executeTakeFirst()
}

/** An article as it was at a revision that there is. */
export async function documentAt(read: Read, articleId: string, number: number): Promise<Article> {
  return completed(await keptAt(read, articleId, number))
}

/** The same as it was kept, perhaps before it had all properties of today. */
async function keptAt(read: Read, articleId: string, number: number): Promise<Article> {
  const whole = await read
    .selectFrom('revisions')
    .select(['number', 'document'])
    .where('article_id', '=', articleId)
    .where('number', '<=', number)
    .where('document', 'is not', null)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  const later = await read
    .selectFrom('revisions')
    .select('changes')
    .where('article_id', '=', articleId)
    .where('number', '>', whole.number)
    .where('number', '<=', number)
    .orderBy('number')
    .execute()
  const start: Article = JSON.parse(whole.document as string)
  return later.reduce((document, { changes }) => jsonPatch(document, JSON.parse(changes) as Operation[], unlimited), start)
}
