import type { Socket } from 'node:net'
import type { Cells } from '../../cells.ts'
import { DbtoolError } from '../../errors.ts'
import { ResultSet, unreadable } from './result-set.ts'
import type { Batches } from './row-stream.ts'

type OnData = (chunk: Buffer) => void

/**
 * The rows of a running SELECT as bytes. The connector sends the statement and reads all packets except the rows. Until
 * the end of the result set, its listener on the socket is replaced by one that takes the rows out. So the outcome and
 * an error of the server reach the connector as always. The socket must be plain, and no other statement in flight.
 */
export class CellStream implements Batches<Cells> {
  readonly #socket: Socket
  readonly #connector: OnData
  readonly #result = new ResultSet()
  #chunks: Buffer[] = []
  #isOpen = true
  #isPaused = false
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined

  /** `send` makes the connector send the SELECT. It resolves to the rows that the connector has read: none. */
  constructor(socket: Socket, send: () => Promise<unknown>) {
    this.#socket = socket
    this.#connector = listenerOf(socket)
    socket.on('data', this.#onData).off('data', this.#connector)
    send().then(
      (rows) => this.over(Array.isArray(rows) && rows.length > 0 ? { error: unreadable() } : undefined),
      (error: unknown) => this.over({ error }),
    )
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  async next(): Promise<Cells | undefined> {
    for (;;) {
      const part = this.#result.read()
      if (part !== undefined && 'rows' in part) return part
      if (part !== undefined) this.forward(part)
      else if (!(await this.receive())) return undefined
    }
  }

  /** Gives packets to the connector. After the rows, it listens to the socket again and gets the rest. */
  private forward(packets: Buffer): void {
    if (!this.#result.isOver) {
      this.#connector(packets)
      return
    }
    const rest = [packets, ...this.#chunks]
    this.#chunks = []
    this.#socket.on('data', this.#connector).off('data', this.#onData)
    for (const chunk of rest) this.#connector(chunk)
    this.resume()
  }

  /** Waits for bytes from the server. Resolves to false at the end. */
  private async receive(): Promise<boolean> {
    while (this.#chunks.length === 0) {
      if (this.#failure !== undefined) throw this.#failure.error
      if (!this.#isOpen) return false
      const received = new Promise<void>((resolve) => (this.#wake = resolve))
      this.resume()
      await received
    }
    for (const chunk of this.#chunks) this.#result.push(chunk)
    this.#chunks = []
    return true
  }

  /** While nobody waits for rows, the socket is paused, so a slow reader slows the server down. */
  readonly #onData: OnData = (chunk) => {
    this.#chunks.push(chunk)
    if (this.#wake === undefined) {
      this.#isPaused = true
      this.#socket.pause()
    } else this.awake()
  }

  private resume(): void {
    if (this.#isPaused) this.#socket.resume()
    this.#isPaused = false
  }

  private awake(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  private over(failure?: { readonly error: unknown }): void {
    this.#isOpen = false
    this.#failure = failure
    this.awake()
  }
}

/** The listener of the connector, the only one on the socket. */
function listenerOf(socket: Socket): OnData {
  const [listener, ...others] = socket.listeners('data') as OnData[]
  if (listener === undefined || others.length > 0)
    throw new DbtoolError('UNEXPECTED', 'this version of the connector does not read its socket with one listener', {
      hint: 'install the version of the connector that dbtool names',
    })
  return listener
}
