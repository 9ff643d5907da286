import { words } from '../../copy/words.ts'

// Letters of other scripts that look like Latin ones (Unicode’s confusables, those that are used for it).
const LOOK_ALIKES = Object.fromEntries([
  ['а', 'a'],
  ['в', 'b'],
  ['с', 'c'],
  ['ԁ', 'd'],
  ['е', 'e'],
  ['ё', 'e'],
  ['һ', 'h'],
  ['і', 'i'],
  ['ї', 'i'],
  ['ј', 'j'],
  ['к', 'k'],
  ['ӏ', 'l'],
  ['м', 'm'],
  ['н', 'h'],
  ['о', 'o'],
  ['р', 'p'],
  ['ԛ', 'q'],
  ['ѕ', 's'],
  ['т', 't'],
  ['у', 'y'],
  ['ѵ', 'v'],
  ['ԝ', 'w'],
  ['х', 'x'],
  ['α', 'a'],
  ['β', 'b'],
  ['ε', 'e'],
  ['η', 'n'],
  ['ι', 'i'],
  ['κ', 'k'],
  ['μ', 'u'],
  ['ν', 'v'],
  ['ο', 'o'],
  ['ρ', 'p'],
  ['τ', 't'],
  ['υ', 'u'],
  ['χ', 'x'],
  ['ω', 'w'],
  ['ɑ', 'a'],
  ['ɡ', 'g'],
  ['ı', 'i'],
  ['ł', 'l'],
  ['ø', 'o'],
  ['đ', 'd'],
]) as Record<string, string>
// Digits and signs in the place of letters.
const LEET: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'i',
  '€': 'e',
  '£': 'l',
  '+': 't',
}

const INVISIBLE = /\p{Cf}|\p{Default_Ignorable_Code_Point}/gu
const RUN = /[\p{L}\p{N}\p{M}@$!|€£+]+/gu
const SPACED = /(?<![\p{L}\p{N}])(?:[\p{L}\p{N}][ ._*-]){2,}[\p{L}\p{N}](?![\p{L}\p{N}])/gu

const folded = (text: string) => text.normalize('NFKD').replace(INVISIBLE, '').replace(/\p{M}/gu, '').toLowerCase()

/** A run of signs as the letters that they stand for; a number stays a number. */
function unmasked(run: string): string {
  const plain = [...run].map((sign) => LOOK_ALIKES[sign] ?? sign).join('')
  const ended = plain.replace(/[!|+]+$/u, '')
  if (!/\p{L}/u.test(ended)) return ended
  return [...ended].map((sign) => LEET[sign] ?? sign).join('')
}

/**
 * The words of a text in the ways in which it may be read: as it stands, and with look-alike letters, digits for letters, letters
 * that are drawn out and letters that stand apart brought back.
 */
export function readingsOf(text: string): string[][] {
  const whole = folded(text)
  const joined = whole.replace(SPACED, (run) => run.replace(/[ ._*-]/g, ''))
  const plain = joined.replace(RUN, unmasked)
  const short = plain.replace(/(\p{L})\1{2,}/gu, '$1')
  return [words(text), words(plain), words(short), words(plain.replace(/(\p{L})\1{2,}/gu, '$1$1'))]
}

/** The runs of letters that stand apart, joined: other letters may stand beside what is meant. */
export function spelledApart(text: string): string[] {
  return (folded(text).match(SPACED) ?? []).map((run) => unmasked(run.replace(/[ ._*-]/g, '')))
}
