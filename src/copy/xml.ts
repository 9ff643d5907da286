const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

// What XML 1.0 can't have (production 2), even escaped; halves of pairs become U+FFFD as the text becomes bytes.
const unfit = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** A text as XML has it, also within an attribute; what XML can’t have is left out. */
export const escapeXml = (text: string): string => text.replace(unfit, '').replace(/[&<>"']/g, (sign) => signs[sign] as string)
