import Fastify from 'fastify'

/** The limit of reads: Fastify sending constants of so many bytes, one of a thousand in turn, with only a content type. */
const app = Fastify()
const size = Number(process.argv[2])
const bodies = Array.from({ length: 1000 }, (_, index) => Buffer.alloc(size, String.fromCharCode(97 + (index % 26))))
let count = 0
app.get('/*', (_request, reply) => reply.type('application/json; charset=utf-8').send(bodies[count++ % bodies.length]))
console.log(`answers on ${await app.listen({ host: '127.0.0.1', port: 0 })}`)
