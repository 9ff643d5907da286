import { isDeepStrictEqual } from 'node:util'
import type { ArticleTable } from '../../database/tables.ts'
import type { Article } from '../working/schemas.ts'

type Item = { text: string | null; target: { type: string; id?: string; url?: string } | null }

/** What an item says and leads to, without what it shows of that. */
export const bare = <T extends Item>({ target, ...item }: T) => ({ ...item, target: target && { type: target.type, id: target.id, url: target.url } })

/** What of an article becomes public by being published: neither names that are live, nor revisions and times. */
function substance(article: Article) {
  const { slug, language, headline, alternativeHeadline, kicker, standfirst, slugline, dateline, genre, leadImage } = article
  const { source, copyright, seo, corrections, custom, canonicalUrl, publishedAt } = article
  return {
    ...{ slug, language, headline, alternativeHeadline, kicker, standfirst, slugline, dateline, genre, leadImage },
    ...{ source, copyright, seo, corrections, custom, canonicalUrl, publishedAt },
    authors: article.authors.map(({ id, role }) => ({ id, role })),
    topics: article.topics.map(({ id }) => id),
    sections: article.sections.map(({ id, parentId, depth, anchor, heading, body }) => ({ id, parentId, depth, anchor, heading, body })),
    highlightLists: article.highlightLists.map(({ id, title, style, items }) => ({ id, title, style, items: items.map(bare) })),
    related: article.related.map(bare),
  }
}

/** Whether an editor set another time of change than the one that an edition says. */
export const hasOtherTime = (row: ArticleTable, edition: Article) => Boolean(row.updated_at_is_set) && edition.updatedAt !== row.updated_at

/** Whether publishing one where the other is public would change what it says. */
export function differsInSubstance(one: Article, other: Article): boolean {
  return !isDeepStrictEqual(substance(one), substance(other))
}
