// What stands in a text but is no word of it: code, the destinations of Markdown links, and addresses as they are.
const destinations = /(`[^`]*`|\]\([^)\s]*\)|<[^<>\s]+[:@][^<>\s]*>|https?:\/\/[^\s)]+|\bwww\.[^\s)]+|[^\s<>()[\]]{1,200}@[^\s<>()[\]]+)/

// A character that is written as a reference (HTML, 13.5) is this one character, and no letters.
const reference = '&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);'
const references: Record<string, string> = { '&': `(?:&amp;|&(?!${reference.slice(1)}))`, '<': '(?:&lt;|<)', '>': '(?:&gt;|>)', '"': '(?:&quot;|")' }

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\&<>"]/g, (sign) => references[sign] ?? `\\${sign}`)

/**
 * Makes what replaces words in a text, in their case, and leaves the addresses in it alone. Letters are the same whether they are
 * composed or not (Unicode's NFC).
 * @param isWhole whether what is found must not be a part of a longer word
 */
export function wordReplacer(find: string, replacement: string, isWhole: boolean): (text: string) => string {
  const edge = String.raw`[\p{L}\p{N}\p{M}_]`
  const sought = find.normalize()
  const wanted = escaped(sought)
  // Of it so much is written in one way alone: most texts haven’t even that.
  const [certain = ''] = sought.split(/[&<>"]/).sort((one, other) => other.length - one.length)
  const pattern = new RegExp(`(${isWhole ? `(?<!${edge})${wanted}(?!${edge})` : wanted})|${reference}`, 'gu')
  function within(part: string): string {
    let isFound = false
    const changed = part.normalize().replace(pattern, (all: string, found: string | undefined) => {
      if (found === undefined) return all
      isFound = true
      return replacement
    })
    return isFound ? changed : part
  }
  return (text) => {
    if (!text.normalize().includes(certain)) return text
    const parts = text.split(destinations)
    return parts.map((part, index) => (index % 2 === 1 ? part : within(part))).join('')
  }
}
