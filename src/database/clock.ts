let ahead = 0

/** The time by which everything is decided and stored, in milliseconds since 1970. */
export const milliseconds = (): number => Date.now() + ahead

/** The same as RFC 3339, UTC, milliseconds. */
export const currentTime = (): string => new Date(milliseconds()).toISOString()

/** Moves the clock of this process forward, for tests of what time brings. @param by milliseconds */
export function moveClock(by: number): void {
  ahead += by
}
