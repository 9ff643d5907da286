import type { components } from '../../clients/typescript/src/schema.d.ts'
import { startServer } from '../support/server.ts'
import { story as wholeStory } from '../support/stories.ts'
import { t } from '../support/tap.ts'
import { getArticleResponse, listArticlesResponse, replaceArticleBody } from './zod/index.ts'

type Article = components['schemas']['Article']

// Run by `npm run client`, which generates what it imports.
t.test('a client that checks what it reads takes a story with a type of block that came later', async (t) => {
  const server = await startServer(t)
  const { body } = await server.post('/v1/articles', { ...wholeStory, status: 'published' })
  const story = (await (await fetch(`${server.url}/v1/articles/${body.id}`)).json()) as Article
  t.ok(story.sections[0], 'there are sections')
  t.ok(getArticleResponse.safeParse(story).success, 'the story as it is')
  t.ok(listArticlesResponse.safeParse((await server.get('/v1/articles')).body).success, 'a list as it is')

  const map: components['schemas']['Block'] = { type: 'map', latitude: 54.1, longitude: 12.1 }
  const later: Article = { ...story, sections: story.sections.map((section) => ({ ...section, body: [...section.body, map] })) }
  const { data, error } = getArticleResponse.safeParse({ ...later, mood: 'calm' })
  t.equal(error, undefined, 'a block and a property more')
  t.match(data?.sections[0]?.body.at(-1), { type: 'map' })
  t.ok(replaceArticleBody.safeParse(later).success, 'it can be sent back')
  t.notOk(getArticleResponse.safeParse({ ...later, headline: 7 }).success, 'what was promised is still checked')
})
