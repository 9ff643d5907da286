import type { Static } from 'typebox'
import { Closed, described, Id, type Named, Nullable, named, PageOf, Revision, RowOf, Time } from '../http/schemas.ts'
import Type from '../http/type.ts'

const example = {
  id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c08',
  url: 'https://news.example/preview?token=bshp_…',
  apiUrl: '/v1/preview/bshp_…',
  token: 'bshp_…',
  revision: null,
  expiresAt: '2026-05-01T10:30:00.000Z',
}

const link = {
  id: Id,
  url: Nullable(Type.String({ description: 'Made from `PREVIEW_URL`; `null` without it, and in lists.' })),
  apiUrl: Nullable(Type.String({ description: 'The path that opens it; `null` in lists.' })),
  token: Nullable(Type.String({ description: 'Shown when the link is made, and never again.' })),
  revision: Nullable(described(Revision, 'The revision that it opens; `null` for the working copy as it is then.')),
  expiresAt: described(Time, 'When it ends.'),
}

export const PreviewLink = named(
  'PreviewLink',
  Type.Object(link, { description: 'A link that opens one working copy, or one revision, read-only.', examples: [example] }),
)
export type PreviewLink = Static<typeof PreviewLink>

export const PreviewLinkRow = RowOf('PreviewLinkRow', PreviewLink, 'A preview link, or those properties of it that `fields` picked.')
export const PreviewLinkPage = PageOf('PreviewLinkPage', PreviewLinkRow)
export const previewLinkProperties = Object.keys(link)

export const PreviewLinkInput = named(
  'PreviewLinkInput',
  Closed(
    {
      expiresIn: Type.Optional(Type.Integer({ minimum: 1, maximum: 604_800, format: 'int32', default: 3600, description: 'In seconds.' })),
      revision: Type.Optional(Nullable(described(Revision, 'The revision that it opens; the working copy as it is then where it is left out.'))),
    },
    { description: 'A preview link, as input.', examples: [{ expiresIn: 86_400 }] },
  ),
)
export type PreviewLinkInput = Static<typeof PreviewLinkInput>

export const PREVIEW_SCHEMAS = [PreviewLink, PreviewLinkRow, PreviewLinkPage, PreviewLinkInput] as Named[]
