import { DbtoolError } from '../errors.ts'
import { inWords } from '../in-words.ts'
import { cellSheetFor } from './cell-formats.ts'
import type { Format } from './choices.ts'
import { StandardOutput, type Destination, type Screen } from './destination.ts'
import { chosen, withValues } from './fields.ts'
import type { CsvStyle } from './delimited.ts'
import { csvWriterFor, writerFor } from './formats.ts'
import type { Style } from './sheet.ts'
import { type Produce, writeSheet } from './stream.ts'
import { styleFor } from './style.ts'
import { Reporter, type ReporterOptions } from './messages.ts'
import { OutputUnits } from './output-units.ts'
import type { Row, View } from './view.ts'

export type { Screen }

export interface OutputOptions extends ReporterOptions {
  readonly stdout: Screen
  /** The destination of data; default `stdout`. */
  readonly destination?: Destination | undefined
  /** Undefined means the default: a table, or CSV for streamed rows. */
  readonly format: Format | undefined
  /** The selected columns, in their order. */
  readonly fields?: readonly string[] | undefined
  /** Print the values of one field, without names. */
  readonly isBare?: boolean
  /** Show times in UTC on a terminal, too. */
  readonly isUtc?: boolean
  /** Do not escape cells that a spreadsheet would run as formulas. */
  readonly raw: boolean
  /** Aborted when the command is interrupted. */
  readonly signal: AbortSignal
}

/** Moves the cursor to the upper left corner and erases the screen (ECMA-48). */
const clearedScreen = '\u001B[1;1H\u001B[0J'

/** Writes data to stdout or another destination, and messages for people to stderr. */
export class Output extends Reporter {
  /** The units of times and amounts. */
  readonly units: OutputUnits
  readonly #options: OutputOptions
  readonly #format: Format
  readonly #isBare: boolean
  #destination: Destination
  /** The columns for which the terminal was too narrow, and those of tables below an item. */
  readonly #omitted = new Set<string>()
  readonly #omittedBelow = new Set<string>()
  #rows = 0
  /** Whether the output consists of rows. */
  #hasRows = true
  /** Whether all data so far was written; undefined before the first data. */
  #isWhole: boolean | undefined

  constructor(options: OutputOptions) {
    super(options)
    const { format = 'table', isBare = false, stdout, destination = new StandardOutput(stdout) } = options
    this.#options = options
    this.#format = format
    this.#isBare = isBare
    this.#destination = destination
    const { isUtc = false, env } = options
    const { glyphs } = this.look
    this.units = new OutputUnits({
      format: options.format,
      isBare,
      isUtc,
      env,
      glyphs,
      isAtTerminal: this.isAtTerminal,
    })
  }

  /** Writes what a command has done, without a pager: the summary below it is what counts. */
  outcomes<R extends object>(view: View<R>, rows: readonly R[]): void {
    this.unpaged()
    this.list(view, rows)
  }

