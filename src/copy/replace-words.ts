// What stands in a text but is no word of it: code, the destinations of Markdown links, and addresses as they are.
const destinations = /(`[^`]*`|\]\([^)\s]*\)|<[^<>\s]+[:@][^<>\s]*>|https?:\/\/[^\s)]+|\bwww\.[^\s)]+|[^\s<>()[\]]{1,200}@[^\s<>()[\]]+)/

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/**
 * Makes what replaces words in a text, in their case, and leaves the addresses in it alone.
 * @param isWhole whether what is found must not be a part of a longer word
 */
export function wordReplacer(find: string, replacement: string, isWhole: boolean): (text: string) => string {
  const edge = String.raw`[\p{L}\p{N}\p{M}_]`
  const pattern = new RegExp(isWhole ? `(?<!${edge})${escaped(find)}(?!${edge})` : escaped(find), 'gu')
  return (text) => {
    if (!text.includes(find)) return text
    const parts = text.split(destinations)
    return parts.map((part, index) => (index % 2 === 1 ? part : part.replace(pattern, () => replacement))).join('')
  }
}
