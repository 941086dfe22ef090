import type { Format } from './choices.ts'
import { StandardOutput, type Destination, type Screen } from './destination.ts'
import { chosen } from './fields.ts'
import { writerFor } from './formats.ts'
import { openSheet, type Style } from './sheet.ts'
import { writeSheet, type WriteRows } from './stream.ts'
import { styleFor } from './style.ts'
import { Reporter, type ReporterOptions } from './messages.ts'
import type { Row, View } from './view.ts'

export type { Screen }

export interface OutputOptions extends ReporterOptions {
  readonly stdout: Screen
  /** Where data goes instead. */
  readonly destination?: Destination | undefined
  /** Undefined: nobody chose, so it is a table, or CSV where rows are streamed. */
  readonly format: Format | undefined
  /** The columns wanted, in their order. */
  readonly fields?: readonly string[] | undefined
  /** The values of one field, without names. */
  readonly isBare?: boolean
  /** Cells as they are, also those that a spreadsheet would run. */
  readonly raw: boolean
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal
}

/** The cursor is in the upper left corner, and nothing stands there (ECMA-48). */
const clearedScreen = '\u001B[1;1H\u001B[0J'

/** Data goes to stdout or where it is wanted, everything for a person to stderr. */
export class Output extends Reporter {
  readonly #options: OutputOptions
  readonly #format: Format
  readonly #isBare: boolean
  #destination: Destination
  #rows = 0
  /** What came out is counted in rows. */
  #hasRows = true
  /** Whether all data came out so far; undefined: there was none. */
  #isWhole: boolean | undefined

  constructor(options: OutputOptions) {
    super(options)
    const { format = 'table', isBare = false, stdout, destination = new StandardOutput(stdout) } = options
    this.#options = options
    this.#format = format
    this.#isBare = isBare
    this.#destination = destination
  }

  list<R extends object>(view: View<R>, rows: readonly R[]): void {
    const text = writerFor(this.#format, this.#isBare).list(this.chosen(view), rows as Row[], this.style())
    this.write(text, rows.length)
    if (rows.length === 0 && this.isForPeople) this.note(view.empty)
  }

  /** What has one form only, such as a script. */
  text(text: string): void {
    this.#hasRows = false
    this.write(text, 0)
  }

  item<R extends object>(view: View<R>, row: R): void {
    this.write(writerFor(this.#format, this.#isBare).item(this.chosen(view), row as Row, this.style()), 1)
  }

  /**
   * A list of any length: `produce` writes its rows as it gets them, and nothing is written before the first of them.
   * Rejects with USAGE when a format was asked for that needs all rows at once, before `produce` is called.
   */
  async stream(view: View, produce: (write: WriteRows) => Promise<void>): Promise<void> {
    const { signal, format = 'csv' } = this.#options
    const sheet = openSheet(writerFor(format, this.#isBare))(this.chosen(view), this.style())
    if (format !== 'vertical') this.unpaged()
    this.#isWhole = false
    try {
      this.#rows += await writeSheet(sheet, produce, (text) => this.put(text, signal))
      this.#destination.flush()
    } catch (error) {
      if (!this.#destination.hasLeft) throw error
    }
    this.#isWhole = true
  }

  /** A list that a person has seen before he was asked about it. */
  listForScripts<R extends object>(view: View<R>, rows: readonly R[]): void {
    if (this.isForScripts) this.list(view, rows)
  }

  /** One thing of which a sentence tells a person everything. */
  itemForScripts<R extends object>(view: View<R>, row: R): void {
    if (this.isForScripts) this.item(view, row)
  }

  /** What is about to happen, for whoever is asked whether it may. */
  preview<R extends object>(view: View<R>, rows: readonly R[]): void {
    const text = writerFor('table', false).list(view, rows as Row[], { ...this.style(), ...this.look })
    for (const line of text.trimEnd().split('\n')) this.writeLine(line)
  }

  /** Whether a list is wanted for its size, its ids or one of its columns: of a part of it they would mislead. */
  get wantsAll(): boolean {
    return this.#format === 'ids' || this.#format === 'count' || this.#isBare
  }

  /**
   * What follows is drawn at the top of an empty terminal; elsewhere it follows what there was. A pager has no place in
   * between.
   */
  clearScreen(): void {
    const { screen } = this.#destination
    if (screen?.isTTY !== true || !this.isForPeople) return
    this.unpaged()
    screen.write(clearedScreen)
  }

  /** A story is told as it happens. */
  override heading(message: string): void {
    this.unpaged()
    super.heading(message)
  }

  /** Somebody reads it in a pager, and nobody knows for how long. */
  get isRead(): boolean {
    return this.#destination.isRead
  }

  /** After the verb, which `isDone` unless it failed: whatever data it had comes out, or nothing is left of it. */
  async finish(isDone: boolean): Promise<void> {
    const destination = await this.#destination
      .close({ isWhole: this.#isWhole ?? isDone, rows: this.#hasRows ? this.#rows : undefined })
      .finally(() => this.release())
    if (destination !== undefined) this.note(destination)
  }

  private get isForPeople(): boolean {
    return !this.#isBare && (this.#format === 'table' || this.#format === 'vertical')
  }

  private get isForScripts(): boolean {
    return this.#format !== 'table' || this.#options.fields !== undefined || this.#destination.screen === undefined
  }

  private chosen(view: View): View {
    const { fields } = this.#options
    return fields === undefined ? view : chosen(view, fields)
  }

  private write(text: string, rows: number): void {
    this.clearProgress()
    if (text !== '') this.#destination.write(text)
    if (this.#destination.isRead) this.hold()
    this.#rows += rows
    this.#isWhole = true
  }

  private async put(text: string, signal: AbortSignal): Promise<void> {
    const written = this.#destination.put(text, signal)
    if (this.#destination.isRead) this.hold()
    await written
  }

  private unpaged(): void {
    const { screen } = this.#destination
    if (screen !== undefined && !this.#destination.isRead) this.#destination = new StandardOutput(screen)
  }

  private style(): Style {
    return styleFor(this.#options, this.#destination.screen)
  }
}
