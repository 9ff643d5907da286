import type { Json, Server } from './server.ts'
import { createShort } from './stories.ts'

/** A story that takes comments, and what writes them. @param changes what of the story differs */
export async function commented(server: Server, changes: Record<string, unknown> = {}) {
  const { id } = await createShort(server, 'About it', changes)
  const path = `/v1/articles/${id}/comments`
  const say = async (body: string, parentId?: string, more: Record<string, unknown> = {}): Promise<Json> => {
    const answer = await server.anonymous.post(path, { author: { name: 'Reader' }, body, parentId, ...more })
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.body
  }
  return { id, path, say }
}

export const bodiesOf = ({ body }: { body: Json }): Json[] => body.data.map((comment: Json) => comment.body)
