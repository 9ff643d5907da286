import type { Answer, Json, Server } from '../support/server.ts'
import type { Case, Part, Reader, State, Subject } from './table.ts'

/**
 * Whom a planted word is kept from: `working` is unpublished, `internal` never is published; `gone` is told by a 410, `notice` by a 451,
 * too; a `comment` that is no more public, and the `id` of what it is about, are told to moderators; what is for `moderation` to them alone.
 */
type Kind = 'working' | 'internal' | 'gone' | 'notice' | 'comment' | 'id' | 'moderation' | 'token' | 'admin'

type Planted = { kind: Kind; place: string }

export const badTokens = ['malformed', 'unknown', 'expired'] as const

type BadToken = (typeof badTokens)[number]

/** Everyone who asks: the readers, and those whose token is none that is valid. */
export type Asker = Reader | BadToken

export const isBad = (asker: Asker): asker is BadToken => (badTokens as readonly string[]).includes(asker)

/** What words and ids are found by, in whatever surrounds them. */
const pattern = /zq[a-z0-9]+?xz|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** Secrets of tokens, of comments' writers, and of preview links, whole. */
const secretPattern = /bsh[a-z]*_\w{20,}/

/** Times that nobody but editors may learn. */
const times = { plan: '2098-04-05T06:07:08.901Z', takedown: '2099-04-05T06:07:08.902Z', embargo: '2100-04-05T06:07:08.903Z' }

/** Words that are planted where some readers must not find them. */
export class Words {
  readonly #planted = new Map<string, Planted>()
  readonly #hidden: { text: string; planted: Planted }[] = []
  #count = 0

  /** A new word, or one that is given, that is kept from some; null: it may be known. */
  plant(kind: Kind | null, place: string, given?: string): string {
    const word = given ?? `zq${this.#count++}${place.replaceAll(/[^a-z]/g, '')}xz`
    if (kind !== null) this.#planted.set(word, { kind, place })
    return word
  }

  /** Texts without the form of a planted word. */
  hide(kind: Kind, place: string, text: string): void {
    this.#hidden.push({ text, planted: { kind, place } })
  }

  /** What became known of a subject, or may have. */
  forget(words: readonly string[]): void {
    for (const word of words) this.#planted.delete(word)
  }

  /** The places whose words an answer shows and must not. */
  leaksIn({ status, headers, text }: Answer, asker: Asker, { opensPreview }: Case, mayHoldSecret: boolean): string[] {
    const isPreview = opensPreview === true
    const all = `${[...headers].flat().join('\n')}\n${text}`
    // What a cache may keep is for everyone.
    const isPublic = headers.get('cache-control')?.startsWith('public') ?? false
    const asked = isPublic ? 'none' : asker
    const seesWorking = ['read', 'write', 'publish', 'admin'].includes(asked)
    const moderates = ['moderate', 'admin'].includes(asked)
    const shows: Record<Kind, boolean> = {
      working: seesWorking || isPreview,
      internal: seesWorking,
      gone: seesWorking || isPreview || status === 410,
      notice: seesWorking || status === 410 || status === 451,
      id: seesWorking || moderates || isPreview,
      comment: seesWorking || moderates,
      moderation: moderates,
      token: seesWorking || moderates,
      admin: asked === 'admin',
    }
    const found = [...new Set(all.match(pattern))].flatMap((word) => this.#planted.get(word) ?? [])
    const texts = this.#hidden.filter(({ text }) => all.includes(text)).map(({ planted }) => planted)
    const leaks = [...found, ...texts].filter(({ kind }) => !shows[kind]).map(({ place }) => place)
    return secretPattern.test(all) && !mayHoldSecret ? [...leaks, 'a secret'] : leaks
  }
}

/** A subject, the words that are planted in it, and what was made for it. */
export type Made = { subject: Subject; words: string[]; parts: ReadonlySet<Part> }

/** Of each kind of hidden article one, to which those that are public lead. */
const ledTo: State[] = ['draft', 'legal', 'trashed story']

const isPublicIn = (state: State) => state === 'published' || state === 'pending'
const wasPublicIn = (state: State) => isPublicIn(state) || ['unpublished', 'legal', 'trashed story', 'trashed legal'].includes(state)

async function done(answer: Promise<Answer>): Promise<Json> {
  const { status, text, body } = await answer
  if (status >= 300) throw new Error(`what a test needs was not made: ${status} ${text}`)
  return body
}

const paragraph = (text: string) => [{ type: 'paragraph', text }]

/** Makes articles in any state, with words planted in every place. */
export class World {
  readonly words = new Words()
  /** Articles that are hidden, to which those that are public lead. */
  readonly #hidden: string[] = []
  readonly #server: Server

