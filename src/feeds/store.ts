import { sql } from 'kysely'
import { publicDocuments } from '../articles/public/documents.ts'
import type { Document, Parts } from '../articles/working/store.ts'
import type { Read } from '../database/engine.ts'
import { idsByReference } from '../database/slugs.ts'
import { loadPublicList } from '../freestanding-lists/store.ts'
import { articlesOf } from '../highlight-lists/present.ts'
import { notFound } from '../http/problems.ts'
import type { Told } from './formats.ts'

/** The one value that a filter of a query has; undefined where it has several, leaves some out, or isn’t there. */
function onlyValue(query: Record<string, unknown>, name: string): string | undefined {
  const [value, ...more] = (query[name] ?? []) as string[]
  return more.length === 0 && value !== undefined && !/[,-]/.test(value.slice(0, 1)) && !value.includes(',') ? value : undefined
}

/** The one language that the feed of a query is in; null where it isn't narrowed to one. */
export function languageOf(query: Record<string, unknown>): string | null {
  const value = onlyValue(query, 'language')
  return value === undefined || query.fallback !== undefined ? null : (Intl.getCanonicalLocales(value)[0] ?? null)
}

/** What the feed of a query is called after: the topic or author, where the public knows it, the words or the language that it is narrowed by; null for none. */
export async function subjectOf(read: Read, query: Record<string, unknown>): Promise<string | null> {
  for (const kind of ['topic', 'author'] as const) {
    const value = onlyValue(query, kind)
    const id = value === undefined ? undefined : (await idsByReference(read, kind, [value], true)).get(value)
    if (id === undefined) continue
    const named = await read
      .selectFrom(`${kind}s` as 'topics')
      .select('name')
      .where('id', '=', id)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom(`public_article_${kind}s` as 'public_article_topics')
            .select('article_id')
            .where(`${kind}_id` as 'topic_id', '=', id),
        ),
      )
      .executeTakeFirst()
    if (named) return named.name
  }
  if (typeof query.q === 'string') return query.q
  const language = languageOf(query)
  return language && (new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? null)
}

/** The public stories of a freestanding list, by its id, slug or external id, in its order. @throws Problem 404 where the public has no such list */
export async function listOf(
  read: Read,
  reference: string,
  parts: Parts,
  site: string | null,
): Promise<{ title: string | null; documents: Document[]; keys: string[]; hidden: string[] }> {
  const id = (await idsByReference(read, 'highlight-list', [reference], true)).get(reference)
  const list = id === undefined ? null : await loadPublicList(read, id)
  if (!list) throw notFound('highlight list')
  const ids = [...new Set(articlesOf(list.items))]
  const documents = await publicDocuments(read, ids, parts, site)
  const shown = new Set(documents.map((document) => document.id))
  return {
    title: list.title,
    documents,
    keys: [`highlight-list:${list.id}`, 'list', ...documents.flatMap(({ keys, dependsOn = [] }) => [...keys, ...dependsOn])],
    hidden: ids.filter((one) => !shown.has(one)),
  }
}

/** By what the feeds of some stories are narrowed: their topics with those above, authors and languages. */
export async function toldOf(read: Read, articleIds: readonly string[]): Promise<Told[]> {
  if (articleIds.length === 0) return []
  const ids = sql.join(articleIds)
  const { rows } = await sql<{ by: keyof Told; value: string }>`
    with recursive tree(id, parent_id) as (
      select topics.id, topics.parent_id from article_topics inner join topics on topics.id = topic_id where article_id in (${ids})
      union select topics.id, topics.parent_id from topics inner join tree on topics.id = tree.parent_id
    )
    select 'topic' as "by", slug as value from topics inner join tree on tree.id = topics.id
    union select 'author', slug from article_authors inner join authors on authors.id = author_id where article_id in (${ids})
    union select 'language', language from articles where id in (${ids})`.execute(read as never)
  return rows.map(({ by, value }) => ({ [by]: value }))
}
