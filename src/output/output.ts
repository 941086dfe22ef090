import { clearScreenDown, cursorTo } from 'node:readline'
import type { ChalkInstance } from 'chalk'
import { DbtoolError } from '../errors.ts'
import { guarded } from '../formula.ts'
import { harmless } from './cell.ts'
import type { ColourChoice, Format } from './choices.ts'
import { colourFor } from './colour.ts'
import { writers, type Style } from './formats.ts'
import { Progress } from './progress.ts'
import { put, writeSheet, type WriteRows } from './stream.ts'
import type { Row, View } from './view.ts'

export interface Screen extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface OutputOptions {
  readonly stdout: Screen
  readonly stderr: Screen
  readonly env: NodeJS.ProcessEnv
  /** Undefined: nobody chose, so it is a table, or CSV where rows are streamed. */
  readonly format: Format | undefined
  readonly colour: ColourChoice
  /** Only data and errors. */
  readonly quiet: boolean
  /** CSV cells as they are, also those that a spreadsheet would run. */
  readonly raw: boolean
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal
}

/** Data goes to stdout, everything for a person to stderr. */
export class Output {
  readonly #options: OutputOptions
  readonly #format: Format
  readonly #data: ChalkInstance
  readonly #talk: ChalkInstance
  /** The line of progress that is on the screen now. */
  #progress: Progress | undefined

  constructor(options: OutputOptions) {
    this.#options = options
    const { colour, env, stdout, stderr, format = 'table' } = options
    this.#format = format
    const choice = format === 'json' ? 'never' : colour
    this.#data = colourFor(choice, env, stdout.isTTY === true)
    this.#talk = colourFor(choice, env, stderr.isTTY === true)
  }

  list(view: View, rows: readonly object[]): void {
    this.write(writers[this.#format].list(view, rows as Row[], this.style()))
    if (rows.length === 0 && this.#format === 'table') this.note(view.empty)
  }

  /**
   * A list of any length: `produce` writes its rows as it gets them, and nothing is written before the first of them.
   * Rejects with USAGE when a table was asked for, before `produce` is called.
   */
  async stream(view: View, produce: (write: WriteRows) => Promise<void>): Promise<void> {
    const { stdout, signal, format = 'csv' } = this.#options
    const sheet = writers[format].open?.(view, this.style())
    if (sheet === undefined) throw new DbtoolError('USAGE', 'a table needs all its rows at once, and this is made for any number of them', { hint: 'leave --format out for CSV, or take json, ndjson, ids or count' })
    await writeSheet(sheet, produce, (text) => put(stdout, text, signal))
  }

  item(view: View, row: object): void {
    this.write(writers[this.#format].item(view, row as Row, this.style()))
  }

  /** A list that a person has seen before he was asked about it. */
  listForScripts(view: View, rows: readonly object[]): void {
    if (this.#format !== 'table') this.list(view, rows)
  }

  /** What is about to happen, for whoever is asked whether it may. */
  preview(view: View, rows: readonly object[]): void {
    const { stderr } = this.#options
    const style = { ...this.style(), colour: this.#talk, width: stderr.isTTY === true ? stderr.columns : undefined }
    for (const line of writers.table.list(view, rows as Row[], style).trimEnd().split('\n')) this.toPerson(line)
  }

  /** One thing of which a sentence tells a person everything. */
  itemForScripts(view: View, row: object): void {
    if (this.#format !== 'table') this.item(view, row)
  }

  /** Whether a list is wanted for its size or its ids: of a part of it they would mislead. */
  get wantsAll(): boolean {
    return this.#format === 'ids' || this.#format === 'count'
  }

  /** Something that is shown once and must not be lost, nor mixed with data. */
  secret(message: string): void {
    this.toPerson(harmless(message))
  }

  success(message: string): void {
    this.say(`${this.#talk.green('✔')} ${harmless(message)}`)
  }

  note(message: string): void {
    this.say(harmless(message))
  }

  warn(message: string): void {
    this.say(`${this.#talk.yellow('warning:')} ${harmless(message)}`)
  }

  heading(message: string): void {
    this.say(`\n${this.#talk.bold(harmless(message))}`)
  }

  /** What follows is drawn at the top of an empty terminal; elsewhere it follows what there was. */
  clearScreen(): void {
    const { stdout } = this.#options
    if (stdout.isTTY !== true || this.#format !== 'table') return
    cursorTo(stdout, 0, 0)
    clearScreenDown(stdout)
  }

  /** A line that is drawn again and again on a terminal, and not at all elsewhere. */
  progress(): Progress {
    const { stderr, quiet } = this.#options
    this.#progress = new Progress(stderr, stderr.isTTY === true && !quiet && this.#format !== 'json')
    return this.#progress
  }

  /** One SQL statement, for `--sql`. */
  trace(line: string): void {
    this.toPerson(this.#talk.dim(harmless(line)))
  }

  private say(line: string): void {
    if (!this.#options.quiet && this.#format !== 'json') this.toPerson(line)
  }

  private toPerson(line: string): void {
    this.#progress?.clear()
    this.#options.stderr.write(`${line}\n`)
  }

  private write(text: string): void {
    this.#progress?.clear()
    if (text !== '') this.#options.stdout.write(text)
  }

  /** What goes into a file or a pipe is exact; no text of a database can make a terminal do anything. */
  private style(): Style {
    const { stdout, raw } = this.#options
    const asItIs = (text: string): string => text
    const terminal = stdout.isTTY === true
    return { colour: this.#data, width: terminal ? stdout.columns : undefined, shown: terminal ? harmless : asItIs, guarded: raw ? asItIs : guarded }
  }
}
