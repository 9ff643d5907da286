import { type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const topic = async (name: string, parentId: string | null = null) => (await server.post('/v1/topics', { name, parentId })).body.id as string
const day = (index: number) => new Date(Date.UTC(2020, 0, 1 + index)).toISOString()

/** Each of some, some at once. */
async function each<T>(list: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const rest = [...list]
  const worker = async () => {
    for (let one = rest.shift(); one !== undefined; one = rest.shift()) await work(one)
  }
  await Promise.all([worker(), worker(), worker(), worker()])
}

/** What the public finds under a topic: as many as it counts, in the order of their dates. */
async function under(id: string): Promise<{ ids: string[]; isInOrder: boolean }> {
  const { data, page } = (await server.anonymous.get(`/v1/articles?topic=${id}&limit=100&count=true`)).body
  const dates = data.map(({ publishedAt }: Json) => publishedAt)
  const { body } = await server.get(`/v1/topics/${id}?include=articleCount`)
  if (page.total !== data.length || (body.articleCount ?? 0) !== data.length) throw new Error(`${page.total} ${data.length} ${body.articleCount}`)
  return { ids: data.map(({ id: own }: Json) => own).sort(), isInOrder: String(dates) === String(dates.toSorted().reverse()) }
}

t.test('stories are published and taken down while their topic moves', async (t) => {
  const [one, other] = [await topic('One'), await topic('Other')]
  const moved = await topic('Moved', one)
  const ids: string[] = []
  for (let index = 0; index < 6; index++) ids.push((await createShort(server, `Under it ${index}`, { topics: [{ id: moved }] })).id)
  let isDone = false
  const moves = (async () => {
    for (let index = 0; !isDone; index++) {
      const { status, text } = await server.patch(`/v1/topics/${moved}`, { parentId: index % 2 === 0 ? other : one })
      if (status !== 200) throw new Error(text)
    }
  })()
  for (let round = 0; round < 6; round++) {
    for (const verb of ['unpublish', 'publish'])
      await each(ids, async (id) => {
        const { status, text } = await server.post(`/v1/articles/${id}/${verb}`)
        if (status !== 200) throw new Error(text)
      })
  }
  isDone = true
  await moves
  t.strictSame((await under(moved)).ids, ids.sort())
  const { parentId } = (await server.get(`/v1/topics/${moved}`)).body
  t.strictSame((await under(parentId)).ids, ids)
  t.strictSame((await under(parentId === one ? other : one)).ids, [])
})

t.test('stories are dated, renamed and taken down while what is above their topic is merged', async (t) => {
  const [into, child, elsewhere] = [await topic('Into'), await topic('Child'), await topic('Elsewhere')]
  const ids: string[] = []
  for (let index = 0; index < 24; index++) ids.push((await createShort(server, `Below ${index}`, { topics: [{ id: child }] })).id)
  const changes: Record<string, (id: string, index: number) => Promise<{ status: number }>> = {
    dated: (id, index) => server.patch(`/v1/articles/${id}?publish=true`, { publishedAt: day((index * 7) % 24) }),
    renamed: (id) => server.patch(`/v1/articles/${id}?publish=true`, { topics: [{ id: elsewhere }] }),
    'taken down': (id) => server.post(`/v1/articles/${id}/unpublish`),
    'published again': (id) => server.patch(`/v1/articles/${id}?publish=true`, { topics: [{ id: child }] }),
  }
  for (const [what, change] of Object.entries(changes)) {
    const above = await topic(`Above ${what}`)
    await server.patch(`/v1/topics/${child}`, { parentId: above })
    const merging = server.post(`/v1/topics/${above}/merge`, { into: { id: into } })
    await each([...ids.entries()], async ([index, id]) => {
      const answer = await change(id, index)
      if (answer.status !== 200) throw new Error(`${what}: ${answer.status}`)
    })
    t.match(await merging, { status: 200, body: { remaining: 0 } }, what)
    const found = await under(child)
    t.strictSame(found, { ids: what === 'dated' || what === 'published again' ? ids.toSorted() : [], isInOrder: true }, what)
    t.strictSame((await under(into)).ids, found.ids, what)
    t.strictSame((await under(elsewhere)).ids, what === 'renamed' ? ids.toSorted() : [], what)
  }
})

t.test('a merge makes no loop, whatever moves meanwhile', async (t) => {
  for (let round = 0; round < 12; round++) {
    const [from, into] = [await topic(`From ${round}`), await topic(`Onto ${round}`)]
    const under = await topic(`Right under ${round}`, from)
    const [merge, move] = await Promise.all([
      server.post(`/v1/topics/${from}/merge`, { into: { id: into } }),
      server.patch(`/v1/topics/${into}`, { parentId: round % 2 === 0 ? under : from }),
    ])
    t.ok([200, 400, 409].includes(merge.status) && [200, 400, 404, 409].includes(move.status), `${merge.status} ${move.status}`)
    const { path } = (await server.get(`/v1/topics/${into}?include=path`)).body
    t.notOk(path.some((above: Json) => above.id === into))
    t.ok(path.length < 3)
  }
})
