// What turns the order of the text around it (UAX 9), shows nothing and hides what is written, or belongs to no text: soft
// hyphens, zero-width spaces and joiners of words, tags, fillers, interlinear annotations.
const INVISIBLE =
  /[\u202a-\u202e\u2066-\u2069\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\u115f\u1160\u3164\uffa0]|\u034f|[\u17b4\u17b5]|\u{1bca0}|\u{1bca1}|\u{1bca2}|\u{1bca3}/gu
// A flag of a region is a black flag with tags: they stay there, and nowhere else.
const TAGS = /(\u{1f3f4}[\u{e0020}-\u{e007e}]{1,10}\u{e007f})|[\u{e0000}-\u{e007f}]/gu
// Joiners shape letters of some scripts, and make one emoji of several.
const JOINERS = /[\u200c\u200d]/g
const SELECTORS = /(\p{Variation_Selector})\p{Variation_Selector}+/gu
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g

const joins = /[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]/u

/**
 * A text by a stranger without what abuses it: bidi overrides and isolates (UAX 9), zero-width and other invisible signs where they
 * join nothing, control characters. Emoji with their joiners, right-to-left text and text with marks stay what they are.
 */
export function neutralised(text: string): string {
  return text
    .replace(CONTROLS, '')
    .replace(INVISIBLE, '')
    .replace(TAGS, '$1')
    .replace(SELECTORS, '$1')
    .replace(JOINERS, (sign, offset: number, whole: string) =>
      joins.test(characterBefore(whole, offset)) && joins.test(characterAt(whole, offset + 1)) ? sign : '',
    )
}

const characterAt = (text: string, index: number) => (index < text.length ? String.fromCodePoint(text.codePointAt(index) as number) : '')
const characterBefore = (text: string, index: number) => [...text.slice(Math.max(0, index - 2), index)].at(-1) ?? ''

/** So many combining marks may stand on one letter. */
export const mostMarks = 20

/** Whether more marks stand in a row than any script needs. */
export const hasTooManyMarks = (text: string): boolean => /\p{M}{21}/u.test(text)
