import type { components } from './schema.d.ts'

type Schemas = components['schemas']

const known: { [Type in Schemas['KnownBlock']['type']]: true } = { paragraph: true, list: true, quote: true, image: true, table: true, embed: true, code: true }

/** Whether a block is of a type that this client knows; one that came later is shown as nothing, and sent back as it came. */
export const isKnownBlock = (block: Schemas['Block']): block is Schemas['KnownBlock'] => Object.hasOwn(known, block.type)
