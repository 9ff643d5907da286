import { parseArgs } from 'node:util'
import { type settings as allSettings, settings } from '../config.ts'
import { nearest } from '../copy/nearest.ts'
import { UsageError } from '../usage.ts'

type Option = {
  type: 'string' | 'boolean'
  /** What stands for its value in the usage, such as `TIME`. */
  value?: string
  meaning: string
  /** Whether it may be given several times. */
  multiple?: boolean
  default?: string
  isRequired?: boolean
}
type Argument = {
  meaning: string
  isOptional?: boolean
  /** What it may be, and what each means; else anything. */
  choices?: Record<string, string>
}
type Options = Record<string, Option>
type Arguments = Record<string, Argument>

type Values<O extends Options> = {
  [Name in keyof O]: O[Name] extends { type: 'boolean' }
    ? boolean
    : O[Name] extends { multiple: true }
      ? string[]
      : O[Name] extends { default: string } | { isRequired: true }
        ? string
        : string | undefined
}
type Given<A extends Arguments> = {
  [Name in keyof A]: A[Name] extends { choices: infer Choices } ? keyof Choices : A[Name] extends { isOptional: true } ? string | undefined : string
}

type Definition<O extends Options, A extends Arguments> = {
  /** What it does, in a sentence or a few. */
  about: string
  arguments: A
  options: O
  /** Those variables of the environment that it goes by. */
  environment: readonly (keyof typeof allSettings)[]
  /** What ends it with 1, where that deserves more words than `it failed`. */
  failure?: string
  /** Without the name of the program. */
  example: string
  run: (options: Values<O>, given: Given<A>) => Promise<void>
}

/** A command, whose help and whose reading of the command line come from one description. */
export type Command = {
  /** The names of its options, without `--`. */
  options: string[]
  help: (name: string) => string
  /** @throws UsageError where the arguments aren't as the description says */
  run: (name: string, args: string[]) => Promise<void>
}

const width = 100
const helpOption = { help: { type: 'boolean', short: 'h' } } as const

/** Lines of a text that is indented, broken between words. */
function wrapped(text: string, indent: number): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string
    if (line !== '' && line.length + 1 + word.length > width - indent) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}

/** A heading with a table of two columns under it; nothing where there are no rows. */
function tableOf(heading: string, rows: [name: string, meaning: string][]): string {
  if (rows.length === 0) return ''
  const column = Math.max(...rows.map(([name]) => name.length)) + 4
  return `\n\n${heading}:\n${rows.map(([name, meaning]) => `  ${name.padEnd(column - 2)}${wrapped(meaning.replaceAll('`', ''), column)}`).join('\n')}`
}

const shown = (name: string, { value }: Option) => `--${name}${value ? ` ${value}` : ''}`

function usageOf(name: string, options: Options, given: Arguments): string {
  const parts = [
    ...Object.entries(given).map(([argument, { isOptional, choices }]) => {
      const text = choices ? Object.keys(choices).join('|') : argument.toUpperCase()
      return isOptional ? `[${text}]` : text
    }),
    ...Object.entries(options).map(([option, described]) => {
      const text = shown(option, described)
      if (described.isRequired) return described.multiple ? `${text} [${text} …]` : text
      return described.multiple ? `[${text} …]` : `[${text}]`
    }),
  ]
  return ['broadsheet', name, ...parts].join(' ')
}

