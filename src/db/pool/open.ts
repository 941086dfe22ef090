import type { OwnWrite } from '../cluster/own-writes.ts'
import type { Connection } from '../connection/connection.ts'
import { killerOf, lockObserver, openConnection } from '../connection/open-connection.ts'
import { channels, type FailoverEvent } from '../diagnostics.ts'
import type { OnTrace } from '../queries.ts'
import { isOneServer, type Limits, type Target } from '../target.ts'
import { ChosenServer, type Failover } from './chosen-server.ts'
import { DirectPool } from './direct-pool.ts'
import { ConnectorPool } from './driver-pool.ts'
import { FairPool } from './fair-pool.ts'
import { shapeOf, type OwnMode } from './modes.ts'
import type { Pool, PoolOptions } from './pool.ts'

export interface PoolParts {
  readonly target: Target
  readonly limits: Limits
  readonly options: PoolOptions
  readonly onTrace?: OnTrace | undefined
  /** The pool has chosen one of several hosts, the first time or in a failover. */
  readonly onChosen?: ((address: string) => void) | undefined
  /** The pool has moved to another of several hosts. */
  readonly onFailover?: ((failover: Failover) => void) | undefined
  /** A sentence about the data of the chosen server: they are old, or the writer's in place of a reader's. */
  readonly onNote?: ((sentence: string) => void) | undefined
  /** The write that a server must have when it is chosen. */
  readonly ownWrite?: OwnWrite | undefined
}

/**
 * Creates a pool: `fair` is dbtool's pool and `driver` the connector's. `static` has a single connection that all
 * callers share, one after another. `none` opens a connection per use.
 */
export function openPool(mode: OwnMode, parts: PoolParts): Pool {
  const { target, limits, options } = parts
  if (mode === 'driver') return new ConnectorPool(target, limits, options)
  return poolOver(parts, (openConnection) =>
    mode === 'none'
      ? new DirectPool(openConnection)
      : new FairPool(openConnection, mode === 'static' ? { ...options, ...shapeOf(mode, options) } : options, target),
  )
}

/** Creates a pool with connections to the server of the target, or to the chosen one of several. */
export function poolOver<P extends Pool>(
  parts: PoolParts,
  create: (open: (signal?: AbortSignal) => Promise<Connection>) => P,
): P {
  const { target, limits, onTrace, onChosen, onFailover, onNote, ownWrite } = parts
  if (isOneServer(target)) {
    const connecting = { onTrace, locks: lockObserver(target), killer: killerOf(target) }
    return create(async (signal) => (await openConnection(target, limits, { ...connecting, signal })).connection)
  }
  const server = new ChosenServer(target, limits, {
    onTrace,
    onChosen,
    onNote,
    ownWrite,
    onFailover: (failover) => {
      if (channels.failover.hasSubscribers) channels.failover.publish({ pool, ...failover } satisfies FailoverEvent)
      onFailover?.(failover)
    },
    onLeft: () => (pool as Partial<FairPool>).evictClosed?.(),
  })
  const pool = create((signal) => server.connect(signal))
  const close = pool.close.bind(pool)
  return Object.assign(pool, {
    close: async (graceMs?: number): Promise<void> => {
      server.close()
      await close(graceMs)
    },
  })
}

/** A failover in one sentence: "the writer is now b:3307: a:3306 does not answer". */
export const failoverText = ({ role, to, reason }: Failover): string => `the ${role} is now ${to}: ${reason}`
