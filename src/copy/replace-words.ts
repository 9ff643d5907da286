// What stands in a text but is no word of it: code (CommonMark, 6.1), the destinations of Markdown links, and addresses as they are.
const destinations =
  /(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)|\]\((?:[^()\s]|\([^()\s]*\))*\)|<[^<>\s]+[:@][^<>\s]*>|https?:\/\/[^\s)]+|\bwww\.[^\s)]+|[^\s<>()[\]]{1,200}@[^\s<>()[\]]+/g

// A character that is written as a reference (HTML, 13.5) is this one character, and no letters.
const reference = '&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);'
const references: Record<string, string> = { '&': `(?:&amp;|&(?!${reference.slice(1)}))`, '<': '(?:&lt;|<)', '>': '(?:&gt;|>)', '"': '(?:&quot;|")' }

// A sign may be written with a backslash before it (CommonMark, 2.4), which is one itself where there are two.
const backslash = String.raw`(?:(?<!\\)\\)?`
const signs = /[!-/:-@[-`{-~]/g
const beginsWithSign = /^[!-/:-@[-`{-~]/

const escaped = (text: string) => text.replaceAll(signs, (sign) => backslash + (references[sign] ?? (/[$()*+./?[\\\]^{|}]/.test(sign) ? `\\${sign}` : sign)))

// So many are looked for: a text of nothing else is no word.
const mostPlaces = 100

/** Where a text stands within another. */
function placesOf(text: string, within: string): number[] {
  const places: number[] = []
  for (let place = within.indexOf(text); place !== -1 && places.length < mostPlaces; place = within.indexOf(text, place + 1)) places.push(place)
  return places
}

/**
 * Makes what replaces words in a text, in their case, and leaves the addresses in it alone, and what stands in what it is to be already:
 * done twice it changes nothing more. Letters are the same whether they are composed or not (Unicode's NFC).
 * @param isWhole whether what is found must not be a part of a longer word
 */
export function wordReplacer(find: string, replacement: string, isWhole: boolean): (text: string) => string {
  const letter = String.raw`[\p{L}\p{N}\p{M}]`
  const sought = find.normalize()
  const made = replacement.normalize()
  const wanted = escaped(sought)
  // Of it so much is written in one way alone: most texts haven’t even that.
  const [certain = ''] = sought.split(signs).sort((one, other) => other.length - one.length)
  // An underscore within a word is no emphasis, and so a part of it.
  const whole = `(?<!${letter}|${letter}_)${wanted}(?!_?${letter})`
  const pattern = new RegExp(`(${isWhole ? whole : wanted})|${reference}`, 'gu')
  const places = placesOf(sought, made)
  // What begins with a sign stays no markup where that was none.
  const safely = beginsWithSign.test(made) ? `\\${replacement}` : replacement
  function within(part: string): string {
    let isFound = false
    const changed = part.normalize().replace(pattern, (all: string, found: string | undefined, at: number, text: string) => {
      if (found === undefined || places.some((place) => at >= place && text.startsWith(made, at - place))) return all
      isFound = true
      return found.startsWith('\\') && !sought.startsWith('\\') ? safely : replacement
    })
    return isFound ? changed : part
  }
  return (text) => {
    if (!text.normalize().includes(certain)) return text
    let [changed, end] = ['', 0]
    for (const { 0: kept, index } of text.matchAll(destinations)) {
      changed += within(text.slice(end, index)) + kept
      end = index + kept.length
    }
    return changed + within(text.slice(end))
  }
}
