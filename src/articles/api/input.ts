import type { FastifyRequest } from 'fastify'
import { type Markup, markupIn } from '../../copy/markup.ts'
import { articleFromText } from '../../copy/text.ts'
import { isTime, normalTime } from '../../http/formats.ts'
import { badRequest, type Fault } from '../../http/problems.ts'
import { bodyFaults, refuse } from '../../http/validation.ts'
import { type ArticleCreate, ArticleInput } from '../working/input-schemas.ts'
import { publishPermission } from './lookup.ts'

type Written = { type: string; anchor?: string }

/** Highlights of the text lead to sections of the text: where the body brings its own, only to those it names alike. */
function withoutLostTargets(lists: NonNullable<ReturnType<typeof articleFromText>>['highlightLists'], sections: ArticleInput['sections']) {
  const anchors = new Set((sections ?? []).map(({ anchor }) => anchor))
  const kept = (target: Written | null) => (target?.anchor !== undefined && anchors.has(target.anchor) ? target : null)
  return lists.map((list) => ({ ...list, items: list.items.map((item) => ({ ...item, target: kept(item.target) })) }))
}

const insteadOf: Partial<Record<Markup, string>> = { JSON: 'send it as application/json' }

// Many times the longest story; what is read of a line takes longer than what is read of a letter.
const mostLines = 20_000

function hasFewLines(text: string): boolean {
  let lines = 0
  for (const _ of text.matchAll(/\S[^\r\n]*/g)) {
    lines++
    if (lines > mostLines) return false
  }
  return true
}

function fromText(text: string, named: Omit<ArticleCreate, 'fromText'>, pointer: string): unknown {
  if (!hasFewLines(text)) throw badRequest({ pointer, code: 'length', message: `has more than ${mostLines} lines` })
  const markup = markupIn(text)
  if (markup) {
    const instead = insteadOf[markup] ?? 'send the words of the page alone, without markup, or the article as JSON'
    throw badRequest({ pointer, code: 'format', message: `looks like ${markup}, not plain text: ${instead}` })
  }
  const read = articleFromText(text)
  if (!read && named.headline === undefined)
    throw badRequest({ pointer, code: 'required', message: 'has no headline: the first line is one, of at most 1000 characters' })
  const lists = read && named.sections ? { highlightLists: withoutLostTargets(read.highlightLists, named.sections) } : {}
  return { ...read, ...lists, ...named }
}

/**
 * What a POST says of a new article: JSON, a page's text, or a text in JSON, where what the body names itself wins.
 * @throws Problem 400 where there is no headline
 */
export function createdInput(request: FastifyRequest): ArticleInput {
  const { body } = request
  const isText = typeof body === 'string'
  const { fromText: text, ...named } = (isText ? { fromText: body } : body) as ArticleCreate
  if (text === undefined) {
    const isNoted = request.faults.some((fault) => 'pointer' in fault && fault.pointer === '/headline')
    if (named.headline === undefined && !isNoted) throw badRequest({ pointer: '/headline', code: 'required', message: 'is required, or else fromText' })
    return named as ArticleInput
  }
  const input = fromText(text, named, isText ? '' : '/fromText')
  refuse(bodyFaults(request.server.validator(ArticleInput), input))
  return input as ArticleInput
}

/**
 * The time of the last change that a POST or PATCH sets, for archives; null where it sets none.
 * @param current the one that the article has @param publishedAt the date that it will have, if any
 */
export function givenUpdatedAt(request: FastifyRequest, given: unknown, current: string | null, publishedAt: string | null, now: string): string | null {
  const fault = (code: Fault['code'], message: string) => {
    request.faults.push({ pointer: '/updatedAt', code, message })
    return null
  }
  if (typeof given !== 'string' || !isTime(given)) return fault('format', 'must be a time of RFC 3339 with an offset, such as 2026-05-01T09:30:00Z')
  const time = normalTime(given)
  if (time === current) return null
  publishPermission(request, 'Setting updatedAt')
  if (time > now) return fault('range', 'must not be in the future')
  return publishedAt !== null && time < publishedAt ? fault('range', 'must not be before publishedAt') : time
}
