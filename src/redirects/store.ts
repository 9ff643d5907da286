import { keysOfCards, publicCards } from '../articles/public/documents.ts'
import { normalAlias } from '../articles/working/aliases.ts'
import type { Read } from '../database/engine.ts'
import { fetchPage, type PageRequest, type Rows } from '../database/pages.ts'
import { prepared } from '../database/prepared.ts'
import { inPieces } from '../database/values.ts'
import type { TargetArticle } from '../highlight-lists/present.ts'
import type { Redirect } from './schemas.ts'

/** An old address, whose story it is, and whether that is what was asked for or the same without its query. */
export type Held = { path: string; articleId: string; isWhole: boolean }

const aliasRows = prepared<{ whole: string; bare: string }, { path: string; article_id: string }>((db, { whole, bare }) =>
  db
    .selectFrom('article_aliases')
    .innerJoin('articles', 'articles.id', 'article_id')
    .select(['path', 'article_id'])
    .where('path', 'in', [whole, bare])
    .where('was_public', '=', 1),
)

/**
 * The old address that a path names, of stories that are or were public: the path as it is, else without its query, to which
 * campaigns add.
 */
export async function findAlias(read: Read, path: string): Promise<Held | null> {
  const whole = normalAlias(path)
  const bare = whole.replace(/\?.*$/, '')
  const rows = await aliasRows(read, { whole, bare })
  const row = rows.find((one) => one.path === whole) ?? rows[0]
  return row ? { path: row.path, articleId: row.article_id, isWhole: row.path === whole } : null
}

/** A redirect to a public story. @param target the story as the public sees it */
function redirectOf(path: string, { slug, card }: TargetArticle): Redirect {
  const { id, headline, url } = card as NonNullable<TargetArticle['card']>
  return { path, status: 308, url, apiUrl: `/v1/articles/${slug}`, article: { id, slug, headline } }
}

/** Redirects, and the keys of all that they show. */
export type Shown = { redirects: Redirect[]; keys: string[] }

/** Where old addresses of public stories lead, in this order. @param site the pattern of `PUBLIC_SITE_URL` */
export async function presentRedirects(read: Read, held: readonly Pick<Held, 'path' | 'articleId'>[], site: string | null): Promise<Shown> {
  const cards = await publicCards(
    read,
    held.map(({ articleId }) => articleId),
    site,
  )
  const redirects = held.flatMap(({ path, articleId }) => {
    const target = cards.get(articleId)
    return target ? [redirectOf(path, target)] : []
  })
  return { redirects, keys: keysOfCards(cards) }
}

/** A page of the old addresses of public stories, in order. */
export async function pageOfAliases(read: Read, page: PageRequest): Promise<Rows<Pick<Held, 'path' | 'articleId'>>> {
  const query = read.selectFrom('article_aliases').innerJoin('public_articles', 'public_articles.article_id', 'article_aliases.article_id')
  const found = await fetchPage(query, 'path', 'path', page)
  const paths = found.data.map(({ id }) => id)
  const rows = await inPieces(paths, (piece) => read.selectFrom('article_aliases').select(['path', 'article_id']).where('path', 'in', piece).execute())
  const owners = new Map(rows.map(({ path, article_id }) => [path, article_id]))
  return { ...found, data: paths.map((path) => ({ path, articleId: owners.get(path) as string })) }
}
