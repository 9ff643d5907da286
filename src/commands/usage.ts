/** A command line that can't be understood; its message says what can. */
export class UsageError extends Error {}
