import { isDeepStrictEqual } from 'node:util'
import { articleFromText } from '../../src/copy/text.ts'
import { t } from '../support/tap.ts'
import { generatedPage, outcomeOf } from './generated-pages.ts'
import { lossesOf } from './page-lines.ts'

const PAGES = 1_000
const LEAST = 970
const FURNITURE = ['Share This Article', 'Share this story', 'Facebook', 'WhatsApp', 'X', 'Leave a Reply', 'Leave a comment']

t.test('of a thousand generated pages, nearly all come out as a reader sees them', async (t) => {
  const failing = new Map<string, number[]>()
  let right = 0
  for (let seed = 1; seed <= PAGES; seed += 1) {
    const { kind, text, expected } = generatedPage(seed)
    const article = articleFromText(text)
    if (article && isDeepStrictEqual(outcomeOf(article), expected)) right += 1
    else failing.set(kind, [...(failing.get(kind) ?? []), seed])
  }
  for (const [kind, seeds] of failing) t.comment(`not right: ${kind} (seeds ${seeds.join(', ')})`)
  t.ok(right >= LEAST, `${right} of ${PAGES} are right`)
})

t.test('of no generated page is anything lost', async (t) => {
  for (let seed = 1; seed <= PAGES; seed += 1) {
    const { kind, text } = generatedPage(seed)
    const article = articleFromText(text)
    const losses = article ? lossesOf(text, article, FURNITURE) : ['the whole page']
    if (losses.length > 0) t.fail(`seed ${seed} (${kind}): ${losses.join('\n')}`)
  }
})
