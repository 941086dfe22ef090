import { clearLine, cursorTo } from 'node:readline'

const redrawMs = 100

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
    clearLine(this.stream, 0)
    cursorTo(this.stream, 0)
  }
}
