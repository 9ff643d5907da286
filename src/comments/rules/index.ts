import { type RuleAction as Action, ruleActions as actions, type RuleName } from '../../config.ts'
import { blocklist } from './blocklist.ts'
import { classifier } from './classifier.ts'
import { firstComment } from './first-comment.ts'
import { honeypot } from './honeypot.ts'
import { learned } from './learned.ts'
import { links } from './links.ts'
import { repeated } from './repeated.ts'
import type { Candidate, Context, Rule } from './rule.ts'
import { stampMissing, tooFast } from './stamp.ts'
import { words } from './words.ts'

const rules: Record<RuleName, Rule> = {
  honeypot,
  'stamp-missing': stampMissing,
  'too-fast': tooFast,
  blocklist,
  words,
  links,
  repeated,
  'first-comment': firstComment,
  learned,
  classifier,
}

/** What the rules make of a comment: why they fired, and the status that follows, null where none does. */
export type Judgement = { flags: { rule: string; detail: string | null }[]; status: 'pending' | 'spam' | 'rejected' | null }

const statusOf: Record<Action, Judgement['status']> = { off: null, flag: null, pending: 'pending', spam: 'spam', reject: 'rejected' }

/** Asks all rules that aren’t off; the sternest action of those that fire holds. */
export async function judge(candidate: Candidate, context: Context): Promise<Judgement> {
  const flags: Judgement['flags'] = []
  let sternest: Action = 'off'
  const note = (rule: RuleName, detail: string, action: Action) => {
    flags.push({ rule, detail: detail === '' ? null : detail })
    if (actions.indexOf(action) > actions.indexOf(sternest)) sternest = action
  }
  for (const name of Object.keys(rules) as RuleName[]) {
    const action = context.config.COMMENT_RULES[name]
    const detail = action === 'off' ? null : await rules[name](candidate, context)
    if (detail !== null) note(name, detail, action)
  }
  // Who can’t tell, or doesn’t answer, leaves it to moderators.
  if (context.opinion?.verdict === 'unsure' && context.config.COMMENT_RULES.classifier !== 'off')
    note('classifier', context.opinion.reason ?? 'unsure', 'pending')
  return { flags, status: statusOf[sternest] }
}
