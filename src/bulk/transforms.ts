import { replacedByThemselves } from '../articles/working/fields.ts'
import type { Article } from '../articles/working/schemas.ts'
import { nameKey } from '../copy/names.ts'
import { signsIn, wordReplacer } from '../copy/replace-words.ts'
import { tooLarge } from '../http/body.ts'
import { mergePatch } from '../http/patches.ts'
import { Problem } from '../http/problems.ts'
import type { TopicReferenceInput } from '../topics/schemas.ts'
import type { TextReplacement } from './schemas.ts'

/** What makes of a copy of an article what it is to be; the copy itself stays what it is. */
export type Transform = (copy: Article) => object

// What is no text for readers: ids, kinds and addresses, what comes of something else, and code.
const noWords = new Set([
  'id',
  'articleId',
  'parentId',
  'anchor',
  'slug',
  'type',
  'style',
  'relation',
  'url',
  'target',
  'createdAt',
  'updatedAt',
  'at',
  'language',
  'code',
  'provider',
  'credit',
  'attribution',
])

// Of sections: the texts of blocks and of the items of lists, and the cells of tables. All else is plain text.
const markdown = new Set(['text', 'header', 'rows'])

type Change = (text: string, isMarkdown: boolean) => string

function replaced(value: unknown, change: Change, isMarkdown = false): unknown {
  if (typeof value === 'string') return change(value, isMarkdown)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one) => replaced(one, change, isMarkdown))
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, noWords.has(name) ? own : replaced(own, change, markdown.has(name))]))
}

// So many places of texts, times signs that are sought there, are looked at for an article.
const mostTried = 20_000_000

/** Replaces words in some properties. @param limit the most bytes that an article may have: the transform throws Problem 413 where it gets larger, or takes too long */
export function replacing({ find, with: replacement, in: names = replacedByThemselves, wholeWord = false }: TextReplacement, limit: number): Transform {
  const inText = wordReplacer(find, replacement, wholeWord, false)
  const inMarkdown = wordReplacer(find, replacement, wholeWord, true)
  const tries = Math.max(1, signsIn(find))
  return (copy) => {
    let [grown, tried] = [0, 0]
    const changeIn =
      (name: string): Change =>
      (text, isMarkdown) => {
        tried += text.length * tries
        if (tried > mostTried) throw new Problem('payload-too-large', 'The article is too long for so many signs in find.')
        const changed = (isMarkdown && name === 'sections' ? inMarkdown : inText)(text)
        grown += changed.length - text.length
        if (grown > limit) throw tooLarge(limit, 'The article')
        return changed
      }
    return { ...copy, ...Object.fromEntries(names.map((name) => [name, replaced(copy[name], changeIn(name))])) }
  }
}

/** A topic to add or to leave out: one that is there by its id, one of a new name by that. */
export type TopicChange = { id: string } | { name: string }

const isNamed = ({ id, name }: { id: string; name: string }, change: TopicChange) =>
  'id' in change ? change.id === id : nameKey(change.name) === nameKey(name)

/** Adds topics behind those that are named, and leaves others out; one that is given twice, as by its name and its slug, is one. */
export function retopicing(given: readonly TopicChange[], removed: readonly TopicChange[]): Transform {
  const keyOf = (change: TopicChange) => ('id' in change ? change.id : nameKey(change.name))
  const keys = given.map(keyOf)
  const added = given.filter((_, index) => keys.indexOf(keys[index] as string) === index)
  return (copy) => {
    const kept = copy.topics.filter((topic) => !removed.some((change) => isNamed(topic, change)))
    const missing = added.filter((change) => !kept.some((topic) => isNamed(topic, change)))
    return { ...copy, topics: [...kept.map(({ id }): TopicReferenceInput => ({ id })), ...missing] }
  }
}

/** Puts an author or a topic in the place of another. */
export function renaming(kind: 'author' | 'topic', fromId: string, intoId: string): Transform {
  const property = `${kind}s` as const
  return (copy) => {
    const seen = new Set<string>()
    const names = (copy[property] as { id: string; role?: string | null }[]).flatMap(({ id, role = null }) => {
      const own = { id: id === fromId ? intoId : id, ...(kind === 'author' ? { role } : {}) }
      const key = JSON.stringify(own)
      if (seen.has(key)) return []
      seen.add(key)
      return [own]
    })
    return { ...copy, [property]: names }
  }
}

/** What a merge patch (RFC 7396) makes. */
export const patching =
  (patch: Record<string, unknown>): Transform =>
  (copy) =>
    mergePatch(copy as never, patch as never) as object

/** One after the other. */
export const allOf =
  (transforms: readonly Transform[]): Transform =>
  (copy) =>
    transforms.reduce<object>((made, transform) => transform(made as Article), copy)
