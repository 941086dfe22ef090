import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { parseEnvText } from '../src/config/env-text.ts'
import { jsonFault } from '../src/config/json-fault.ts'
import { readOptions } from '../src/config/option-file.ts'
import { temporaryFolder } from './support/folder.ts'
import { growth, microsOf, mostGrowth } from './support/growth.ts'

/**
 * Text of strangers must cost linear time. Lint rejects regular expressions that backtrack too much (.oxlintrc.json);
 * here each of them runs over 256 KiB of what takes it longest, and so does each reader of whole files.
 */
const longText = 262_144

/** An expression that takes so long is not tried on longer texts: it might take hours. */
const longMicros = 40_000

interface Found {
  readonly file: string
  readonly text: string
}

/** All expressions of the program: `literals` as they are written, `made` from a text at run time. */
function expressions(): { literals: Found[]; made: Found[] } {
  const [literals, made]: [Found[], Found[]] = [[], []]
  for (const folder of ['bin', 'commands', 'src'])
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.ts')) {
        const file = join(folder, name)
        const walk = (node: ts.Node): void => {
          if (ts.isRegularExpressionLiteral(node)) literals.push({ file, text: node.text })
          if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp')
            made.push({ file, text: node.getText() })
          ts.forEachChild(node, walk)
        }
        walk(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true))
      }
  return { literals, made }
}

function compiled(literal: string): RegExp {
  const end = literal.lastIndexOf('/')
  return new RegExp(literal.slice(1, end), literal.slice(end + 1))
}

/** Finds all matches, or the first one of an expression that is not global. Keeps none: memory is not the subject. */
function search(expression: RegExp, text: string): void {
  for (let at = 0; at <= text.length; at = Math.max(expression.lastIndex, at + 1)) {
    expression.lastIndex = at
    if (!expression.test(text) || !expression.global) return
  }
}

const common = Array.from(' \t\n\ra0A_-.,;:="\'`\\/([{<|#$%*@é\u200b')

type InputOf = (length: number) => string

/** Texts of repeated characters: each alone, after each other one, and in turn with it. */
function kindsFor(expression: RegExp): InputOf[] {
  const named = [...new Set(expression.source.replace(/\\[a-zA-Z]|[\^$+?]/g, ''))].slice(0, 8)
  const alone = [...new Set([...common, ...named])]
  const repeated = (unit: string): InputOf[] => [
    (length) => unit.repeat(Math.ceil(length / unit.length)),
    (length) => `${unit.repeat(Math.ceil(length / unit.length))}\u0001`,
  ]
  const seconds = [...new Set([...named, ' ', '\n', 'a', '0', '"'])]
  const pairs = named.flatMap((first) => seconds.map((second): [string, string] => [first, second]))
  return [
    ...alone.flatMap(repeated),
    ...pairs.flatMap(([first, second]) => repeated(first + second)),
    ...pairs.map(
      ([first, second]): InputOf =>
        (length) =>
          `${first}${second.repeat(length)}\u0001`,
    ),
  ]
}

/**
 * The kind of text that takes longest. The lengths grow, so that a slow expression is found before it takes hours, and
 * the longest texts are only those that were slow before.
 */
function worstKind(expression: RegExp): InputOf {
  let kinds = kindsFor(expression)
  for (const length of [32, 1_024, 8_192]) {
    const timed: { readonly inputOf: InputOf; readonly micros: number }[] = []
    for (const inputOf of kinds) {
      const text = inputOf(length)
      const micros = microsOf(() => search(expression, text), 1)
      if (micros > longMicros) return inputOf
      timed.push({ inputOf, micros })
    }
    timed.sort((a, b) => b.micros - a.micros)
    if (length > 32) kinds = timed.slice(0, 24).map(({ inputOf }) => inputOf)
  }
  return kinds[0] ?? String
}

