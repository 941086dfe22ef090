import { readdirSync, readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { DbtoolCommand } from '../../commands/kit/command.ts'
import { pathOf } from '../../commands/kit/flags.ts'
import { words } from '../support/cli.ts'
import { program, verbs as allVerbs, verbsBelow } from '../support/verbs.ts'

const texts: string[] = []
const screen = new Writable({
  write(chunk, _encoding, done) {
    texts.push(String(chunk))
    done()
  },
})
const verbs = await allVerbs(screen)

function helpOf(command: Command): string {
  texts.length = 0
  command.outputHelp()
  return texts.join('')
}

/** As a shell reads them. */
const examplesOf = (command: Command): string[] =>
  [
    ...helpOf(command)
      .replace(/ \\\n\s+/g, ' ')
      .matchAll(/^ {2}\$ dbtool (.*?)(?: > \S+)?$/gm),
  ].map(([, line = '']) => line)
const writing =
  /^(create|update|delete|purge|set-password|place|confirm|ship|deliver|cancel|add|remove|restock|import|migrate|rollback|seed|reset|grants)$/

describe.each(verbs)('dbtool %s', (path, verb) => {
  it('says what it does, with examples of itself', () => {
    expect(verb.description()).toMatch(/^[A-Z].{10,}[^.]$/)
    const examples = examplesOf(verb)
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) expect(`${example} `).toMatch(new RegExp(`^(.* )?${path} `))
  })

  it('parses its own examples', async () => {
    for (const example of examplesOf(verb)) {
      const typed = await program()
      const ran: string[] = []
      for (const one of verbsBelow(typed)) one.action(() => void ran.push(pathOf(one)))
      await typed.parseAsync(words(example), { from: 'user' })
      expect(ran, example).toEqual([path])
    }
  })

  it('describes every flag and argument, and no two flags are the same', () => {
    const visible = verb.options.filter(({ hidden }) => !hidden)
    for (const { flags, description } of visible) expect(description, flags).not.toBe('')
    for (const argument of verb.registeredArguments) expect(argument.description, argument.name()).not.toBe('')
    const names = verb.options.flatMap(({ short, long }) => [short, long]).filter((name) => name !== undefined)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    expect(names.filter((name) => ['-h', '--help', '-V', '--version'].includes(name))).toEqual([])
  })

  it('shows help of at most 80 columns, examples too', () => {
    const lines = helpOf(verb).split('\n')
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })
})

it('the table of contents names every verb, in its order, and says of it what it says itself', async () => {
  const listed = (tool: Command): unknown[] =>
    tool.commands.map((noun) => [noun.name(), noun.description(), noun.commands.map((verb) => verb.name())])
  expect(listed(await program([]))).toEqual(listed(await program()))
})

describe('what comes out', () => {
  /**
   * A reset of the server is told in a sentence, the demo is many commands, the drivers' columns are those that are
   * installed, and those of a statement are its own; the others print text.
   */
  const exempt = ['server reset', 'demo', 'bench drivers', 'help', 'completion', 'sql', 'db shell']
  it.each(verbs.filter(([path]) => !exempt.includes(path)))('of dbtool %s is known before it runs', (_path, verb) => {
    const view = verb instanceof DbtoolCommand ? verb.view?.(verb.opts()) : undefined
    expect(view?.columns).toContainEqual(expect.objectContaining({ name: expect.stringMatching(/^[a-z_]+$/) }))
  })
})

it('a verb that writes standard output itself, or gives it to a program, declares it', () => {
  const files = readdirSync('commands', { recursive: true, encoding: 'utf8' }).filter((name) => /\.ts$/.test(name))
  const sources = files.filter((name) => !name.startsWith('kit/')).map((name) => `commands/${name}`)
  const writers = sources.filter((path) =>
    /io\.stdout(?!\.(?:isTTY|columns))|'inherit'/.test(readFileSync(path, 'utf8')),
  )
  expect(writers.sort()).toEqual(['commands/db/dump.ts', 'commands/db/shell.ts', 'commands/help/index.ts'])
  const declared = verbs.filter(([, verb]) => verb instanceof DbtoolCommand && verb.insteadOfOutput !== undefined)
  expect(declared.map(([path]) => path).sort()).toEqual(['db dump', 'db shell', 'help'])
})

describe('writes', () => {
  it.each(verbs.filter(([path, verb]) => !/^(server|pool) /.test(path) && writing.test(verb.name())))(
    'dbtool %s has -n, --dry-run',
    (_path, verb) => {
      expect(verb.options.find(({ long }) => long === '--dry-run')?.short).toBe('-n')
    },
  )
})
