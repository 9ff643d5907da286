import { defineConfig } from '@hey-api/openapi-ts'

export default defineConfig({
  input: './openapi/openapi.json',
  output: { path: './test/client/hey', module: { extension: '.ts' } },
  plugins: ['@hey-api/client-fetch'],
})