  constructor(server: Server) {
    this.#server = server
    // A preview has the date that the story is going to have.
    for (const [name, time] of Object.entries(times)) this.words.hide(name === 'plan' ? 'working' : 'internal', `the time of the ${name}`, time)
  }

  /** Makes articles in all these states that stay as they are, with all their parts. */
  async fill(states: readonly State[]): Promise<void> {
    // Those that lead to others come last.
    for (const state of states.toSorted((a, b) => Number(isPublicIn(a)) - Number(isPublicIn(b)))) {
      const { subject } = await this.make(state, ['names', 'comments', 'link', 'list', 'above'])
      if (ledTo.includes(state)) this.#hidden.push(subject.id)
    }
  }

  async make(state: State, parts: readonly Part[]): Promise<Made> {
    const server = this.#server
    const planted: string[] = []
    const plant = (kind: Kind | null, place: string, given?: string) => {
      const word = this.words.plant(kind, `${place} (${state})`, given)
      planted.push(word)
      return word
    }
    const kind = isPublicIn(state) ? null : 'working'
    const isGone = state === 'unpublished' || state === 'trashed story'
    let topicAbove: string | undefined
    let topic: Json = { name: plant(kind, 'topic') }
    if (parts.includes('above')) {
      topicAbove = (await done(server.post('/v1/topics', { name: plant(kind, 'topic above') }))).id
      topic = { id: (await done(server.post('/v1/topics', { ...topic, parentId: topicAbove }))).id }
    }
    const targets = isPublicIn(state) ? this.#hidden.map((id) => ({ type: 'article', id })) : []
    const article = await done(
      server.post(
        '/v1/articles',
        {
          headline: plant(isGone ? 'gone' : kind, 'headline'),
          alternativeHeadline: plant(kind, 'alternative headline'),
          kicker: plant(kind, 'kicker'),
          standfirst: plant(kind, 'standfirst'),
          leadImage: { url: null, caption: plant(kind, 'caption'), credit: plant(kind, 'credit') },
          ...(parts.includes('names') ? { authors: [{ name: plant(kind, 'author'), role: plant(kind, 'role') }], topics: [topic] } : {}),
          sections: [{ heading: 'Background', body: paragraph(plant(kind, 'section')) }],
          highlightLists: [{ title: plant(kind, 'list'), items: [{ text: plant(kind, 'item') }, ...targets.map((target) => ({ text: 'Led', target }))] }],
          related: [
            { relation: 'related', text: plant(kind, 'related'), target: { type: 'url', url: 'https://news.example/1' } },
            ...targets.map((target) => ({ relation: 'background', target })),
          ],
          copyright: { notice: plant(kind, 'copyright') },
          seo: { description: plant(kind, 'seo') },
          corrections: [{ text: plant(kind, 'correction') }],
          custom: { [plant(kind, 'custom key')]: plant(kind, 'custom value') },
          editorNote: plant('internal', 'editorNote'),
          externalId: plant('internal', 'externalId'),
          aliases: [`/${plant(kind, 'alias')}`],
          ...(state === 'embargoed' ? { embargoUntil: times.embargo } : {}),
          ...(state === 'planned'
            ? { schedule: { publish: { at: times.plan }, unpublish: { at: times.takedown, notice: plant('internal', 'planned notice') } } }
            : {}),
          ...(wasPublicIn(state) ? { status: 'published' } : {}),
        },
        { headers: { 'x-change-note': plant('internal', 'note') } },
      ),
    )
    if (!isPublicIn(state)) plant('id', 'id', article.id)
    const subject: Subject = {
      id: article.id,
      at: article.publishedAt ?? article.createdAt,
      alias: article.aliases[0],
      section: article.sections[0].id,
      articleList: article.highlightLists[0].id,
      author: article.authors[0]?.id,
      topic: article.topics[0]?.id,
      ...(topicAbove ? { topicAbove } : {}),
    }
    if (parts.includes('comments') && wasPublicIn(state)) Object.assign(subject, await this.#comments(article.id, plant, kind))
    if (parts.includes('list')) {
      const items = [{ target: { type: 'article', id: article.id } }, ...targets.map((target) => ({ target }))]
      subject.list = (await done(server.post('/v1/highlight-lists', { title: 'Top stories', items }))).id
    }
    await this.#bring(article, state, plant)
    // The trash ends it; everything else that would has been by now.
    if (parts.includes('link')) subject.link = await done(server.post(`/v1/articles/${article.id}/preview-links`))
    if (parts.includes('spare')) subject.spare = await this.#spare(plant)
    if (state.startsWith('trashed')) await done(server.delete(`/v1/articles/${article.id}`))
    return { subject, words: planted, parts: new Set(parts) }
  }

  /** Brings an article that is made into a state, but for the trash. */
  async #bring(article: Json, state: State, plant: (kind: Kind | null, place: string) => string): Promise<void> {
    const path = `/v1/articles/${article.id}`
    if (state === 'pending') {
      const body = paragraph(plant('working', 'changed section'))
      await done(
        this.#server.patch(path, {
          headline: plant('working', 'changed headline'),
          slug: plant('working', 'changed slug'),
          standfirst: plant('working', 'changed standfirst'),
          sections: [{ id: article.sections[0].id, heading: plant('working', 'changed heading'), body }],
          // With those that it has; it has some where it is asked who is named.
          ...(article.authors.length > 0
            ? {
                authors: [{ id: article.authors[0].id }, { name: plant('working', 'another author') }],
                topics: [{ id: article.topics[0].id }, { name: plant('working', 'another topic') }],
              }
            : {}),
          schedule: { unpublish: { at: times.takedown, notice: plant('internal', 'planned notice') } },
        }),
      )
    }
    if (state === 'unpublished') await done(this.#server.post(`${path}/unpublish`, { notice: plant('notice', 'notice') }))
    if (state.endsWith('legal')) await done(this.#server.post(`${path}/unpublish`, { reason: 'legal', notice: plant('notice', 'legal notice') }))
  }

  async #comments(id: string, plant: (kind: Kind | null, place: string) => string, kind: Kind | null): Promise<Partial<Subject>> {
    const path = `/v1/articles/${id}/comments`
    const say = (place: string, own: Kind | null) =>
      done(
        this.#server.post(path, {
          author: { name: plant(own, `${place}’s name`), email: `${plant('moderation', `${place}’s email`)}@mail.example` },
          body: plant(own, place),
        }),
      )
    const comment = await say('comment', kind && 'comment')
    const pending = await say('pending comment', 'moderation')
    await done(this.#server.patch(`/v1/comments/${pending.id}`, { status: 'pending', reason: plant('moderation', 'reason') }))
    return { comment, pendingComment: pending.id }
  }

  async #spare(plant: (kind: Kind | null, place: string) => string): Promise<NonNullable<Subject['spare']>> {
    const author = await done(this.#server.post('/v1/authors', { name: plant('working', 'unnamed author') }))
    const topic = await done(this.#server.post('/v1/topics', { name: plant('working', 'unnamed topic') }))
    const token = await done(this.#server.post('/v1/tokens', { name: plant('admin', 'token'), scopes: ['content:read'] }))
    return { author: author.id, topic: topic.id, token: token.id }
  }
}
