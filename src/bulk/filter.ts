import type { ListQuery } from '../articles/api/filters.ts'
import { requireLanguages } from '../articles/api/languages.ts'
import { idsMatching } from '../articles/api/list.ts'
import { statuses } from '../articles/working/schemas.ts'
import type { Engine, Read } from '../database/engine.ts'
import { externalOwners } from '../database/external-ids.ts'
import { idsOfReferences } from '../database/slugs.ts'
import { addAll } from '../database/values.ts'
import { conditionsOf, requireKnown } from '../http/filters.ts'
import { parts } from '../http/pagination.ts'
import { type Fault, Problem } from '../http/problems.ts'
import { refuse } from '../http/validation.ts'
import { type ArticleFilterInput, mostArticles } from './schemas.ts'

const severals = ['status', 'topic', 'author', 'language', 'genre'] as const

/** What is wrong with one value of a filter by itself. */
function faultsOfValue(name: (typeof severals)[number], value: string): Fault[] {
  return faultsIn(() => {
    const conditions = conditionsOf({ [name]: [value] }, name)
    if (name === 'status') requireKnown(conditions, name, statuses)
    if (name === 'language') requireLanguages(conditions)
  })
}

/** What a check says is wrong; what else it throws is thrown. */
function faultsIn(check: () => void): Fault[] {
  try {
    check()
    return []
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== 'bad-request') throw error
    return [...(error.extras.errors ?? [])]
  }
}

/** A fault of a parameter of the list where the filter has it. @param index of the value in its list */
const inFilter = ({ code, message, ...rest }: Fault, index?: number): Fault => {
  const { parameter = '', ...more } = rest as { parameter?: string; suggestion?: string }
  return { pointer: `/filter/${parameter}${index === undefined ? '' : `/${index}`}`, code, message, ...more }
}

/** The filter as the list's query has it: faults stand in the body, not in parameters. @throws Problem 400 that lists them all */
export async function idsOf(read: Read, engine: Engine, { ids, slug, externalId, ...filter }: ArticleFilterInput): Promise<string[]> {
  const query: ListQuery = { copy: 'working', ...filter }
  const faults: Fault[] = []
  for (const name of severals) {
    const given = filter[name]
    if (given === undefined) continue
    const own = Array.isArray(given) ? given.flatMap((value, index) => faultsOfValue(name, value).map((fault) => inFilter(fault, index))) : []
    addAll(faults, own)
    query[name] = own.length > 0 ? undefined : [given].flat()
    // What is to fall back from a wrong language isn't wrong itself.
    if (name === 'language' && own.length > 0) delete query.fallback
  }
  const note = <T>(check: () => T): T | undefined => {
    let value: T | undefined
    const own = faultsIn(() => {
      value = check()
    })
    addAll(
      faults,
      own.map((fault) => inFilter(fault)),
    )
    return value
  }
  const source = { read, engine, shows: 'working' as const, site: null, note }
  const lists: Set<string>[] = []
  if (ids !== undefined) lists.push(new Set(await idsOfReferences(read, 'article', parts(ids))))
  if (slug !== undefined) lists.push(new Set(await idsOfReferences(read, 'article', parts(slug))))
  if (externalId !== undefined) lists.push(new Set((await externalOwners(read, 'article', parts(externalId))).values()))
  const [first, ...others] = lists
  const among = first ? [...first].filter((id) => others.every((list) => list.has(id))) : null
  return idsMatching(source, query, mostArticles + 1, among, () => refuse(faults))
}
