import Sqlite from 'better-sqlite3'
import Fastify from 'fastify'

/** The limit of reads past memory: Fastify sending what one prepared statement gives, one row of an edition. */
const db = new Sqlite(process.argv[2] ?? '', { readonly: true })
const find = db.prepare('select document, sections from editions where article_id = ? order by number desc limit 1')
const app = Fastify()
app.get<{ Params: { id: string } }>('/v1/articles/:id', (request, reply) => {
  const { document, sections } = find.get(request.params.id) as { document: string; sections: string }
  return reply.type('application/json; charset=utf-8').send(document + sections)
})
console.log(`answers on ${await app.listen({ host: '127.0.0.1', port: 0 })}`)
