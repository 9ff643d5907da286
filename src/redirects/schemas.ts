import type { Static } from 'typebox'
import { Id, type Named, Nullable, named, PageOf, RowOf, Slug } from '../http/schemas.ts'
import Type from '../http/type.ts'

const RedirectTarget = named(
  'RedirectTarget',
  Type.Object(
    { id: Id, slug: Slug, headline: Type.String({ description: 'The headline.' }) },
    {
      description: 'The story that an old address leads to.',
      examples: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55', slug: 'harbour-reopens', headline: 'Harbour reopens' }],
    },
  ),
)

const redirect = {
  path: Type.String({ description: 'The old address, as it stands in the story’s `aliases`.' }),
  status: Type.Unsafe<308>({ type: 'integer', const: 308, description: 'The status of the redirect, which is permanent.' }),
  url: Nullable(Type.String({ description: 'Where the story is now: its `url`, `null` where it has none.' })),
  apiUrl: Type.String({ description: 'The path of the story here.' }),
  article: Type.Unsafe<Static<typeof RedirectTarget>>({ $ref: `${RedirectTarget.$id}#` }),
}

export const Redirect = named(
  'Redirect',
  Type.Object(redirect, {
    description: 'Where an old address leads.',
    examples: [
      {
        path: '/2014/05/old-story.html?p=7',
        status: 308,
        url: 'https://news.example/harbour-reopens',
        apiUrl: '/v1/articles/harbour-reopens',
        article: { id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55', slug: 'harbour-reopens', headline: 'Harbour reopens' },
      },
    ],
  }),
)
export type Redirect = Static<typeof Redirect>

export const RedirectRow = RowOf('RedirectRow', Redirect, 'Where an old address leads, or those properties of it that `fields` picked.')
export const RedirectPage = PageOf('RedirectPage', RedirectRow)

/** One redirect where `path` asks for it, else a page of all. */
export const EitherRedirect = Type.Unsafe<Redirect>({
  oneOf: [{ $ref: `${RedirectPage.$id}#` }, { $ref: `${Redirect.$id}#` }],
  description: 'A page of all; with `path` where that leads: only a page has `data`.',
})

export const redirectProperties = Object.keys(redirect)

export const REDIRECT_SCHEMAS = [RedirectTarget, Redirect, RedirectRow, RedirectPage] as Named[]
