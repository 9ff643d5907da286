import type { Read } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { groupBy, inPieces } from '../../database/values.ts'
import { conflict, type Fault, Problem } from '../../http/problems.ts'
import { articleUrl } from './addresses.ts'
import { documentAt } from './revisions.ts'
import type { Article } from './schemas.ts'

/** So many stories may be translations of each other, those in the trash included. */
const mostMembers = 100

/** What a working copy says of its translations. */
export type Translated = Required<Pick<Article, 'translations' | 'translationOf'>>

/** That of a story without any. */
export const untranslated: Translated = { translations: [], translationOf: null }

type Grouped = Pick<ArticleTable, 'id' | 'translation_group'>

/** The story that the others of its group are translations of: that whose id the group has, else the oldest. */
function originalOf<M extends Grouped>(members: readonly M[]): M | undefined {
  return members.find(({ id, translation_group }) => id === translation_group) ?? members.toSorted((one, other) => (one.id < other.id ? -1 : 1))[0]
}

const byLanguage = (one: { language: string; id: string }, other: { language: string; id: string }) =>
  one.language === other.language ? (one.id < other.id ? -1 : 1) : one.language < other.language ? -1 : 1

/** Translations in the order of an answer. */
export const inOrderOfLanguage = (translations: Article['translations']): Article['translations'] => translations.toSorted(byLanguage)

const membersIn = (read: Read, groups: readonly string[]) =>
  inPieces(groups, (piece) =>
    read
      .selectFrom('articles')
      .leftJoin('article_topics', (join) => join.onRef('article_topics.article_id', '=', 'articles.id').on('article_topics.position', '=', 0))
      .leftJoin('topics', 'topics.id', 'topic_id')
      .select(['articles.id', 'translation_group', 'language', 'articles.slug', 'headline', 'canonical_url', 'published_at', 'topics.slug as topic'])
      .where('translation_group', 'in', piece)
      .where('status', '<>', 'trashed')
      .execute(),
  )

/**
 * What working copies say of their translations, by their ids; those without a group are left out.
 * @param site the pattern of `PUBLIC_SITE_URL`
 */
export async function translatedArticles(read: Read, rows: readonly Grouped[], site: string | null): Promise<Map<string, Translated>> {
  const groups = [...new Set(rows.flatMap(({ translation_group }) => translation_group ?? []))]
  const members = groupBy(await membersIn(read, groups), ({ translation_group }) => translation_group)
  return new Map(
    rows.flatMap((row): [string, Translated][] => {
      if (row.translation_group === null) return []
      const others = (members.get(row.translation_group) ?? []).filter(({ id }) => id !== row.id)
      const original = originalOf<Grouped>([...others, row])?.id ?? row.id
      const translations = others.map(({ language, id, slug, headline, canonical_url, published_at, topic }) => {
        const addressed = { id, slug, canonicalUrl: canonical_url, publishedAt: published_at, topics: topic === null ? [] : [{ slug: topic }] }
        return { language, id, slug, headline, url: articleUrl(site, addressed) }
      })
      return [[row.id, { translations: inOrderOfLanguage(translations), translationOf: original === row.id ? null : original }]]
    }),
  )
}

/** The same of one. */
export async function translatedArticle(read: Read, row: Grouped, site: string | null): Promise<Translated> {
  return row.translation_group === null ? untranslated : ((await translatedArticles(read, [row], site)).get(row.id) ?? untranslated)
}

type Member = Pick<ArticleTable, 'id' | 'translation_group' | 'language' | 'status'> & {
  public_language: string | null
  /** That of an earlier revision that is planned to be published. */
  planned_language: string | null
}

/** The language of a revision that is planned; null where none is, or that of the working copy will be. */
const plannedLanguage = async (read: Read, { id, revision }: Pick<ArticleTable, 'id' | 'revision'>, planned: number | null): Promise<string | null> =>
  planned === null || planned === revision ? null : (await documentAt(read, id, planned)).language

const membersBy = (read: Read, column: 'id' | 'translation_group', values: readonly string[]): Promise<Member[]> =>
  inPieces(values, async (piece) => {
    const rows = await read
      .selectFrom('articles')
      .leftJoin('public_articles', 'article_id', 'id')
      .select(['id', 'translation_group', 'articles.language', 'status', 'public_articles.language as public_language', 'revision', 'publish_revision'])
      .where(column, 'in', piece)
      .orderBy('id')
      .execute()
    const members: Member[] = []
    for (const { revision, publish_revision, ...row } of rows)
      members.push({ ...row, planned_language: await plannedLanguage(read, { id: row.id, revision }, publish_revision) })
    return members
  })

/** Stories that are to have other languages by the end of a transaction, so that those they have now are free. */
const yielding = new WeakMap<Read, ReadonlySet<string>>()

/** Lets other stories have the languages of some, which are to have others by the end of the transaction; none any more where the list is empty. */
export const yieldLanguages = (tx: Write, ids: Iterable<string>): void => void yielding.set(tx.read, new Set(ids))

/** The story that is to be public in the language of its words by the end of a transaction, or not at all: that of its edition doesn’t count. */
const settling = new WeakMap<Read, string>()

/** Lets a story join others whatever its edition says, which is to go, too; none any more where it is null. */
export function settleEdition(tx: Write, id: string | null): void {
  if (id === null) settling.delete(tx.read)
  else settling.set(tx.read, id)
}

const claimants = <M extends { id: string }>(read: Read, members: readonly M[]): M[] => members.filter(({ id }) => !yielding.get(read)?.has(id))

