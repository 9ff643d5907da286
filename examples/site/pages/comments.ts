import type { Schemas } from '../api.ts'
import { numberOf, timeOf } from '../format.ts'
import { type Html, html, trusted } from '../html.ts'
import type { Content, Frame } from '../layout.ts'
import { type Article, pager, storyPath } from '../parts.ts'
import { type Words, wordsOf } from '../words.ts'

export type Thread = Schemas['Comment'] & { replies?: Threads }
export type Threads = { data: Thread[]; page: { nextCursor: string | null; prevCursor: string | null } }

/** What a reader has written so far, and what is wrong with it. */
export type Draft = {
  name?: string
  body?: string
  parent?: Pick<Thread, 'id' | 'author'> | null
  /** What is wrong with the name, with the text, and with all of it. */
  faults?: { name?: string; body?: string; whole?: string }
}

const commentsPath = (article: Pick<Article, 'slug'>): string => `${storyPath(article)}/comments`

/** Where a comment is to be seen among the others. */
export const placeOf = (article: Pick<Article, 'slug'>, id: string): string => `${commentsPath(article)}?around=${id}#comment-${id}`

function field(name: string, label: string, fault: string | undefined, control: (attributes: Html) => Html): Html {
  const described = fault && html` aria-invalid="true" aria-describedby="_fault-${name}"`
  return html`<p><label for="_write-${name}">${label}</label>
${control(html`id="_write-${name}" name="${name}" required${described}`)}
${fault && html`<span class="fault" id="_fault-${name}">${fault}</span>`}</p>`
}

/** The form for a comment, or what is said in its place. */
function form(article: Article, words: Words, { name = '', body = '', parent, faults = {} }: Draft): Html {
  if (article.commentPolicy === 'closed') return html`<p id="_write" class="notice">${words.closed}</p>`
  return html`<form id="_write" class="write" method="post" action="${commentsPath(article)}#_write">
<h3>${parent ? html`${words.answering} <bdi>${parent.author?.name ?? words.someone}</bdi>` : words.write}</h3>
${faults.whole && html`<p class="fault" role="alert" tabindex="-1">${faults.whole}</p>`}
${article.commentPolicy === 'moderated' && html`<p class="small">${words.moderated}</p>`}
${field('name', words.name, faults.name, (attributes) => html`<input ${attributes} value="${name}" autocomplete="name" maxlength="100">`)}
${field('body', words.comment, faults.body, (attributes) => html`<textarea ${attributes} rows="5" dir="auto">${body}</textarea>`)}
<p class="unseen" aria-hidden="true"><label for="_write-website">Website</label><input id="_write-website" name="website" tabindex="-1" autocomplete="off"></p>
<input type="hidden" name="parent" value="${parent?.id}">
<input type="hidden" name="stamp" value="">
<button type="submit">${words.send}</button>
</form>`
}

function votes({ id, score }: Thread, article: Article, words: Words): Html {
  return html`<form class="votes" method="post" action="/comment/${id}/votes">
<input type="hidden" name="story" value="${article.slug}">
<button type="submit" name="value" value="1" aria-label="${words.agree}">▲</button>
<output>${numberOf(score, article.language)}</output>
<button type="submit" name="value" value="-1" aria-label="${words.disagree}">▼</button>
</form>`
}

function thread(one: Thread, article: Article, words: Words): Html {
  const { id, author, bodyHtml, status, createdAt, replies, pinned } = one
  const isOpen = article.commentPolicy !== 'closed'
  const said =
    status === 'deleted'
      ? html`<p class="deleted">${words.deleted}</p>`
      : html`<header><b><bdi>${author?.name ?? words.someone}</bdi></b>${author?.staff && html` <span class="staff">${words.staff}</span>`} <a href="#comment-${id}">${timeOf(createdAt, article.language)}</a></header>
<div class="said" dir="auto">${trusted(bodyHtml ?? '')}</div>
<footer>${votes(one, article, words)}${
          isOpen && html`<a class="reply" href="${commentsPath(article)}?reply=${id}#_write" data-comment="${id}" rel="nofollow">${words.reply}</a>`
        }</footer>`
  const { data = [], page } = replies ?? {}
  return html`<li><article class="comment${pinned && ' pinned'}" id="comment-${id}">${said}</article>
${data.length > 0 && html`<ol class="bare">${data.map((reply) => thread(reply, article, words))}</ol>`}
${page?.nextCursor && html`<p><a class="small" href="${commentsPath(article)}?around=${id}#comment-${id}">${words.moreReplies}</a></p>`}
</li>`
}

/** A story’s comments with the form, under the story or on a page of their own. @param address of the page, without a cursor */
export function commentsPart(article: Article, { data, page }: Threads, draft: Draft = {}, address = commentsPath(article)): Html {
  const words = wordsOf(article.language)
  return html`<section class="comments" aria-labelledby="_comments">
<h2 id="_comments" class="label">${words.comments} <span class="count">${numberOf(article.commentCount, article.language)}</span></h2>
<div id="_threads">
${data.length > 0 ? html`<ol class="threads bare">${data.map((one) => thread(one, article, words))}</ol>` : html`<p class="small">${words.noComments}</p>`}
${pager(page, address, words)}
</div>
${form(article, words, draft)}
</section>`
}

/** The comments of a story on a page of their own. */
export function commentsPage(article: Article, threads: Threads, draft: Draft, sort: string): Content {
  const { language, headline } = article
  const words = wordsOf(language)
  const sorts = ['oldest', 'newest', 'top'] as const
  const links = sorts.map(
    (one) => html`<li><a href="${commentsPath(article)}?sort=${one}" rel="nofollow"${one === sort && html` aria-current="true"`}>${words[one]}</a></li>`,
  )
  const body = html`<header class="heading"><div>
<p class="kicker">${words.comments}</p>
<h1><a href="${storyPath(article)}">${headline}</a></h1>
<ul class="tags">${links}</ul>
</div></header>
${commentsPart(article, threads, draft, `${commentsPath(article)}?sort=${sort}`)}`
  return { title: `${words.comments}: ${headline}`, isIndexed: false, language, hasScript: true, path: commentsPath(article), body }
}

/** What became of a reader’s own comment. */
export function ownCommentPage({ language }: Frame, { status, bodyHtml, id }: Pick<Thread, 'status' | 'bodyHtml' | 'id'>, article: Article): Content {
  const words = wordsOf(article.language)
  const isOut = status === 'approved'
  const said = isOut ? words.published : status === 'pending' ? words.pending : words.refused
  const body = html`<section class="comments" aria-labelledby="_own">
<header class="heading"><h1 id="_own"><a href="${storyPath(article)}">${article.headline}</a></h1></header>
<div id="_write" class="notice" role="status" tabindex="-1">
<p><b>${said}</b>${isOut && html` <a href="${placeOf(article, id)}">${words.comments}</a>`}</p>
<blockquote dir="auto">${trusted(bodyHtml ?? '')}</blockquote>
</div>
</section>`
  return { title: article.headline, isIndexed: false, language: article.language ?? language, body }
}
