import { keyedHash } from './secrets.ts'

/**
 * The key of an article that an answer leaves out since it isn't public: caches drop the answer when the article appears, and nobody
 * learns from it which one that is.
 */
export const pendingKey = (hashKey: string, articleId: string): string => `pending:${keyedHash(hashKey, `pending ${articleId}`)}`

// Caches and proxies refuse header lines much longer than this.
const longestKeys = 4000

/**
 * The keys as headers. Where they would be too long, a list has its one key alone (and `comments`, where it counts them); anything
 * else has its own key first, and `list`, which goes whenever a name changes or a story appears, for those left out. `site` stays in any case.
 */
export function keyHeaders(keys: readonly string[]): Record<string, string> {
  const distinct = [...new Set(keys)]
  const tags = distinct.join(',')
  if (tags.length <= longestKeys) return { 'surrogate-key': distinct.join(' '), 'cache-tag': tags }
  const [own = 'list', ...others] = distinct
  const some = [...new Set([own, 'list', ...(others.includes('site') ? ['site'] : [])])]
  if (own === 'list' && others.some((key) => key.startsWith('comments'))) some.push('comments')
  if (own !== 'list') for (const key of others) if (!some.includes(key) && some.join(',').length + key.length < longestKeys) some.push(key)
  return { 'surrogate-key': some.join(' '), 'cache-tag': some.join(',') }
}
