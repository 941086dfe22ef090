export interface Waiter<T> {
  readonly resolve: (granted: T) => void
  readonly reject: (error: unknown) => void
  timer: NodeJS.Timeout | undefined
}

/** First in, first out; leaving from the middle costs nothing, because a Set remembers the order of insertion. */
export class WaitingLine<T> {
  #waiters = new Set<Waiter<T>>()

  get length(): number {
    return this.#waiters.size
  }

  /** `first` is for whoever was already served once, with a connection that turned out to be dead. */
  join(waiter: Waiter<T>, turn: 'last' | 'first'): void {
    if (turn === 'last') this.#waiters.add(waiter)
    else this.#waiters = new Set([waiter, ...this.#waiters])
  }

  leave(waiter: Waiter<T>): void {
    clearTimeout(waiter.timer)
    this.#waiters.delete(waiter)
  }

  next(): Waiter<T> | undefined {
    for (const waiter of this.#waiters) {
      this.leave(waiter)
      return waiter
    }
    return undefined
  }

  rejectAll(error: unknown): void {
    for (let waiter = this.next(); waiter !== undefined; waiter = this.next()) waiter.reject(error)
  }
}
