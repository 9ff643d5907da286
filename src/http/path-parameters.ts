import type { TSchema } from 'typebox'
import { externalReference } from './external-ids.ts'
import Type from './type.ts'

const id = (what: string, example: string) => Type.String({ format: 'uuid', description: `The id of ${what}.`, examples: [example] })

const reference = (what: string, slug: string) =>
  Type.String({
    pattern: `^([A-Za-z0-9]+(-[A-Za-z0-9]+)*|${externalReference})$`,
    minLength: 1,
    maxLength: 204,
    description: `The id of ${what}, its slug, or \`ext:\` and its external id (\`/\` as \`%2F\`); an old slug redirects (308).`,
    examples: [slug],
  })

/** What each segment of a path names, by its name there. */
const parameters: Record<string, TSchema> = {
  article: reference('an article', 'harbour-reopens'),
  author: reference('an author', 'ada-berg'),
  topic: reference('a topic', 'shipping'),
  comment: Type.String({
    pattern: '^([0-9a-fA-F-]{36}|ext:.+)$',
    minLength: 1,
    maxLength: 210,
    description: 'The id of a comment, or `ext:` and its external id.',
    examples: ['01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c60'],
  }),
  commenter: Type.String({
    pattern: '^[^/]+$',
    minLength: 1,
    maxLength: 254,
    description: 'A person: an e-mail address, or a site’s own id (`Comment-Author`).',
    examples: ['reader@mail.example'],
  }),
  name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$', maxLength: 100, description: 'The name of a change set.', examples: ['retag-harbour'] }),
  standing: id('a ban, or somebody’s trust', '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c09'),
  link: id('a preview link', '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c70'),
  tokenId: id('a token, which is not its secret', '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c80'),
  list: id('a highlight list of the article', '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c50'),
  sitemap: Type.String({
    pattern: '^\\d{4}-\\d{2}(-\\d+)?\\.xml$',
    maxLength: 20,
    description: 'The month of the stories’ dates (UTC), and from the second sitemap of a month on its number, with `.xml`.',
    examples: ['2026-05.xml'],
  }),
  section: Type.String({
    pattern: '^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$',
    minLength: 1,
    maxLength: 200,
    description: 'The id of a section of the article, or its anchor.',
    examples: ['background'],
  }),
  number: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    format: 'int64',
    description: 'The number of a revision.',
    examples: [3],
  }),
  token: Type.String({
    pattern: '^bshp_',
    maxLength: 100,
    description: 'The secret of a preview link, as the answer that made it has it in `apiUrl`.',
    examples: ['bshp_p4Rk2mZ8vT6xQ1sW9yB3nL7dH5fJ0cGa'],
  }),
}

/** Freestanding lists have slugs, too. */
const freestanding: Record<string, TSchema> = { ...parameters, list: reference('a freestanding highlight list', 'top-stories') }

/**
 * The schema of a path's parameters, for the document.
 * @param url as Fastify has it, with `:name`
 * @throws Error where one isn't described
 */
export function pathParameters(url: string): TSchema | undefined {
  const names = [...url.matchAll(/:(\w+)/g)].map(([, name]) => name as string)
  if (names.length === 0) return undefined
  const known = url.startsWith('/v1/highlight-lists/') ? freestanding : parameters
  return Type.Object(
    Object.fromEntries(
      names.map((name) => {
        const schema = known[name]
        if (!schema) throw new Error(`what {${name}} of ${url} names is not described in http/path-parameters.ts`)
        return [name, schema]
      }),
    ),
  )
}
