import type { Rule } from './rule.ts'

const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"')\]]+/giu

/** The addresses that a text names, as they stand in it. */
export const linksIn = (text: string): string[] => text.match(LINK) ?? []

/** The hosts of addresses, in small letters. */
export const hostsOf = (links: readonly string[]): string[] =>
  links.flatMap((link) => URL.parse(/^www\./i.test(link) ? `http://${link}` : link)?.hostname.toLowerCase() ?? [])

/** More addresses than an argument needs. */
export const links: Rule = ({ body }, { config }) => {
  const count = linksIn(body).length
  return count > config.COMMENT_MAX_LINKS ? `${count} links` : null
}
