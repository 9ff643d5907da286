import { emailKey } from '../search.ts'
import type { Rule } from './rule.ts'

/** Nothing of whoever writes was approved before: by account, else by e-mail address. */
export const firstComment: Rule = async ({ account, email, form }, { read, config }) => {
  if (!config.COMMENT_HOLD_FIRST || form === null) return null
  const key = account ?? emailKey(email)
  if (key === null) return 'without an e-mail address'
  const known = await read
    .selectFrom('comments')
    .select('id')
    .where(account === null ? 'email_key' : 'account', '=', key)
    .where('status', '=', 'approved')
    .limit(1)
    .executeTakeFirst()
  return known ? null : ''
}
