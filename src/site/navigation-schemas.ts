import type { Static, TProperties } from 'typebox'
import { union } from '../highlight-lists/schemas.ts'
import { ExternalIdInput } from '../http/external-ids.ts'
import { Closed, described, Id, ignored, Line, Name, type Named, Nullable, named, nullable, ref, Slug, SlugInput, UrlOrPath } from '../http/schemas.ts'
import Type from '../http/type.ts'

/** How deep items nest, and how many all menus have together at the most. */
export const [mostLevels, mostItems] = [4, 500]
const mostMenus = 50

const tag = <T extends string>(type: T) => Type.Unsafe<T>({ type: 'string', const: type, description: 'What it leads to.' })
const id = '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c02'

/** Something that has a slug, as a target: with its words, which are read-only. */
function target<T extends string, P extends TProperties>(name: string, type: T, what: string, words: P, example: Record<string, unknown>) {
  const answer = named(
    name,
    Type.Object(
      { type: tag(type), id: described(Id, `The id of the ${what}.`), slug: described(Slug, `The slug of the ${what}.`), ...words },
      { description: `A target that is a${/^[aeiou]/.test(what) ? 'n' : ''} ${what}.`, examples: [{ type, id, ...example }] },
    ),
  )
  const input = named(
    `${name}Input`,
    Closed(
      {
        type: tag(type),
        id: Type.Optional(described(Id, `The id of the ${what}.`)),
        slug: Type.Optional(described(SlugInput, `The slug of the ${what}.`)),
        externalId: Type.Optional(described(ExternalIdInput, `The id of the ${what} in another system.`)),
        ...(Object.fromEntries(Object.entries(words).map(([word, schema]) => [word, ignored(schema)])) as Record<keyof P, ReturnType<typeof ignored>>),
      },
      { description: `Names a${/^[aeiou]/.test(what) ? 'n' : ''} ${what} by \`id\`, \`slug\` or \`externalId\`.`, examples: [{ type, slug: example.slug }] },
    ),
  )
  return [answer, input] as const
}

const [NavigationTopic, NavigationTopicInput] = target(
  'NavigationTopic',
  'topic',
  'topic',
  { name: described(Line, 'What it is called.') },
  { slug: 'shipping', name: 'Shipping' },
)
const [NavigationAuthor, NavigationAuthorInput] = target(
  'NavigationAuthor',
  'author',
  'author',
  { name: described(Line, 'What they are called.') },
  { slug: 'ada-berg', name: 'Ada Berg' },
)
const [NavigationArticle, NavigationArticleInput] = target(
  'NavigationArticle',
  'article',
  'article',
  { headline: described(Line, 'Its headline.') },
  { slug: 'harbour-reopens', headline: 'Harbour reopens' },
)
const [NavigationList, NavigationListInput] = target(
  'NavigationList',
  'list',
  'freestanding highlight list',
  { title: Nullable(described(Line, 'Its title.')) },
  { slug: 'top-stories', title: 'Top stories' },
)

const address = { type: tag('url'), url: described(UrlOrPath, 'Absolute, http or https; or a path of the site, from `/` on.') }
const addressExample = { examples: [{ type: 'url', url: '/about' }] }
const NavigationUrl = named('NavigationUrl', Type.Object(address, { description: 'A target that is an address, or a path of the site.', ...addressExample }))
const NavigationUrlInput = named('NavigationUrlInput', Closed(address, { description: 'An address, or a path of the site.', ...addressExample }))

/** The types of targets that have a slug. */
export const namedTypes = ['topic', 'article', 'list', 'author'] as const
export type NamedType = (typeof namedTypes)[number]

const types = [...namedTypes, 'url']

export type NavigationTarget =
  | Static<typeof NavigationTopic>
  | Static<typeof NavigationArticle>
  | Static<typeof NavigationList>
  | Static<typeof NavigationAuthor>
  | Static<typeof NavigationUrl>
export type NavigationTargetInput = { type: NamedType; id?: string; slug?: string; externalId?: string } | Static<typeof NavigationUrlInput>

