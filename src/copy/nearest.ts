/** The edit distance of two strings with transposition (Damerau–Levenshtein, optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let best = Math.min(substituted, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1)
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (before[j - 2] ?? 0) + 1)
      current.push(best)
    }
    before = previous
    previous = current
  }
  return previous[b.length] ?? 0
}

/** The name that was probably meant: the closest of `names` within `most` edits (default: a third of the length), if any. */
export function nearest(given: string, names: readonly string[], most?: number): string | undefined {
  // Longer words can't be near any name, and measuring them costs the product of both lengths.
  if (given.length > 100) return undefined
  const limit = most ?? Math.max(1, Math.floor(given.length / 3))
  let best: string | undefined
  let bestDistance = limit + 1
  for (const name of names) {
    if (Math.abs(name.length - given.length) > limit) continue
    const measured = distance(given.toLowerCase(), name.toLowerCase())
    if (measured < bestDistance) [best, bestDistance] = [name, measured]
  }
  return best
}
