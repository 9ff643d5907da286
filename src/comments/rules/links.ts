import type { Rule } from './rule.ts'

const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"')\]]+/giu

/** The addresses that a text names, as they stand in it. */
export const addressesIn = (text: string): string[] => text.match(LINK) ?? []

/** The hosts of addresses, of mail among them, in lower case. */
export const hostsOf = (links: readonly string[]): string[] =>
  links.flatMap((link) => {
    const mail = /^mailto:[^@?]*@([^?]+)/i.exec(link)?.[1]
    const host = mail ?? URL.parse(/^www\./i.test(link) ? `http://${link}` : link)?.hostname
    // A name may end with the root’s dot, and is the same.
    return host ? [host.toLowerCase().replace(/\.$/, '')] : []
  })

/** More addresses than an argument needs. */
export const links: Rule = ({ links: all }, { config }) => {
  const count = all.length
  return count > config.COMMENT_MAX_LINKS ? `${count} links` : null
}
