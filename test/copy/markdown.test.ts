import { commentToHtml, escapeMarkdown, inlineToHtml, plainText } from '../../src/copy/markdown.ts'
import { t } from '../support/tap.ts'

const inline: [string, string, string][] = [
  ['strong, emphasis and code', '**a** *b* `c`', '<strong>a</strong> <em>b</em> <code>c</code>'],
  ['a backslash escapes', '\\*a\\* \\\\', '*a* \\'],
  ['entities are what they name', '&copy; &amp; &lt;', '© &amp; &lt;'],
  ['raw HTML is text', '<b onclick="x()">a</b>', '&lt;b onclick=&quot;x()&quot;&gt;a&lt;/b&gt;'],
  ['a link to https', '[a](https://a.example/?b=1&c=2)', '<a href="https://a.example/?b=1&amp;c=2">a</a>'],
  ['a link to mailto', '[a](mailto:a@b.example)', '<a href="mailto:a@b.example">a</a>'],
  ['a link to an anchor', '[a](#costs)', '<a href="#costs">a</a>'],
  ['no link to a script', '[a](javascript:alert(1))', '[a](javascript:alert(1))'],
  ['no link to a script in disguise', '[a](JaVa&#x53;cript:alert(1))', '[a](JaVaScript:alert(1))'],
  ['no link to data', '[a](data:text/html,b)', '[a](data:text/html,b)'],
  ['no link to a path', '[a](/b) [a](//b.example)', '[a](/b) [a](//b.example)'],
  ['no way out of an attribute', '[a](https://a.example/" "b\\"c")', '<a href="https://a.example/%22" title="b&quot;c">a</a>'],
  ['no images', '![a](https://a.example/b.png)', '!<a href="https://a.example/b.png">a</a>'],
  ['a bare address stays text', 'https://a.example', 'https://a.example'],
  ['no headings, lists or quotes', '# a', '# a'],
  ['no strikethrough', '~~a~~', '~~a~~'],
]
for (const [what, text, html] of inline) {
  t.test(`inline Markdown: ${what}`, async (t) => t.equal(inlineToHtml(text), html))
}

t.test('a comment has paragraphs, quotes, lists, code and links without standing, and no other blocks', async (t) => {
  t.equal(
    commentToHtml('One *two*\nthree\n\n\n[four](https://a.example)\n'),
    '<p>One <em>two</em><br>\nthree</p>\n<p><a href="https://a.example" rel="nofollow ugc noopener">four</a></p>',
  )
  t.equal(commentToHtml('<https://a.example>'), '<p><a href="https://a.example" rel="nofollow ugc noopener">https://a.example</a></p>')
  const blocks = commentToHtml('# a\n\n![i](https://a.example/b.png)\n\n    d\n\n---\n\n| t |\n|---|\n\n<script>f</script>\n\n[g]: https://a.example')
  t.notMatch(blocks, /<(?!\/?p>|br>|a |\/a>)/)
  t.equal(
    commentToHtml('> q\n> > r\n\n- b\n  1. c\n\n3. x\n\n```js\n<e>\n```'),
    '<blockquote>\n<p>q</p>\n<blockquote>\n<p>r</p>\n</blockquote>\n</blockquote>\n<ul>\n<li>b\n<ol>\n<li>c</li>\n</ol>\n</li>\n</ul>\n<ol start="3">\n<li>x</li>\n</ol>\n<pre><code>&lt;e&gt;\n</code></pre>',
  )
  t.match(blocks, '&lt;script&gt;f&lt;/script&gt;')
})

t.test('plain text is what a reader reads', async (t) => {
  t.equal(plainText('**a** [b](https://a.example "t") `c*` &amp; \\*d\\*\ne'), 'a b c* & *d* e')
})

const escapes: [string, string][] = [
  ['plain words, 5 < 6 & so_on!', 'plain words, 5 < 6 & so_on!'],
  ['*a* _b_ `c` [d] \\', '\\*a\\* \\_b\\_ \\`c\\` \\[d\\] \\\\'],
  ['<b> &copy; &#42; AT&T;', '\\<b> \\&copy; \\&#42; AT\\&T;'],
  ['# a', '\\# a'],
  ['#a', '#a'],
  ['1. a', '1\\. a'],
  ['12) a', '12\\) a'],
  ['1.5 a', '1.5 a'],
  ['- a', '\\- a'],
  ['-a', '-a'],
  ['> a', '\\> a'],
  ['---', '\\---'],
  ['===', '\\==='],
  ['~~~', '\\~\\~\\~'],
  ['    a  b\tc ', 'a b c'],
]
for (const [text, markdown] of escapes) {
  t.test(`“${text}” is escaped no more than it needs`, async (t) => t.equal(escapeMarkdown(text), markdown))
}

t.test('whatever is escaped renders as it stood', async (t) => {
  const pieces = [...'ab 1.*_`[]()<>!&;#-+=~|\\"\':/@\té中😀', '&amp;', '&#35;', 'http://a.b', '<b>', '<5@a.b>', '[a](http://x)', '![a](b)', '1. ']
  const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  let state = 1
  for (let round = 0; round < 20_000; round += 1) {
    let text = ''
    for (let length = round % 11; length >= 0; length -= 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      text += pieces[(state >>> 8) % pieces.length]
    }
    const expected = text.replace(/[ \t]+/g, ' ').trim()
    const escaped = escapeMarkdown(text)
    if (plainText(escaped) !== expected) t.equal(plainText(escaped), expected, escaped)
    if (inlineToHtml(escaped) !== escapeHtml(expected)) t.equal(inlineToHtml(escaped), escapeHtml(expected), escaped)
    if (commentToHtml(escaped) !== (expected && `<p>${escapeHtml(expected).replaceAll('&quot;', '"')}</p>`)) t.fail(`as a comment: ${escaped}`)
  }
})

// What took more than linear time would take minutes, and be ended by the runner.
for (const piece of ['[', '*', '**a *', '`', '_', '![', '](', '[a](<b', '[a](', '[](#a)', '**[', '&', '<', '<a:', '*a_ ', '[`', '\\', '*_']) {
  t.test(`64 kB of ${piece} render`, async (t) => {
    const text = piece.repeat(65_536 / piece.length)
    for (const render of [inlineToHtml, commentToHtml, plainText]) t.type(render(text), 'string')
  })
}
