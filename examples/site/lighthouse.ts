// `npm run example:lighthouse`: what Lighthouse says of the site, with a Chromium that is installed.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { startNewsroom } from './newsroom.ts'

const paths = ['/', '/story/lifting-bridge-opens', '/story/old-harbour-lamps', '/topic/harbour']
const categories = 'performance,accessibility,best-practices,seo'
const least = 95

type Report = { categories: Record<string, { title: string; score: number | null }> }

const newsroom = await startNewsroom(() => process.exit(1))
const run = promisify(execFile)
const env = { CHROME_PATH: '/usr/bin/chromium', ...process.env }
for (const path of paths) {
  const args = [
    '--yes',
    'lighthouse@13',
    newsroom.siteUrl + path,
    '--quiet',
    '--output=json',
    `--only-categories=${categories}`,
    '--chrome-flags=--headless=new --no-sandbox --disable-gpu',
  ]
  const { stdout } = await run('npx', args, { env, maxBuffer: 50_000_000 })
  const scores = Object.values((JSON.parse(stdout) as Report).categories).map(({ title, score }) => ({ title, score: Math.round((score ?? 0) * 100) }))
  console.log(`${path}: ${scores.map(({ title, score }) => `${title} ${score}`).join(', ')}`)
  if (scores.some(({ score }) => score < least)) process.exitCode = 1
}
await newsroom.stop()
