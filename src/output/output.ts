import type { ChalkInstance } from 'chalk'
import { harmlessLines } from './cell.ts'
import type { ColourChoice, Format } from './choices.ts'
import { colourFor } from './colour.ts'
import { writers } from './formats.ts'
import { Progress } from './progress.ts'
import type { Row, View } from './view.ts'

export interface Screen extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface OutputOptions {
  readonly stdout: Screen
  readonly stderr: Screen
  readonly env: NodeJS.ProcessEnv
  readonly format: Format
  readonly colour: ColourChoice
  /** Only data and errors. */
  readonly quiet: boolean
}

/** Data goes to stdout, everything for a person to stderr. */
export class Output {
  readonly #options: OutputOptions
  readonly #data: ChalkInstance
  readonly #talk: ChalkInstance
  /** The line of progress that is on the screen now. */
  #progress: Progress | undefined

  constructor(options: OutputOptions) {
    this.#options = options
    const { colour, env, stdout, stderr, format } = options
    const choice = format === 'json' ? 'never' : colour
    this.#data = colourFor(choice, env, stdout.isTTY === true)
    this.#talk = colourFor(choice, env, stderr.isTTY === true)
  }

  list(view: View, rows: readonly object[]): void {
    this.write(writers[this.#options.format].list(view, rows as Row[], this.look()))
    if (rows.length === 0 && this.#options.format === 'table') this.note(view.empty)
  }

  item(view: View, row: object): void {
    this.write(writers[this.#options.format].item(view, row as Row, this.look()))
  }

  /** A list that a person has seen before he was asked about it. */
  listForScripts(view: View, rows: readonly object[]): void {
    if (this.#options.format !== 'table') this.list(view, rows)
  }

  /** What is about to happen, for whoever is asked whether it may. */
  preview(view: View, rows: readonly object[]): void {
    const { stderr } = this.#options
    const look = { colour: this.#talk, width: stderr.isTTY === true ? stderr.columns : undefined }
    for (const line of writers.table.list(view, rows as Row[], look).trimEnd().split('\n')) this.toPerson(line)
  }

  /** One thing of which a sentence tells a person everything. */
  itemForScripts(view: View, row: object): void {
    if (this.#options.format !== 'table') this.item(view, row)
  }

  /** Whether a list is wanted for its size or its ids: of a part of it they would mislead. */
  get wantsAll(): boolean {
    return this.#options.format === 'ids' || this.#options.format === 'count'
  }

  /** Something that is shown once and must not be lost, nor mixed with data. */
  secret(message: string): void {
    this.toPerson(harmlessLines(message))
  }

  success(message: string): void {
    this.say(`${this.#talk.green('✔')} ${harmlessLines(message)}`)
  }

  note(message: string): void {
    this.say(harmlessLines(message))
  }

  warn(message: string): void {
    this.say(`${this.#talk.yellow('warning:')} ${harmlessLines(message)}`)
  }

  heading(message: string): void {
    this.say(`\n${this.#talk.bold(harmlessLines(message))}`)
  }

  /** A line that is drawn again and again on a terminal, and not at all elsewhere. */
  progress(): Progress {
    const { stderr, quiet, format } = this.#options
    this.#progress = new Progress(stderr, stderr.isTTY === true && !quiet && format !== 'json')
    return this.#progress
  }

  /** One SQL statement, for `--sql`. */
  trace(line: string): void {
    this.toPerson(this.#talk.dim(harmlessLines(line)))
  }

  private say(line: string): void {
    if (!this.#options.quiet && this.#options.format !== 'json') this.toPerson(line)
  }

  private toPerson(line: string): void {
    this.#progress?.clear()
    this.#options.stderr.write(`${line}\n`)
  }

  private write(text: string): void {
    this.#progress?.clear()
    if (text !== '') this.#options.stdout.write(text)
  }

  private look(): { colour: ChalkInstance; width: number | undefined } {
    const { stdout } = this.#options
    return { colour: this.#data, width: stdout.isTTY === true ? stdout.columns : undefined }
  }
}
