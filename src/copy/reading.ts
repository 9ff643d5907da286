import { neutralised } from './neutral.ts'

// Words a minute, and of scripts without spaces characters a minute, as adults read aloud or silently in studies of several languages
// (IReST, Trauzettel-Klosinski and Dietz 2012; Brysbaert 2019 for English); others as the mean of these.
const wordsAMinute: Record<string, number> = {
  ar: 138,
  de: 179,
  en: 238,
  es: 218,
  fi: 161,
  fr: 195,
  he: 187,
  it: 188,
  nl: 202,
  pl: 166,
  pt: 181,
  ru: 184,
  sl: 180,
  sv: 199,
  tr: 166,
}
const ofOthers = 184
const charactersAMinute: Record<string, number> = { zh: 255, yue: 255, ja: 357, ko: 300 }

const base = (language: string) => language.split('-')[0]?.toLowerCase() ?? ''

/** Whether what is read of a language (BCP 47) is counted in characters: Chinese, Japanese, Korean. */
export const isReadByCharacters = (language: string): boolean => base(language) in charactersAMinute

/** The letters and digits of a text. */
export const charactersIn = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0

/**
 * How long a story takes to read, in whole minutes: at least 1 where there is anything to read, else 0.
 * @param count its words, or its characters where its language (BCP 47) is read by these
 */
export function readingTime(language: string, count: number): number {
  if (count === 0) return 0
  const name = base(language)
  return Math.max(1, Math.round(count / (charactersAMinute[name] ?? wordsAMinute[name] ?? ofOthers)))
}

/** Whether a text shows nothing. */
export const isBlank = (text: string): boolean => !/[\p{L}\p{N}\p{P}\p{S}]/u.test(neutralised(text))

const [longest, shortest] = [200, 80]

/** The last place, within a length, at which a part of a text ends; 0 where there is none. */
function lastEnd(text: string, language: string, granularity: 'sentence' | 'word' | 'grapheme', within: number): number {
  let end = 0
  for (const { index, segment, isWordLike } of new Intl.Segmenter(language, { granularity }).segment(text)) {
    if (granularity === 'word' && !isWordLike) continue
    const own = index + segment.trimEnd().length
    if (own > within) break
    end = own
  }
  return end
}

/**
 * What a teaser says of a story, on one line of at most 200 characters: the text itself where it is that short, else its first whole
 * sentences where they say enough, else as many of its words, and `…`.
 * @param text plain text @param language BCP 47
 */
export function excerptOf(text: string, language: string): string | null {
  const start = neutralised(text.slice(0, 20 * longest))
    .replace(/\s+/g, ' ')
    .trim()
  if (start.length <= longest) return isBlank(start) ? null : start
  // A character past the limit, so that what ends at the limit is seen to end there.
  const shown = start.slice(0, 2 * longest)
  const sentences = lastEnd(shown, language, 'sentence', longest)
  if (sentences >= shortest) return shown.slice(0, sentences)
  const end = lastEnd(shown, language, 'word', longest - 1) || lastEnd(shown, language, 'grapheme', longest - 1)
  return `${shown.slice(0, end)}…`
}
