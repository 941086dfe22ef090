import type { DbtoolError } from '../errors.ts'
import { asciiControls, escapeControls, escapeControlLines } from './cell.ts'
import { colourChoices, type ColourChoice } from './choices.ts'
import type { Screen } from './destination.ts'
import { type Look, lookOf } from './look.ts'
import { wrappedMessage } from './width.ts'

interface Style {
  readonly json: boolean
  readonly verbose: boolean
  readonly colour: ColourChoice
}

/** Writes an error to stderr: for people a sentence, its faults and a hint; with `--json` one object. */
export function writeError(
  error: DbtoolError,
  argv: readonly string[],
  { stderr, env }: { readonly stderr: Screen; readonly env: NodeJS.ProcessEnv },
): void {
  const style = styleOf(argv)
  stderr.write(style.json ? asJson(error) : asText(error, style, lookOf(stderr, env, style.colour)))
}

/** The style of the error, read from the raw arguments, because they may be the reason for the error. */
function styleOf(argv: readonly string[]): Style {
  const has = (name: string, text: string): boolean =>
    argv.some((word, index) => word === `${name}=${text}` || (word === name && argv[index + 1] === text))
  return {
    json: argv.includes('--json') || has('--format', 'json'),
    verbose: argv.some((word) => word === '--verbose' || /^-[qn]*v[qn]*$/.test(word)),
    colour: colourChoices.find((choice) => has('--color', choice)) ?? 'auto',
  }
}

function asJson({ code, message, hint, faults, exitCode }: DbtoolError): string {
  const several = faults.length > 1 ? { faults } : {}
  return `${asciiControls(JSON.stringify({ error: { code, message, hint: hint ?? null, ...several, exitCode } }))}\n`
}

const indent = '    '

function asText(error: DbtoolError, { verbose }: Style, { colour, glyphs, width }: Look): string {
  const { code, message, faults, hint } = error
  const sentence = (mark: string, text: string): string => {
    return wrappedMessage(`${mark}${glyphs.adapt(escapeControls(text))}`, width ?? Infinity)
      .join('\n')
      .slice(mark.length)
  }
  const fault = (text: string): string =>
    wrappedMessage(glyphs.adapt(escapeControls(text)), (width ?? Infinity) - indent.length).join(`\n${indent}`)
  // A person who answers no has made no mistake.
  const lines = [
    code === 'DECLINED' ? sentence('', message) : `${colour.red('error:')} ${sentence('error: ', message)}`,
  ]
  if (faults.length > 1) lines.push(...faults.map((text) => `  - ${fault(text)}`))
  if (hint !== undefined) lines.push(`${colour.dim('hint:')} ${sentence('hint: ', hint)}`)
  if (verbose) lines.push(...detailsOf(error))
  return `${lines.join('\n')}\n`
}

function detailsOf({ cause, stack }: Error): string[] {
  if (!(cause instanceof Error)) return stack === undefined ? [] : [escapeControlLines(stack)]
  return [`cause: ${escapeControlLines(cause.stack ?? cause.message)}`]
}
