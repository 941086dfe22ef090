import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { serverPaths } from '../src/server/home.ts'
import { stopServer } from '../src/server/stop.ts'
import { dbtool, words } from './support/cli.ts'

const home = realpathSync(mkdtempSync(join(tmpdir(), 'dbtool-docs-')))
afterAll(async () => {
  await stopServer(serverPaths({ DBTOOL_HOME: home }))
  rmSync(home, { recursive: true, force: true })
})

/** Every line of every `sh` block: the command, and the exit code that its comment promises. */
function commandsOf(page: string): [line: string, exitCode: number][] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'))
  return blocks.filter((line) => line.trim() !== '').map((line) => {
    const [command = '', comment = ''] = line.split(/\s+#\s/)
    return [command.trim(), Number(/^exit (\d+)/.exec(comment)?.[1] ?? 0)]
  })
}

const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts
// The README starts the server and makes the shop; the other pages go on with it.
const pages = ['README.md', ...readdirSync('docs').filter((name) => name.endsWith('.md')).map((name) => join('docs', name)), 'CONTRIBUTING.md']

describe('every command of the documentation does what it says', () => {
  for (const page of pages) {
    describe.runIf(commandsOf(page).length > 0)(page, () => {
      it.each(commandsOf(page))('%s', async (line, exitCode) => {
        const [program, ...rest] = words(line)
        if (program === 'npm') {
          expect(scripts).toHaveProperty(rest[0] === 'run' ? rest[1]! : rest[0]!)
          // `npm test` is what runs this; the demo is the same program without npm.
          if (rest[1] !== 'demo') return
        }
        const argv = program === 'npm' ? ['demo'] : rest.slice(1)
        const outcome = await dbtool(argv, { env: { DBTOOL_HOME: home }, cwd: process.cwd() })
        expect(outcome, outcome.stderr).toMatchObject({ exitCode })
        if (argv[0] === 'demo') for (const words of ['✔ everything is true', 'orders placed', 'told what was there', 'What to try next']) expect(outcome.stderr).toContain(words)
      })
    })
  }

  it('links lead somewhere', () => {
    for (const page of pages) {
      const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = '']) => link)
      for (const link of links) expect(() => readFileSync(join(page, '..', link)), `${page} → ${link}`).not.toThrow()
    }
  })
})
