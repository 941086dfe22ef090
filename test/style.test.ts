import type { Argument, Command, Option } from 'commander'
import { describe, expect, it } from 'vitest'
import { check, filesOf, judge, lineOf, mostOfFlag, rules, type Rule } from '../scripts/style/check.mjs'
import { program } from './support/verbs.ts'

const ruleNames = Object.keys(rules) as Rule[]
const { hits, unused, read } = check('.', filesOf('.'))

/** All hits in the message, a line each: `node scripts/style.mjs [path…]` prints the same. */
function expectNone(lines: readonly string[]): void {
  expect(lines, `${lines.length} hits\n${lines.join('\n')}\n`).toHaveLength(0)
}

describe('the style of every sentence', () => {
  it.each(ruleNames)('%s', (rule) => {
    expectNone(hits.filter((hit) => hit.rule === rule).map(lineOf))
  })

  it('has no exception that nothing needs', () => {
    expectNone(unused.map(({ rule, text }) => `scripts/style/exceptions.mjs · ${rule} · ${text} · remove it`))
  })

  it('reads comments, texts, flags and prose', () => {
    expect(read.comment).toBeGreaterThan(1000)
    expect(read.text).toBeGreaterThan(1000)
    expect(read.flag).toBeGreaterThan(100)
    expect(read.prose).toBeGreaterThan(1000)
  })

  it('keeps the help of each flag and argument short, also where it is put together', async () => {
    const helps = below(await program()).flatMap((command) => [...command.options, ...command.registeredArguments])
    expect(helps.length).toBeGreaterThan(200)
    const texts = new Set(helps.map(withoutChoices))
    expectNone(
      [...texts].filter((text) => text.length > mostOfFlag).map((text) => `${text.length} characters · ${text}`),
    )
  })
})

/** The values to choose from do not count. */
function withoutChoices({ description, parseArg }: Option | Argument): string {
  const choices = parseArg !== undefined && 'choices' in parseArg ? (parseArg.choices as readonly string[]) : []
  return description
    .split(', ')
    .filter((part) => !choices.includes(part))
    .join(', ')
}

const below = (command: Command): Command[] => [command, ...command.commands.flatMap(below)]

const rulesHit = (file: string, source: string): Rule[] => judge(file, source).hits.map(({ rule }) => rule)
const comment = (text: string): string => `/** ${text} */\nexport const a = 1\n`

describe('a sentence that is judged', () => {
  it.each<[text: string, rule: Rule]>([
    ['What the file calls its columns.', 'subject'],
    ['Who waits is served in turn.', 'subject'],
    ['Whoever waits is served in turn.', 'subject'],
    ['One that is lost is opened again.', 'subject'],
    ['Those that are idle are closed.', 'subject'],
    ['Those of the file are read first.', 'subject'],
    ['How many connections the pool opens.', 'subject'],
    ['So many rows are written at once.', 'subject'],
    ['The pool is fair: who waits longest is first.', 'subject'],
    ['The schema is made anew.', 'word'],
    ['Every migration is taken back.', 'word'],
    ['The import goes on after that.', 'word'],
    ['A key that comes back is a fault.', 'word'],
    ['The server is told to stop.', 'word'],
    ['The user is let in.', 'word'],
    ['The result is kept.', 'word'],
    ['Explains how to mend the file.', 'word'],
    ['No connection was to be had.', 'word'],
    ['The shop had twelve orders.', 'word'],
    ['An error of ours.', 'word'],
    ['Skips so many rows.', 'word'],
    ['A user who is there already.', 'word'],
    ['There is nobody who could order.', 'word'],
    ['The number of iterations a second.', 'word'],
    ['The user and his orders.', 'word'],
    [`${'a '.repeat(25)}word.`, 'length'],
    ['Opens it (with a, b, c, d, e, f, g, h, i, j, k, l, m, n); then it waits until all of them are done.', 'length'],
  ])('is a hit: %s', (text, rule) => {
    expect(rulesHit('src/a.ts', comment(text))).toEqual([rule])
    expect(rulesHit('docs/a.md', `# A page\n\nA first sentence. ${text}\n`)).toEqual([rule])
  })

  it.each([
    ['The columns of the file.'],
    ['What should change?'],
    ['Those rows are read first.'],
    ['The order had already been placed.'],
    ['The order had not been placed.'],
    ['The wait lasts a second.'],
    ['Runs `make anew` and `keep kept`.'],
    ['The whole file is one transaction.'],
    ['Write `ours=theirs`, or --map ours=theirs.'],
    ['There is no order.'],
    ['It waits for so many rows that nothing else fits.'],
    [`${'a '.repeat(24)}word. ${'A '.repeat(24)}word.`],
    ['See `a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d`.'],
    ['Waits, e.g. for a lock, and times 1.5 of it.'],
  ])('is none: %s', (text) => {
    expect(rulesHit('src/a.ts', comment(text))).toEqual([])
    expect(rulesHit('docs/a.md', `${text}\n`)).toEqual([])
  })
})

