/** The rules of IPTC ninjs 3.0 (https://iptc.org/standards/ninjs/) for what a text has, as a JSON Schema of our own. */
const text = { type: 'string' }
const time = { type: 'string', format: 'date-time' }
const uri = { type: 'string', format: 'uri' }
const closed = (properties: object, required: string[] = []) => ({ type: 'object', additionalProperties: false, properties, required })
const list = (items: object) => ({ type: 'array', items })
const named = { name: text, rel: text, uri, literal: text }

const rendition = closed(
  {
    ...{ name: text, uri, version: { type: 'integer' }, href: uri, contentType: text, title: text },
    ...{ height: { type: 'number' }, width: { type: 'number' }, sizeInBytes: { type: 'number' }, format: text },
    poi: { type: 'object', properties: { x: { type: 'integer' }, y: { type: 'integer' } } },
  },
  ['name'],
)

const roles = (more: object = {}) => list(closed({ role: text, contentType: text, value: text, ...more }, ['value']))

const properties = {
  uri,
  type: { enum: ['text', 'audio', 'video', 'picture', 'graphic', 'composite', 'component', 'event', 'planning'] },
  representationType: { enum: ['full', 'partial'] },
  profile: text,
  version: text,
  ...{ firstCreated: time, versionCreated: time, contentCreated: time, embargoed: time, expires: time },
  pubStatus: { enum: ['usable', 'withheld', 'canceled'] },
  urgency: { type: 'number' },
  ...{ copyrightHolder: text, copyrightNotice: text, usageTerms: text, edNote: text, language: text, title: text, by: text, slugline: text, located: text },
  descriptions: roles(),
  headlines: roles(),
  bodies: roles({ charCount: { type: 'integer' }, wordCount: { type: 'integer' } }),
  people: list(closed(named)),
  organisations: list(closed(named)),
  places: list(closed(named)),
  subjects: list(closed({ ...named, creator: text })),
  events: list(closed({ ...named, id: text })),
  objects: list(closed(named)),
  infoSources: list(closed({ name: text, role: text, uri, literal: text })),
  renditions: list(rendition),
  altIds: list(closed({ role: text, value: text })),
  trustIndicators: list(closed({ role: uri, title: text, href: uri })),
  standard: closed({ name: text, version: text, schema: uri }),
  genres: list(closed({ name: text, uri: text, literal: text })),
}

/** A news object as version 3.0 has it: unknown properties are faults, and there is no `null`. */
export const ninjsSchema = closed({ ...properties, associations: list(closed({ ...properties, name: text }, ['name', 'uri'])) }, ['uri'])
