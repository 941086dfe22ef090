import type { ChalkInstance } from 'chalk'
import { escapeControls } from './cell.ts'
import type { ColourChoice } from './choices.ts'
import { counted } from '../in-words.ts'
import type { Screen } from './destination.ts'
import type { Glyphs } from './glyphs.ts'
import { Progress } from './progress.ts'
import { columnsOf, type Look, lookOf } from './look.ts'
import { wrappedMessage } from './width.ts'

export interface ReporterOptions {
  readonly stderr: Screen
  readonly env: NodeJS.ProcessEnv
  readonly colour: ColourChoice
  /** Print only data and errors. */
  readonly quiet: boolean
  /** The reader is a program: messages are omitted, and errors are objects. */
  readonly json?: boolean
}

export interface Timing {
  readonly ms: number
  /** The time during which at least one statement ran. */
  readonly databaseMs: number
  readonly statements: number
}

/** Prints all messages for people on stderr. */
export class Reporter {
  readonly #options: ReporterOptions
  readonly #colour: ChalkInstance
  readonly #glyphs: Glyphs
  /** The line of progress that is on the screen now. */
  #progress: Progress | undefined
  /** Messages that wait until the pager is closed. */
  #held: string[] | undefined

  constructor(options: ReporterOptions) {
    const { stderr, env, colour } = options
    this.#options = options
    const { colour: pencil, glyphs } = lookOf(stderr, env, colour)
    this.#colour = pencil
    this.#glyphs = glyphs
  }

  /** Prints a secret that is shown only once: never suppressed, and never mixed with data. */
  secret(message: string): void {
    this.writeLine(escapeControls(message))
  }

  success(message: string): void {
    this.say(this.prose(message, this.#glyphs.adapt('✔'), this.#colour.green))
  }

  note(message: string): void {
    this.say(this.prose(message))
  }

  /** Prints a line to copy. It is not wrapped: a copied line break would end the command too early. */
  commandLine(line: string): void {
    this.say(this.sentence(line))
  }

  /** Prints a message about the data that a program must not miss either: with `--json` as an object on a line. */
  notice(message: string): void {
    const { quiet, json } = this.#options
    if (json !== true) this.note(message)
    else if (!quiet) this.writeLine(JSON.stringify({ notice: message }))
  }

  /** Suggests the next command line. Only on a terminal, and not with DBTOOL_NO_HINTS. */
  hint(commandLine: string): void {
    const { stderr, env } = this.#options
    if (stderr.isTTY === true && (env['DBTOOL_NO_HINTS'] ?? '') === '')
      this.say(this.#colour.dim(this.sentence(`next: ${commandLine}`)))
  }

  warn(message: string): void {
    this.say(this.prose(message, 'warning:', this.#colour.yellow))
  }

  /** A warning that no format and no flag suppresses. A program gets one JSON object on a line. */
  securityWarning(message: string, hint: string): void {
    if (this.#options.json === true) this.writeLine(JSON.stringify({ warning: { message, hint } }))
    else this.writeLine(this.prose(`${message}; ${hint}`, 'warning:', this.#colour.yellow))
  }

  heading(message: string): void {
    this.say(`\n${this.#colour.bold(this.prose(message))}`)
  }

  /** A line that is redrawn on a terminal; elsewhere nothing is drawn. */
  progress(): Progress {
    const { stderr } = this.#options
    this.#progress = new Progress(stderr, stderr.isTTY === true && this.printsMessages)
    return this.#progress
  }

  /** Prints one SQL statement, for `--sql`. */
  trace(line: string): void {
    this.writeLine(this.#colour.dim(this.sentence(line)))
  }

  /** Prints the result of `--timing`: a sentence for people, or one JSON object on a line for a program. */
  timing({ ms, databaseMs, statements }: Timing): void {
    if (this.#options.json === true)
      this.writeLine(
        JSON.stringify({ timing: { ms: Math.round(ms), database_ms: Math.round(databaseMs), statements } }),
      )
    else
      this.writeLine(
        this.#colour.dim(
          `${durationOf(ms)}, of which ${durationOf(databaseMs)} ` + `in ${counted(statements, 'statement')}`,
        ),
      )
  }

  /** The look of a table on stderr. */
  protected get look(): Look {
    return { colour: this.#colour, glyphs: this.#glyphs, width: columnsOf(this.#options.stderr) }
  }

  /** Holds all further lines until {@link release}. */
  protected hold(): void {
    this.#held ??= []
  }

  protected release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const line of held) this.writeLine(line)
  }

  protected clearProgress(): void {
    this.#progress?.clear()
  }

  protected writeLine(line: string): void {
    this.clearProgress()
    if (this.#held !== undefined) this.#held.push(line)
    else this.#options.stderr.write(`${line}\n`)
  }

  private say(line: string): void {
    if (this.printsMessages) this.writeLine(line)
  }

  private get printsMessages(): boolean {
    return !this.#options.quiet && this.#options.json !== true
  }

  /** A message behind its mark. On a terminal, it is wrapped between words. A long path is one word. */
  private prose(message: string, mark = '', colour: (mark: string) => string = String): string {
    const width = columnsOf(this.#options.stderr)
    const text = `${mark}${mark === '' ? '' : ' '}${this.sentence(message)}`
    const lines = width === undefined ? [text] : wrappedMessage(text, width)
    return `${colour(mark)}${lines.join('\n').slice(mark.length)}`
  }

  private sentence(message: string): string {
    return this.#glyphs.adapt(escapeControls(message))
  }
}

const longMs = 10_000

function durationOf(ms: number): string {
  return ms < longMs ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}
