import { type Html, html } from './html.ts'

const scriptsFromTheRight = new Set(['Adlm', 'Arab', 'Hebr', 'Nkoo', 'Rohg', 'Syrc', 'Thaa'])

/** Which way a language is written. */
export const directionOf = (language: string): 'ltr' | 'rtl' => (scriptsFromTheRight.has(new Intl.Locale(language).maximize().script ?? '') ? 'rtl' : 'ltr')

/** The name of a language, in itself. */
export const nameOf = (language: string): string => new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language

const timeZone = process.env.TIME_ZONE ?? 'UTC'

/** A day, for readers and for machines. */
export const dayOf = (time: string, language: string): Html =>
  html`<time datetime="${time}">${new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone }).format(new Date(time))}</time>`

/** A time of day with its day. */
export const timeOf = (time: string, language: string): Html =>
  html`<time datetime="${time}">${new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone }).format(new Date(time))}</time>`

export const minutesOf = (minutes: number, language: string): string =>
  new Intl.NumberFormat(language, { style: 'unit', unit: 'minute', unitDisplay: 'long' }).format(minutes)

export const numberOf = (number: number, language: string): string => new Intl.NumberFormat(language).format(number)
