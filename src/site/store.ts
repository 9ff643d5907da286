import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../config.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { keepRevision } from '../database/name-revisions.ts'
import { prepared } from '../database/prepared.ts'
import { type Fault, pointerKey } from '../http/problems.ts'
import { imageWithDefaults } from '../http/schemas.ts'
import { leadsElsewhere, presentMenus, renamedMenus, resolveMenus, type StoredMenu } from './navigation.ts'
import { networksOf, type ShareNetwork, usualNetworks } from './networks.ts'
import type { Site, SiteInput } from './schemas.ts'

/** As events, revisions and locks name it: there is one. */
export const siteId = 'site'
const lock = `${siteId}:${siteId}`

/** What a site says, as it is stored: of what its menus lead to, only the ids. */
type Words = Omit<Site, 'revision' | 'url' | 'navigation' | 'updatedAt'> & { navigation: StoredMenu[] }
export type StoredSite = { id: string; revision: number; updatedAt: string } & Words

/** What a site is by default. */
type Defaults = Pick<Config, 'PUBLIC_SITE_URL' | 'DEFAULT_LANGUAGE'>

/** The scheme and host of a site; null without a pattern, or where its host has placeholders. @param pattern `PUBLIC_SITE_URL` */
export function originIn(pattern: string | null): string | null {
  const origin = /^[^/]*\/\/[^/?#]*/.exec(pattern ?? '')?.[0]
  return origin === undefined || origin.includes('{') ? null : new URL(origin).origin
}

/** What a site says before anybody has said anything. */
function defaultWords({ PUBLIC_SITE_URL, DEFAULT_LANGUAGE }: Defaults): Words {
  const origin = originIn(PUBLIC_SITE_URL)
  return {
    name: origin === null ? 'Untitled' : new URL(origin).host,
    tagline: null,
    languages: [DEFAULT_LANGUAGE],
    logo: null,
    defaultImage: null,
    publisher: null,
    social: [],
    shareNetworks: [...usualNetworks],
    navigation: [],
    contact: null,
  }
}

async function stored(read: Read): Promise<StoredSite | undefined> {
  const row = await read.selectFrom('sites').selectAll().where('id', '=', siteId).executeTakeFirst()
  if (!row) return undefined
  const { revision, document, share_networks, updated_at } = row
  return { id: siteId, revision, ...JSON.parse(document), shareNetworks: networksOf(share_networks), updatedAt: updated_at }
}

/** What the newsroom says of itself, with its defaults as long as it has said nothing: revision 1, of when sites came into the database. */
export async function loadSite(read: Read, config: Defaults): Promise<StoredSite> {
  const site = await stored(read)
  if (site) return site
  const { applied_at } = await read.selectFrom('migrations').select('applied_at').where('name', '=', '0021-site.ts').executeTakeFirstOrThrow()
  return { id: siteId, revision: 1, ...defaultWords(config), updatedAt: applied_at }
}

/** Whoever publishes stories, as what is made of a story for other machines names them. */
export type Publication = Pick<Site, 'name' | 'tagline' | 'languages' | 'url' | 'logo' | 'defaultImage' | 'publisher' | 'social'>

/** The same, of what the newsroom says now. */
export async function publicationOf(read: Read, config: Defaults): Promise<Publication> {
  const { name, tagline, languages, logo, defaultImage, publisher, social } = await loadSite(read, config)
  return { name, tagline, languages, url: originIn(config.PUBLIC_SITE_URL), logo, defaultImage, publisher, social }
}

/** The same, for a change. */
export async function lockSite(tx: Write, config: Defaults): Promise<StoredSite> {
  tx.lock([lock])
  const site = await loadSite(tx.read, config)
  tx.notBefore(site.updatedAt)
  return site
}

const shareNetworks = prepared<Record<string, never>, { share_networks: string }>((db) => db.selectFrom('sites').select('share_networks'))

/** The networks in which stories are shared. */
export const loadShareNetworks = async (read: Read): Promise<readonly ShareNetwork[]> => networksOf((await shareNetworks(read, {}))[0]?.share_networks)

/** A site as the API shows it; `follows` where what it shows follows from what else there is. */
export type PresentedSite = { site: Site; isPartial: boolean; follows: boolean }

/** @param seesAll whether also what its menus lead to that isn’t public @param pattern `PUBLIC_SITE_URL` */
export async function presentSite(read: Read, site: StoredSite, seesAll: boolean, pattern: string | null): Promise<PresentedSite> {
  const { revision, name, tagline, languages, logo, defaultImage, publisher, social, shareNetworks, contact, updatedAt } = site
  const { menus: navigation, isPartial } = await presentMenus(read, site.navigation, seesAll)
  const url = originIn(pattern)
  const shown = { revision, name, tagline, languages, url, logo, defaultImage, publisher, social, shareNetworks, navigation, contact, updatedAt }
  return { site: shown, isPartial, follows: leadsElsewhere(site.navigation) }
}

const canonical = (language: string) => Intl.getCanonicalLocales(language)[0] as string

function languagesOf(given: readonly string[], faults: Fault[]): string[] {
  const languages = given.map(canonical)
  for (const [index, language] of languages.entries())
    if (languages.indexOf(language) < index) faults.push({ pointer: `/languages/${index}`, code: 'duplicate', message: 'is there already' })
  return languages
}

function labelsOf(given: Record<string, string>, pointer: string, faults: Fault[]): Record<string, string> {
  const labels = new Map<string, string>()
  for (const [language, label] of Object.entries(given)) {
    const place = `${pointer}/${pointerKey(language)}`
    try {
      const own = canonical(language)
      if (labels.has(own)) faults.push({ pointer: place, code: 'duplicate', message: `is ${own}, which is there already` })
      labels.set(own, label)
    } catch {
      faults.push({ pointer: place, code: 'format', message: 'must be a BCP 47 language tag, such as en or pt-BR' })
    }
  }
  return Object.fromEntries(labels)
}

function networksIn(given: NonNullable<SiteInput['shareNetworks']>, faults: Fault[]): ShareNetwork[] {
  return given.map(({ network, labels = {} }, index) => {
    const pointer = `/shareNetworks/${index}`
    if (given.findIndex((one) => one.network === network) < index)
      faults.push({ pointer: `${pointer}/network`, code: 'duplicate', message: 'is there already' })
    return { network, labels: labelsOf(labels, `${pointer}/labels`, faults) }
  })
}

function publisherOf(given: SiteInput['publisher']): Words['publisher'] {
  if (!given) return null
  const { name, legalName = null, url = null, logo, email = null, foundingDate = null, sameAs = [] } = given
  const { publishingPrinciples = null, correctionsPolicy = null, ethicsPolicy = null } = given
  return { name, legalName, url, logo: imageWithDefaults(logo), email, foundingDate, sameAs, publishingPrinciples, correctionsPolicy, ethicsPolicy }
}

function contactOf(given: SiteInput['contact']): Words['contact'] {
  if (!given) return null
  const { email = null, phone = null, address = null, url = null } = given
  return { email, phone, address, url }
}

/** What a site is to say, with the faults of what names nothing or is there twice. */
export async function resolveSite(read: Read, input: SiteInput, config: Defaults): Promise<{ words: Words; faults: Fault[] }> {
  const faults: Fault[] = []
  const usual = defaultWords(config)
  const words = {
    name: input.name,
    tagline: input.tagline ?? null,
    languages: input.languages ? languagesOf(input.languages, faults) : usual.languages,
    logo: imageWithDefaults(input.logo),
    defaultImage: imageWithDefaults(input.defaultImage),
    publisher: publisherOf(input.publisher),
    social: (input.social ?? []).map(({ network, url, handle = null }) => ({ network, url, handle })),
    shareNetworks: input.shareNetworks ? networksIn(input.shareNetworks, faults) : usual.shareNetworks,
    navigation: await resolveMenus(read, input.navigation ?? [], '/navigation', faults),
    contact: contactOf(input.contact),
  }
  return { words, faults }
}

/** Makes a site say something; where it says that already, nothing is written. @returns it as it is now */
export async function replaceSite(tx: Write, site: StoredSite, words: Words): Promise<StoredSite> {
  const { id, revision, updatedAt, ...before } = site
  // Languages have an order: the first label is for all that have none.
  const inOrder = (one: Words) => one.shareNetworks.map(({ labels }) => Object.keys(labels))
  if (isDeepStrictEqual(before, words) && isDeepStrictEqual(inOrder(before), inOrder(words))) return site
  const after: StoredSite = { id, revision: revision + 1, ...words, updatedAt: tx.now }
  const { shareNetworks, ...document } = words
  const row = { revision: after.revision, document: JSON.stringify(document), share_networks: JSON.stringify(shareNetworks), updated_at: tx.now }
  tx.run(
    tx
      .insertInto('sites')
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row)),
  )
  tx.append({ type: 'site.updated', subject: { type: 'site', id }, revision: [revision, after.revision] })
  await keepRevision(tx, 'site', site, updatedAt, after)
  return after
}

async function change(tx: Write, words: (site: StoredSite) => Words): Promise<void> {
  tx.lock([lock])
  const site = await stored(tx.read)
  // What nobody has written is what it always was.
  if (!site) return
  tx.notBefore(site.updatedAt)
  await replaceSite(tx, site, words(site))
}

const wordsOf = ({ id: _, revision: __, updatedAt: ___, ...words }: StoredSite): Words => words

/** Makes a site say again what a revision kept of it, in a new revision. */
export const restoreSite = (tx: Write, document: StoredSite): Promise<void> => change(tx, () => wordsOf(document))

/** Lets menus lead to what something was merged into. */
export const renameInMenus = (tx: Write, type: 'topic' | 'author', from: string, into: string): Promise<void> =>
  change(tx, (site) => ({ ...wordsOf(site), navigation: renamedMenus(site.navigation, type, from, into) }))
