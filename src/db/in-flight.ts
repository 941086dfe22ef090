import { timerMs } from './target.ts'

/** The operations that run on one connection, each with a deadline of its own. */
export class InFlight {
  readonly #abandon = new Set<(error: Error) => void>()

  get size(): number {
    return this.#abandon.size
  }

  /**
   * Settles as `work` does, or as `abandonAll` says before that. `late` is called after `timeoutMs`; zero is no
   * deadline.
   */
  watch<T>(work: Promise<T>, timeoutMs: number, late: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = timeoutMs === 0 ? undefined : setTimeout(late, timerMs(timeoutMs))
      const settled = (): void => {
        clearTimeout(timer)
        this.#abandon.delete(abandon)
      }
      const abandon = (error: Error): void => {
        settled()
        reject(error)
      }
      this.#abandon.add(abandon)
      work.finally(settled).then(resolve, reject)
    })
  }

  abandonAll(error: Error): void {
    for (const abandon of this.#abandon) abandon(error)
  }
}
