import { type Kysely, sql } from 'kysely'

/** Items of stories that lead to an address are among what links; where those that are there lead to is read at the next start. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`insert into settings (name, value) select 'text-links', 'due' where exists (select 1 from articles)
    and not exists (select 1 from settings where name = 'text-links')`.execute(db)
}

/** Only texts are. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`delete from text_links where anchor = ''`.execute(db)
}
