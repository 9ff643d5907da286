import { html } from '../html.ts'
import type { Content } from '../layout.ts'

export type Trouble = { status: number; headline?: string | null; notice?: string | null; detail?: string }

const titles: Record<number, string> = {
  400: 'That can’t be asked',
  403: 'That isn’t allowed',
  404: 'There is nothing here',
  410: 'This story was taken down',
  413: 'That is too long',
  429: 'Too many requests',
  451: 'This story isn’t available, for legal reasons',
  503: 'The presses stand still',
}

const details: Record<number, string> = {
  404: 'The page may have moved, or there never was one. A search may find it.',
  413: 'Please say it in fewer words.',
  429: 'Please wait for a minute, and try again.',
  503: 'We can’t reach our newsroom at the moment. Please try again in a minute; nothing is lost.',
}

/** Says what is the matter, in the words of the API where it has some for readers. */
export function problemPage({ status, headline, notice, detail }: Trouble): Content {
  const title = titles[status] ?? 'Something went wrong'
  const said = notice ?? detail ?? details[status] ?? details[503]
  const body = html`<section class="problem">
<p class="status" aria-hidden="true">${status}</p>
<h1>${title}</h1>
${headline && html`<p class="deck" dir="auto">${headline}</p>`}
<p class="standfirst" dir="auto">${said}</p>
<p><a href="/">To the front page</a></p>
</section>`
  return { title, isIndexed: false, body }
}
