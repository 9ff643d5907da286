/** The rules of ANS 0.10.0 (Arc XP’s content schema) for what a story has, as a JSON Schema of our own. */
const text = { type: 'string' }
const time = { type: 'string', format: 'date-time' }
const any = { type: 'object' }
const version = { const: '0.10.0' }
const closed = (properties: object, required: string[] = []) => ({ type: 'object', additionalProperties: false, properties, required })
const list = (items: object) => ({ type: 'array', items })

const shared = { _id: text, subtype: text, channels: list(text), alignment: { enum: ['left', 'right', 'center'] }, additional_properties: any }
const element = (type: string, properties: object, required: string[]) => closed({ type: { const: type }, ...shared, ...properties }, ['type', ...required])

const author = closed(
  { _id: text, type: { const: 'author' }, version, name: text, slug: text, role: text, image: any, url: text, byline: text, additional_properties: any },
  ['type', 'name'],
)
const credits = { type: 'object', properties: { by: list(author), photos_by: list(author) }, patternProperties: { '^[a-zA-Z0-9_]*$': list(author) } }
const dictionary = { type: 'object', required: ['basic'], additionalProperties: text }
const label = { type: 'object', additionalProperties: closed({ text, url: text, display: { type: 'boolean' }, additional_properties: any }, ['text']) }

const content = {
  ...{ version, language: text, copyright: text, canonical_url: text, slug: text, status: text, location: text },
  ...{ created_date: time, last_updated_date: time, publish_date: time, first_publish_date: time, display_date: time },
  ...{ headlines: dictionary, subheadlines: { type: 'object', additionalProperties: text }, description: { type: 'object', additionalProperties: text } },
  ...{ credits, label },
}

const words = element('text', { content: text }, ['content'])
const image = closed(
  {
    ...{ type: { const: 'image' }, ...shared, ...content, alt_text: text, subtitle: text, caption: text, url: text },
    ...{ width: { type: 'integer' }, height: { type: 'integer' }, licensable: { type: 'boolean' } },
  },
  ['type', 'version'],
)

const elements = {
  text: words,
  header: element('header', { content: text, level: { type: 'integer' } }, ['content']),
  list: element('list', { list_type: text, items: list({ anyOf: [words, { $ref: '#/$defs/list' }] }) }, []),
  quote: element('quote', { content_elements: list(words), citation: words }, ['content_elements']),
  table: element('table', { header: list(words), rows: list(list(words)) }, ['rows']),
  code: element('code', { content: text, language: text }, ['content', 'language']),
  interstitial_link: element('interstitial_link', { url: text, content: text }, ['url', 'content']),
  image,
}

/** A story: unknown properties are faults. */
export const ansSchema = {
  $defs: { list: elements.list },
  ...closed(
    {
      ...{ type: { const: 'story' }, ...shared, ...content },
      taxonomy: closed({
        tags: list(closed({ _id: text, text, description: text, slug: text, additional_properties: any }, ['text'])),
        seo_keywords: list(text),
        additional_properties: any,
      }),
      promo_items: { type: 'object', additionalProperties: image },
      owner: { type: 'object', properties: { id: text, name: text, sponsored: { type: 'boolean' } } },
      distributor: closed({
        ...{ name: text, category: { enum: ['staff', 'wires', 'freelance', 'stock', 'handout', 'other'] }, subcategory: text },
        ...{ additional_properties: any, mode: { const: 'custom' } },
      }),
      corrections: list(element('correction', { correction_type: text, text }, ['text'])),
      comments: {
        type: 'object',
        properties: { comments_period: { type: 'integer' }, allow_comments: { type: 'boolean' }, moderation_required: { type: 'boolean' } },
      },
      content_elements: list({ oneOf: Object.values(elements) }),
    },
    ['type', 'version'],
  ),
}
