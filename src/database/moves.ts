/** Which of a sequence must move for the rest to stay in order: those outside a longest rising run. @param from earlier places, in the new order */
function movedAmong(from: readonly number[]): Set<number> {
  const lengths: number[] = []
  const before: number[] = []
  let end = -1
  for (const [index, place] of from.entries()) {
    let best = 0
    before[index] = -1
    for (let earlier = 0; earlier < index; earlier++)
      if ((from[earlier] as number) < place && (lengths[earlier] as number) > best) [best, before[index]] = [lengths[earlier] as number, earlier]
    lengths[index] = best + 1
    if (end < 0 || best + 1 > (lengths[end] as number)) end = index
  }
  const staying = new Set<number>()
  for (let index = end; index >= 0; index = before[index] as number) staying.add(index)
  return new Set(from.keys().filter((index) => !staying.has(index)))
}

/** The ids that changed their place among those that stay; a neighbour that only makes room did not. */
export function movedIds(before: readonly string[], after: readonly string[]): Set<string> {
  const places = new Map(before.map((id, index) => [id, index]))
  const common = after.filter((id) => places.has(id))
  const moved = movedAmong(common.map((id) => places.get(id) as number))
  return new Set(common.filter((_, index) => moved.has(index)))
}