const NavigationTarget = named(
  'NavigationTarget',
  union<NavigationTarget>([NavigationTopic, NavigationArticle, NavigationList, NavigationAuthor, NavigationUrl] as Named[], types, 'Where an item leads.'),
)
const NavigationTargetInput = named(
  'NavigationTargetInput',
  union<NavigationTargetInput>(
    [NavigationTopicInput, NavigationArticleInput, NavigationListInput, NavigationAuthorInput, NavigationUrlInput] as Named[],
    types,
    'Where an item leads, as input.',
  ),
)

export type NavigationItem = { label: string | null; target: NavigationTarget | null; items: NavigationItem[] }
export type NavigationItemInput = { label?: string | null; target?: NavigationTargetInput | null; items?: NavigationItemInput[] }

const itemsUnder = <T>(name: string, limits: object) =>
  Type.Unsafe<T[]>({ type: 'array', ...limits, description: 'What is under it, in order.', items: { $ref: `${name}#` } })

const itemExample = { label: 'Ports', target: { type: 'topic', id, slug: 'shipping', name: 'Shipping' }, items: [] }
const NavigationItem = named(
  'NavigationItem',
  Type.Object(
    {
      label: Nullable(described(Line, 'What it says; `null` means the name, headline or title of its target.')),
      target: nullable(NavigationTarget),
      items: itemsUnder<NavigationItem>('NavigationItem', {}),
    },
    { description: 'An item of a menu, with those under it.', examples: [itemExample] },
  ),
)
const NavigationItemInput = named(
  'NavigationItemInput',
  Closed(
    {
      label: Type.Optional(Nullable(described(Name, 'What it says; left out, the name, headline or title of its target.'))),
      target: Type.Optional(nullable(NavigationTargetInput)),
      items: Type.Optional(itemsUnder<NavigationItemInput>('NavigationItemInput', { maxItems: mostItems })),
    },
    {
      description: `An item of a menu, as input: it needs a label, a target, or items of its own. Items nest to depth ${mostLevels}.`,
      examples: [{ label: 'Ports', target: { type: 'topic', slug: 'shipping' } }],
    },
  ),
)

const menuName = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 100, description: 'By which the frontend knows it: `main`, `footer`.' })
const menuLabel = 'What stands over it.'

export const NavigationMenu = named(
  'NavigationMenu',
  Type.Object(
    {
      name: menuName,
      label: Nullable(described(Line, menuLabel)),
      items: Type.Unsafe<NavigationItem[]>({ type: 'array', items: ref(NavigationItem), description: 'In order.' }),
    },
    { description: 'A menu.', examples: [{ name: 'main', label: null, items: [itemExample] }] },
  ),
)
export type NavigationMenu = Static<typeof NavigationMenu>

export const NavigationMenuInput = named(
  'NavigationMenuInput',
  Closed(
    {
      name: menuName,
      label: Type.Optional(Nullable(described(Name, menuLabel))),
      items: Type.Optional(
        Type.Unsafe<NavigationItemInput[]>({ type: 'array', items: ref(NavigationItemInput), maxItems: mostItems, description: 'In order.' }),
      ),
    },
    { description: 'A menu, as input.', examples: [{ name: 'main', items: [{ target: { type: 'url', url: '/about' }, label: 'About us' }] }] },
  ),
)
export type NavigationMenuInput = Static<typeof NavigationMenuInput>

export const Navigation = Type.Array(ref(NavigationMenu), { description: 'The menus, in order.' })
export const NavigationInput = Type.Array(ref(NavigationMenuInput), {
  maxItems: mostMenus,
  description: `The menus, in order, with at most ${mostItems} items in all.`,
})

export const NAVIGATION_SCHEMAS = [
  ...[NavigationTopic, NavigationTopicInput, NavigationAuthor, NavigationAuthorInput, NavigationArticle, NavigationArticleInput],
  ...[NavigationList, NavigationListInput, NavigationUrl, NavigationUrlInput, NavigationTarget, NavigationTargetInput],
  ...[NavigationItem, NavigationItemInput, NavigationMenu, NavigationMenuInput],
] as Named[]
