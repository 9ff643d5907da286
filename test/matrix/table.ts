import type { Json } from '../support/server.ts'

/** The states of an article: the columns of the table. A trashed one is a draft, a story that was public, or one that the law took down. */
export const states = [
  'draft',
  'planned',
  'embargoed',
  'published',
  'pending',
  'unpublished',
  'legal',
  'trashed draft',
  'trashed story',
  'trashed legal',
] as const

export type State = (typeof states)[number]

/** Who asks with a token that is valid, or with none: the rows of the table. Each has one scope alone. */
export const readers = ['none', 'read', 'write', 'publish', 'moderate', 'comment', 'admin'] as const

export type Reader = (typeof readers)[number]

/** What is made besides the article’s own words, where a request is about that. */
export type Part = 'names' | 'comments' | 'link' | 'list' | 'above' | 'spare'

/** What a request is about: an article in a state with all that hangs from it. */
export type Subject = {
  id: string
  /** A time at which it was as public as it ever was. */
  at: string
  alias: string
  section: string
  articleList: string
  /** An author and a topic that it alone names. */
  author?: string
  topic?: string
  /** The topic that its own is under. */
  topicAbove?: string
  /** A freestanding list that leads to it. */
  list?: string
  link?: { id: string; token: string }
  /** An approved comment on it with the token of its writer, and one that waits for a moderator. */
  comment?: { id: string; editToken: string }
  pendingComment?: string
  /** An author, a topic and a token that nothing names. */
  spare?: { author: string; topic: string; token: string }
}

/** One status in every state, or one for each state in their order; `-` where there is nothing to ask for. */
type Row = string

export type Case = {
  /** What the contract says, as the name of a test. */
  says: string
  answers: Record<Reader, Row>
  /** What a token that is malformed, unknown or expired gets: 401 everywhere but where tokens are ignored. */
  badToken?: number
  query?: (subject: Subject) => Record<string, string>
  body?: (subject: Subject) => Json
  headers?: (subject: Subject) => Record<string, string>
  uses?: Part[]
  /** What a parameter of the path names, where it isn't the subject's own. */
  names?: Record<string, (subject: Subject) => string | undefined>
  /** It isn't about an article: asked once, beside articles in every state. */
  isOnce?: true
  /** Whoever has the address sees what is unpublished, though nothing that is meant for editors alone. */
  opensPreview?: true
}

const ladder: Reader[] = ['read', 'write', 'publish']

/** The same for everyone. */
const everyone = (row: Row): Record<Reader, Row> => ({ none: row, read: row, write: row, publish: row, moderate: row, comment: row, admin: row })

/** For those who have a scope; 401 without a token, 403 with another. */
function needs(scope: Reader, row: Row): Record<Reader, Row> {
  const enough: Reader[] = ladder.includes(scope) ? [...ladder.slice(ladder.indexOf(scope)), 'admin'] : [scope, 'admin']
  const own = Object.fromEntries(enough.map((reader) => [reader, row]))
  return { ...everyone('403'), none: '401', ...own }
}

/** What the public gets, and what those get who may read working copies. */
const open = (seen: Row, row: Row): Record<Reader, Row> => ({ ...everyone(seen), read: row, write: row, publish: row, admin: row })

/** What may be written in every state but in the trash. */
const untilTrashed = (status: number): Row => `${`${status} `.repeat(7)}409 409 409`

const seen = '404 404 404 200 200 410 451 404 410 451'
const shown = '404 404 404 200 200 404 404 404 404 404'
const publishing = '200 200 409 200 200 200 200 409 409 409'
const correcting = '409 409 409 200 200 409 409 409 409 409'
const renaming = '200 403 200 403 403 200 200 200 200 200'
const standing = '204 204 204 204 204 204 204 404 404 404'

/** What only those who moderate may do to a comment: whoever sees it is told so, to others it isn't there. */
const moderating = (status: number): Record<Reader, Row> => ({
  ...everyone('- - - 403 403 404 404 - 404 404'),
  none: '- - - 401 401 404 404 - 404 404',
  moderate: `- - - ${`${status} `.repeat(4)}- ${status} ${status}`,
  admin: `- - - ${`${status} `.repeat(4)}- ${status} ${status}`,
})
/** What only moderators see of a comment. */
const forModerators: Record<Reader, Row> = {
  ...everyone('- - - 403 403 403 403 - 403 403'),
  none: '- - - 401 401 401 401 - 401 401',
  moderate: '- - - 200 200 200 200 - 200 200',
  admin: '- - - 200 200 200 200 - 200 200',
}
const ofWriter = (status: number) => everyone(`- - - ${status} ${status} 410 451 - 410 451`)
const ofNobody = { ...everyone('- - - 403 403 404 404 - 404 404'), moderate: '- - - 403 403 403 403 - 403 403', admin: '- - - 403 403 403 403 - 403 403' }

