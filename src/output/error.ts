import type { DbtoolError } from '../errors.ts'
import { asciiControls, escapeControls, escapeControlLines } from './cell.ts'
import { colourChoices, type ColourChoice } from './choices.ts'
import { colourFor } from './colour.ts'
import type { Screen } from './destination.ts'
import { glyphsFor } from './glyphs.ts'
import type { Look } from './table.ts'

interface Style {
  readonly json: boolean
  readonly verbose: boolean
  readonly colour: ColourChoice
}

/** One error on stderr: for people a sentence, its single faults and the way out; with `--json` one object. */
export function writeError(
  error: DbtoolError,
  argv: readonly string[],
  { stderr, env }: { readonly stderr: Screen; readonly env: NodeJS.ProcessEnv },
): void {
  const style = styleOf(argv)
  const isTerminal = stderr.isTTY === true
  stderr.write(
    style.json
      ? asJson(error)
      : asText(error, style, { colour: colourFor(style.colour, env, isTerminal), glyphs: glyphsFor(env, isTerminal) }),
  )
}

/** Read from the words themselves: the error may be that they cannot be understood. */
function styleOf(argv: readonly string[]): Style {
  const says = (name: string, text: string): boolean =>
    argv.some((word, index) => word === `${name}=${text}` || (word === name && argv[index + 1] === text))
  return {
    json: argv.includes('--json') || says('--format', 'json'),
    verbose: argv.some((word) => word === '--verbose' || /^-[qn]*v[qn]*$/.test(word)),
    colour: colourChoices.find((choice) => says('--color', choice)) ?? 'auto',
  }
}

function asJson({ code, message, hint, faults, exitCode }: DbtoolError): string {
  return `${asciiControls(JSON.stringify({ error: { code, message, hint: hint ?? null, ...(faults.length > 1 ? { faults } : {}), exitCode } }))}\n`
}

function asText(error: DbtoolError, { verbose }: Style, { colour, glyphs }: Pick<Look, 'colour' | 'glyphs'>): string {
  const { message, faults, hint } = error
  const sentence = (text: string): string => glyphs.ours(escapeControls(text))
  const lines = [`${colour.red('error:')} ${sentence(message)}`]
  if (faults.length > 1) lines.push(...faults.map((fault) => `  - ${sentence(fault)}`))
  if (hint !== undefined) lines.push(`${colour.dim('hint:')} ${sentence(hint)}`)
  if (verbose) lines.push(...detailsOf(error))
  return `${lines.join('\n')}\n`
}

function detailsOf({ cause, stack }: Error): string[] {
  if (!(cause instanceof Error)) return stack === undefined ? [] : [escapeControlLines(stack)]
  return [`cause: ${escapeControlLines(cause.stack ?? cause.message)}`]
}
