import { countWords, foldedWords, wordSpans, words } from '../../src/copy/words.ts'
import { t } from '../support/tap.ts'

const folds: [string, string, string[]][] = [
  ['signs part words', 'Iran’s high-level talks: $2.5', ['iran', 's', 'high', 'level', 'talks', '2', '5']],
  ['case and accents are folded', 'Café CAFÉ cafe\u0301', ['cafe', 'cafe', 'cafe']],
  ['full case folding, as far as it matters', 'Große GROSSE ΟΔΟΣ οδος İstanbul', ['grosse', 'grosse', 'οδοσ', 'οδοσ', 'istanbul']],
  ['compatibility characters are folded', 'ﬁn Ｈｅｌｌｏ x²', ['fin', 'hello', 'x2']],
  ['a character may hold several words', 'a½b', ['a1', '2b']],
  ['marks don’t part words', 'हिन्दी पاکِستان'.replace('प', 'پ'), ['हनद', 'پاکستان']],
  ['Hangul stays in syllables', '서울 선거', ['서울', '선거']],
  ['Chinese goes by words', '我们在北京开会', ['我们', '在', '北京', '开会']],
  ['digits and Latin letters stand apart from Chinese', '2024年 iPhone用', ['2024', '年', 'iphone', '用']],
  ['Thai goes by words', 'ประเทศไทยมีการประชุม', ['ประเทศไทย', 'ม', 'การ', 'ประชม']],
  ['half-width kana are kana', 'ｶﾞｯｺｳ', words('ガッコウ')],
  ['kana in parts are kana', 'がっこう'.normalize('NFD'), words('がっこう')],
  ['signs alone are no words', ' …—\u0301!? ', []],
]
for (const [what, text, expected] of folds) {
  t.test(`words: ${what}`, async (t) => {
    t.strictSame(words(text), expected)
    t.equal(foldedWords(text), expected.join(' '))
    t.strictSame(
      wordSpans(text).map((span) => span.word),
      expected,
      'spans hold the same words',
    )
  })
}

t.test('folded words of ASCII are its words, whatever stands between them', async (t) => {
  const all = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join('')
  for (const text of ['', ' ', 'One', ' Two  words. ', `${all}${all}`, 'x '.repeat(100_000)]) {
    const expected = text.toLowerCase().match(/[a-z0-9]+/g) ?? []
    t.strictSame(words(text), expected)
    t.equal(foldedWords(text), expected.join(' '))
  }
})

t.test('spans are places in the text as it was given', async (t) => {
  const text = 'Für “Große” 北京会议 cafe\u0301s ﬁn'
  t.strictSame(
    wordSpans(text).map(({ word, start, end }) => [word, text.slice(start, end)]),
    [
      ['fur', 'Für'],
      ['grosse', 'Große'],
      ['北京', '北京'],
      ['会议', '会议'],
      ['cafes', 'cafe\u0301s'],
      ['fin', 'ﬁn'],
    ],
  )
})

t.test('every character gives the same words alone, with spans, and among others', async (t) => {
  for (let code = 1; code < 0x3_0000; code += 7) {
    if (code >= 0xd800 && code < 0xe000) continue
    const text = `a${String.fromCodePoint(code)}b ΟΣ é`
    const spans = wordSpans(text)
    const same = JSON.stringify(words(text)) === JSON.stringify(spans.map((span) => span.word))
    const placed = spans.every((span) => span.start < span.end && span.end <= text.length)
    if (!same || !placed) t.fail(`U+${code.toString(16)}: ${JSON.stringify(spans)}`)
  }
})

const counts: [string, number][] = [
  ['', 0],
  ['— … —', 0],
  ['One two three.', 3],
  ['Iran’s high-level talks cost $2,500 at 10:30', 7],
  ['before—after', 2],
  ['پاکستان کا دورہ', 3],
  ['我们在北京开会。', 4],
]
for (const [text, count] of counts) t.test(`“${text}” counts ${count} words`, async (t) => t.equal(countWords(text), count))

// What took more than linear time would take minutes, and be ended by the runner.
t.test('a mebibyte is split', async (t) => {
  for (const text of ['The talks began. ', 'L’été à Paris. ', 'پاکستان کا دورہ ', '\u0301', 'a-'].map((piece) => piece.repeat(2 ** 20 / piece.length))) {
    t.type(words(text), Array)
    t.type(countWords(text), 'number')
  }
})
