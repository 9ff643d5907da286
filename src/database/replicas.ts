// Long enough not to wait for a dead replica at every request, short enough to have it back soon.
const restedAfter = 3000

/**
 * Spreads reads over replicas in turn; one that doesn't answer rests for a while, and its read goes to the next.
 * @returns runs `work` on a replica, or `otherwise` where none answers
 */
export function replicaSet<R>(replicas: readonly R[], isUnavailable: (error: unknown) => boolean, isRetryable: (error: unknown) => boolean) {
  const restsUntil = new Map<R, number>()
  let turn = 0
  return async <T>(work: (replica: R) => Promise<T>, otherwise: () => Promise<T>): Promise<T> => {
    turn++
    const inTurn = replicas.map((_, index) => replicas[(turn + index) % replicas.length] as R)
    const resting = inTurn.filter((replica) => (restsUntil.get(replica) ?? 0) > performance.now())
    for (const replica of inTurn.filter((one) => !resting.includes(one))) {
      try {
        return await work(replica)
      } catch (error) {
        // A replica gives up a read that stands in the way of what it replays.
        if (isRetryable(error)) continue
        if (!isUnavailable(error)) throw error
        restsUntil.set(replica, performance.now() + restedAfter)
      }
    }
    try {
      return await otherwise()
    } catch (error) {
      // With the primary gone too, a resting replica is asked again rather than no one.
      const [last] = resting
      if (!last || !isUnavailable(error)) throw error
      return work(last)
    }
  }
}
