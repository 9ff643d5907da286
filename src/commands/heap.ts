import { setFlagsFromString } from 'node:v8'

// How V8 keeps its heap: small for who reads, and with room for who writes.
const small = { 'semi-space-growth-factor': 1, 'heap-growing-percent': 10 }
const roomy = { 'semi-space-growth-factor': 2, 'heap-growing-percent': 40 }

const tick = 250
// In a tick. A published story takes some thirty statements, a comment ten.
const manyStatements = 100
const quiet = 0.1
const quietFor = 30_000 / tick

// Both are read by each collection.
function set(flags: typeof small): void {
  for (const [name, value] of Object.entries(flags)) setFlagsFromString(`--${name}=${value}`)
}

/**
 * Gives V8’s heap room while many changes are written. What it has grown by then, and by the start, is given back once the server has been
 * quiet for half a minute: V8 keeps freed pages until it collects again, which it doesn’t do while nobody asks for anything.
 * @param countStatements how many changes have run
 */
export function tendHeap(countStatements: () => number): void {
  const { gc } = globalThis
  // Who starts the server by flags of their own has their own heap.
  if (!gc) return
  let statements = countStatements()
  let utilization = performance.eventLoopUtilization()
  let [isRoomy, hasGrown, quietTicks] = [false, true, 0]
  setInterval(() => {
    const [before, since] = [statements, utilization]
    statements = countStatements()
    utilization = performance.eventLoopUtilization()
    const isWriting = statements - before > manyStatements
    if (isWriting !== isRoomy) set(isWriting ? roomy : small)
    isRoomy = isWriting
    hasGrown ||= isWriting
    quietTicks = performance.eventLoopUtilization(utilization, since).utilization < quiet ? quietTicks + 1 : 0
    if (!hasGrown || quietTicks < quietFor) return
    hasGrown = false
    gc({ type: 'major', flavor: 'last-resort' })
  }, tick).unref()
}
