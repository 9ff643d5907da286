import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { tooLarge } from '../http/body.ts'
import { BrokenOffError } from '../http/uploads.ts'

const lineFeed = 10

/**
 * Keeps what arrives in a file that has no name any more, so that it is gone with the process: the upload takes as long as the network
 * needs, and what is done with it as long as that takes.
 * @throws Problem 413 past `most` bytes; BrokenOffError where it doesn't arrive whole
 */
export async function spooled(source: Readable, most: number): Promise<FileHandle> {
  const path = join(tmpdir(), `broadsheet-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  try {
    await unlink(path)
    let size = 0
    for await (const part of source as AsyncIterable<Buffer>) {
      size += part.length
      if (size > most) throw tooLarge(most)
      await file.write(part)
    }
    return file
  } catch (error) {
    await file.close()
    const isBroken = error instanceof Error && 'code' in error && ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code))
    throw isBroken ? new BrokenOffError('the client broke off its upload') : error
  }
}

/** A line with its number, from 1. */
export type Line = { text: Buffer; number: number }

/** The lines of a file that aren't blank. @throws Problem 413 for one of more than `longest` bytes */
async function* linesOf(file: FileHandle, longest: number): AsyncGenerator<Line> {
  let rest = Buffer.alloc(0)
  let number = 0
  for await (const part of createReadStream('', { fd: file, start: 0, autoClose: false }) as AsyncIterable<Buffer>) {
    let text = rest.length > 0 ? Buffer.concat([rest, part]) : part
    for (let end = text.indexOf(lineFeed); end !== -1; end = text.indexOf(lineFeed)) {
      number++
      if (end > longest) throw tooLarge(longest, `Line ${number}`)
      if (text.subarray(0, end).toString().trim() !== '') yield { text: text.subarray(0, end), number }
      text = text.subarray(end + 1)
    }
    if (text.length > longest) throw tooLarge(longest, `Line ${number + 1}`)
    rest = Buffer.from(text)
  }
  if (rest.toString().trim() !== '') yield { text: rest, number: number + 1 }
}

/** The lines of a file, some at a time. */
export async function* pieces(file: FileHandle, longest: number, most: { lines: number; bytes: number }): AsyncGenerator<Line[]> {
  let piece: Line[] = []
  let bytes = 0
  for await (const line of linesOf(file, longest)) {
    piece.push(line)
    bytes += line.text.length
    if (piece.length < most.lines && bytes < most.bytes) continue
    yield piece
    piece = []
    bytes = 0
  }
  if (piece.length > 0) yield piece
}
