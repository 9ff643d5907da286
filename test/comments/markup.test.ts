import { readFileSync } from 'node:fs'
import { noBrowser, startBrowser } from '../support/browser.ts'
import { commented } from '../support/comments.ts'
import { faultsOf, type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const vectors: string[] = JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8'))

const server = await startServer(t, { COMMENT_RULES: 'links=off' })
const { path } = await commented(server)

// Each is said as a comment; where a name or an address takes it, there, too.
const made: Json[] = []
t.test('every vector is taken as a comment', async (t) => {
  for (const [index, vector] of vectors.entries()) {
    const ways: Json[] = [
      { author: { name: `Reader ${index}` }, body: vector },
      { author: { name: vector }, body: `As a name: ${index}` },
      { author: { name: `Reader ${index}`, url: vector }, body: `As an address: ${index}` },
      { author: { name: `Reader ${index}`, url: `https://a.example/${vector}` }, body: `In an address: ${index}` },
    ]
    for (const [way, comment] of ways.entries()) {
      const answer = await server.anonymous.post(path, comment)
      if (way === 0) t.equal(answer.status, 201, vector)
      if (answer.status === 201) made.push(answer.body)
      else t.equal(answer.status, 400, vector)
    }
  }
})

t.test('whatever is written, nothing but the markup of comments comes out', async (t) => {
  t.ok(vectors.length >= 300)
  t.ok(made.length > vectors.length)
  const allowed =
    /^<(?:\/?(?:p|em|strong|code|pre|blockquote|ul|ol|li)|br|ol start="\d+"|\/a|a href="(?:https?:\/\/|mailto:|#)[^"<>\s]*" rel="nofollow ugc noopener")>$/
  for (const { bodyHtml } of made) {
    const odd = bodyHtml.match(/<[^>]*>?/g)?.filter((tag: string) => !allowed.test(tag))
    if (odd && odd.length > 0) t.fail(bodyHtml, { odd })
  }
})

t.test('in a browser no content of it is active', { skip: noBrowser }, async (t) => {
  const browser = await startBrowser(t)
  const page = await browser.newPage()
  const asked: string[] = []
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    dialog.dismiss()
  })
  await page.goto('about:blank')
  page.on('request', (request) => asked.push(request.url()))
  const script = readFileSync(new URL('./markup-page.js', import.meta.url), 'utf8')
    .replace(/^\/\*\*.*$/m, '')
    .trim()
    .replace(/^;/, '')
  const shown = JSON.stringify(made.map(({ author, bodyHtml }) => ({ author, bodyHtml })))
  const found = (await page.evaluate(`(${script})(${shown})`)) as Json
  t.equal(found.hit, null)
  t.strictSame(found.handlers, [])
  t.ok(
    found.tags.every((tag: string) => ['a', 'blockquote', 'br', 'code', 'em', 'li', 'ol', 'p', 'pre', 'strong', 'ul'].includes(tag)),
    found.tags.join(' '),
  )
  t.ok(
    found.protocols.every((protocol: string) => ['http:', 'https:', 'mailto:'].includes(protocol)),
    found.protocols.join(' '),
  )
  t.strictSame([dialogs, asked], [[], []])
  t.comment(`${vectors.length} vectors, ${made.length} comments in the page`)
})

t.test('an address is shown as what it is', async (t) => {
  const url = async (given: string) => (await server.anonymous.post(path, { author: { name: given, url: given }, body: `At ${given}` })).body.author.url
  t.equal(await url('https://аpple.example/ö?q=ü#[x]'), 'https://xn--pple-43d.example/%C3%B6?q=%C3%BC#%5Bx%5D')
})

t.test('what turns or hides text is dropped, and scripts and emoji stay', async (t) => {
  const say = async (body: string, name = 'Reader') => (await server.anonymous.post(path, { author: { name }, body })).body
  t.equal((await say('abc\u202edef\u2066ghi\u200b\u2060\ufeff\u00adjkl')).body, 'abcdefghijkl')
  t.equal((await say('Ad\u200dm\u200cin one')).body, 'Ad\u200dm\u200cin one', 'joiners between letters shape them in some scripts')
  t.equal((await say('\u200dstands\u200c \u200dalone')).body, 'stands alone')
  const kept = ['👨‍👩‍👧 ❤️ 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇳🇴', 'مرحبا بالعالم', 'می‌خواهم بدانم', 'שלום עולם', '今日は良い天気です', '한국어 댓글', 'क्षत्रिय', 'ไทยภาษา']
  for (const text of kept) t.equal((await say(text)).body, text)
  t.equal((await say('A name', 'Ad\u200bmin')).author.name, 'Admin')
  t.equal((await say(`e${'\u0301'.repeat(20)} is a lot`)).body.length, 30)
  t.strictSame(faultsOf(await server.anonymous.post(path, { author: { name: `Z${'\u0335'.repeat(21)}` }, body: `e${'\u0301'.repeat(21)}` })).sort(), [
    '/author/name: format',
    '/body: format',
  ])
  const { id, editToken } = await say('To be edited')
  const edited = await server.anonymous.patch(`/v1/comments/${id}`, { body: 'Turned\u202e round' }, { headers: { 'comment-edit-token': editToken } })
  t.equal(edited.body.body, 'Turned round')
})
