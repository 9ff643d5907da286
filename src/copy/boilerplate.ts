import type { Line } from './lines.ts'
import { folded } from './phrases.ts'

// Only what sites print under a story themselves, word for word: whatever else stands there is the story's.
const SHARE_PHRASES = new Set(['article', 'story', 'post', 'page', 'news', ''].flatMap((what) => [`share this ${what}`.trim(), `share ${what}`.trim()]))
SHARE_PHRASES.delete('share')
const COMMENT_PHRASES = new Set([
  'leave a comment',
  'leave a reply',
  'leave your comment',
  'post a comment',
  'post your comment',
  'add a comment',
  'write a comment',
  'add your comment',
  'view comments',
  'show comments',
  'no comments yet',
  'be the first to comment',
  'join the conversation',
  'print this article',
  'print this page',
  'email this article',
  'back to top',
])
// Names of networks are boilerplate only beneath a “Share …” line.
const NETWORKS = new Set(['facebook', 'twitter', 'x', 'whatsapp', 'linkedin', 'telegram', 'reddit', 'pinterest', 'email', 'e-mail', 'copy link', 'print'])

/** The lines of a page without the chrome at its end (“Share This Article”, “Leave a comment”), which the API gives as data. */
export function withoutBoilerplate(lines: Line[]): Line[] {
  let end = lines.length
  let networks = false
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const phrase = folded(lines[index]?.text ?? '')
    if (phrase === '') continue
    if (SHARE_PHRASES.has(phrase)) networks = false
    else if (NETWORKS.has(phrase)) networks = true
    else if (networks || !COMMENT_PHRASES.has(phrase)) break
    if (!networks) end = index
  }
  return lines.slice(0, end)
}
