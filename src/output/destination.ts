import { once } from 'node:events'

export interface Screen extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly fd?: number
}

/** What is known when nothing more comes. */
export interface Ending {
  /** False where data broke off, or the command failed before there was any. */
  readonly isWhole: boolean
  /** Undefined: it was no rows. */
  readonly rows: number | undefined
}

/** Where data goes: standard output, a pager in front of it, or a file. */
export interface Destination {
  /** Undefined for a file, where there is none. */
  readonly screen: Screen | undefined
  /** Somebody reads it in a pager: nothing else may be written on the terminal until it is closed. */
  readonly isRead: boolean
  /** He has seen enough: what is still to come is of no use. */
  readonly hasLeft: boolean
  write(text: string): void
  /**
   * For rows of any number: waits where the reader is slower than we are. Rejects when `signal` is aborted first, or he
   * has left.
   */
  put(text: string, signal: AbortSignal): Promise<void>
  /** Those rows are all. */
  flush(): void
  /** Resolves when everything has come out, to what a person is told about it. */
  close(ending: Ending): Promise<string | undefined>
}

export class StandardOutput implements Destination {
  readonly isRead = false
  readonly hasLeft = false

  constructor(readonly screen: Screen) {}

  write(text: string): void {
    this.screen.write(text)
  }

  put(text: string, signal: AbortSignal): Promise<void> {
    return writeSlowly(this.screen, text, signal)
  }

  flush(): void {
    // All of it is written.
  }

  close(): Promise<undefined> {
    return Promise.resolve(undefined)
  }
}

/** Writes, and waits until there is room for more. Rejects when `signal` is aborted first. */
export async function writeSlowly(stream: NodeJS.WritableStream, text: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (text !== '' && !stream.write(text)) await once(stream, 'drain', { signal })
}
