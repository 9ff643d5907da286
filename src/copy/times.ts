// “8:08 a.m.”, “8.08 am”, “8 PM”, “20:15”, “20h15”, “8–9 a.m.”.
const CLOCK = String.raw`(?:(?:\d{1,2}(?:[:.]\d{2})?\s?[-–]\s?)?\d{1,2}(?:[:.]\d{2}){0,2}\s?(?:[ap]\.\s?m\.|[ap]m\b|Uhr\b)|\d{1,2}(?::|\s?h\s?)\d{2}(?::\d{2})?(?!\d))`
// “20.15” may as well be a price, “noon” a word: before a dash or colon alone they are times.
const LOOSE_CLOCK = String.raw`(?:${CLOCK}|\d{1,2}\.\d{2}|(?:12 )?(?:noon|midnight))(?: [A-Z]{2,4})?`
const ENTRY_SIGN = String.raw`\s?[\u2010-\u2015|:：-](?!\d)`
// What may stand before the time: “At”, “Updated at”, “Monday,”, a bracket.
const LEAD = String.raw`[(\[]?(?:(?:at|around|about|by|from|until|since|before|after|shortly|just|updated?|posted|\p{L}{1,20},) ){0,3}`
const ANYWHERE_LIMIT = 1_000

const TIME = new RegExp(String.raw`(?<![\p{L}\p{N}.:$€£])${CLOCK}`, 'iu')
const TIME_AT_START = new RegExp(`^${LEAD}${CLOCK}`, 'iu')
const ENTRY_START = new RegExp(`^${LEAD}${LOOSE_CLOCK}[)\\]]?${ENTRY_SIGN}`, 'iu')

/** “8:08 a.m. - The clerk opens the meeting”, “At 20:15 the doors open”. */
export function startsWithTime(text: string): boolean {
  return TIME_AT_START.test(text) || beginsEntry(text)
}

/** Whether a line has a time of day: what happened then is told, not headed. */
export function hasTimeOfDay(text: string): boolean {
  return startsWithTime(text) || (text.length <= ANYWHERE_LIMIT && TIME.test(text))
}

/** Whether a line begins an entry of its own, as a diary of a day has them: with a time and a dash or colon. */
export function beginsEntry(text: string): boolean {
  return ENTRY_START.test(text)
}
