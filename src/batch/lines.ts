import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { tooLarge } from '../http/body.ts'
import { badRequest } from '../http/problems.ts'
import { BrokenOffError } from '../http/uploads.ts'

const lineFeed = 10
const readAtOnce = 64 * 1024

/** What arrives, kept in a file as it does: `read` gives it on, and waits for what is still to come. */
export type Spool = { read: () => AsyncGenerator<Buffer>; close: () => Promise<void> }

/**
 * Keeps what arrives in a file that has no name any more, so that it is gone with the process. So an upload takes as long as the
 * network needs, while what has arrived is worked off already.
 * @param most more bytes than these are a 413
 */
export async function spooled(source: Readable, most: number): Promise<Spool> {
  const path = join(tmpdir(), `broadsheet-${randomUUID()}`)
  const file: FileHandle = await open(path, 'wx+', 0o600)
  await unlink(path)
  let [size, isWhole] = [0, false]
  let failure: unknown = null
  let wake = () => {}
  const arriving = (async () => {
    try {
      for await (const part of source as AsyncIterable<Buffer>) {
        if (size + part.length > most) throw tooLarge(most)
        await file.write(part)
        size += part.length
        wake()
      }
      isWhole = true
    } catch (error) {
      const isBroken = error instanceof Error && 'code' in error && ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code))
      failure = isBroken ? new BrokenOffError('the client broke off its upload') : error
    }
    wake()
  })()
  async function* read(): AsyncGenerator<Buffer> {
    for (let at = 0; ; ) {
      if (at < size) {
        const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(Math.min(readAtOnce, size - at)), position: at })
        at += bytesRead
        yield buffer.subarray(0, bytesRead)
      } else if (failure !== null) throw failure
      else if (isWhole) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
          // It may have ended while this was made.
          if (at < size || isWhole || failure !== null) resolve()
        })
    }
  }
  return {
    read,
    async close() {
      await arriving
      await file.close()
    },
  }
}

/** A line with its number, from 1; of one that is too long only its beginning. */
export type Line = { text: Buffer; number: number; isTooLong: boolean }

/** The lines that aren't blank. @param longest so many bytes may one have @throws Problem 400 where there is none */
async function* linesOf(parts: AsyncGenerator<Buffer>, longest: number): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0)
  let number = 1
  let isEmpty = true
  const isBlank = (line: Buffer) => line.toString().trim() === ''
  // One byte more tells a line that is too long.
  const beginning = (line: Buffer) => line.subarray(0, longest + 1)
  const lineOf = (text: Buffer): Line => ({ text, number, isTooLong: text.length > longest })
  for await (const part of parts) {
    let text = part
    for (let end = text.indexOf(lineFeed); end !== -1; end = text.indexOf(lineFeed)) {
      const own = text.subarray(0, end)
      const line = beginning(rest.length > 0 ? Buffer.concat([rest, own]) : own)
      rest = Buffer.alloc(0)
      if (!isBlank(line)) {
        isEmpty = false
        yield lineOf(line)
      }
      number++
      text = text.subarray(end + 1)
    }
    rest = Buffer.from(beginning(rest.length > 0 ? Buffer.concat([rest, text]) : text))
  }
  if (!isBlank(rest)) yield lineOf(rest)
  else if (isEmpty) throw badRequest({ pointer: '', code: 'required', message: 'has no line' })
}

/** Lines, some at a time: which go together follows from what they are, not from when they come. */
export async function* pieces(parts: AsyncGenerator<Buffer>, longest: number, most: { lines: number; bytes: number }): AsyncGenerator<Line[]> {
  let piece: Line[] = []
  let bytes = 0
  for await (const line of linesOf(parts, longest)) {
    piece.push(line)
    bytes += line.text.length
    if (piece.length < most.lines && bytes < most.bytes) continue
    yield piece
    piece = []
    bytes = 0
  }
  if (piece.length > 0) yield piece
}
