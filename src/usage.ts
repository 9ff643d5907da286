/** A command line that can't be understood; its message says what can. */
export class UsageError extends Error {}

/** A value of the environment that stops the start; its message names the variable. */
export class ConfigError extends Error {}
