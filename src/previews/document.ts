import { presentParts, publicCards } from '../articles/public/documents.ts'
import { targetsOf } from '../articles/public/index-values.ts'
import { asPublished, commentCount } from '../articles/public/publish.ts'
import { articleUrl, shareOf } from '../articles/working/addresses.ts'
import type { Article } from '../articles/working/schemas.ts'
import type { Read } from '../database/engine.ts'
import type { ArticleTable } from '../database/tables.ts'
import { fromJson, inPieces } from '../database/values.ts'

/** The names that an article's authors and topics have now. */
async function withLiveNames(read: Read, { authors, topics }: Article): Promise<Pick<Article, 'authors' | 'topics'>> {
  const idsOf = (list: readonly { id: string }[]) => list.map(({ id }) => id)
  const people = await inPieces(idsOf(authors), (ids) => read.selectFrom('authors').select(['id', 'slug', 'name', 'image']).where('id', 'in', ids).execute())
  const themes = await inPieces(idsOf(topics), (ids) => read.selectFrom('topics').select(['id', 'slug', 'name', 'kind']).where('id', 'in', ids).execute())
  const known = new Map(people.map(({ image, ...person }) => [person.id, { ...person, image: fromJson<Article['authors'][number]['image']>(image) }]))
  const named = new Map(themes.map((theme) => [theme.id, theme]))
  return { authors: authors.map((author) => ({ ...author, ...known.get(author.id) })), topics: topics.map((topic) => named.get(topic.id) ?? topic) }
}

/**
 * What the public would get of a copy of an article if it went out now: nothing that only editors see, and of other stories what is
 * public of them. Its times are those of the last edit, where publishing would set them.
 * @param content the working copy, or a revision @param site the pattern of `PUBLIC_SITE_URL`
 */
export async function previewOf(read: Read, row: ArticleTable, content: Article, site: string | null): Promise<Article> {
  const document = { ...asPublished(content, row, content.revision, row.updated_at, row.updated_at), ...(await withLiveNames(read, content)) }
  const targetIds = Object.values(targetsOf(document)).flat()
  const cards = await publicCards(read, targetIds, site)
  const targets = new Map([...cards].map(([id, { slug }]) => [id, { slug, isPublic: true }]))
  const { highlightLists, related } = presentParts(document, targets, cards, true)
  const url = articleUrl(site, document)
  return { ...document, highlightLists, related, url, share: shareOf(url, document.headline), commentCount: await commentCount(read, row.id) }
}
