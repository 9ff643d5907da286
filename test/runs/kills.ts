import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { Connection } from './connection.ts'
import { adminToken, emptyDatabase, jsonOf, type Server, serve } from './server.ts'

const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
const writers = 6

/** What the server has said yes to. */
type Promised = { articles: string[]; comments: string[]; revision: number }

const section = (index: number) => ({ heading: `Part ${index}`, body: [{ type: 'paragraph', text: 'Words of a story that someone wrote. '.repeat(20) }] })
const storyOf = (word: string) => ({
  headline: `A story ${word}`,
  status: 'published',
  authors: [{ name: 'Ada Berg' }],
  topics: [{ name: 'Shipping' }],
  sections: [0, 1, 2, 3, 4].map(section),
})

/** Writes over several connections until the server is gone. @returns what it has said yes to */
async function write(server: Server, story: string, part: string, round: number, isOver: () => boolean): Promise<Promised> {
  const promised: Promised = { articles: [], comments: [], revision: 0 }
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const connection = new Connection(server.port)
      for (let count = 0; !isOver(); count++) {
        const kind = (writer + count) % 3
        const [method, path, body] =
          kind === 0
            ? ['POST', '/v1/articles', storyOf(`w${round}x${writer}x${count}`)]
            : kind === 1
              ? ['POST', `/v1/articles/${story}/comments`, { author: { name: 'Reader' }, body: `Well said, ${round} ${writer} ${count}.` }]
              : ['PATCH', `/v1/articles/${story}/sections/${part}?apply=both`, { heading: `Part ${round} ${writer} ${count}` }]
        const type = method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {}
        const answer = await connection.ask({ method, path, headers: { ...headers, ...type }, body: JSON.stringify(body) }).catch(() => null)
        if (!answer || answer.status >= 300) {
          if (answer && answer.status !== 503) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`)
          continue
        }
        const { id, revision } = jsonOf(answer)
        if (kind === 0) promised.articles.push(id)
        if (kind === 1) promised.comments.push(id)
        if (kind === 2) promised.revision = Math.max(promised.revision, revision)
      }
      connection.close()
    }),
  )
  return promised
}

/** What of it is lost, by the server that was started after it. */
async function lost(server: Server, story: string, part: string, { articles, comments, revision }: Promised): Promise<string[]> {
  const missing: string[] = []
  for (const [path, ids] of [
    ['/v1/articles?fields=id,headline&ids=', articles],
    ['/v1/comments?fields=id&ids=', comments],
  ] as const)
    for (let start = 0; start < ids.length; start += 50) {
      const piece = ids.slice(start, start + 50)
      const found = new Set(jsonOf(await server.admin('GET', path + piece.join(','))).data.map((row: { id: string }) => row.id))
      missing.push(...piece.filter((id) => !found.has(id)))
    }
  const now = jsonOf(await server.admin('GET', `/v1/articles/${story}/sections/${part}?copy=working`))
  if (now.revision < revision) missing.push(`revision ${revision} of the section`)
  return missing
}

/** What doesn't hang together in a file, once nobody uses it. */
function faultsIn(file: string): string[] {
  const db = new Sqlite(file)
  const faults: string[] = []
  const none = (what: string, query: string) => {
    const rows = db.prepare(query).all()
    if (rows.length > 0) faults.push(`${what}: ${rows.length}`)
  }
  for (const { integrity_check: said } of db.pragma('integrity_check') as { integrity_check: string }[]) if (said !== 'ok') faults.push(said)
  for (const copy of ['public', 'working']) db.exec(`insert into search_${copy} (search_${copy}) values ('integrity-check')`)
  none('stories in part', "select id from articles where headline like 'A story w%' and (select count(*) from sections where article_id = articles.id) <> 5")
  none('public stories without an edition', 'select id from articles where edition_number is null')
  none('stories that are not found', "select id from articles where not exists (select 1 from search_rows where article_id = articles.id and copy = 'public')")
  none('search rows without words', "select number from search_rows where copy = 'public' and number not in (select rowid from search_public)")
  none('words without a search row', "select rowid from search_public where rowid not in (select number from search_rows where copy = 'public')")
  none(
    'stories without an event',
    "select id from articles where not exists (select 1 from events where subject_id = articles.id and type = 'article.published')",
  )
  none(
    'wrong counts',
    "select article_id from comment_counts as c where approved <> (select count(*) from comments where article_id = c.article_id and status = 'approved')",
  )
  db.close()
  return faults
}

/** Kills the server in the middle of writes, over and over: what it has said yes to is there when it is started again. */
export async function kills(_postgres: string | null, { rounds = '1000' }: Record<string, string | undefined>): Promise<void> {
  const { url } = await emptyDatabase(null)
  let server = await serve(url)
  const made = jsonOf(await server.admin('POST', '/v1/articles', storyOf('first')))
  const [story, part] = [made.id as string, made.sections[0].id as string]
  let [promises, gone, restarts] = [0, 0, 0]
  for (let round = 0; round < Number(rounds); round++) {
    let isOver = false
    const promised = write(server, story, part, round, () => isOver)
    await sleep(20 + Math.random() * 400)
    process.kill(server.pid, 'SIGKILL')
    isOver = true
    const { articles, comments, revision } = await promised
    await server.stop()
    server = await serve(url)
    restarts++
    const missing = await lost(server, story, part, { articles, comments, revision })
    promises += articles.length + comments.length
    gone += missing.length
    if (missing.length > 0) console.log(`round ${round}: lost ${missing.join(', ')}`)
    if (restarts % 100 === 0) console.log(`${restarts} kills, ${promises} stories and comments said yes to, ${gone} lost`)
  }
  await server.stop()
  const faults = faultsIn(url.slice('sqlite:'.length))
  console.log(`${restarts} kills, ${promises} stories and comments said yes to, ${gone} lost; in the file: ${faults.join(', ') || 'nothing amiss'}`)
  if (gone > 0 || faults.length > 0) process.exitCode = 1
}