  /** Writes a list; for people, an empty list prints the sentence of its view. */
  list<R extends object>(view: View<R>, rows: readonly R[]): void {
    const narrowed = this.narrowable(view, rows as Row[])
    this.write(writerFor(this.#format, this.#isBare).list(narrowed, rows as Row[], this.style()), rows.length)
    this.noteOmitted()
    if (rows.length === 0) this.noteEmpty(view)
  }

  /** Writes text that has only one format, such as a script. */
  text(text: string): void {
    this.#hasRows = false
    this.unpaged()
    this.write(text, 0)
  }

  /** Writes one row with all its columns; only lists are paged. */
  item<R extends object>(view: View<R>, row: R): void {
    this.unpaged()
    const narrowed = this.narrowable(view, [row as Row])
    this.write(writerFor(this.#format, this.#isBare).item(narrowed, row as Row, this.style()), 1)
    this.noteOmitted()
  }

  /**
   * Streams a list of any length: `produce` writes rows, or their bytes, as it receives them. Nothing is written before
   * the first row.
   * `unlessGiven` is the format without `--format`. For people, an empty list prints the sentence of its view. Rejects
   * with USAGE before calling `produce` if `csv` names a variant of CSV, but the format is another.
   */
  async stream(
    view: View,
    produce: Produce,
    { unlessGiven = 'table', csv }: { unlessGiven?: Format; csv?: CsvStyle | undefined } = {},
  ): Promise<void> {
    const { signal, format = unlessGiven } = this.#options
    if (csv !== undefined && (format !== 'csv' || this.#isBare))
      throw new DbtoolError('USAGE', '--bom, --crlf, --delimiter and --decimal-comma need the format CSV', {
        hint: 'omit them, or use --format csv',
      })
    const writer = csv === undefined ? writerFor(format, this.#isBare) : csvWriterFor(csv)
    const [selected, style] = [this.narrowable(view), this.style()]
    const sheet = writer.open(selected, style)
    const openCellSheet = this.copiesBytes ? cellSheetFor(selected, { format, csv, style }) : undefined
    if (format !== 'vertical' && format !== 'table') this.unpaged()
    this.#isWhole = false
    try {
      const rows = await writeSheet(sheet, openCellSheet, produce, (text) => this.put(text, signal))
      this.#destination.flush()
      this.#rows += rows
      this.noteOmitted()
      if (rows === 0) this.noteEmpty(view)
    } catch (error) {
      if (!this.#destination.hasLeft) throw error
    }
    this.#isWhole = true
  }

  /** Writes a list that people have already seen before the confirmation. */
  listForScripts<R extends object>(view: View<R>, rows: readonly R[]): void {
    if (this.isForScripts) this.list(view, rows)
  }

  /** Writes an item that a message describes completely for people. */
  itemForScripts<R extends object>(view: View<R>, row: R): void {
    if (this.isForScripts) this.item(view, row)
  }

  /** Shows on stderr what a command is about to change, before its confirmation. */
  preview<R extends object>(view: View<R>, rows: readonly R[]): void {
    const text = writerFor('table', false).list(view, rows as Row[], { ...this.style(), ...this.look })
    for (const line of text.trimEnd().split('\n')) this.writeLine(line)
  }

  /** Whether the output is a count, ids or a single field, which would be misleading for a part of a list. */
  get wantsAll(): boolean {
    return this.#format === 'ids' || this.#format === 'count' || this.#isBare
  }

  /** Whether people read the result, and not a program. */
  get isForPeople(): boolean {
    return !this.#isBare && (this.#format === 'table' || this.#format === 'vertical')
  }

  /** Whether the data of an item of this view includes a column that tables never show. */
  hasData(view: View, name: string): boolean {
    if (this.isForPeople || this.#format === 'ids' || this.#format === 'count') return false
    return this.chosen(view).columns.some((column) => column.name === name)
  }

  /** Whether --fields or --field selects columns. */
  get selectsFields(): boolean {
    return this.#options.fields !== undefined
  }

  /** @throws DbtoolError USAGE if --fields names a column that the view does not have. */
  assertFields(view: View): void {
    this.chosen(view)
  }

  /** Whether a person reads the rows on a terminal: too many of them would flood it. */
  get isOnScreen(): boolean {
    return this.isLaidOut && this.isAtTerminal
  }

  /** Whether the result is a table or a block for people, on a terminal or in a page. */
  private get isLaidOut(): boolean {
    return this.isForPeople || (this.#format === 'markdown' && !this.#isBare)
  }

  /** Clears a terminal, so that the next output is at its top; elsewhere nothing happens. Turns the pager off. */
  clearScreen(): void {
    const { screen } = this.#destination
    if (screen === undefined || !this.isAtTerminal || !this.isForPeople) return
    this.unpaged()
    screen.write(clearedScreen)
  }

  /** Prints a heading and turns the pager off, because the steps of a demo are shown while they run. */
  override heading(message: string): void {
    this.unpaged()
    super.heading(message)
  }

  /** Whether a pager is open, which may take any time. */
  get isRead(): boolean {
    return this.#destination.isRead
  }

  /**
   * Closes the destination after the verb and prints the held messages. `isDone` is false if the verb failed: then an
   * incomplete file is removed.
   */
  async finish(isDone: boolean): Promise<void> {
    const message = await this.#destination
      .close({ isWhole: this.#isWhole ?? isDone, rows: this.#hasRows ? this.#rows : undefined })
      .finally(() => this.release())
    if (message !== undefined) this.note(message)
  }

  private get isForScripts(): boolean {
    return this.#format !== 'table' || this.#options.fields !== undefined || this.#destination.screen === undefined
  }

  /** Whether cells may be written without a look at their values. A terminal must not get the control characters. */
  private get copiesBytes(): boolean {
    return !this.#isBare && !this.isAtTerminal
  }

  private chosen(view: View): View {
    const { fields } = this.#options
    return fields === undefined ? view : chosen(view, fields)
  }

  /** The view as it is shown, which notes the columns that a terminal has no space for. */
  private narrowable(view: View, rows: readonly Row[] = []): View {
    return this.noting(this.isLaidOut && !this.selectsFields ? withValues(view, rows) : this.chosen(view))
  }

  /** The view, its nested list and its sections, which remember the columns that they omit. */
  private noting(view: View, prefix = ''): View {
    const { nested } = view
    const into = (omitted: Set<string>, before: string) => (names: readonly string[]) => {
      for (const name of names) omitted.add(`${before}${name}`)
    }
    const onNarrowed = into(this.#omittedBelow, '')
    return {
      ...view,
      onNarrowed: into(this.#omitted, prefix),
      ...(nested && { nested: { ...nested, view: this.noting(nested.view, `${nested.name}.`) } }),
      ...(view.sections !== undefined && {
        sections: (row: Row) =>
          (view.sections?.(row) ?? []).map((section) => ({ ...section, view: { ...section.view, onNarrowed } })),
      }),
    }
  }

  private noteEmpty({ empty }: View): void {
    if (empty !== undefined && this.isForPeople) this.note(empty)
  }

  private noteOmitted(): void {
    for (const [omitted, means] of [
      [this.#omitted, '--fields'],
      [this.#omittedBelow, '--json'],
    ] as const) {
      const it = omitted.size === 1 ? 'it' : 'them'
      if (omitted.size > 0) this.note(`the terminal is too narrow for ${inWords([...omitted])}; ${means} shows ${it}`)
      omitted.clear()
    }
  }

  private write(text: string, rows: number): void {
    this.clearProgress()
    if (text !== '') this.#destination.write(text)
    if (this.#destination.isRead) this.hold()
    this.#rows += rows
    this.#isWhole = true
  }

  private async put(text: string | Buffer, signal: AbortSignal): Promise<void> {
    const written = this.#destination.put(text, signal)
    if (this.#destination.isRead) this.hold()
    await written
  }

  private unpaged(): void {
    const { screen } = this.#destination
    if (screen !== undefined && !this.#destination.isRead) this.#destination = new StandardOutput(screen)
  }

  private style(): Style {
    return { ...styleFor(this.#options, this.#destination.screen), units: this.units.inTables() }
  }

  private get isAtTerminal(): boolean {
    return this.#destination.screen?.isTTY === true
  }
}
