import type { Kysely } from 'kysely'
import type { Engine, SearchCopy } from '../src/database/engine.ts'
import type { Tables } from '../src/database/tables.ts'

// So many articles are read at a time.
const step = 100

type Image = { alt?: string | null; title?: string | null; caption?: string | null } | null
type Copy = {
  slugline?: string | null
  dateline?: string | null
  leadImage?: Image
  sections: { body: { type: string; image?: Image }[] }[]
  seo?: { title?: string | null; description?: string | null; image?: Image } | null
  editorNote?: string | null
}
type Row = { number: number; body: string; copy: Copy }

/** What stands beside the text of a copy, a line each. */
function besideText({ slugline, dateline, leadImage, sections, seo, editorNote }: Copy): string {
  const alts = sections.flatMap(({ body }) => body.flatMap(({ type, image }) => (type === 'image' ? [image?.alt] : [])))
  const own = [slugline, dateline, leadImage?.alt, ...alts, seo?.title, seo?.description, seo?.image?.alt, seo?.image?.title, seo?.image?.caption, editorNote]
  return own.filter(Boolean).join('\n')
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

/** Changes the texts that copies are found by. @param change what it makes of a text, and of what stands beside it */
async function changeBodies(db: Kysely<Tables>, engine: Engine, change: (body: string, beside: string) => string): Promise<void> {
  for (const copy of ['public', 'working'] as const) {
    let isChanged = false
    for (let rows = await rowsOf[copy](db, Number.MIN_SAFE_INTEGER); rows.length > 0; rows = await rowsOf[copy](db, rows.at(-1)?.number as number))
      for (const { number, body, copy: own } of rows) {
        const changed = change(body, besideText(own))
        if (changed === body) continue
        isChanged = true
        await db.updateTable('search_rows').set({ body: changed }).where('copy', '=', copy).where('number', '=', number).execute()
      }
    if (isChanged) await engine.rebuildSearch(db, copy)
  }
}

/** Gives working copies with a note, which were found by what is public, rows of their own. */
async function addNoted(db: Kysely<Tables>): Promise<void> {
  const query = db
    .selectFrom('search_rows')
    .innerJoin('articles', 'articles.id', 'search_rows.article_id')
    .where('copy', '=', 'public')
    .where('articles.editor_note', '!=', '')
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
    }
}

/** Finds articles by alternative texts, sluglines, datelines and what search engines are told; working copies by their notes, too. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const tables = db as Kysely<Tables>
  await addNoted(tables)
  await changeBodies(tables, engine, (body, beside) => [body, beside].filter(Boolean).join('\n'))
}

/** Finds them by what a reader reads alone. */
export async function down(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await changeBodies(db as Kysely<Tables>, engine, (body, beside) =>
    body === beside ? '' : beside && body.endsWith(`\n${beside}`) ? body.slice(0, -beside.length - 1) : body,
  )
}
