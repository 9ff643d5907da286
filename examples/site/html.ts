/** Markup that is safe to put on a page. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What can stand in a template: texts are escaped, markup isn’t, a list is its parts one after another, and nothing is nothing. */
export type Value = Html | string | number | null | undefined | false | readonly Value[]

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function textOf(value: Value): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(textOf).join('')
  return String(value).replace(/[&<>"']/g, (character) => entities[character] ?? '')
}

/** Makes markup of a template; whatever is put into it is escaped, unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(strings.map((string, index) => string + textOf(values[index])).join(''))
}

/** Takes a text for markup: only for what the API says is safe, such as `bodyHtml`. */
export const trusted = (text: string): Html => new Html(text)

/** Data for a `<script>` that isn’t run, such as JSON-LD. */
export const inert = (data: unknown): Html => new Html(JSON.stringify(data).replace(/</g, '\\u003c'))
