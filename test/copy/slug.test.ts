import { slugify, uniqueSlugs } from '../../src/copy/slug.ts'
import { t } from '../support/tap.ts'

const slugs: [string, string][] = [
  ['Raisi’s Visit: “Große Pläne”', 'raisis-visit-grosse-plane'],
  ['  --A  b__C--  ', 'a-b-c'],
  ['中国', 'zhong-guo'],
  ['Объект', 'obekt'],
  ['…?!', ''],
  ['', ''],
  ['123E4567-E89B-12D3-A456-426614174000', '123e4567-e89b-12d3-a456-426614174000-1'],
  ['a'.repeat(300), 'a'.repeat(200)],
  [`${'word '.repeat(39)}longer words`, `${'word-'.repeat(39)}longer`.slice(0, 194)],
]
for (const [text, slug] of slugs) {
  t.test(`“${text.slice(0, 40)}” gives “${slug.slice(0, 40)}”`, async (t) => {
    t.equal(slugify(text), slug)
    t.match(slug, /^(?:[a-z0-9]+(?:-[a-z0-9]+)*)?$/)
  })
}

t.test('a slug given before gets a number, and never passes 200 characters', async (t) => {
  const unique = uniqueSlugs('section')
  t.strictSame(['a', 'a', 'a-2', 'a', '', ''].map(unique), ['a', 'a-2', 'a-2-2', 'a-3', 'section', 'section-2'])
  const long = 'a'.repeat(200)
  t.strictSame([long, long].map(unique), [long, `${'a'.repeat(198)}-2`])
})