function helpOf(name: string, { about, arguments: given, options, environment, failure, example }: Definition<Options, Arguments>): string {
  const rows = Object.entries(given).flatMap(([argument, { meaning, choices }]): [string, string][] =>
    choices ? Object.entries(choices) : [[argument.toUpperCase(), meaning]],
  )
  const optionRows = Object.entries(options).map(([option, described]): [string, string] => {
    const notes = [
      described.isRequired ? 'required' : '',
      described.multiple ? 'may be repeated' : '',
      described.default ? `default: ${described.default}` : '',
    ]
    const note = notes.filter(Boolean).join(', ')
    return [shown(option, described), `${described.meaning}${note && ` (${note})`}`]
  })
  return [
    `Usage: ${usageOf(name, options, given)}\n\n${wrapped(about, 0)}`,
    tableOf('Arguments', rows),
    tableOf('Options', [...optionRows, ['-h, --help', 'Shows this.']]),
    tableOf(
      'Environment (or a file .env in the working directory)',
      environment.map((setting) => [setting, `${settings[setting].meaning}${settings[setting].default && ` (default: ${settings[setting].default})`}`]),
    ),
    tableOf('Exit codes', [
      ['0', 'It is done.'],
      ['1', failure ?? 'It could not be done; standard error says why.'],
      ['2', 'The command line is wrong.'],
    ]),
    `\n\nExample:\n  broadsheet ${example}`,
  ].join('')
}

const guess = (given: string, names: readonly string[], sign = '') => {
  const near = nearest(given, names)
  return near ? `; did you mean ${sign}${near}?` : ''
}

/** Reads a command line. @returns null where it asks for help @throws UsageError with the first fault */
function read(args: string[], options: Options, given: Arguments): { values: Values<Options>; given: Given<Arguments> } | null {
  const described = { ...options, ...helpOption }
  const { tokens, positionals } = parseArgs({ args, options: described, allowPositionals: true, strict: false, tokens: true })
  const found = tokens.filter((token) => token.kind === 'option')
  if (found.some(({ name }) => name === 'help')) return null
  const values: Record<string, unknown> = {}
  for (const [name, { type, multiple, default: fallback }] of Object.entries(options)) values[name] = multiple ? [] : type === 'boolean' ? false : fallback
  for (const { name, rawName, value, inlineValue } of found) {
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (!option) throw new UsageError(`there is no option ${rawName}${guess(name, Object.keys(described), '--')}`)
    if (option.type === 'boolean' && value !== undefined) throw new UsageError(`${rawName} takes no value`)
    // What looks like an option was probably not meant as a value.
    if (option.type === 'string' && (!value || (!inlineValue && value.startsWith('-'))))
      throw new UsageError(`${rawName} needs a value: ${shown(name, option)}`)
    if (option.multiple) (values[name] as string[]).push(value as string)
    else values[name] = value ?? true
  }
  const taken: Record<string, string | undefined> = {}
  const rest = [...positionals]
  for (const [name, { isOptional, choices }] of Object.entries(given)) {
    const value = rest.shift()
    if (value === undefined && !isOptional) throw new UsageError(`${choices ? Object.keys(choices).join(' or ') : name.toUpperCase()} is missing`)
    if (value !== undefined && choices && !Object.hasOwn(choices, value))
      throw new UsageError(`"${value}" is not ${Object.keys(choices).join(' or ')}${guess(value, Object.keys(choices))}`)
    taken[name] = value
  }
  if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one argument too many`)
  for (const [name, option] of Object.entries(options))
    if (option.isRequired && (values[name] === undefined || (values[name] as string[]).length === 0)) throw new UsageError(`${shown(name, option)} is missing`)
  return { values: values as Values<Options>, given: taken as Given<Arguments> }
}

/** Describes a command. */
export function command<const O extends Options, const A extends Arguments>(definition: Definition<O, A>): Command {
  const { options, arguments: given, run } = definition
  const help = (name: string) => helpOf(name, definition as unknown as Definition<Options, Arguments>)
  return {
    options: [...Object.keys(options), 'help'],
    help,
    async run(name, args) {
      try {
        const line = read(args, options, given)
        if (line === null) console.log(help(name))
        else await run(line.values as Values<O>, line.given as Given<A>)
      } catch (error) {
        if (error instanceof UsageError)
          throw new UsageError(`${error.message}\n\nUsage: ${usageOf(name, options, given)}\n\`broadsheet help ${name}\` says more.`)
        throw error
      }
    },
  }
}