/** The growth for twice the length, at full length or where it takes long already; undefined if it is linear. */
function superLinear(expression: RegExp): string | undefined {
  const inputOf = worstKind(expression)
  const isLong = (length: number): boolean => microsOf(() => search(expression, inputOf(length)), 1) > longMicros
  const lengths = Array.from({ length: 8 }, (_, step) => longText / 2 ** (7 - step))
  const length = lengths.find(isLong) ?? longText
  const factor = growth(inputOf, (input) => search(expression, input), length)
  if (factor <= mostGrowth) return undefined
  return `${String(expression)} on ${length} of ${JSON.stringify(inputOf(8))}: ${factor.toFixed(1)} ×`
}

const { literals, made } = expressions()

describe('a regular expression takes linear time', { timeout: 300_000 }, () => {
  it('in every file', () => {
    expect(literals.length).toBeGreaterThan(100)
    const distinct = [...new Map(literals.map((found) => [found.text, found])).values()]
    const slow = distinct.flatMap(({ file, text }) => {
      const found = superLinear(compiled(text))
      return found === undefined ? [] : [`${file}: ${found}`]
    })
    expect(slow).toEqual([])
  })

  it('and one that is made at run time is known here', () => {
    expect(made.map(({ file }) => file)).toEqual([
      // A name of a database in a grant, which has at most 64 characters.
      'src/doctor/privileges.ts',
      // A cell in quotes, and a row of separators, for each delimiter.
      ...['src/files/csv.ts', 'src/files/csv.ts', 'src/files/csv.ts'],
      // The end of a record that was rejected before, for each delimiter.
      'src/files/rejects.ts',
      // One class of characters.
      'src/output/delimited.ts',
      // The tokens of --date-format, and a pattern of them for one value.
      ...['src/shop/import/times.ts', 'src/shop/import/times.ts'],
    ])
    for (const mark of [',', ';', '\t', '\\|']) {
      const expressions = [
        new RegExp(`${mark}\\d+${mark}(?:"(?:[^"]|"")*"|[^"${mark}]*)$`),
        new RegExp(`("(?:[^"]|"")*"|[^"${mark}]*)${mark}`, 'y'),
        new RegExp(`^(?:[\\s${mark}]|""(?!"))*$`),
        new RegExp(`^[\\s${mark}]*$`),
      ]
      expect(expressions.map(superLinear)).toEqual([undefined, undefined, undefined, undefined])
    }
  })

  it.each([/ +x/, /^\s*=?\s*$/, /\w+:x/, /"[^]*?x"/])('which this test would find in %s', (expression) => {
    expect(superLinear(expression)).toMatch(/×$/)
  })
})

const folder = temporaryFolder()
const optionFile = join(folder, 'my.cnf')

/** Readers of whole files, each with lines that repeat. */
const readers: readonly [name: string, read: (text: string) => unknown, units: readonly string[]][] = [
  [
    'an env file',
    parseEnvText,
    [
      '\n',
      ' ',
      '\t\n',
      'A\n',
      'A=\n',
      'A="\n',
      "A='x' y\n",
      'A=`',
      '"',
      'export \n',
      'export',
      'A: \n',
      '#',
      'A="\\"',
      '\r',
      'x y\n',
    ],
  ],
  [
    'an option file',
    (text) => {
      writeFileSync(optionFile, text)
      return readOptions(optionFile, { cwd: folder, home: folder }, [])
    },
    ['\n', ' ', '[client]\n', '[client]\na=" ', '[client]\na=\\', '[client]\nuser = x \n', '!include', '#'],
  ],
  ['a profile file', jsonFault, [' ', '"', '{"a', '"\\', '1', '[1,']],
]

describe.each(readers)('%s takes linear time', (_name, read, units) => {
  it.each(units)('for a long file of %j', (unit) => {
    const inputOf: InputOf = (size) => unit.repeat(Math.floor(size / unit.length))
    expect(growth(inputOf, (text) => attempt(() => read(text)), longText)).toBeLessThanOrEqual(mostGrowth)
  })
})

/** A text that is nested too deeply is refused. */
function attempt(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