const isThere = ({ status }: Pick<Member, 'status'>) => status !== 'trashed'

/** The languages of a story: in the working copy, in public and in what is planned. */
const languagesOf = ({ language, public_language, planned_language }: Member) => new Set([language, public_language ?? language, planned_language ?? language])

/** Who has a language among stories. */
const holderOf = (members: readonly Member[], language: string) => members.filter(isThere).find((member) => languagesOf(member).has(language))

function languageTaken({ id }: Pick<Member, 'id'>, language: string, pointer: string): Problem {
  const message =
    pointer === '/language'
      ? 'is that of a translation'
      : pointer === '/translationOf'
        ? `leads to stories of which one is in ${language} already`
        : `is in ${language}, which is that of a translation`
  return new Problem('translation-taken', `Among the translations ${language} is another’s.`, {
    errors: [{ pointer, code: 'conflict', message }],
    holder: { type: 'article', id },
  })
}

/** @throws Problem 409, where two of the stories that are to be translations of each other have a language */
function requireEachOnce(members: readonly Member[]): void {
  const seen = new Map<string, Member>()
  for (const member of members.filter(isThere))
    for (const language of languagesOf(member)) {
      const other = seen.get(language)
      if (other) throw languageTaken(member, language, '/translationOf')
      seen.set(language, member)
    }
}

/** A story with the language that it is to have. */
type Joining = Pick<ArticleTable, 'id' | 'language'>

/** The group that a story has then, and the public stories whose translations are others now. */
export type Joined = { group: string | null; touched: string[] }

const touchedIn = (members: readonly Member[]) => members.flatMap(({ id, public_language }) => (public_language === null ? [] : [id]))

/**
 * Makes a story a translation of another, or of none. The original of others brings them along. The story's own row is left to who
 * calls this.
 * @param wanted the other's id
 * @throws Problem 409 where the other is in the trash; with its holder where a language is there already
 */
export async function joinTranslations(tx: Write, { id, language }: Joining, wanted: string | null): Promise<Joined> {
  tx.lock(['translations'])
  const named = await membersBy(tx.read, 'id', [id, wanted ?? id])
  const own = named.find((one) => one.id === id)
  const target = named.find((one) => one.id === wanted)
  const [from, to] = [own?.translation_group ?? null, target?.translation_group ?? null]
  const members = await membersBy(tx.read, 'translation_group', [...new Set([from, to].filter((group) => group !== null))])
  const othersIn = (group: string | null) => members.filter((member) => group !== null && member.translation_group === group && member.id !== id)
  const before = othersIn(from)
  if (!target) return { group: null, touched: touchedIn(before) }
  const fault = (message: string): Fault => ({ pointer: '/translationOf', code: 'conflict', message })
  if (!isThere(target)) throw conflict(fault('is in the trash: restore it first'))
  const isOriginal = own !== undefined && from !== null && originalOf([...before.filter(isThere), own])?.id === id
  const isWithin = from !== null && from === to
  if (isWithin && !isOriginal) return { group: from, touched: [] }
  const joined = to === null ? [target] : othersIn(to)
  const others = isOriginal && !isWithin ? [...before, ...joined] : joined
  const joining = own ?? { id, translation_group: null, public_language: null, planned_language: null, status: 'draft' as const }
  const public_language = settling.get(tx.read) === id ? null : joining.public_language
  requireEachOnce([{ ...joining, public_language, language }, ...claimants(tx.read, others)])
  if (others.length >= mostMembers) throw conflict(fault(`leads to more than ${mostMembers} translations`))
  const group = isWithin ? target.id : (originalOf(joined.filter(isThere)) ?? target).id
  const ids = others.map((other) => other.id)
  tx.run(tx.updateTable('articles').set({ translation_group: group }).where('id', 'in', ids))
  return { group, touched: touchedIn([...before, ...joined]) }
}

/** @throws Problem 409 with its holder, where the language that a story is to have is another's of its group @param pointer what gives it that */
export async function requireFreeLanguage(tx: Write, { id, language }: Joining, group: string | null, pointer = '/language'): Promise<void> {
  if (group === null) return
  tx.lock(['translations'])
  const holder = holderOf(
    claimants(tx.read, await membersBy(tx.read, 'translation_group', [group])).filter((member) => member.id !== id),
    language,
  )
  if (holder) throw languageTaken(holder, language, pointer)
}

/** The same of a revision that is to be planned. @param group that of the story by then */
export async function requireFreePlan(tx: Write, row: ArticleTable, planned: number | null, group: string | null, pointer: string): Promise<void> {
  const language = planned === row.publish_revision ? null : await plannedLanguage(tx.read, row, planned)
  if (language !== null && language !== row.language) await requireFreeLanguage(tx, { id: row.id, language }, group, pointer)
}

/** The group that a story has which comes back from the trash: none, where another took its language meanwhile. */
export async function groupRestored(tx: Write, { id, language, translation_group: group }: ArticleTable): Promise<string | null> {
  if (group === null) return null
  tx.lock(['translations'])
  const others = (await membersBy(tx.read, 'translation_group', [group])).filter((member) => member.id !== id)
  if (!holderOf(claimants(tx.read, others), language)) return group
  // Its id stands for those who are translations of it.
  const original = originalOf(others.filter(isThere))
  if (group === id && original)
    tx.run(
      tx
        .updateTable('articles')
        .set({ translation_group: original.id })
        .where(
          'id',
          'in',
          others.map((other) => other.id),
        ),
    )
  return null
}
