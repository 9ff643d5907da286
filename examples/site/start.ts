// `npm run example`: the server, the demonstration newsroom and the site; Ctrl+C ends them.
import { type Newsroom, startNewsroom } from './newsroom.ts'

let newsroom: Newsroom | undefined
let isStopping = false

async function stop(status: number): Promise<void> {
  if (isStopping) return
  isStopping = true
  await newsroom?.stop()
  process.exit(status)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(0))
newsroom = await startNewsroom(() => stop(1))
console.log(`The site:    ${newsroom.siteUrl}
A preview:   ${newsroom.previewUrl}
The API:     ${newsroom.apiUrl}, to try at ${newsroom.apiUrl}/docs
Admin token: ${newsroom.token}
Ctrl+C ends both; nothing is kept.`)
