/** Why a thing is left as it is. */
export class KeptError extends Error {}
