import { readdirSync, readFileSync } from 'node:fs'
import { lossesOf } from '../copy/page-lines.ts'
import { faultsOf, type Json, startServer } from '../support/server.ts'
import { workingCopy } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const pages = new URL('../copy/pages/', import.meta.url)
const boilerplate = ['Share This Article', 'Share this story', 'Leave a comment', 'Leave a reply', 'Facebook', 'X']
const plain = { headers: { 'content-type': 'text/plain; charset=utf-8' } }

for (const name of readdirSync(pages))
  t.test(`the text of a page becomes an article, and nothing is lost: ${name}`, async (t) => {
    const text = readFileSync(new URL(name, pages))
    const { status, body } = await server.post('/v1/articles', text, plain)
    t.equal(status, 201)
    t.strictSame(lossesOf(text.toString(), body, boilerplate), [])
    t.strictSame(await workingCopy(server, body.id), body)
  })

t.test('its highlights lead to the sections of their name', async (t) => {
  const text = readFileSync(new URL('harbour-picture.txt', pages), 'utf8')
  const { body } = await server.post('/v1/articles', text, plain)
  t.equal(body.status, 'draft')
  t.match(body.leadImage, { url: null, title: 'First Boat Home' })
  const targets = body.highlightLists[0].items.map((item: Json) => item.target).filter(Boolean)
  t.ok(targets.length > 0)
  for (const target of targets) t.ok(body.sections.some((section: Json) => section.id === target.id && section.anchor === target.anchor))
})

t.test('in JSON, what the body names itself wins over what the text says', async (t) => {
  const fromText = readFileSync(new URL('harbour-picture.txt', pages), 'utf8')
  const { status, body } = await server.post('/v1/articles', {
    fromText,
    headline: 'By hand',
    kicker: 'Oakmere',
    sections: [{ heading: 'Only' }],
    status: 'published',
  })
  t.equal(status, 201)
  t.match(body, { headline: 'By hand', slug: 'by-hand', kicker: 'Oakmere', status: 'published', alternativeHeadline: 'Ferries Return to Oakmere’s Old Quay' })
  t.strictSame(
    body.sections.map((section: Json) => section.heading),
    ['Only'],
  )
  t.ok(body.highlightLists[0].items.every((item: Json) => item.target === null && item.text))
})

t.test('a text without a headline is a 400, with its place', async (t) => {
  for (const text of ['', '  \n\n', 'Share This Article\nLeave a comment\n', 'x'.repeat(1001)]) {
    const answer = await server.post('/v1/articles', text, plain)
    t.equal(answer.status, 400)
    t.strictSame(faultsOf(answer), [': required'])
  }
  t.strictSame(faultsOf(await server.post('/v1/articles', { fromText: ' \n' })), ['/fromText: required'])
  t.strictSame(faultsOf(await server.post('/v1/articles', {})), ['/headline: required'])
  t.equal((await server.post('/v1/articles', { fromText: ' \n', headline: 'By hand' })).status, 201)
})

t.test('a text of too many sections is a 400', async (t) => {
  const text = `Headline\n\n${Array.from({ length: 1001 }, (_, index) => `Part ${index}:\nWords of it.`).join('\n\n')}`
  t.strictSame(faultsOf(await server.post('/v1/articles', text, plain)), ['/sections: length'])
})

t.test('a text of more lines than any story has is a 400, before it is read', async (t) => {
  for (const line of ['x\n\n', '- a\n', 'Abc:\n\nx\n\n']) {
    const answer = await server.post('/v1/articles', `Headline\n\n${line.repeat(20_000)}`, plain)
    t.equal(answer.status, 400)
    t.strictSame(faultsOf(answer), [': length'])
  }
})

t.test('markup sent as the text of a page is a 400 that says what it looks like', async (t) => {
  const texts: [string, RegExp][] = [
    ['<!DOCTYPE html>\n<html><body><h1>Harbour reopens</h1></body></html>', /looks like HTML, not plain text: send the words of the page alone/],
    ['<h1>Harbour reopens</h1>\n<p>The quay opened.</p>', /looks like HTML/],
    ['# Harbour reopens\n\nThe quay opened.', /looks like Markdown/],
    ['---\ntitle: Harbour reopens\n---\n\nThe quay opened.', /looks like front matter/],
    ['{\\rtf1\\ansi Harbour reopens\\par}', /looks like RTF/],
    ['<?xml version="1.0"?>\n<story/>', /looks like XML/],
    ['{"headline": "Harbour reopens"}', /looks like JSON, not plain text: send it as application\/json/],
  ]
  for (const [text, message] of texts) {
    const asText = await server.post('/v1/articles', text, plain)
    t.equal(asText.status, 400)
    t.strictSame(faultsOf(asText), [': format'])
    t.match(asText.body.detail, message)
    const asMember = await server.post('/v1/articles', { fromText: text, headline: 'By hand' })
    t.strictSame([asMember.status, faultsOf(asMember)], [400, ['/fromText: format']])
    t.match(asMember.body.errors[0].message, message)
  }
})

t.test('signs of markup in plain text are words of it', async (t) => {
  const { status, body } = await server.post('/v1/articles', '#harbour opens for boats <9 m\n\n- - -\n\nThe <b> of the sign fell off.', plain)
  t.equal(status, 201)
  t.equal(body.headline, '#harbour opens for boats <9 m')
})
