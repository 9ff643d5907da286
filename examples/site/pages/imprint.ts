import type { Schemas } from '../api.ts'
import { dayOf } from '../format.ts'
import { html } from '../html.ts'
import type { Content, Frame } from '../layout.ts'
import { inLanguage, storyPath } from '../parts.ts'
import { wordsOf } from '../words.ts'

/** Who makes the paper, and how it is reached. */
export function aboutPage({ name, tagline, publisher, contact, social }: Schemas['Site']): Content {
  const policies = [
    { label: 'Principles', url: publisher?.publishingPrinciples },
    { label: 'Ethics', url: publisher?.ethicsPolicy },
    { label: 'Corrections', url: publisher?.correctionsPolicy },
  ].filter(({ url }) => url)
  const body = html`<header class="heading"><div><h1>${name}</h1>${tagline && html`<p class="standfirst">${tagline}</p>`}</div></header>
<div class="plain">
${publisher && html`<p>Published by ${publisher.legalName ?? publisher.name}${publisher.foundingDate && html`, since ${publisher.foundingDate.slice(0, 4)}`}.</p>`}
${contact?.address && html`<address>${contact.address.split('\n').map((line) => html`${line}<br>`)}</address>`}
${contact?.email && html`<p><a href="mailto:${contact.email}">${contact.email}</a></p>`}
${contact?.phone && html`<p><a href="tel:${contact.phone.replace(/[^+\d]/g, '')}">${contact.phone}</a></p>`}
<ul class="tags">${policies.map(({ label, url }) => html`<li><a href="${url}">${label}</a></li>`)}${social.map(({ url, handle, network }) => html`<li><a href="${url}" rel="me">${handle ?? network}</a></li>`)}</ul>
</div>`
  return { title: 'About us', description: tagline, path: '/about', body }
}

/** What was put right lately. */
export function correctionsPage({ language }: Frame, rows: Schemas['ArticleRow'][]): Content {
  const words = wordsOf(language)
  const corrections = rows.flatMap((story) => (story.corrections ?? []).map(({ text, at }) => ({ story, text, at }))).sort((a, b) => b.at.localeCompare(a.at))
  const items = corrections.map(
    ({ story, text, at }) =>
      html`<li><h2${inLanguage(story.language)}><a href="${storyPath(story)}">${story.headline}</a></h2><p${inLanguage(story.language)}>${text}</p><p class="meta">${dayOf(at, language)}</p></li>`,
  )
  const body = html`<header class="heading"><h1>${words.corrections}</h1></header><ol class="stream plain bare">${items}</ol>`
  return { title: words.corrections, path: '/corrections', body }
}

/** What the site keeps of its readers. */
export function privacyPage(): Content {
  const body = html`<header class="heading"><h1>Privacy</h1></header>
<div class="plain"><p>This site counts nobody and loads nothing from elsewhere, but for the pictures and players of its stories. A comment is kept with the name that was given. While it waits for a moderator, a cookie lets its writer see it; there is no other.</p></div>`
  return { title: 'Privacy', path: '/privacy', body }
}
