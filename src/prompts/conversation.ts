/** An entry of a list to choose from. */
export interface Choice<T> {
  readonly name: string
  /** The part of the name that is cut first if it does not fit into a line, such as the name of a product. */
  readonly cutFirst?: string
  readonly value: T
  /** The text that replaces the list after the choice; default `name`. */
  readonly short?: string
  /** A text below the list while this choice is highlighted. */
  readonly description?: string | undefined
  /** The reason why it cannot be chosen. */
  readonly disabled?: string | undefined
}

export interface SearchQuestion<T> {
  readonly message: string
  /** Finds the choices for the typed text; called after every change. `signal` aborts an outdated call. */
  readonly find: (typed: string, signal: AbortSignal) => Promise<readonly Choice<T>[]>
}

export interface ChoiceQuestion<T> {
  readonly message: string
  readonly choices: readonly Choice<T>[]
}

/** Prompts on a terminal. Each rejects with INTERRUPTED if the user cancels it. */
export interface Conversation {
  search<T>(question: SearchQuestion<T>): Promise<T>
  choose<T>(question: ChoiceQuestion<T>): Promise<T>
  /** Resolves to any number of the choices, possibly none. */
  several<T>(question: ChoiceQuestion<T>): Promise<readonly T[]>
  /** `parse` throws InvalidValue for an invalid answer. An empty answer means `defaultAnswer`, if there is one. */
  text<T>(question: {
    readonly message: string
    readonly parse: (text: string) => T
    readonly defaultAnswer?: string
  }): Promise<T>
  yes(message: string): Promise<boolean>
  /** Records an answer as words of a command line. */
  recordAnswer(...words: string[]): void
}
