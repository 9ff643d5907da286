import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { emptyDatabase } from './database.ts'
import { type Server, startServer } from './server.ts'
import { create, createShort } from './stories.ts'

export const main = new URL('../../bin/broadsheet.js', import.meta.url).pathname

/** Content of every kind, a folder to export it to, and the command line. */
export type Source = {
  source: string
  server: Server
  folder: string
  file: string
  broadsheet: (url: string, ...args: string[]) => Promise<{ stdout: string; stderr: string }>
}

/** Makes it. @param many how many short stories there are besides */
export async function contentToExport(t: Test, many: number): Promise<Source> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-transfer-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const source = await emptyDatabase(t)
  const server = await startServer(t, { DATABASE_URL: source })
  const parent = (await server.post('/v1/topics', { name: 'Parent' })).body
  const child = (await server.post('/v1/topics', { name: 'Child' })).body
  await server.patch(`/v1/topics/${parent.id}`, { parentId: child.id, image: { alt: 'x' } })
  const whole = await create(server, {
    status: 'published',
    topics: [{ id: parent.id }],
    related: [{ relation: 'related', text: 'Gone', target: { type: 'url', url: 'https://a.example/' } }],
  })
  await server.patch(`/v1/articles/${whole.id}?publish=true`, { slug: 'moved', aliases: ['/2014/05/old-story.html?p=7', '/?p=7'] })
  await createShort(server, 'Linking', { sections: [{ body: [{ type: 'paragraph', text: 'As [we said](https://news.example/moved).' }] }] })
  const draft = await createShort(server, 'Draft', { status: 'draft' })
  await createShort(server, 'Verschoben', { language: 'de', translationOf: whole.id })
  const { body: list } = await server.post('/v1/highlight-lists', {
    title: 'Top',
    items: [{ target: { type: 'article', id: whole.id } }, { text: 'Soon', target: { type: 'article', id: draft.id } }],
  })
  await server.patch(`/v1/highlight-lists/${list.id}?publish=false`, { title: 'Top at six' })
  await server.post(`/v1/highlight-lists/${list.id}/publish`, { at: '2099-05-02T06:00:00Z' })
  await server.post('/v1/highlight-lists?publish=false', { title: 'Not out yet' })
  await server.put('/v1/site', { name: 'The Oakmere Courier', navigation: [{ name: 'main', items: [{ target: { type: 'topic', id: parent.id } }] }] })
  const { body: comment } = await server.anonymous.post(`/v1/articles/${whole.id}/comments`, {
    author: { name: 'Reader', email: 'r@mail.example' },
    body: 'One',
  })
  await server.anonymous.post(`/v1/articles/${whole.id}/comments`, { author: { name: 'Reader' }, body: 'Two', parentId: comment.id })
  await server.delete(`/v1/comments/${comment.id}`)
  await server.post('/v1/tokens', { name: 'Job', scopes: ['content:read'] })
  for (let index = 0; index < many; index++) await createShort(server, `Many ${index}`)
  const broadsheet: Source['broadsheet'] = (url, ...args) =>
    promisify(execFile)(process.execPath, [main, ...args], { cwd: folder, env: { PATH: process.env.PATH, DATABASE_URL: url }, maxBuffer: 1 << 26 })
  return { source, server, folder, file: join(folder, 'export.ndjson'), broadsheet }
}
