import Fastify from 'fastify'

/** The limit of reads: Fastify sending a constant of so many bytes, with only a content type. */
const app = Fastify()
const body = Buffer.alloc(Number(process.argv[2]), 'x')
app.get('/*', (_request, reply) => reply.type('application/json; charset=utf-8').send(body))
console.log(`answers on ${await app.listen({ host: '127.0.0.1', port: 0 })}`)
