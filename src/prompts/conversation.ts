/** What can be chosen from. */
export interface Choice<T> {
  readonly name: string
  readonly value: T
  /** What stands there once it was chosen. */
  readonly short?: string
  /** Shown below the list, for the one that is marked. */
  readonly description?: string | undefined
  /** Why it cannot be chosen. */
  readonly disabled?: string | undefined
}

export interface SearchQuestion<T> {
  readonly message: string
  /**
   * What fits what was typed; asked again with every change, `signal` is aborted when the answer is no longer wanted.
   */
  readonly find: (typed: string, signal: AbortSignal) => Promise<readonly Choice<T>[]>
}

export interface ChoiceQuestion<T> {
  readonly message: string
  readonly choices: readonly Choice<T>[]
}

/** Asked only where a person can answer; each rejects with INTERRUPTED when he leaves. */
export interface Conversation {
  search<T>(question: SearchQuestion<T>): Promise<T>
  choose<T>(question: ChoiceQuestion<T>): Promise<T>
  /** Any number of them, none too. */
  several<T>(question: ChoiceQuestion<T>): Promise<readonly T[]>
  /** `parse` throws InvalidValue; an empty answer is `unless`, if there is one. */
  text<T>(question: {
    readonly message: string
    readonly parse: (text: string) => T
    readonly defaultAnswer?: string
  }): Promise<T>
  yes(message: string): Promise<boolean>
  /** The words of a command line that would have said what was answered. */
  recordAnswer(...words: string[]): void
}
