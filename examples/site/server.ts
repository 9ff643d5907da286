import { buildSite } from './site.ts'

const { API_URL = 'http://127.0.0.1:3000', HOST = '127.0.0.1', PORT = '4000', SITE_URL = `http://${HOST}:${PORT}`, PROXIES } = process.env

const site = buildSite({ apiUrl: API_URL, siteUrl: SITE_URL, proxies: PROXIES ? Number(PROXIES) : undefined })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => site.close())
console.log(`The site is at ${await site.listen({ host: HOST, port: Number(PORT) })}, and reads from ${API_URL}`)
