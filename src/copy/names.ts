/** A name as it is compared: NFKC, case folded. */
export const nameKey = (name: string) => name.normalize('NFKC').trim().toLowerCase()
