const redrawMs = 100
/** Of a terminal, as ECMA-48 has it: the line is erased, and the cursor at its beginning. */
const clearedLine = '\u001B[2K\u001B[1G'

/** One line at the bottom of the terminal; a few frames a second, whatever the caller's pace. */
export class Progress {
  #drawnAt = 0
  #visible = false

  constructor(
    private readonly stream: NodeJS.WritableStream,
    private readonly enabled: boolean,
  ) {}

  show(line: () => string): void {
    if (!this.enabled || performance.now() - this.#drawnAt < redrawMs) return
    this.#drawnAt = performance.now()
    this.clear()
    this.stream.write(line())
    this.#visible = true
  }

  clear(): void {
    if (!this.#visible) return
    this.#visible = false
    this.stream.write(clearedLine)
  }
}
