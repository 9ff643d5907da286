/** A command line that can't be understood; its message says what can. The process ends with 2. */
export class UsageError extends Error {}

/** What keeps a command from its work; its message says it in plain words, and what to do. The process ends with 1. */
export class CommandError extends Error {}

/** A value of the environment that stops the start; its message names the variable. */
export class ConfigError extends Error {}
