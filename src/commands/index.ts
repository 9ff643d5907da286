import { openapi } from './openapi.ts'
import { serve } from './serve.ts'
import { token } from './token.ts'

/** Every command, with the line that `help` shows. */
export const commands: Record<string, { summary: string; run: (args: string[]) => Promise<void> }> = {
  serve: { summary: 'answer over HTTP', run: serve },
  token: { summary: 'token create --scope SCOPE: make a token and print its secret', run: token },
  openapi: { summary: 'print the OpenAPI document', run: openapi },
}
