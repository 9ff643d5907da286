/** Every rule that a comment may fall under, in the order in which they are asked. */
export const ruleNames = ['honeypot', 'stamp-missing', 'too-fast', 'blocklist', 'words', 'links', 'repeated', 'first-comment', 'learned', 'classifier'] as const

export type RuleName = (typeof ruleNames)[number]
