const width = 30

/** A bar on standard error while it is a terminal, and nothing where it is not. @param total null where it isn't known */
export function progressBar(what: string, total: number | null): { show: (done: number) => void; end: () => void } {
  const { stderr } = process
  if (!stderr.isTTY) return { show: () => {}, end: () => {} }
  let shownAt = 0
  const line = (done: number) => {
    if (total === null) return `${what} ${done}`
    const share = total === 0 ? 1 : Math.min(1, done / total)
    const filled = Math.round(share * width)
    return `${what} [${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${Math.floor(share * 100)} %`
  }
  return {
    show(done) {
      if (performance.now() - shownAt < 100) return
      shownAt = performance.now()
      stderr.write(`\r\x1b[K${line(done)}`)
    },
    end: () => void stderr.write('\r\x1b[K'),
  }
}
