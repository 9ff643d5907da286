// `npm run example:pictures`: takes the pictures of the README, with a Chromium that is installed.
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { startNewsroom } from './newsroom.ts'

const pictures = [
  { name: 'site-front', path: '/', width: 1280, height: 1340 },
  { name: 'site-story', path: '/story/lifting-bridge-opens', width: 1280, height: 1500 },
  { name: 'site-rtl', path: '/story/old-harbour-lamps', width: 1280, height: 1500 },
  { name: 'site-phone', path: '/story/lifting-bridge-opens', width: 390, height: 1340 },
]

const newsroom = await startNewsroom(() => process.exit(1))
const browser = await chromium.launch({ executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
for (const { name, path, width, height } of pictures) {
  const page = await browser.newPage({ viewport: { width, height } })
  await page.goto(newsroom.siteUrl + path, { waitUntil: 'networkidle' })
  await page.screenshot({ path: fileURLToPath(new URL(`../../docs/${name}.png`, import.meta.url)) })
  await page.close()
}
await browser.close()
await newsroom.stop()
