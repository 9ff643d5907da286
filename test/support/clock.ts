import { moveClock } from '../../src/database/clock.ts'

export const hour = 3_600_000

// Preloaded into a server of its own process: its clock begins as many hours ahead, and goes another one ahead at the signal.
moveClock(Number(process.env.HOURS_AHEAD ?? 0) * hour)
process.on('SIGWINCH', () => moveClock(hour))

/** The environment of a server whose clock begins so many hours ahead, and goes another one ahead at SIGWINCH. */
export const clockAhead = (hours: number) => ({ NODE_OPTIONS: `--import=${import.meta.url}`, HOURS_AHEAD: String(hours) })
