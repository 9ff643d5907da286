import { derived } from '../articles/working/fields.ts'

// Of parts: what follows from what they say, from their order, and from what they lead to.
const ofParts = /^\/(?:sections|highlightLists)\/\d+\/(?:revision|updatedAt|wordCount|position|parentId)$/
const ofTargets = /\/target\/(?:anchor|heading|slug|article)(?:\/|$)/

/** The changes of a revision without those that follow from others: what an editor changed. @param changes a JSON Patch of the whole document */
export function withoutDerived<T extends { path: string }>(changes: readonly T[]): T[] {
  return changes.filter(({ path }) => !derived.includes(path.split('/')[1] ?? '') && !ofParts.test(path) && !ofTargets.test(path))
}