describe('a passage', () => {
  const linesOf = (file: string, source: string): string[] =>
    judge(file, source).hits.map(({ line, rule, text }) => `${line} ${rule} ${text}`)

  it('is a comment of any form', () => {
    const source = [
      '// It is kept',
      '// over two lines.',
      'const url = "https://example.com/kept" // kept at the end',
      'const pattern = /\\/\\* kept *\\//',
      '/**',
      ' * A first sentence, and one that',
      ' * was kept.',
      ' *',
      ' * - a list: kept',
      ' */',
      '// oxlint-disable-next-line kept',
    ]
    expect(linesOf('src/a.ts', source.join('\n'))).toEqual([
      '1 word It is kept over two lines.',
      '3 word kept at the end',
      '6 word A first sentence, and one that was kept.',
      '9 word a list: kept',
    ])
  })

  it('is a text that people read: of any quotes, with values in it, or put together', () => {
    const source = [
      "import { a } from './kept here.ts'",
      "say('the file was kept here')",
      'say(`${name} was kept: ${count} ${`rows were kept`}`)',
      "say('the file ' + name + ' was kept')",
      "run('SELECT kept, told FROM orders WHERE kept = 1')",
      "const kind = 'kept'",
      "say('what the server answers')",
      "say('what broke')",
    ]
    expect(linesOf('src/a.ts', source.join('\n'))).toEqual([
      '2 word the file was kept here',
      '3 word ${…} was kept: ${…} ${…}',
      '3 word rows were kept',
      '4 word the file ${…} was kept',
      '7 subject what the server answers',
    ])
  })

  it('is prose of a page, but no code', () => {
    const source = [
      '# What it keeps',
      '',
      '| what it is | kept |',
      '|---|---|',
      '| `a | b` | it is kept |',
      '',
      '- **What it is.** An item',
      '  that was kept.',
      '',
      '```sh',
      'dbtool kept # it was kept',
      '```',
      '[A file kept](docs/kept.md) and `kept`.',
    ]
    expect(linesOf('docs/a.md', source.join('\n'))).toEqual([
      '1 subject What it keeps',
      '3 subject what it is',
      '3 word kept',
      '5 word it is kept',
      '7 subject What it is.',
      '7 word An item that was kept.',
      '13 word A file kept and `kept`.',
    ])
  })

  it.each(['docs/decisions.md', 'CHANGELOG.md', 'docs/reference/users.md'])('is not of history: %s', (file) => {
    expect(linesOf(file, 'What was kept.')).toEqual([])
  })
})

describe('the help of a flag', () => {
  const long = 'maximum number of rows to read, each with all of its own columns'
  it.each([
    `command.option('--limit <n>', '${long}', parse, 0)`,
    `command.addOption(new Option('-l, --limit <n>', '${long}'))`,
    `withDefault('--limit <n>', '${long}', parse, '50')`,
    `either(command, ['--limit', '${long}'], ['--all', 'all rows'])`,
    `command.argument('[file]', '${long}')`,
  ])('has a limit in %s', (source) => {
    expect(rulesHit('commands/a.ts', source)).toEqual(['flag'])
    expect(rulesHit('commands/a.ts', source.replace(long, 'maximum number of rows'))).toEqual([])
  })
})

describe('a name', () => {
  it.each([
    ['src/a.ts', 'export interface Riddle {}'],
    ['src/a.ts', 'const { told } = answer'],
    ['test/shop/a.test.ts', 'const ordersThere = 1'],
    ['src/a.ts', 'await db.change(`DELETE FROM orders`)'],
    ['src/shop/certain.ts', 'export {}'],
    ['docs/house.md', 'See `commands/wishes.ts`.'],
    ['docs/library.md', '```ts\npool.restartPeaks()\n```'],
    ['src/stress/a.ts', 'type Word = string'],
  ])('is a hit: %s, %s', (file, source) => {
    expect(rulesHit(file, source)).toEqual(['name'])
  })

  it.each([
    ['src/a.ts', '/** Certain rows are shown there. */\nexport const a = 1'],
    ['src/shop/a.ts', 'type Word = string'],
    ['src/a.ts', 'await Promise.allSettled(works)'],
    ['docs/house.md', 'The orders are taken there.'],
  ])('is none: %s, %s', (file, source) => {
    expect(rulesHit(file, source)).toEqual([])
  })
})

describe('a line', () => {
  const words = 'word '.repeat(30)
  it.each([
    ['test/a.test.ts', `const a = '${words}'`],
    ['scripts/a.mjs', `const a = '${words}'`],
    ['docs/a.md', 'Short. '.repeat(20)],
  ])('has 120 columns: %s', (file, source) => {
    expect(rulesHit(file, source)).toEqual(['width'])
  })

  it.each([
    ['docs/a.md', `| ${'Short. '.repeat(20)} |`],
    ['docs/a.md', `\`\`\`sh\n${words}\n\`\`\``],
    ['docs/a.md', `- https://example.com/${'a'.repeat(120)}`],
  ])('may be longer: %s', (file, source) => {
    expect(rulesHit(file, source)).toEqual([])
  })
})
