import TypeBox from 'typebox'
import Type from '../../src/http/type.ts'
import { t } from '../support/tap.ts'

const plain = (schema: unknown) => JSON.parse(JSON.stringify(schema))

type Builders = typeof Type

const string = ({ String }: Builders) => String({ minLength: 1, description: 'A text.' })
const optional = ({ Optional, Integer }: Builders) => Optional(Integer({ minimum: 0 }))

const made: { [Name in keyof Builders]: (builders: Builders) => unknown } = {
  Array: ({ Array, String }) => Array(String(), { maxItems: 3 }),
  Boolean: ({ Boolean }) => Boolean({ default: false }),
  Integer: ({ Integer }) => Integer({ minimum: 1 }),
  Null: ({ Null }) => Null(),
  Number: ({ Number }) => Number({ maximum: 1 }),
  Object: (builders) => builders.Object({ one: string(builders), other: optional(builders) }, { additionalProperties: false }),
  Optional: (builders) => builders.Object({ other: optional(builders) }),
  Partial: (builders) => builders.Partial(builders.Object({ one: string(builders), other: optional(builders) })),
  String: string,
  Union: ({ Union, String, Null }) => Union([String({ format: 'uri' }), Null()], { description: 'A text or nothing.' }),
  Unsafe: ({ Unsafe }) => Unsafe({ type: 'string', enum: ['a', 'b'] }),
}

t.test('every builder makes what TypeBox makes', async (t) => {
  t.strictSame(Object.keys(made).sort(), Object.keys(Type).sort())
  for (const [name, make] of Object.entries(made)) t.strictSame(plain(make(Type)), plain(make(TypeBox as never)), name)
})
