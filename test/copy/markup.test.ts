import { readdirSync, readFileSync } from 'node:fs'
import { markupIn } from '../../src/copy/markup.ts'
import { t } from '../support/tap.ts'
import { generatedPage } from './generated-pages.ts'

const marked: [string, string, string][] = [
  ['a document', 'HTML', '<!DOCTYPE html>\n<html><body><h1>Harbour reopens</h1></body></html>'],
  ['a document without a doctype', 'HTML', '\uFEFF\n  <HTML lang="en">\r\n<head><title>Harbour</title></head></HTML>'],
  ['a fragment', 'HTML', '<h1>Harbour reopens</h1>\n<p>The quay opened.</p>'],
  ['one element', 'HTML', '<h1 class="title">Harbour reopens</h1>'],
  ['elements with attributes', 'HTML', 'Harbour reopens\n<div class="a"\n id=b>\n<img src=quay.jpg />\n'],
  ['a paragraph left open', 'HTML', '<p>Harbour reopens\n<p>The quay opened.'],
  ['an inline element first', 'HTML', '<strong>Harbour reopens</strong>\n\nThe quay opened.'],
  ['a comment first', 'HTML', '<!-- from the old site -->\nHarbour reopens'],
  ['elements under a headline', 'HTML', 'Harbour reopens\n\n<p>The quay opened.</p>\n\n<p>Crews worked.</p>'],
  ['one element under a headline', 'HTML', 'Harbour reopens\n\n<p class="lead">The quay opened.</p>\n\nCrews worked.'],
  ['a list under a headline', 'HTML', 'Harbour reopens\r\n<ul>\r\n  <li>The quay\r\n</ul>'],
  ['an XML declaration', 'XML', '<?xml version="1.0"?>\n<nitf><body/></nitf>'],
  ['one XML element', 'XML', '<newsItem xmlns="urn:x">\n<headline>Harbour</headline>\n</newsItem>\n'],
  ['a Markdown headline', 'Markdown', '# Harbour reopens\n\nThe quay opened.'],
  ['a smaller Markdown headline', 'Markdown', '\n### Harbour reopens\n'],
  ['an underlined headline', 'Markdown', 'Harbour reopens\r\n===============\r\n\r\nThe quay opened.'],
  ['Markdown headings', 'Markdown', 'Harbour reopens\n\n## Costs\n\nNobody knows.'],
  ['fenced lines', 'Markdown', 'Harbour reopens\n\n```json\n{}\n```\n'],
  ['YAML front matter', 'front matter', '---\ntitle: Harbour reopens\ntags:\n  - quay\n---\n\nThe quay opened.'],
  ['front matter of Windows', 'front matter', '\uFEFF---\r\ntitle: Harbour\r\n---\r\nText'],
  ['TOML front matter', 'front matter', '+++\ntitle = "Harbour"\n+++\nText'],
  ['RTF', 'RTF', '{\\rtf1\\ansi\\deff0 Harbour reopens\\par}'],
  ['a JSON object', 'JSON', '{"headline": "Harbour reopens"}'],
  ['a JSON object over lines', 'JSON', '\n{\n  "headline": "Harbour",\n  "sections": []\n}\n'],
  ['a JSON array of objects', 'JSON', '[{ "headline": "Harbour" }]'],
  ['an empty JSON object', 'JSON', '{}'],
]
for (const [what, language, text] of marked) {
  t.test(`${what} is ${language}`, async (t) => t.equal(markupIn(text), language))
}

const plain: [string, string][] = [
  ['nothing', ''],
  ['signs of comparison', 'Prices < 5 crowns, and > 2\n\nIt was <50 before.'],
  ['a heart', '<3 from the harbour\n\nThe quay opened.'],
  ['inline tags in a line', '*Stars* & <b>Brackets</b> in print\n\nThe <p> element begins a paragraph.'],
  ['one tag at the begin of a line', 'What tags do\n\n<p> begins a paragraph, they say.\nIt does.'],
  ['a name in angle brackets', '<Name withheld> writes to us\n\nDear paper, …'],
  ['a name that is an element’s', '<Address withheld> writes to us\n\n<Table 1>\n\n<Table 2>'],
  ['an address in angle brackets', '<https://town.example>\n\nThe plan.'],
  ['a hashtag', '#harbour opens again\n\n#quay and ##more'],
  ['a number sign in the story', 'The list\n\n# 7 on it was ours.\n\n# 8 was not.'],
  ['a row of dashes', 'The list\n\n---\n\nThe end\n-----\n'],
  ['rows of dashes first', '---\nThe quay opened\n---\nIt was noon.'],
  ['a note between dashes', '---\nCorrection: the quay opened at noon.\n---\nThe quay opened.'],
  ['one row of dashes first', '---\ntitle: the word of the year\n\nThe word is short.'],
  ['an underline far down', 'The list\n\nThe sums\n=====\n'],
  ['braces', '{Sic} is what the sign says\n\n{"Well", she said.}'],
  ['square brackets', '[Video] The quay opens\n\n[1] A note.'],
  ['stars', '**BREAKING** The quay opens\n\n_Soon_ more, with `code` and [a link](https://town.example).'],
  ['one fence', 'The sign reads\n\n```\n\nand nothing else.'],
]
for (const [what, text] of plain) {
  t.test(`plain text stays one: ${what}`, async (t) => t.equal(markupIn(text), null))
}

t.test('no page of plain text is taken for markup', async (t) => {
  const pages = new URL('pages/', import.meta.url)
  for (const name of readdirSync(pages)) t.equal(markupIn(readFileSync(new URL(name, pages), 'utf8')), null, name)
  for (let seed = 1; seed <= 300; seed += 1) if (markupIn(generatedPage(seed).text)) t.fail(`the generated page ${seed}`)
})

const large: Record<string, string> = {
  'opened tags': '<p '.repeat(700_000),
  'an attribute without an end': `<p ${'= '.repeat(1_000_000)}`,
  'elements not closed at their line’s end': `${'<p>a</p>  '.repeat(1_000)}b\n`.repeat(200),
  'lines of opened tags': '<p \n'.repeat(500_000),
  'an opened tag and spaces': `<p${' '.repeat(2_000_000)}`,
  'an opened object': `{"${'a'.repeat(2_000_000)}`,
  'spaces in an object': `[${' '.repeat(1_000_000)}{${' '.repeat(1_000_000)}`,
  'number signs': '#'.repeat(2_000_000),
  'lines of number signs': '## \n'.repeat(500_000),
  'spaces after number signs': `A\n##${' '.repeat(2_000_000)}`,
  'signs of equality': `A\n${'='.repeat(2_000_000)}b`,
  'rows of dashes': '---\n'.repeat(500_000),
  fences: '```\n```a b\n'.repeat(200_000),
  'white space': ' \n'.repeat(1_000_000),
}
// What took more than linear time would take minutes, and be ended by the runner.
for (const [what, text] of Object.entries(large)) t.test(`megabytes of ${what} are looked at`, async () => void markupIn(text))
