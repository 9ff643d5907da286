import { ConfigError, readConfig, type settings } from '../src/config.ts'
import { t } from './support/tap.ts'

t.test('unset and empty variables take their defaults', async (t) => {
  const config = readConfig({ PORT: '', HOME: '/home/x', POST: '1' })
  t.match(config, { PORT: 3000, HOST: '127.0.0.1', DATABASE_URL: 'sqlite:./data/broadsheet.db', BODY_LIMIT: 1_048_576, RATE_LIMIT: null, CORS_ORIGINS: '*' })
})

const good: [name: keyof typeof settings, value: string, parsed: unknown][] = [
  ['PORT', '0', 0],
  ['BODY_LIMIT', '64 KiB', 65_536],
  ['BODY_LIMIT', '2MB', 2_000_000],
  ['RATE_LIMIT', '600', 600],
  ['CORS_ORIGINS', 'https://a.example, http://localhost:3000', ['https://a.example', 'http://localhost:3000']],
  ['TRUST_PROXY', '10.0.0.0/8, ::1', '10.0.0.0/8, ::1'],
  ['TRUST_PROXY', '1', 1],
  ['DEFAULT_LANGUAGE', 'pt-br', 'pt-BR'],
  ['DATABASE_URL', 'sqlite::memory:', 'sqlite::memory:'],
]
for (const [name, value, parsed] of good) t.test(`${name}=${value}`, async (t) => t.strictSame(readConfig({ [name]: value })[name], parsed))

const bad: [name: string, value: string][] = [
  ['PORT', '65536'],
  ['PORT', 'http'],
  ['DATABASE_URL', 'mysql://x'],
  ['ADMIN_TOKEN', 'short'],
  ['PUBLIC_SITE_URL', 'https://news.example/{sulg}'],
  ['PUBLIC_SITE_URL', 'https://news.example/'],
  ['PUBLIC_SITE_URL', 'news.example/{slug}'],
  ['CORS_ORIGINS', 'news.example'],
  ['LOG_LEVEL', 'loud'],
  ['BODY_LIMIT', '1 potato'],
  ['RATE_LIMIT', '0'],
  ['REQUIRE_IF_MATCH', 'yes'],
  ['DEFAULT_LANGUAGE', 'english please'],
  ['DEFAULT_COMMENT_POLICY', 'opne'],
  ['TRUST_PROXY', 'maybe'],
]
for (const [name, value] of bad)
  t.test(`a wrong value names itself: ${name}=${value}`, async (t) => {
    t.throws(() => readConfig({ [name]: value }), { constructor: ConfigError, message: new RegExp(`^${name} `) })
  })

t.test('a misspelt variable names itself and the one that was meant', async (t) => {
  t.throws(() => readConfig({ DATABSE_URL: 'sqlite::memory:', cors_origin: '*' }), {
    message: /DATABSE_URL is not a setting; did you mean DATABASE_URL\?[\s\S]*cors_origin .*CORS_ORIGINS/,
  })
})
