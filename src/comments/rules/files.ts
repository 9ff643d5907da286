import { readFile, stat } from 'node:fs/promises'
import { BlockList, isIP } from 'node:net'
import { readingsOf } from './folding.ts'

/** An entry of the word list: words that follow each other; of the last one the beginning, where it ends in `*`. */
export type Phrase = { entry: string; words: string[]; isPrefix: boolean; isSpaceless: boolean }

/** Who isn’t wanted: e-mail addresses, hosts with all under them, and addresses. */
export type Blocked = { emails: Set<string>; hosts: Set<string>; addresses: BlockList; hasAddresses: boolean }

export type Lists = { phrases: readonly Phrase[]; blocked: Blocked }

const linesOf = (text: string) =>
  text
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/u, '').trim())
    .filter((line) => line !== '')

const SPACELESS = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u

/** Reads a list of words: one entry a line, `#` begins a comment. */
export function phrasesOf(text: string): Phrase[] {
  return linesOf(text).flatMap((entry) => {
    const isPrefix = entry.endsWith('*')
    const [words = []] = readingsOf(isPrefix ? entry.slice(0, -1) : entry)
    return words.length === 0 ? [] : [{ entry, words, isPrefix, isSpaceless: SPACELESS.test(entry) }]
  })
}

/** Reads a blocklist: an e-mail address, a host, an IP address or a network (`192.0.2.0/24`) a line, `#` begins a comment. */
export function blockedOf(text: string): Blocked {
  const blocked: Blocked = { emails: new Set(), hosts: new Set(), addresses: new BlockList(), hasAddresses: false }
  for (const line of linesOf(text).map((one) => one.toLowerCase())) {
    const [address = '', bits] = line.split('/')
    const family = isIP(address)
    if (family > 0 && (bits === undefined || /^\d{1,3}$/.test(bits))) {
      const kind = family === 6 ? 'ipv6' : 'ipv4'
      const most = family === 6 ? 128 : 32
      if (bits === undefined) blocked.addresses.addAddress(address, kind)
      else if (Number(bits) <= most) blocked.addresses.addSubnet(address, Number(bits), kind)
      blocked.hasAddresses = true
    } else if (/^[^@]+@/.test(line)) blocked.emails.add(line)
    else blocked.hosts.add(line.replace(/^(?:@|\*\.|\.)/, ''))
  }
  return blocked
}

type Kept<T> = { at: number; version: string; value: T }

const lookedAtEvery = 1000

/** What a file says, read again when it has changed: looked at once a second at the most. A file that is gone for a moment stays what it was. */
function fileReader<T>(path: string | null, parse: (text: string) => T): () => Promise<T> {
  let kept: Kept<T> = { at: Number.NEGATIVE_INFINITY, version: '', value: parse('') }
  return async () => {
    const now = performance.now()
    if (path === null || now - kept.at < lookedAtEvery) return kept.value
    kept = { ...kept, at: now }
    const found = await stat(path).catch(() => null)
    const version = found ? `${found.mtimeMs} ${found.size} ${found.ino}` : kept.version
    if (version === kept.version) return kept.value
    const text = await readFile(path, 'utf8').catch(() => null)
    if (text !== null) kept = { at: now, version, value: parse(text) }
    return kept.value
  }
}

/** Reads the operator’s lists, of words and of who isn’t wanted, as they are now. */
export function listReader(wordsFile: string | null, blocklistFile: string | null): () => Promise<Lists> {
  const [phrases, blocked] = [fileReader(wordsFile, phrasesOf), fileReader(blocklistFile, blockedOf)]
  return async () => ({ phrases: await phrases(), blocked: await blocked() })
}