const paragraph = (text: string) => [{ type: 'paragraph', text }]
const list = () => ({ title: 'Another list', items: [{ text: 'Another item' }] })
const copyWorking = () => ({ copy: 'working' })
const publishFalse = () => ({ publish: 'false' })
const publishTrue = () => ({ publish: 'true' })
const applyBoth = () => ({ apply: 'both' })
const editToken = ({ comment }: Subject) => ({ 'comment-edit-token': comment?.editToken ?? '' })
const wrongEditToken = () => ({ 'comment-edit-token': 'bshe_wrong' })
const pending = { comment: ({ pendingComment }: Subject) => pendingComment }
const above = { topic: ({ topicAbove }: Subject) => topicAbove }
const spare = {
  author: ({ spare }: Subject) => spare?.author,
  topic: ({ spare }: Subject) => spare?.topic,
  tokenId: ({ spare }: Subject) => spare?.token,
}

/**
 * Who gets which status, as the contract has it: the name of an operation, and of a way to ask it where there are several, with its
 * answers. The columns are draft, planned, embargoed, published, with pending changes, unpublished, taken down for legal reasons; and
 * trashed: a draft, a story, one taken down for legal reasons.
 */
export const table: Record<string, Case> = {
  listArticles: { says: 'anyone lists what is public', isOnce: true, answers: everyone('200'), query: () => ({ limit: '100', count: 'true' }) },
  'listArticles copy=working': { says: 'working copies are listed to content:read', isOnce: true, answers: needs('read', '200'), query: copyWorking },
  'listArticles q': { says: 'a search finds for the public what is public', isOnce: true, answers: everyone('200'), query: () => ({ q: 'zq*', limit: '100' }) },
  'listArticles include': {
    says: 'rows with all their parts show what is public',
    isOnce: true,
    answers: everyone('200'),
    query: () => ({ limit: '100', include: 'sections,highlightLists,related,custom,corrections,share,copyright,commentCount' }),
  },
  createArticle: { says: 'an article is made with content:write', isOnce: true, answers: needs('write', '201'), body: () => ({ headline: 'Made' }) },
  'createArticle status=published': {
    says: 'an article is made public with content:publish',
    isOnce: true,
    answers: needs('publish', '201'),
    body: () => ({ headline: 'Made', status: 'published' }),
  },
  getArticle: { says: 'the public gets what is public, 410 or 451 where it was, else 404; editors get what there is', answers: open(seen, '200') },
  'getArticle copy=working': { says: 'the working copy is for content:read', answers: needs('read', '200'), query: copyWorking },
  'getArticle at': { says: 'an edition of the past is answered to all as to the public', answers: everyone(seen), query: ({ at }) => ({ at }) },
  replaceArticle: {
    says: 'a working copy is replaced with content:write, but not in the trash',
    answers: needs('write', untilTrashed(200)),
    body: () => ({ headline: 'Replaced' }),
  },
  'replaceArticle publish=true': {
    says: 'replacing and publishing needs content:publish',
    answers: needs('publish', publishing),
    query: publishTrue,
    body: () => ({ headline: 'Replaced' }),
  },
  patchArticle: {
    says: 'a working copy is patched with content:write, but not in the trash',
    answers: needs('write', untilTrashed(200)),
    body: () => ({ kicker: 'Patched' }),
  },
  'patchArticle publish=true': {
    says: 'patching and publishing needs content:publish',
    answers: needs('publish', publishing),
    query: publishTrue,
    body: () => ({ kicker: 'Patched' }),
  },
  'patchArticle status=published': {
    says: 'a patch that publishes needs content:publish',
    answers: { ...needs('publish', publishing), write: untilTrashed(403) },
    body: () => ({ status: 'published' }),
  },
  'patchArticle status=draft': {
    says: 'a patch to draft takes down or cancels with content:publish; what is unpublished stays so',
    answers: { ...needs('publish', '200 200 200 200 200 409 409 409 409 409'), write: '200 403 200 403 403 403 403 409 409 409' },
    body: () => ({ status: 'draft' }),
  },
  'patchArticle apply=both': {
    says: 'a correction of edition and working copy needs content:publish, and an edition',
    answers: needs('publish', correcting),
    query: applyBoth,
    body: () => ({ kicker: 'Corrected' }),
  },
  'patchArticle commentPolicy': {
    says: 'a public article’s comment policy is for content:publish and comments:moderate, who has what isn’t public as the public has it',
    answers: { ...needs('publish', untilTrashed(200)), write: '200 200 200 403 403 200 200 409 409 409', moderate: seen },
    body: () => ({ commentPolicy: 'closed' }),
  },
  deleteArticle: {
    says: 'an article is trashed with content:write; a public or planned one with content:publish',
    answers: { ...needs('publish', '204'), write: '204 403 204 403 403 204 204 204 204 204' },
  },
  'deleteArticle permanent=true': {
    says: 'an article is removed for ever with admin',
    answers: needs('admin', '204'),
    query: () => ({ permanent: 'true' }),
  },
  publishArticle: {
    says: 'publishing needs content:publish; under embargo or in the trash it is a 409',
    answers: needs('publish', publishing),
    body: () => ({}),
  },
  'publishArticle at': {
    says: 'planning needs content:publish; before the embargo or in the trash it is a 409',
    answers: needs('publish', publishing),
    body: () => ({ at: '2097-01-01T00:00:00Z' }),
  },
  unpublishArticle: {
    says: 'taking down needs content:publish; what never was public, or is in the trash, is a 409',
    answers: needs('publish', '409 409 409 200 200 200 200 409 409 409'),
    body: () => ({ notice: 'Another notice.' }),
  },
  deleteSchedule: { says: 'a plan is cancelled with content:publish, but not in the trash', answers: needs('publish', untilTrashed(204)) },
  restoreArticle: { says: 'an article comes back from the trash with content:write', answers: needs('write', '200') },
  listRevisions: { says: 'revisions are listed to content:read', answers: needs('read', '200') },
  getRevision: { says: 'a revision is answered to content:read', answers: needs('read', '200') },
  diffRevisions: { says: 'revisions are compared for content:read', answers: needs('read', '200'), query: () => ({ against: '1' }) },
  restoreRevision: { says: 'a revision is brought back with content:write, but not in the trash', answers: needs('write', untilTrashed(200)) },
  listPreviewLinks: { says: 'preview links are listed to content:read', answers: needs('read', '200'), uses: ['link'] },
  createPreviewLink: { says: 'a preview link is made with content:read, but not in the trash', answers: needs('read', untilTrashed(201)) },
  deletePreviewLink: { says: 'a preview link is revoked with content:read, where the trash hasn’t ended it', answers: needs('read', standing), uses: ['link'] },
  getPreview: {
    says: 'a preview link opens for anyone until it ends',
    answers: everyone('200 200 200 200 200 200 200 404 404 404'),
    uses: ['link'],
    names: { token: ({ link }) => link?.token },
    opensPreview: true,
  },

  ...Object.fromEntries(
    ['Html', 'Markdown', 'Text', 'JsonLd', 'Ninjs', 'Ans'].flatMap((name) => [
      [`getArticleAs${name}`, { says: `anyone gets what is public as ${name}`, answers: everyone(seen) }],
      [
        `getPreviewAs${name}`,
        {
          says: `a preview link shows a story as ${name} until it ends`,
          answers: everyone('200 200 200 200 200 200 200 404 404 404'),
          uses: ['link'],
          names: { token: ({ link }) => link?.token },
          opensPreview: true,
        } satisfies Case,
      ],
    ]),
  ),
  ...Object.fromEntries(
    ['Rss', 'Atom', 'Json'].flatMap((name): [string, Case][] => [
      [`get${name}Feed`, { says: `anyone gets what is public as a feed (${name})`, isOnce: true, answers: everyone('200'), query: () => ({ limit: '100' }) }],
      [`get${name}CommentFeed`, { says: `anyone gets the comments on what is public as a feed (${name})`, uses: ['comments'], answers: everyone(seen) }],
    ]),
  ),
  getOembed: {
    says: 'anyone learns how to show a link to what is public',
    answers: everyone(seen),
    query: ({ alias }) => ({ url: `https://news.example${alias}` }),
  },

  listRedirects: { says: 'anyone lists the old addresses of what is public', isOnce: true, answers: everyone('200'), query: () => ({ limit: '100' }) },
  'listRedirects path': {
    says: 'an old address leads everyone to what is public',
    answers: everyone(seen),
    query: ({ alias }) => ({ path: alias }),
  },
  'listRedirects follow=true': {
    says: 'everyone is sent from an old address to what is public',
    answers: everyone(seen.replaceAll('200', '308')),
    query: ({ alias }) => ({ path: alias, follow: 'true' }),
  },

  listArticleLinks: { says: 'who links to an article is read as that is', answers: open(seen, '200') },
  'listArticleLinks copy=working': { says: 'which working copies link to an article is for content:read', answers: needs('read', '200'), query: copyWorking },

  getArticleNeighbours: { says: 'the stories before and after are those of what is public, for everyone', answers: everyone(seen) },
  listSimilarArticles: { says: 'similar stories are those of what is public, for everyone', answers: everyone(seen) },

  listSections: { says: 'sections are read as their article is', answers: open(seen, '200') },
  'listSections copy=working': { says: 'sections of the working copy are for content:read', answers: needs('read', '200'), query: copyWorking },
  createSection: {
    says: 'a section is added with content:write, but not in the trash',
    answers: needs('write', untilTrashed(201)),
    body: () => ({ heading: 'Added', body: paragraph('Added.') }),
  },
  replaceSections: {
    says: 'sections are replaced with content:write, but not in the trash',
    answers: needs('write', untilTrashed(200)),
    body: () => ({ data: [{ heading: 'Instead' }] }),
  },
  getSection: { says: 'a section is read as its article is', answers: open(seen, '200') },
  'getSection copy=working': { says: 'a section of the working copy is for content:read', answers: needs('read', '200'), query: copyWorking },
  replaceSection: {
    says: 'a section is replaced with content:write, but not in the trash',
    answers: needs('write', untilTrashed(200)),
    body: () => ({ heading: 'Replaced' }),
  },
  patchSection: {
    says: 'a section is patched with content:write, but not in the trash',
    answers: needs('write', untilTrashed(200)),
    body: () => ({ heading: 'Patched' }),
  },
  'patchSection apply=both': {
    says: 'a correction of a section needs content:publish, and an edition',
    answers: needs('publish', correcting),
    query: applyBoth,
    body: () => ({ heading: 'Corrected' }),
  },
  deleteSection: { says: 'a section is deleted with content:write, but not in the trash', answers: needs('write', untilTrashed(204)) },

  listArticleHighlightLists: { says: 'an article’s lists are read as their article is', answers: open(seen, '200') },
  'listArticleHighlightLists copy=working': { says: 'lists of the working copy are for content:read', answers: needs('read', '200'), query: copyWorking },
  createArticleHighlightList: { says: 'a list is added with content:write, but not in the trash', answers: needs('write', untilTrashed(201)), body: list },
  replaceArticleHighlightLists: {
    says: 'an article’s lists are replaced with content:write, but not in the trash',
    answers: needs('write', untilTrashed(200)),
    body: () => ({ data: [list()] }),
  },
  getArticleHighlightList: { says: 'an article’s list is read as its article is', answers: open(seen, '200') },
  'getArticleHighlightList copy=working': { says: 'a list of the working copy is for content:read', answers: needs('read', '200'), query: copyWorking },
  replaceArticleHighlightList: {
    says: 'an article’s list is replaced with content:write, but not in the trash',
    answers: needs('write', untilTrashed(200)),
    body: list,
  },
  patchArticleHighlightList: {
    says: 'an article’s list is patched with content:write, but not in the trash',
    answers: needs('write', untilTrashed(200)),
    body: () => ({ title: 'Patched' }),
  },
  'patchArticleHighlightList apply=both': {
    says: 'a correction of a list needs content:publish, and an edition',
    answers: needs('publish', correcting),
    query: applyBoth,
    body: () => ({ title: 'Corrected' }),
  },
  deleteArticleHighlightList: { says: 'an article’s list is deleted with content:write, but not in the trash', answers: needs('write', untilTrashed(204)) },

  listHighlightLists: { says: 'anyone lists freestanding lists', isOnce: true, answers: everyone('200'), query: () => ({ limit: '100' }) },
  'listHighlightLists copy=working': {
    says: 'freestanding lists as stored are for content:read',
    isOnce: true,
    answers: needs('read', '200'),
    query: copyWorking,
  },
  createHighlightList: {
    says: 'a freestanding list is made with content:publish, wherever it leads',
    answers: needs('publish', '201'),
    body: ({ id }) => ({ title: 'Made', items: [{ target: { type: 'article', id } }] }),
  },
  getHighlightList: { says: 'anyone gets a freestanding list, wherever it leads', answers: everyone('200'), uses: ['list'] },
  'getHighlightList copy=working': {
    says: 'a freestanding list as stored is for content:read',
    answers: needs('read', '200'),
    query: copyWorking,
    uses: ['list'],
  },
  replaceHighlightList: { says: 'a freestanding list is replaced with content:publish', answers: needs('publish', '200'), body: list, uses: ['list'] },
  patchHighlightList: {
    says: 'a freestanding list is patched with content:publish',
    answers: needs('publish', '200'),
    body: () => ({ title: 'Patched' }),
    uses: ['list'],
  },
  deleteHighlightList: { says: 'a freestanding list is deleted with content:publish', answers: needs('publish', '204'), uses: ['list'] },
  'createHighlightList publish=false': {
    says: 'a freestanding list that isn’t public is made with content:write',
    answers: needs('write', '201'),
    query: publishFalse,
    body: ({ id }) => ({ title: 'Made', items: [{ target: { type: 'article', id } }] }),
  },
  'replaceHighlightList publish=false': {
    says: 'the working copy of a freestanding list is replaced with content:write',
    answers: needs('write', '200'),
    query: publishFalse,
    body: list,
    uses: ['list'],
  },
  'patchHighlightList publish=false': {
    says: 'the working copy of a freestanding list is patched with content:write',
    answers: needs('write', '200'),
    query: publishFalse,
    body: () => ({ title: 'Patched' }),
    uses: ['list'],
  },
  listHighlightListPreviewLinks: { says: 'preview links of a freestanding list are listed to content:read', answers: needs('read', '200'), uses: ['list'] },
  createHighlightListPreviewLink: { says: 'a preview link of a freestanding list is made with content:read', answers: needs('read', '201'), uses: ['list'] },
  deleteHighlightListPreviewLink: {
    says: 'a preview link of a freestanding list is revoked with content:read',
    answers: needs('read', '404'),
    uses: ['list'],
    names: { link: () => '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c09' },
  },
  getHighlightListPreview: {
    says: 'a preview link of an article opens no list',
    answers: everyone('404'),
    uses: ['link'],
    names: { token: ({ link }) => link?.token },
  },
  publishHighlightList: { says: 'a freestanding list is published with content:publish', answers: needs('publish', '200'), body: () => ({}), uses: ['list'] },
  'publishHighlightList at': {
    says: 'a freestanding list is planned with content:publish',
    answers: needs('publish', '200'),
    body: () => ({ at: '2097-01-01T00:00:00Z' }),
    uses: ['list'],
  },
  deleteHighlightListSchedule: {
    says: 'what is planned for a freestanding list is cancelled with content:publish',
    answers: needs('publish', '204'),
    uses: ['list'],
  },
  'getHighlightList at': {
    says: 'what the public had of a freestanding list is for everyone',
    answers: everyone('200'),
    query: () => ({ at: new Date().toISOString() }),
    uses: ['list'],
  },
  listHighlightListRevisions: { says: 'revisions of a freestanding list are listed to content:read', answers: needs('read', '200'), uses: ['list'] },
  getHighlightListRevision: { says: 'a revision of a freestanding list is answered to content:read', answers: needs('read', '200'), uses: ['list'] },
  diffHighlightListRevisions: {
    says: 'revisions of a freestanding list are compared for content:read',
    answers: needs('read', '200'),
    query: () => ({ against: '1' }),
    uses: ['list'],
  },
  'restoreHighlightListRevision publish=false': {
    says: 'the working copy of a freestanding list is brought back with content:write',
    answers: needs('write', '200'),
    query: publishFalse,
    uses: ['list'],
  },
  restoreHighlightListRevision: {
    says: 'a freestanding list is brought back as it is patched',
    answers: needs('publish', '200'),
    uses: ['list'],
  },

  listArticleComments: { says: 'comments are read as their article is', answers: open(seen, '200'), uses: ['comments'] },
  createComment: {
    says: 'anyone comments on what is public',
    answers: everyone('404 404 404 201 201 410 451 404 410 451'),
    body: () => ({ author: { name: 'Reader', email: 'reader@zqmailxz.example' }, body: 'Well said.' }),
  },
  getCommentStamp: { says: 'anyone gets a stamp for a form', isOnce: true, answers: everyone('200') },
  listComments: { says: 'the moderation queue is for comments:moderate', isOnce: true, answers: needs('moderate', '200'), query: () => ({ limit: '100' }) },
  getComment: {
    says: 'an approved comment is read where its article is public; moderators see it anywhere',
    answers: { ...everyone('- - - 200 200 404 404 - 404 404'), moderate: '- - - 200 200 200 200 - 200 200', admin: '- - - 200 200 200 200 - 200 200' },
    uses: ['comments'],
  },
  'getComment pending': {
    says: 'a comment that waits is there for moderators alone',
    answers: { ...everyone('- - - 404 404 404 404 - 404 404'), moderate: '- - - 200 200 200 200 - 200 200', admin: '- - - 200 200 200 200 - 200 200' },
    uses: ['comments'],
    names: pending,
  },
  moderateComments: {
    says: 'many comments are decided on with comments:moderate',
    isOnce: true,
    answers: needs('moderate', '200'),
    body: () => ({ ids: ['01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c06'], status: 'approved', atomic: false }),
  },
  listCommentHistory: {
    says: 'what was done to a comment is for comments:moderate',
    answers: forModerators,
    uses: ['comments'],
  },
  listCommentReports: {
    says: 'what readers reported is for comments:moderate',
    answers: forModerators,
    uses: ['comments'],
  },
  reportComment: {
    says: 'whoever reads a comment reports it',
    answers: everyone('- - - 200 200 404 404 - 404 404'),
    body: () => ({ reason: 'spam' }),
    uses: ['comments'],
  },
  listCommentBans: { says: 'who is banned is for comments:moderate', isOnce: true, answers: needs('moderate', '200') },
  createCommentBan: { says: 'comments:moderate bans', isOnce: true, answers: needs('moderate', '201'), body: () => ({ account: 'troll' }) },
  deleteCommentBan: {
    says: 'comments:moderate lifts bans',
    isOnce: true,
    answers: needs('moderate', '404'),
    names: { standing: () => '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c09' },
  },
  listCommentTrusts: { says: 'who is trusted is for comments:moderate', isOnce: true, answers: needs('moderate', '200') },
  createCommentTrust: { says: 'comments:moderate trusts', isOnce: true, answers: needs('moderate', '201'), body: () => ({ account: 'friend' }) },
  deleteCommentTrust: {
    says: 'comments:moderate trusts no longer',
    isOnce: true,
    answers: needs('moderate', '404'),
    names: { standing: () => '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c09' },
  },
  exportCommenter: {
    says: 'what is kept about a person is for comments:moderate',
    isOnce: true,
    answers: needs('moderate', '404'),
    names: { commenter: () => 'nobody@mail.example' },
  },
  eraseCommenter: {
    says: 'comments:moderate erases a person',
    isOnce: true,
    answers: needs('moderate', '404'),
    names: { commenter: () => 'nobody@mail.example' },
  },
  changeArticles: {
    says: 'many articles are changed with content:write',
    isOnce: true,
    answers: needs('write', '200'),
    body: () => ({ filter: { genre: 'none has it' }, patch: { kicker: 'x' } }),
  },
  mergeAuthor: {
    says: 'authors are merged with content:publish',
    isOnce: true,
    answers: needs('publish', '404'),
    names: { author: () => 'nobody' },
    body: () => ({ into: { slug: 'nobody' } }),
  },
  mergeTopic: {
    says: 'topics are merged with content:publish',
    isOnce: true,
    answers: needs('publish', '404'),
    names: { topic: () => 'nothing' },
    body: () => ({ into: { slug: 'nothing' } }),
  },
  listChangeSets: { says: 'change sets are listed to content:read', isOnce: true, answers: needs('read', '200') },
  getChangeSet: { says: 'a change set is answered to content:read', isOnce: true, answers: needs('read', '404'), names: { name: () => 'nothing' } },
  revertChangeSet: { says: 'a change set is undone with content:publish', isOnce: true, answers: needs('publish', '404'), names: { name: () => 'nothing' } },
  runBatch: {
    says: 'a batch needs a token, and each operation what it needs by itself',
    isOnce: true,
    answers: { none: '401', read: '200', write: '200', publish: '200', moderate: '200', comment: '200', admin: '200' },
    body: () => ({ operations: [{ method: 'GET', path: '/v1/articles' }] }),
  },
  importComments: {
    says: 'comments:moderate imports comments',
    isOnce: true,
    answers: needs('moderate', '200'),
    body: () => '',
    headers: () => ({ 'content-type': 'application/x-ndjson' }),
  },
  listReplies: { says: 'replies are read where the article is public', answers: everyone('- - - 200 200 404 404 - 404 404'), uses: ['comments'] },
  voteOnComment: {
    says: 'whoever reads a comment votes on it',
    answers: everyone('- - - 200 200 404 404 - 404 404'),
    body: () => ({ value: 1 }),
    uses: ['comments'],
  },
  patchComment: { says: 'a comment is moderated with comments:moderate', answers: moderating(200), body: () => ({ status: 'rejected' }), uses: ['comments'] },
  'patchComment pending': {
    says: 'a comment that waits is let through with comments:moderate, and isn’t there for others',
    answers: { ...moderating(200), ...Object.fromEntries(['none', ...ladder, 'comment'].map((reader) => [reader, '- - - 404 404 404 404 - 404 404'])) },
    body: () => ({ status: 'approved' }),
    uses: ['comments'],
    names: pending,
  },
  'patchComment by its writer': {
    says: 'a writer edits a comment where its article is public',
    answers: ofWriter(200),
    headers: editToken,
    body: () => ({ body: 'Edited.' }),
    uses: ['comments'],
  },
  'patchComment by another': {
    says: 'with a wrong edit token nobody edits a comment, nor learns that there is one',
    answers: ofNobody,
    headers: wrongEditToken,
    body: () => ({ body: 'Edited.' }),
    uses: ['comments'],
  },
  deleteComment: { says: 'a comment is deleted with comments:moderate', answers: moderating(204), uses: ['comments'] },
  'deleteComment by its writer': {
    says: 'a writer deletes a comment where its article is public',
    answers: ofWriter(204),
    headers: editToken,
    uses: ['comments'],
  },
  'deleteComment by another': {
    says: 'with a wrong edit token nobody deletes a comment, nor learns that there is one',
    answers: ofNobody,
    headers: wrongEditToken,
    uses: ['comments'],
  },

  listAuthors: { says: 'anyone lists the authors of what is public', isOnce: true, answers: everyone('200'), query: () => ({ limit: '100' }) },
  createAuthor: { says: 'an author is made with content:write', isOnce: true, answers: needs('write', '201'), body: () => ({ name: 'Made' }) },
  getAuthor: { says: 'an author is there for the public once a public article names one', answers: open(shown, '200') },
  replaceAuthor: {
    says: 'an author is replaced with content:write, one that is public or planned to be with content:publish',
    answers: { ...needs('publish', '200'), write: renaming },
    body: ({ author }) => ({ name: `Replaced ${author}` }),
  },
  patchAuthor: {
    says: 'an author is patched with content:write, one that is public or planned to be with content:publish',
    answers: { ...needs('publish', '200'), write: renaming },
    body: () => ({ jobTitle: 'Patched' }),
  },
  deleteAuthor: { says: 'an author whom an article names isn’t deleted', answers: needs('write', '409') },
  'deleteAuthor unnamed': { says: 'an author is deleted with content:write', isOnce: true, answers: needs('write', '204'), uses: ['spare'], names: spare },
  'getAuthor at': { says: 'what an author was is for content:read', answers: needs('read', '200'), query: ({ at }) => ({ at }) },
  listAuthorRevisions: { says: 'revisions of an author are listed to content:read', answers: needs('read', '200') },
  getAuthorRevision: { says: 'a revision of an author is answered to content:read', answers: needs('read', '200') },
  diffAuthorRevisions: {
    says: 'revisions of an author are compared for content:read',
    answers: needs('read', '200'),
    query: () => ({ against: '1' }),
  },
  restoreAuthorRevision: {
    says: 'an author is brought back as it is patched',
    answers: { ...needs('publish', '200'), write: renaming },
  },

  listTopics: { says: 'anyone lists the topics of what is public', isOnce: true, answers: everyone('200'), query: () => ({ limit: '100' }) },
  createTopic: { says: 'a topic is made with content:write', isOnce: true, answers: needs('write', '201'), body: () => ({ name: 'Made' }) },
  getTopic: { says: 'a topic is there for the public once a public article names it', answers: open(shown, '200') },
  'getTopic above': { says: 'a topic is there for the public through those under it', answers: open(shown, '200'), uses: ['above'], names: above },
  replaceTopic: {
    says: 'a topic is replaced with content:write, one that is public or planned to be with content:publish',
    answers: { ...needs('publish', '200'), write: renaming },
    body: ({ topic }) => ({ name: `Replaced ${topic}` }),
  },
  patchTopic: {
    says: 'a topic is patched with content:write, one that is public or planned to be with content:publish',
    answers: { ...needs('publish', '200'), write: renaming },
    body: () => ({ description: 'Patched' }),
  },
  'patchTopic above': {
    says: 'a topic that is public, or planned to be, through those under it is patched with content:publish',
    answers: { ...needs('publish', '200'), write: renaming },
    body: () => ({ description: 'Patched' }),
    uses: ['above'],
    names: above,
  },
  deleteTopic: { says: 'a topic that an article names isn’t deleted', answers: needs('write', '409') },
  'deleteTopic above': { says: 'a topic with others under it isn’t deleted', answers: needs('write', '409'), uses: ['above'], names: above },
  'deleteTopic unnamed': { says: 'a topic is deleted with content:write', isOnce: true, answers: needs('write', '204'), uses: ['spare'], names: spare },
  'getTopic at': { says: 'what a topic was is for content:read', answers: needs('read', '200'), query: ({ at }) => ({ at }) },
  listTopicRevisions: { says: 'revisions of a topic are listed to content:read', answers: needs('read', '200') },
  getTopicRevision: { says: 'a revision of a topic is answered to content:read', answers: needs('read', '200') },
  diffTopicRevisions: {
    says: 'revisions of a topic are compared for content:read',
    answers: needs('read', '200'),
    query: () => ({ against: '1' }),
  },
  restoreTopicRevision: {
    says: 'a topic is brought back as it is patched',
    answers: { ...needs('publish', '200'), write: renaming },
  },

  getSite: { says: 'anyone reads what the newsroom says of itself', isOnce: true, answers: everyone('200') },
  replaceSite: {
    says: 'the site is public at once, so replacing it needs content:publish',
    isOnce: true,
    answers: needs('publish', '200'),
    body: () => ({ name: 'Replaced' }),
  },
  patchSite: {
    says: 'the site is public at once, so patching it needs content:publish',
    isOnce: true,
    answers: needs('publish', '200'),
    body: () => ({ tagline: 'Patched' }),
  },
  listSiteRevisions: { says: 'revisions of the site are listed to content:read', isOnce: true, answers: needs('read', '200') },
  getSiteRevision: { says: 'a revision of the site is answered to content:read', isOnce: true, answers: needs('read', '200') },
  diffSiteRevisions: {
    says: 'revisions of the site are compared for content:read',
    isOnce: true,
    answers: needs('read', '200'),
    query: () => ({ against: '1' }),
  },
  restoreSiteRevision: { says: 'the site is brought back as it is patched', isOnce: true, answers: needs('publish', '200') },

  getSitemapIndex: { says: 'anyone reads the index of sitemaps', isOnce: true, answers: everyone('200') },
  getNewsSitemap: { says: 'anyone reads the sitemap of news', isOnce: true, answers: everyone('200') },
  getSitemap: {
    says: 'anyone reads a sitemap',
    isOnce: true,
    answers: everyone('200'),
    names: { sitemap: () => `${new Date().toISOString().slice(0, 7)}.xml` },
  },

  listTokens: { says: 'tokens are listed to admin', isOnce: true, answers: needs('admin', '200') },
  createToken: {
    says: 'a token is made with admin',
    isOnce: true,
    answers: needs('admin', '201'),
    body: () => ({ name: 'Made', scopes: ['content:read'] }),
  },
  getToken: { says: 'a token is answered to admin', isOnce: true, answers: needs('admin', '200'), uses: ['spare'], names: spare },
  replaceToken: {
    says: 'a token is replaced with admin',
    isOnce: true,
    answers: needs('admin', '200'),
    body: () => ({ name: 'Replaced', scopes: ['content:read'] }),
    uses: ['spare'],
    names: spare,
  },
  patchToken: {
    says: 'a token is patched with admin',
    isOnce: true,
    answers: needs('admin', '200'),
    body: () => ({ name: 'Patched' }),
    uses: ['spare'],
    names: spare,
  },
  deleteToken: { says: 'a token is revoked with admin', isOnce: true, answers: needs('admin', '204'), uses: ['spare'], names: spare },

  listEvents: { says: 'events are for admin', isOnce: true, answers: needs('admin', '200'), query: () => ({ limit: '100' }) },
  getLiveness: { says: 'a probe ignores tokens', isOnce: true, answers: everyone('200'), badToken: 200 },
  getReadiness: { says: 'a probe of readiness ignores tokens', isOnce: true, answers: everyone('200'), badToken: 200 },
}

/** The status that a case has for a reader in a state; null where there is nothing to ask for. */
export function expectedIn({ answers }: Case, reader: Reader, state: State): number | null {
  const cells = answers[reader].split(' ')
  if (cells.length !== 1 && cells.length !== states.length) throw new Error(`a row has ${cells.length} cells: ${answers[reader]}`)
  const cell = cells.length === 1 ? cells[0] : cells[states.indexOf(state)]
  return cell === '-' ? null : Number(cell)
}
