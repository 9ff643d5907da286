import type { Rule } from './rule.ts'

/** A field that people don’t see, and so leave empty. */
export const honeypot: Rule = ({ form }) => (form?.honeypot ? 'the hidden field was filled in' : null)
