import { isIP } from 'node:net'
import { hostsOf } from './links.ts'
import type { Rule } from './rule.ts'

/** A host with all that it is under: `a.b.example`, `b.example`, `example`. */
const above = (host: string) => host.split('.').map((_, index, parts) => parts.slice(index).join('.'))

/** Somebody, or a site, that the operator doesn’t want. */
export const blocklist: Rule = ({ links, email, url, address }, { lists: { blocked } }) => {
  const key = email?.toLowerCase() ?? null
  if (key !== null && blocked.emails.has(key)) return 'the e-mail address'
  const hosts = hostsOf([...links, ...(url === null ? [] : [url])])
  if (key !== null) hosts.push(key.slice(key.lastIndexOf('@') + 1))
  const host = hosts.flatMap(above).find((one) => blocked.hosts.has(one))
  if (host !== undefined) return host
  if (!blocked.hasAddresses || address === null) return null
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  const family = isIP(plain)
  return family > 0 && blocked.addresses.check(plain, family === 6 ? 'ipv6' : 'ipv4') ? 'the address' : null
}
