import type { Config } from '../config.ts'

/** Headers whose values pages of other origins may read (Fetch, `Access-Control-Expose-Headers`). */
export const exposedHeaders = ['ETag', 'Link', 'Location', 'Retry-After', 'RateLimit', 'X-Request-Id', 'Idempotency-Replayed', 'Dry-Run']

/** What every answer has: JSON is neither guessed to be a page, nor shown as one. */
export const fixedHeaders = {
  'content-security-policy': "default-src 'none';style-src 'unsafe-inline';frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
}

/** What every answer has to a public read without an `Origin`, besides its own headers, by the configuration alone. */
export const commonHeaders = ({ CORS_ORIGINS }: Config): Record<string, string> => ({
  ...fixedHeaders,
  ...(CORS_ORIGINS === '*' ? { 'access-control-allow-origin': '*' } : {}),
  'access-control-expose-headers': exposedHeaders.join(', '),
})

/** What such an answer depends on. @param vary what it says of itself */
export const commonVary = ({ CORS_ORIGINS }: Config, vary: string): string => (CORS_ORIGINS === '*' ? vary : `Origin, ${vary}`)

/** What every answer has that is made without the router's hooks. @param origin that of the page that asks @param vary what the answer says of itself */
export function headersFor(config: Config, origin: string | undefined, vary: string): Record<string, string> {
  const { CORS_ORIGINS } = config
  const isListed = CORS_ORIGINS !== '*' && origin !== undefined && CORS_ORIGINS.includes(origin)
  return { ...commonHeaders(config), ...(isListed ? { 'access-control-allow-origin': origin } : {}), vary: commonVary(config, vary) }
}
