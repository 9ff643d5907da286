import { keyedHash, sameSecret } from '../../http/secrets.ts'
import type { Rule } from './rule.ts'

const validFor = 24 * 60 * 60 * 1000

/** When a form was loaded, signed: for `stamp` of a comment. @param now in milliseconds */
export const newStamp = (key: string, now: number): string => `${now.toString(36)}.${keyedHash(key, `stamp:${now}`)}`

/** When a form was loaded, in milliseconds; null where a stamp isn’t ours, or is older than a day. */
export function stampedAt(key: string, stamp: string, now: number): number | null {
  const [time = '', signature = ''] = stamp.split('.')
  const at = Number.parseInt(time, 36)
  if (!Number.isSafeInteger(at) || !sameSecret(signature, keyedHash(key, `stamp:${at}`))) return null
  return now - at <= validFor ? at : null
}

/** Nobody who loads a form leaves its stamp out. */
export const stampMissing: Rule = ({ form }, { key, now }) => {
  if (form === null || (form.stamp !== undefined && stampedAt(key, form.stamp, now) !== null)) return null
  return form.stamp === undefined ? 'no stamp' : 'a stamp that isn’t valid'
}

/** Nobody reads a story and answers it within a second or two. */
export const tooFast: Rule = ({ form }, { key, now, config }) => {
  const at = form?.stamp === undefined ? null : stampedAt(key, form.stamp, now)
  const seconds = at === null ? null : (now - at) / 1000
  return seconds !== null && seconds < config.COMMENT_MIN_SECONDS ? `${seconds.toFixed(1)} s after the form was loaded` : null
}
