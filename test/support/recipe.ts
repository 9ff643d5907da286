import { execFile } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'

export const root = new URL('../../', import.meta.url).pathname

export type Step = { file: string; before: string; after: string }

/** The steps of the recipe: each a diff of the file that was last named before it. */
function stepsOf(recipe: string): Step[] {
  const steps: Step[] = []
  let file = ''
  for (const [, name, diff = ''] of recipe.matchAll(/^`([^`]+)`:|^```diff\n([\s\S]*?)\n```$/gm)) {
    file = name ?? file
    if (name) continue
    const side = (mark: string) =>
      diff
        .split('\n')
        .filter((line) => line[0] === ' ' || line[0] === mark)
        .map((line) => line.slice(1))
        .join('\n')
    steps.push({ file, before: side('-'), after: side('+') })
  }
  return steps
}

/** A copy of the project in a folder of its own, with the template of a resource but without the recipe’s steps. */
export function recipeFolder(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-recipe-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['src', 'migrations', 'bin', 'docs', 'test', 'package.json', 'tsconfig.json', 'biome.json', 'README.md'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  for (const name of ['node_modules', '.tap']) symlinkSync(join(root, name), join(folder, name))
  mkdirSync(join(folder, 'openapi'))
  copyFileSync(join(root, 'openapi/examples.json'), join(folder, 'openapi/examples.json'))
  cpSync(join(root, 'templates/places'), join(folder, 'src/places'), { recursive: true })
  cpSync(join(root, 'templates/0000-places.ts'), join(folder, 'migrations/9999-places.ts'))
  return {
    folder,
    steps: stepsOf(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('## A new resource')[1] as string),
    apply({ file, before, after }: Step): void {
      const text = readFileSync(join(folder, file), 'utf8')
      if (text.split(`\n${before}\n`).length !== 2) throw new Error(`${file} doesn’t have the lines of the recipe once: ${before}`)
      writeFileSync(
        join(folder, file),
        text.replace(`\n${before}\n`, () => `\n${after}\n`),
      )
    },
    /** Runs a file there; what it writes, also where it fails. */
    output: async (...args: string[]): Promise<string> =>
      (await promisify(execFile)(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH }, maxBuffer: 1 << 26 }).catch((error) => error)).stdout,
  }
}
