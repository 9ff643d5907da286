/** An object without those of its properties that have nothing to say: `null`, `undefined` and empty arrays. */
export function said<T extends object = Record<string, unknown>>(properties: { [Name in keyof T]: T[Name] | null | undefined }): T {
  const isSaid = (value: unknown) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => isSaid(value))) as T
}
