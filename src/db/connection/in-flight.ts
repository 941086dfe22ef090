import { timerMs } from '../target.ts'

/** The operations that run on one connection, each with its own deadline. */
export class InFlight {
  readonly #abandon = new Map<(error: Error) => void, Promise<unknown>>()

  get size(): number {
    return this.#abandon.size
  }

  /**
   * Settles as `work` does, or rejects with the error of `abandonAll` if that comes first. Calls `onLate` after
   * `timeoutMs` milliseconds; zero means no deadline.
   */
  watch<T>(work: Promise<T>, timeoutMs: number, onLate: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = timeoutMs === 0 ? undefined : setTimeout(onLate, timerMs(timeoutMs))
      const settled = (): void => {
        clearTimeout(timer)
        this.#abandon.delete(abandon)
      }
      const abandon = (error: Error): void => {
        settled()
        reject(error)
      }
      this.#abandon.set(abandon, work)
      work.then(
        (result) => {
          settled()
          resolve(result)
        },
        (error: unknown) => {
          settled()
          reject(error)
        },
      )
    })
  }

  abandonAll(error: Error): void {
    for (const abandon of [...this.#abandon.keys()]) abandon(error)
  }

  /** Resolves when the operations that run now have been answered, whether or not their callers still wait. */
  async answered(): Promise<void> {
    await Promise.allSettled([...this.#abandon.values()])
  }
}
