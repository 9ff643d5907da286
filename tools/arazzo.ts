type Json = Record<string, unknown>

const bearer = { name: 'Authorization', in: 'header', value: 'Bearer {$inputs.token}' }
const step = (stepId: string, operationId: string, description: string, status: number, more: Json): Json => ({
  stepId,
  description,
  operationId,
  ...more,
  successCriteria: [{ condition: `$statusCode == ${status}` }, ...((more.successCriteria as Json[]) ?? [])],
})
const article = { name: 'article', in: 'path', value: '$steps.create.outputs.id' }

/** The main job as an Arazzo 1.0 workflow: a story is made, published, read and commented on. @param story what is made */
export function mainJob(story: unknown, comment: unknown): Json {
  return {
    arazzo: '1.0.1',
    info: { title: 'Broadsheet: the main job', summary: 'A story is made, published, read and commented on.', version: '1.0.0' },
    sourceDescriptions: [{ name: 'broadsheet', url: './openapi.json', type: 'openapi' }],
    workflows: [
      {
        workflowId: 'publish-a-story',
        summary: 'From a story to its page',
        description: 'Makes a story, publishes it, reads it and its comments as the public does, and takes it out again.',
        inputs: { type: 'object', required: ['token'], properties: { token: { type: 'string', description: 'A token with `admin`.' } } },
        steps: [
          step('create', 'createArticle', 'Make a story, whole.', 201, {
            parameters: [bearer],
            requestBody: { contentType: 'application/json', payload: story },
            outputs: { id: '$response.body#/id' },
          }),
          step('publish', 'publishArticle', 'Put it out.', 200, {
            parameters: [bearer, article],
            requestBody: { contentType: 'application/json', payload: {} },
            successCriteria: [{ condition: "$response.body#/status == 'published'" }],
          }),
          step('read', 'getArticle', 'Read it as the public does.', 200, {
            parameters: [article],
            outputs: { headline: '$response.body#/headline' },
          }),
          step('comment', 'createComment', 'Comment on it as a reader.', 201, {
            parameters: [article],
            requestBody: { contentType: 'application/json', payload: comment },
          }),
          step('comments', 'listArticleComments', 'Read what readers say.', 200, { parameters: [article] }),
          step('delete', 'deleteArticle', 'Take it out again, for good.', 204, {
            parameters: [bearer, article, { name: 'permanent', in: 'query', value: true }],
          }),
        ],
      },
    ],
  }
}
