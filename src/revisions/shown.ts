import { readOnlyProperties } from '../articles/working/fields.ts'

// Of parts: what follows from what they say, from their order, and from what they lead to.
const ofParts = /^\/(?:sections|highlightLists)\/\d+\/(?:revision|updatedAt|wordCount|position|parentId)$/
const ofTargets = /\/target\/(?:anchor|heading|slug|article)(?:\/|$)/

// What goes with an author or a topic, and not with this story.
const ofNames = /^\/(?:authors\/\d+\/(?:slug|name|image)|topics\/\d+\/(?:slug|name|kind))(?:\/|$)/

/** The changes of a revision without those that follow from others: what an editor changed. @param changes a JSON Patch of the whole document */
export function withoutDerived<T extends { path: string }>(changes: readonly T[]): T[] {
  // Publishing makes no revision: what it changed comes with the next one.
  const wasPublished = changes.some(({ path }) => path === '/status')
  const follows = (path: string) => readOnlyProperties.includes(path.split('/')[1] ?? '') || path === '/status' || (wasPublished && path === '/publishedAt')
  return changes.filter(({ path }) => !follows(path) && !ofParts.test(path) && !ofTargets.test(path) && !ofNames.test(path))
}
