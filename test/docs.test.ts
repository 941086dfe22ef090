import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { serverPaths } from '../src/server/home.ts'
import { stopServer } from '../src/server/stop.ts'
import { dbtool, words } from './support/cli.ts'
import { folderForData } from './support/memory.ts'

interface Line {
  readonly line: string
  /** What the line pipes into dbtool: `echo 'secret' | dbtool …`. */
  readonly stdin: string
  readonly program: string
  readonly argv: readonly string[]
  /** As its comment promises. */
  readonly exitCode: number
}

/** Every line of every `sh` block. */
function commandsOf(page: string): Line[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block.split('\n'),
  )
  return blocks
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [command = '', comment = ''] = line.split(/\s+#\s/)
      const [, piped, rest = command] = /^echo '([^']*)' \| (.*)$/.exec(command) ?? []
      const [program = '', ...argv] = words(rest.trim())
      return {
        line: command.trim(),
        stdin: piped === undefined ? '' : `${piped}\n`,
        program,
        argv,
        exitCode: Number(/^exit (\d+)/.exec(comment)?.[1] ?? 0),
      }
    })
}

const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts
const pagesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
const pages = ['README.md', ...pagesIn('docs'), 'CONTRIBUTING.md']
/** A translated page has the commands of its original, which run once. */
const translations = [['docs/fr/parcours.md', 'docs/walkthrough.md']] as const

/**
 * The README starts a server and makes a shop, and the other pages go on with it; a page with a story of its own starts
 * anew.
 */
const homes: Record<string, string> = { 'README.md': newHome(), 'docs/walkthrough.md': newHome() }
const homeOf = (page: string): string => homes[page] ?? homes['README.md']!

function newHome(): string {
  return realpathSync(mkdtempSync(join(folderForData(), 'dbtool-docs-')))
}

afterAll(async () => {
  for (const home of Object.values(homes)) {
    await stopServer(serverPaths({ DBTOOL_HOME: home }))
    rmSync(home, { recursive: true, force: true })
  }
})

/** Load tests are what they are in a shorter time, too. */
function shortened(argv: readonly string[]): string[] {
  const short = argv.map((word, at) => (argv[at - 1] === '--duration' ? '100ms' : word))
  if (argv[0] !== 'pool' || !argv.includes('--duration')) return short
  const less = argv[1] === 'tune' ? ['--rounds', '3'] : []
  return [...short, '--warmup', '0ms', ...less]
}

describe('every command of the documentation does what it says', () => {
  for (const page of pages) {
    describe.runIf(commandsOf(page).length > 0)(page, () => {
      it.each(commandsOf(page).map((command) => [command.line, command] as const))(
        '%s',
        async (_line, { program, argv, stdin, exitCode }) => {
          expect(['npm', 'dbtool', './dbtool']).toContain(program)
          if (program === 'npm') {
            const script = argv[0] === 'run' ? argv[1]! : argv[0]!
            // `npm test` is what runs this, and the demo has a test of its own.
            expect(scripts).toHaveProperty(script)
            return
          }
          const outcome = await dbtool(shortened(argv), {
            env: { DBTOOL_HOME: homeOf(page) },
            cwd: process.cwd(),
            stdin,
          })
          expect(outcome, outcome.stderr).toMatchObject({ exitCode })
        },
      )
    })
  }

  it.each(translations)('%s has the commands of %s, in the same order', (translation, original) => {
    const commands = (page: string) => commandsOf(page).map(({ line, exitCode }) => [line, exitCode])
    expect(commands(original).length).toBeGreaterThan(0)
    expect(commands(translation)).toEqual(commands(original))
  })

  it('translated pages have an original', () =>
    expect(pagesIn('docs/fr')).toEqual(translations.map(([translation]) => translation)))

  it('the files that the pages name exist', () => {
    // A decision names the files of its day.
    for (const page of pages.filter((name) => name !== 'docs/decisions.md')) {
      const named = readFileSync(page, 'utf8').matchAll(/`((?:src|commands|bin|test|bench|scripts)\/[\w./-]+)`/g)
      for (const [, file = ''] of named) expect(existsSync(file), `${page} names ${file}`).toBe(true)
    }
  })

  it('links lead somewhere', () => {
    for (const page of [...pages, ...pagesIn('docs/fr')]) {
      const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = '']) => link)
      for (const link of links) expect(() => readFileSync(join(page, '..', link)), `${page} → ${link}`).not.toThrow()
    }
  })
})
