import type { CommentTable } from '../database/tables.ts'
import { childOf, type Element, elementsOf, textOf } from './xml.ts'

/** A page that comments stand under elsewhere: its ids there, and its address. */
export type ForeignPage = { ids: string[]; link: string | null; title: string | null }

/** A comment elsewhere; `html` is what it says, with line ends that count where `breaks` says so. */
export type ForeignComment = {
  externalId: string
  parentExternalId: string | null
  page: ForeignPage
  author: { name: string | null; email: string | null; url: string | null }
  html: string
  breaks: boolean
  createdAt: string | null
  status: Exclude<CommentTable['status'], 'deleted'>
}

/** What a file has: comments, and how many pings were left out. */
export type ForeignFile = { comments: AsyncGenerator<ForeignComment>; pings: () => number }

type Input = AsyncIterable<Buffer>

/** Reads an export of Disqus (XML): threads, which are pages, come before the posts on them. */
export function disqusFile(input: Input, onRead: (bytes: number) => void): ForeignFile {
  const pages = new Map<string, ForeignPage>()
  const none: ForeignPage = { ids: [], link: null, title: null }
  async function* comments(): AsyncGenerator<ForeignComment> {
    for await (const element of elementsOf(input, ['thread', 'post'], onRead)) {
      const id = element.attributes['dsq:id'] ?? ''
      if (element.name === 'thread') {
        const own = textOf(element, 'id')
        pages.set(id, { ids: own === null ? [] : [own], link: textOf(element, 'link'), title: textOf(element, 'title') })
        continue
      }
      const author = childOf(element, 'author')
      const parent = childOf(element, 'parent')?.attributes['dsq:id']
      const is = (name: string) => textOf(element, name) === 'true'
      yield {
        externalId: `disqus:${id}`,
        parentExternalId: parent === undefined ? null : `disqus:${parent}`,
        page: pages.get(childOf(element, 'thread')?.attributes['dsq:id'] ?? '') ?? none,
        author: { name: textOf(author, 'name'), email: textOf(author, 'email'), url: null },
        html: childOf(element, 'message')?.text ?? '',
        breaks: false,
        createdAt: textOf(element, 'createdAt'),
        status: is('isSpam')
          ? 'spam'
          : is('isDeleted')
            ? 'rejected'
            : element.children.some(({ name }) => name === 'isApproved') && !is('isApproved')
              ? 'pending'
              : 'approved',
      }
    }
  }
  return { comments: comments(), pings: () => 0 }
}

const states: Record<string, ForeignComment['status']> = { '1': 'approved', '0': 'pending', spam: 'spam', trash: 'rejected', 'post-trashed': 'rejected' }

const pingTypes = ['pingback', 'trackback']

/** Reads the comments of an export of WordPress (WXR); pings are left out. */
export function wordPressFile(input: Input, onRead: (bytes: number) => void): ForeignFile {
  let pings = 0
  async function* comments(): AsyncGenerator<ForeignComment> {
    for await (const item of elementsOf(input, ['item'], onRead)) {
      const ids = [textOf(item, 'wp:post_id'), textOf(item, 'guid'), textOf(item, 'wp:post_name')].filter((id) => id !== null)
      const page: ForeignPage = { ids, link: textOf(item, 'link'), title: textOf(item, 'title') }
      for (const comment of item.children.filter(({ name }) => name === 'wp:comment')) {
        if (pingTypes.includes(textOf(comment, 'wp:comment_type') ?? '')) {
          pings++
          continue
        }
        yield wordPressComment(comment, page)
      }
    }
  }
  return { comments: comments(), pings: () => pings }
}

function wordPressComment(comment: Element, page: ForeignPage): ForeignComment {
  const text = (name: string) => textOf(comment, `wp:${name}`)
  const parent = text('comment_parent')
  // Times are in UTC, without saying so; what was never published has zeros.
  const at = text('comment_date_gmt')
  return {
    externalId: `wp:${text('comment_id')}`,
    parentExternalId: parent === null || parent === '0' ? null : `wp:${parent}`,
    page,
    author: { name: text('comment_author'), email: text('comment_author_email'), url: text('comment_author_url') },
    html: childOf(comment, 'wp:comment_content')?.text ?? '',
    breaks: true,
    createdAt: at === null || at.startsWith('0000') ? null : `${at.replace(' ', 'T')}Z`,
    status: states[text('comment_approved') ?? ''] ?? 'pending',
  }
}
