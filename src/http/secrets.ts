import { createHash, createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function base62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest /= 62n) text = alphabet[Number(rest % 62n)] + text
  return text
}

const checksum = (text: string) => base62(BigInt(crc32(text)), 6)

/** A new secret of 256 random bits in 43 characters of base 62, with a checksum of six (CRC-32), so that scanners can tell a leak. */
export function newSecret(prefix: string): string {
  const text = prefix + base62(BigInt(`0x${randomBytes(32).toString('hex')}`), 43)
  return text + checksum(text)
}

/** Whether a secret's checksum is right: a typo needs no look into the database. */
export function hasChecksum(secret: string): boolean {
  return secret.length > 6 && checksum(secret.slice(0, -6)) === secret.slice(-6)
}

/** SHA-256 in hexadecimal; of 256 random bits, so nothing slower is needed. */
export function hashOf(text: string): string {
  return hash('sha256', text, 'hex')
}

/** A keyed hash (HMAC-SHA-256), shortened to 128 bits. */
export function keyedHash(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 32)
}

/** Compares two texts in a time that doesn't tell where they differ. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
}
