import type { OrderRequest, Placement } from '../../../src/shop/orders/place-order.ts'

/** What happened to the orders and restocks of one run, as the clients were told. */
export class Ledger {
  /** Every order that was tried, by its key. */
  readonly tried = new Map<string, OrderRequest>()
  readonly acknowledged = new Map<string, Placement>()
  /** Why, by key. */
  readonly refused = new Map<string, string>()
  readonly unknown = new Set<string>()
  /** Files that were imported by processes of their own, some of which were killed: their order references. */
  readonly files = new Map<string, readonly string[]>()
  /** Units by token; the token stands in the log row of the same transaction. */
  readonly restocks = {
    acknowledged: new Map<string, number>(),
    refused: new Set<string>(),
    unknown: new Map<string, number>(),
  }
  /**
   * Keys of orders that somebody wanted to cancel, some of them several times: after a loss, one that finds it
   * cancelled is told so.
   */
  readonly cancels = { acknowledged: new Set<string>(), unknown: new Set<string>() }
  readonly faults = new Map<string, number>()
  /** What must never be: each reads on its own. */
  readonly wrong: string[] = []

  struck(kind: string): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1)
  }

  /** Codes of refusals, with how often each came. */
  refusals(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const code of this.refused.values()) counts[code] = (counts[code] ?? 0) + 1
    return counts
  }
}
