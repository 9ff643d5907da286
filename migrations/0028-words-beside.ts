import type { Kysely } from 'kysely'
import type { Engine, SearchCopy } from '../src/database/engine.ts'
import type { Tables } from '../src/database/tables.ts'

// So many articles are read at a time.
const step = 100

type Image = { alt?: string | null; title?: string | null; caption?: string | null } | null
type Related = { text: string | null; target: { type: string } | null }[]
type Copy = {
  slugline?: string | null
  dateline?: string | null
  leadImage?: Image
  sections: { body: { type: string; image?: Image; code?: string }[] }[]
  seo?: { title?: string | null; description?: string | null; image?: Image } | null
  editorNote?: string | null
  related?: Related
}
type Row = { number: number; body: string; copy: Copy }

/** What stands beside the text of a copy, a line each. */
function besideText({ slugline, dateline, leadImage, sections, seo, editorNote }: Copy): string {
  const inBodies = sections.flatMap(({ body }) => body.flatMap(({ type, image, code }) => (type === 'code' ? [code] : type === 'image' ? [image?.alt] : [])))
  const own = [
    slugline,
    dateline,
    leadImage?.alt,
    ...inBodies,
    seo?.title,
    seo?.description,
    seo?.image?.alt,
    seo?.image?.title,
    seo?.image?.caption,
    editorNote,
  ]
  return lines(own)
}

const lines = (texts: (string | null | undefined)[]) => texts.filter(Boolean).join('\n')

/** The text of a public copy without what related items say that show only while what they lead to is public. */
function withoutHidden(body: string, { related = [] }: Copy): string {
  const all = lines(related.map(({ text }) => text))
  const kept = lines(related.filter(({ target }) => target?.type !== 'article').map(({ text }) => text))
  const within = `\n${body}\n`
  const at = all === kept ? -1 : within.lastIndexOf(`\n${all}\n`)
  return at === -1 ? body : (within.slice(0, at + 1) + (kept && `${kept}\n`) + within.slice(at + all.length + 2)).slice(1, -1)
}

const isOf = (db: Kysely<Tables>, copy: SearchCopy) =>
  db.selectFrom('search_rows').innerJoin('articles', 'articles.id', 'search_rows.article_id').where('copy', '=', copy).orderBy('search_rows.number').limit(step)

/** Rows of what is public, behind a number. */
async function publicRows(db: Kysely<Tables>, after: number): Promise<Row[]> {
  const rows = await isOf(db, 'public')
    .innerJoin('editions', (join) => join.onRef('editions.article_id', '=', 'articles.id').onRef('editions.number', '=', 'articles.edition_number'))
    .where('search_rows.number', '>', after)
    .select(['search_rows.number', 'search_rows.body', 'editions.document', 'editions.sections'])
    .execute()
  return rows.map(({ number, body, document, sections }) => ({ number, body, copy: { ...JSON.parse(document), sections: JSON.parse(sections) } }))
}

/** The same of working copies. */
async function workingRows(db: Kysely<Tables>, after: number): Promise<Row[]> {
  const rows = await isOf(db, 'working')
    .where('search_rows.number', '>', after)
    .select(['search_rows.number', 'search_rows.body', 'articles.id', 'slugline', 'dateline', 'lead_image', 'seo', 'editor_note'])
    .execute()
  const sections = await db
    .selectFrom('sections')
    .select(['article_id', 'body'])
    .where('article_id', 'in', rows.length > 0 ? rows.map(({ id }) => id) : [''])
    .orderBy('place')
    .execute()
  const bodies = Map.groupBy(sections, ({ article_id }) => article_id)
  return rows.map(({ id, number, body, slugline, dateline, lead_image, seo, editor_note }) => ({
    number,
    body,
    copy: {
      slugline,
      dateline,
      leadImage: JSON.parse(lead_image ?? 'null'),
      sections: (bodies.get(id) ?? []).map((section) => ({ body: JSON.parse(section.body) })),
      seo: JSON.parse(seo ?? 'null'),
      editorNote: editor_note,
    },
  }))
}

const rowsOf = { public: publicRows, working: workingRows }

/** Changes the texts that copies are found by. @param added the copies that have rows by now that the index lacks @param change what it makes of a text */
async function changeBodies(
  db: Kysely<Tables>,
  engine: Engine,
  added: readonly SearchCopy[],
  change: (body: string, copy: Copy, of: SearchCopy) => string,
): Promise<void> {
  for (const copy of ['public', 'working'] as const) {
    let isChanged = added.includes(copy)
    for (let rows = await rowsOf[copy](db, Number.MIN_SAFE_INTEGER); rows.length > 0; rows = await rowsOf[copy](db, rows.at(-1)?.number as number))
      for (const { number, body, copy: own } of rows) {
        const changed = change(body, own, copy)
        if (changed === body) continue
        isChanged = true
        await db.updateTable('search_rows').set({ body: changed }).where('copy', '=', copy).where('number', '=', number).execute()
      }
    if (isChanged) await engine.rebuildSearch(db, copy)
  }
}

/** Gives working copies that say more than what is public of them, by which they were found, rows of their own. */
async function addOwn(db: Kysely<Tables>): Promise<SearchCopy[]> {
  let isAdded = false
  const query = db
    .selectFrom('search_rows')
    .innerJoin('articles', 'articles.id', 'search_rows.article_id')
    .where('copy', '=', 'public')
    .where(({ or, exists, selectFrom, eb }) =>
      or([
        eb('articles.editor_note', '!=', ''),
        exists(
          selectFrom('related')
            .select('related.text')
            .whereRef('related.article_id', '=', 'articles.id')
            .where('text', 'is not', null)
            .where('target_article_id', 'is not', null),
        ),
      ]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('search_rows as own').select('own.number').where('own.copy', '=', 'working').whereRef('own.article_id', '=', 'articles.id'))),
    )
    .selectAll('search_rows')
    .orderBy('search_rows.number')
    .limit(step)
  for (let rows = await query.execute(); rows.length > 0; rows = await query.execute())
    for (const row of rows) {
      let number = row.number
      const isTaken = () => db.selectFrom('search_rows').select('number').where('copy', '=', 'working').where('number', '=', number).executeTakeFirst()
      while (await isTaken()) number++
      await db
        .insertInto('search_rows')
        .values({ ...row, copy: 'working', number })
        .execute()
      isAdded = true
    }
  return isAdded ? ['working'] : []
}

/**
 * Finds articles by alternative texts, sluglines, datelines and what search engines are told, and working copies by their notes, too; and
 * in public by no related item that may not be shown.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const tables = db as Kysely<Tables>
  await changeBodies(tables, engine, await addOwn(tables), (body, copy, of) => lines([of === 'public' ? withoutHidden(body, copy) : body, besideText(copy)]))
}

/** Finds them by what a reader reads alone. What related items say is found once they are published again. */
export async function down(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await changeBodies(db as Kysely<Tables>, engine, [], (body, copy) => {
    const beside = besideText(copy)
    return body === beside ? '' : beside && body.endsWith(`\n${beside}`) ? body.slice(0, -beside.length - 1) : body
  })
}
