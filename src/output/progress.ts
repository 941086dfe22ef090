const redrawMs = 100
/** Erases the line and moves the cursor to its beginning (ECMA-48). */
const clearedLine = '\u001B[2K\u001B[1G'

/** A status line at the bottom of the terminal, redrawn at most ten times per second. */
export class Progress {
  #drawnAt = 0
  #visible = false

  constructor(
    private readonly stream: NodeJS.WritableStream,
    private readonly enabled: boolean,
    /** Fits a text into one line of the terminal: of a line that wraps, only the last part could be cleared. */
    private readonly fit: (text: string) => string,
  ) {}

  show(line: () => string): void {
    if (!this.enabled || performance.now() - this.#drawnAt < redrawMs) return
    this.#drawnAt = performance.now()
    this.clear()
    this.stream.write(this.fit(line()))
    this.#visible = true
  }

  clear(): void {
    if (!this.#visible) return
    this.#visible = false
    this.stream.write(clearedLine)
  }
}
