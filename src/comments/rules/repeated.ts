import { words } from '../../copy/words.ts'
import type { Rule } from './rule.ts'

// Many say “Thank you very much”.
const fewestWords = 5

/** The same text under other stories. */
export const repeated: Rule = ({ body }, { twins, articleId }) => {
  const others = new Set(twins.map(({ article_id }) => article_id).filter((id) => id !== articleId))
  return others.size > 0 && words(body).length >= fewestWords ? `the same under ${others.size} other ${others.size === 1 ? 'story' : 'stories'}` : null
}
