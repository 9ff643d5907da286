import type { Histogram, Registry } from 'prom-client'
import { unauthorized } from './auth.ts'
import type { App } from './server.ts'

/** What is counted that no answer of a route tells. */
export type Counted = 'memory200' | 'memory304' | 'rateLimit' | 'overload' | 'cacheMiss'

export type Metrics = {
  count: (what: Counted) => void
  /** An answer of a route: by its pattern, not its address. @param seconds how long it took */
  answered: (method: string, route: string, status: number, seconds: number) => void
  /** How late the last planned publication was performed, in seconds. */
  schedulerLag: (seconds: number) => void
}

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics
  }
}

type Observation = [method: string, route: string, status: number, seconds: number]

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
// Until the library is loaded, which the first answers don't wait for.
const mostEarly = 10_000

const counters: Record<Counted, [name: string, help: string, labels: string]> = {
  memory200: ['broadsheet_memory_answers_total', 'Answers straight from memory, ahead of all routes.', '200'],
  memory304: ['broadsheet_memory_answers_total', 'Answers straight from memory, ahead of all routes.', '304'],
  cacheMiss: ['broadsheet_cache_misses_total', 'Public answers that had to be made.', ''],
  rateLimit: ['broadsheet_rate_limit_hits_total', 'Requests refused since the client’s share was used up.', ''],
  overload: ['broadsheet_overload_refusals_total', 'Requests refused since there was too much to do.', ''],
}

/** GET /metrics, in Prometheus’ text format, of this process; its numbers cost next to nothing until they are asked for. */
export function installMetrics(app: App): Metrics {
  const counts: Record<Counted, number> = { memory200: 0, memory304: 0, cacheMiss: 0, rateLimit: 0, overload: 0 }
  const early: Observation[] = []
  let lag = 0
  let durations: Histogram | undefined
  const observe = ([method, route, status, seconds]: Observation) => durations?.observe({ method, route, status }, seconds)
  const metrics: Metrics = {
    count: (what) => void counts[what]++,
    answered(...observation) {
      if (durations) observe(observation)
      else if (early.length < mostEarly) early.push(observation)
    },
    schedulerLag: (seconds) => {
      lag = seconds
    },
  }
  if (app.config.METRICS === 'off') return { ...metrics, answered: () => {} }

  async function load(): Promise<Registry> {
    const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } = await import('prom-client')
    const registry = new Registry()
    const registers = [registry]
    collectDefaultMetrics({ register: registry })
    durations = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Answers of routes.',
      labelNames: ['method', 'route', 'status'],
      buckets,
      registers,
    })
    for (const observation of early.splice(0)) observe(observation)
    const made = new Map<string, InstanceType<typeof Counter>>()
    for (const [name, help, status] of Object.values(counters))
      if (!made.has(name))
        made.set(
          name,
          new Counter({
            name,
            help,
            labelNames: status === '' ? [] : ['status'],
            registers,
            collect() {
              this.reset()
              for (const [what, [of, , label]] of Object.entries(counters))
                if (of === name) this.inc(label === '' ? {} : { status: label }, counts[what as Counted])
            },
          }),
        )
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(value())
        },
      })
    gauge('broadsheet_writer_thread', 'Whether writes are done in a thread of their own.', () => Number(app.writer !== null))
    gauge('broadsheet_cache_entries', 'Public answers that are kept in memory.', () => app.cache.stats().entries)
    gauge('broadsheet_cache_bytes', 'What they take.', () => app.cache.stats().bytes)
    gauge('broadsheet_scheduler_lag_seconds', 'How late the last planned publication was.', () => lag)
    for (const name of Object.keys(app.database.engine.queues())) {
      const words = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      gauge(
        `broadsheet_database_${words}`,
        'What waits for a connection of the database, or its turn.',
        () => (app.database.engine.queues()[name] ?? 0) + (app.writerUsage.queues[name] ?? 0),
      )
    }
    const ofChanges = { statements: 'Statements that changes have run.', waits: 'How often a change has waited for the database’s answer.' } as const
    for (const [name, help] of Object.entries(ofChanges))
      new Counter({
        name: `broadsheet_database_write_${name}_total`,
        help,
        registers,
        collect() {
          this.reset()
          const kind = name as keyof typeof ofChanges
          this.inc(app.database.engine.counts[kind] + app.writerUsage.counts[kind])
        },
      })
    return registry
  }

  let registry: Promise<Registry> | undefined
  const loaded = () => {
    registry ??= load()
    return registry
  }
  app.addHook('onListen', () => void loaded().catch((err) => app.log.error({ err }, 'metrics can’t be kept')))
  app.get('/metrics', { schema: { hide: true }, config: { isGuarded: true } }, async (request, reply) => {
    if (app.config.METRICS === 'token' && !request.token) throw unauthorized('Metrics need a valid token, unless METRICS says otherwise.')
    const { contentType, metrics: text } = await loaded().then(async (own) => ({ contentType: own.contentType, metrics: await own.metrics() }))
    return reply.header('cache-control', 'private, no-store').type(contentType).send(text)
  })
  return metrics
}
