import { timerMs } from '../../db/target.ts'
import { DbtoolError } from '../../errors.ts'
import type { OrderRequest, Placement } from './place-order.ts'
import { onAbort } from '../../db/on-abort.ts'

/** The latest time for an answer. */
export interface Deadline {
  /** Milliseconds from now. */
  readonly ms: number
  /** Makes the error of an order without an answer. An order that was not sent is withdrawn. */
  readonly error: (isSent: boolean) => DbtoolError
}

export interface QueueOptions {
  /** Withdraws an order that still waits; its promise rejects with INTERRUPTED. A sent order gets its answer. */
  readonly signal?: AbortSignal | undefined
  readonly deadline?: Deadline | undefined
  /** Receives the number of orders that are sent together with this one, itself included. */
  readonly onSent?: ((together: number) => void) | undefined
}

/** The error of an order that was withdrawn. Its batch then begins again without it. */
export class Withdrawn extends DbtoolError {
  constructor(cause?: unknown) {
    super('INTERRUPTED', 'the order was withdrawn before it was sent', { cause })
  }
}

/** An order that waits for its batch or for the connection of its batch, or is sent. */
export class QueuedOrder {
  readonly answer: Promise<Placement>
  /** `withdrawn`: its caller has the answer already, and it must not be sent. */
  #state: 'waiting' | 'sent' | 'withdrawn' = 'waiting'
  #settle!: { readonly resolve: (placement: Placement) => void; readonly reject: (error: unknown) => void }
  readonly #timer: NodeJS.Timeout | undefined
  readonly #stopListening: () => void

  /** `onWithdrawn` takes the order out of the queue. */
  constructor(
    readonly request: OrderRequest,
    private readonly options: QueueOptions,
    private readonly onWithdrawn: (order: QueuedOrder) => void,
  ) {
    this.answer = new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
    const { signal, deadline } = options
    this.#stopListening = onAbort(signal, () => this.#giveUp(new Withdrawn(signal?.reason)))
    if (deadline !== undefined)
      this.#timer = setTimeout(() => this.#giveUp(deadline.error(this.#state === 'sent')), timerMs(deadline.ms))
  }

  get state(): 'waiting' | 'sent' | 'withdrawn' {
    return this.#state
  }

  /** Called before each attempt to send it. */
  sent(together: number): void {
    if (this.#state !== 'waiting') return
    this.#state = 'sent'
    this.#stopListening()
    this.options.onSent?.(together)
  }

  resolve(placement: Placement): void {
    clearTimeout(this.#timer)
    this.#settle.resolve(placement)
  }

  reject(error: unknown): void {
    clearTimeout(this.#timer)
    this.#stopListening()
    this.#settle.reject(error)
  }

  #giveUp(error: DbtoolError): void {
    if (this.#state === 'waiting') {
      this.#state = 'withdrawn'
      this.onWithdrawn(this)
    }
    this.reject(error)
  }
}
