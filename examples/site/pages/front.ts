import type { Schemas } from '../api.ts'
import { type Html, html } from '../html.ts'
import type { Content, Frame } from '../layout.ts'
import { type Card, card } from '../parts.ts'
import { wordsOf } from '../words.ts'

type List = Schemas['HighlightListRow']

/** The list that fills the top of the page, where the newsroom has made it; all others are boxes. */
export const topList = 'top-stories'

type Item = { text: string | null; story: Card }

const storiesOf = (list: List | undefined): Item[] =>
  (list?.items ?? []).flatMap(({ text, target }) => (target?.type === 'article' && target.article ? [{ text, story: target.article }] : []))

/** A list as a box: its first story with its picture, then one line each. */
function box({ title, style = 'bulleted', items = [], slug }: List, language: string): Html {
  const lines = items.map(({ text, target }, index) => {
    if (target?.type === 'article' && target.article)
      return html`<li>${card(target.article, { language, text, image: index === 0, both: true, excerpt: index === 0 && style === 'bulleted', meta: false })}</li>`
    return html`<li>${target?.type === 'url' ? html`<h3><a href="${target.url}">${text}</a></h3>` : html`<p>${text}</p>`}</li>`
  })
  const id = `list-${slug}`
  return html`<section class="box ${style}" aria-labelledby="${id}">
<h2 id="${id}" class="label">${title}</h2>
<ol class="bare">${lines}</ol>
</section>`
}

/** The front page: what editors put on top, their lists as boxes, and the newest. */
export function frontPage(frame: Frame, lists: List[], newest: Card[]): Content {
  const { language } = frame
  const words = wordsOf(language)
  const given = storiesOf(lists.find(({ slug }) => slug === topList))
  const top: Item[] = given.length > 0 ? given : newest.slice(0, 6).map((story) => ({ text: null, story }))
  // Without a picture what comes first is a banner across the page, and what comes next has the place under it.
  const banner = top[0] && !top[0].story.leadImage?.url ? top[0] : undefined
  const [lead, ...rail] = banner ? top.slice(1) : top
  const boxes = lists.filter(({ slug, items }) => slug !== topList && items && items.length > 0)
  const shown = new Set([...top, ...boxes.flatMap(storiesOf)].map(({ story }) => story.id))
  const others = newest.filter(({ id }) => !shown.has(id)).slice(0, 10)
  const body = html`
<section class="top" aria-label="${words.topStories}">
${banner && html`<div class="banner">${card(banner.story, { language, level: 2, text: banner.text })}</div>`}
<div class="lead">${lead && card(lead.story, { language, level: 2, text: lead.text, isFirst: true })}</div>
<ol class="rail bare">${rail.map(({ story, text }) => html`<li>${card(story, { language, text, image: false })}</li>`)}</ol>
</section>
<div class="below">
<section class="latest" aria-labelledby="latest">
<h2 id="latest" class="label"><a href="/latest">${words.latest}</a></h2>
<ul class="bare">${others.map((story) => html`<li>${card(story, { language })}</li>`)}</ul>
</section>
<div class="boxes">${boxes.map((list) => box(list, language))}</div>
</div>`
  return { description: frame.site.tagline, body, path: '/' }
}
