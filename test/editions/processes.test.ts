import { run } from '../support/command.ts'
import { emptyDatabase } from '../support/database.ts'
import { adminToken, type Json } from '../support/server.ts'
import { t } from '../support/tap.ts'
import { until } from '../support/until.ts'

const url = await emptyDatabase(t)

async function serve(): Promise<string> {
  const { sees } = run(t, ['serve'], { env: { DATABASE_URL: url, ADMIN_TOKEN: adminToken, PORT: '0', LOG_LEVEL: 'error' } })
  return (await sees(/answers on (\S+)/))[1] as string
}

/** A small generator: the same choices on each run. */
function choices(seed: number) {
  let state = seed
  return (most: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) % most
  }
}

t.test('over two processes no reader sees what is over, nor half of a change', async (t) => {
  const addresses = [await serve(), await serve()] as const
  const say = async (address: string, method: string, path: string, body?: unknown): Promise<Json> => {
    const answer = await fetch(`${address}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json()
  }
  const read = async (address: string, path: string): Promise<Json> => (await fetch(`${address}/v1${path}`)).json()

  const ids: string[] = []
  for (let index = 0; index < 3; index++)
    ids.push(
      (
        await say(addresses[0], 'POST', '/articles', {
          headline: '0',
          kicker: '0',
          status: 'published',
          sections: [{ heading: '0' }],
          authors: [{ name: `Author ${index}` }],
        })
      ).id,
    )
  /** What each process was last seen to show: it never goes back. */
  const seen = new Map<string, number>()
  const shown = async (process: number, id: string): Promise<number> => {
    const { headline, kicker, sections } = await read(addresses[process] as string, `/articles/${id}`)
    t.ok(headline === kicker && headline === sections[0].heading, `not mixed: ${headline} ${kicker} ${sections[0].heading}`)
    const key = `${process}/${id}`
    const value = Number(headline)
    t.ok(value >= (seen.get(key) ?? 0), 'never back')
    seen.set(key, value)
    return value
  }

  const next = choices(7)
  for (let turn = 1; turn <= 60; turn++) {
    const [writer, id] = [next(2), ids[next(ids.length)] as string]
    const other = 1 - writer
    await Promise.all([shown(0, id), shown(1, id), read(addresses[other] as string, '/articles?fields=kicker')])
    const text = String(turn)
    const [section] = (await say(addresses[writer] as string, 'GET', `/articles/${id}?copy=working`)).sections
    await say(addresses[writer] as string, 'PATCH', `/articles/${id}?publish=true`, {
      headline: text,
      kicker: text,
      sections: [{ id: section.id, heading: text }],
    })
    t.equal(await shown(writer, id), turn, 'its writer sees it at once')
    const { data } = await read(addresses[writer] as string, '/articles?fields=kicker')
    t.equal(data.find((row: Json) => row.id === id).kicker, text)
    await until('the other process shows it', async () => (await shown(other, id)) === turn)
    const row = async () => (await read(addresses[other] as string, '/articles?fields=kicker')).data.find((one: Json) => one.id === id)
    t.equal((await row()).kicker, text, 'and once the other process shows it, its lists do')
  }
})
