import { createHmac } from 'node:crypto'
import type { Config } from '../../config.ts'
import { milliseconds } from '../../database/clock.ts'
import type { Asked, Context, Rule } from './rule.ts'

const [patience, mostAnswer] = [2000, 65_536]
const verdicts = ['ham', 'unsure', 'spam'] as const

/**
 * Asks the operator’s classifier about a comment: a POST of JSON, signed in `Broadsheet-Signature: t=SECONDS,v1=HEX`, the HMAC-SHA-256
 * of `SECONDS.BODY` under `COMMENT_CLASSIFIER_SECRET`. It answers `{ "verdict": "ham" | "unsure" | "spam", "reason"? }` within two seconds.
 * @returns null where there is none; unsure where it doesn’t answer
 */
export async function askClassifier(
  { COMMENT_CLASSIFIER_URL: url, COMMENT_CLASSIFIER_SECRET: secret }: Config,
  candidate: Asked,
  article: string,
): Promise<Context['opinion']> {
  if (url === null) return null
  const { body, name, email, url: site, account, address } = candidate
  const sent = JSON.stringify({ article, body, author: { name, email, url: site, account }, address })
  const seconds = Math.floor(milliseconds() / 1000)
  const signature = createHmac('sha256', secret ?? '')
    .update(`${seconds}.${sent}`)
    .digest('hex')
  try {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/json', 'broadsheet-signature': `t=${seconds},v1=${signature}` },
      body: sent,
      signal: AbortSignal.timeout(patience),
    })
    const text = await readAtMost(answer, mostAnswer)
    const { verdict, reason } = JSON.parse(text) as { verdict?: unknown; reason?: unknown }
    const known = verdicts.find((one) => one === verdict)
    if (answer.ok && known) return { verdict: known, reason: typeof reason === 'string' ? reason.slice(0, 200) : null }
  } catch {
    // Who can’t be asked has no opinion.
  }
  return { verdict: 'unsure', reason: 'the classifier didn’t answer' }
}

async function readAtMost({ body }: Response, most: number): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body ?? []) {
    size += part.length
    if (size > most) throw new Error('too long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

/** What the operator’s classifier takes for spam. */
export const classifier: Rule = (_candidate, { opinion }) => (opinion?.verdict === 'spam' ? (opinion.reason ?? '') : null)
