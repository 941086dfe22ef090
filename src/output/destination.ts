import { once } from 'node:events'

export interface Screen extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly fd?: number
}

/** The state of the output at its end. */
export interface Ending {
  /** Whether all data was written: false if the command failed before or during its output. */
  readonly isWhole: boolean
  /** Undefined if the output has no rows. */
  readonly rows: number | undefined
}

/** The destination of data: standard output, a pager in front of it, or a file. */
export interface Destination {
  /** Undefined for a file. */
  readonly screen: Screen | undefined
  /** Whether a pager is open: nothing else may be written to the terminal until it is closed. */
  readonly isRead: boolean
  /** Whether the user has closed the pager: further output would be lost. */
  readonly hasLeft: boolean
  write(text: string): void
  /**
   * Writes a part of the output and waits while the reader is slower. Rejects if `signal` is aborted, or the user has
   * closed the pager.
   */
  put(text: string | Buffer, signal: AbortSignal): Promise<void>
  /** Writes buffered output after the last `put`. */
  flush(): void
  /** Writes the rest and closes the destination. Resolves to a message for the user, if there is one. */
  close(ending: Ending): Promise<string | undefined>
}

export class StandardOutput implements Destination {
  readonly isRead = false
  readonly hasLeft = false

  constructor(readonly screen: Screen) {}

  write(text: string): void {
    this.screen.write(text)
  }

  put(text: string | Buffer, signal: AbortSignal): Promise<void> {
    return writeSlowly(this.screen, text, signal)
  }

  flush(): void {
    // Nothing is buffered.
  }

  close(): Promise<undefined> {
    return Promise.resolve(undefined)
  }
}

/** Writes, and waits for `drain` if the buffer of the stream is full. Rejects if `signal` is aborted first. */
export async function writeSlowly(
  stream: NodeJS.WritableStream,
  text: string | Buffer,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  if (text.length > 0 && !stream.write(text)) await once(stream, 'drain', { signal })
}
