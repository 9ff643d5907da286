import type { Static } from 'typebox'
import { Enum, Id, type Named, Nullable, named, nullable, PageOf, RowOf, ref, Slug } from '../../http/schemas.ts'
import Type from '../../http/type.ts'
import { ArticleStatus } from '../working/schemas.ts'

const LinkingArticle = named(
  'LinkingArticle',
  Type.Object(
    { id: Id, slug: Slug, headline: Type.String({ description: 'The headline.' }), status: ref(ArticleStatus) },
    {
      description: 'A story that links to another.',
      examples: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c56', slug: 'ferries-are-back', headline: 'Ferries are back', status: 'published' }],
    },
  ),
)

const LinkingList = named(
  'LinkingList',
  Type.Object(
    { id: Id, slug: Nullable(Slug), title: Nullable(Type.String({ description: 'Its title.' })) },
    {
      description: 'A highlight list that leads to a story: one of another story’s, or a freestanding one, which has a slug.',
      examples: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c04', slug: 'top-stories', title: 'Top stories' }],
    },
  ),
)

const LinkingSection = named(
  'LinkingSection',
  Type.Object(
    { id: Id, anchor: Type.String({ description: 'Its anchor.' }) },
    {
      description: 'A section whose text links to a story.',
      examples: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c03', anchor: 'background' }],
    },
  ),
)

const link = {
  as: Enum(['highlight', 'related', 'text'], { description: 'How it links: an item of a highlight list, a related item, or the text of sections.' }),
  article: nullable(LinkingArticle),
  highlightLists: Type.Array(ref(LinkingList), { description: 'The lists that lead here, where it is `highlight`.' }),
  sections: Type.Array(ref(LinkingSection), { description: 'The sections whose text links here, where it is `text`.' }),
}

export const ArticleLink = named(
  'ArticleLink',
  Type.Object(link, {
    description: 'What links to a story: another story (`article`), or a freestanding list, and then `article` is `null`.',
    examples: [
      {
        as: 'text',
        article: { id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c56', slug: 'ferries-are-back', headline: 'Ferries are back', status: 'published' },
        highlightLists: [],
        sections: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c03', anchor: 'background' }],
      },
    ],
  }),
)
export type ArticleLink = Static<typeof ArticleLink>

export const ArticleLinkRow = RowOf('ArticleLinkRow', ArticleLink, 'What links to a story, or those properties of it that `fields` picked.')
export const ArticleLinkPage = PageOf('ArticleLinkPage', ArticleLinkRow)
export const linkProperties = Object.keys(link)

export const ARTICLE_LINK_SCHEMAS = [LinkingArticle, LinkingList, LinkingSection, ArticleLink, ArticleLinkRow, ArticleLinkPage] as Named[]
