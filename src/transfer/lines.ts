const lineFeed = 0x0a

/** A line without its end, and how many bytes the stream had up to there. */
export type StreamLine = { line: Buffer; end: number }

/** The lines of UTF-8, which end at a line feed and nowhere else: a JSON text may hold U+2028 as it is (RFC 8259, 7). */
export async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<StreamLine> {
  let begun: Buffer[] = []
  let end = 0
  const ended = (last: Buffer): StreamLine => {
    const line = begun.length === 0 ? last : Buffer.concat([...begun, last])
    begun = []
    return { line, end }
  }
  for await (const piece of stream) {
    let from = 0
    for (let to = piece.indexOf(lineFeed); to !== -1; to = piece.indexOf(lineFeed, from)) {
      end += to + 1 - from
      yield ended(piece.subarray(from, to))
      from = to + 1
    }
    end += piece.length - from
    if (from < piece.length) begun.push(piece.subarray(from))
  }
  if (begun.length > 0) yield ended(Buffer.alloc(0))
}
