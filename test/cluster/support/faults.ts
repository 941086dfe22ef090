import { setTimeout as sleep } from 'node:timers/promises'
import type { GaleraNode } from '../../support/galera.ts'

/** The nodes of a round. The first one is the writer. */
export type Nodes = readonly [GaleraNode, GaleraNode, GaleraNode]

/** A fault of the cluster while orders run. To have another one, add it to the table. */
export interface Fault {
  /** Before there are orders. */
  readonly prepare?: (nodes: Nodes) => Promise<void>
  /** Resolves when it has happened. */
  readonly strike: (nodes: Nodes) => Promise<void>
  /** Begins to mend it, after the orders. */
  readonly mend?: (nodes: Nodes) => Promise<void> | void
}

const joining = (isWiped: boolean): Fault => ({
  prepare: async ([, joiner]) => {
    await joiner.stop()
    if (isWiped) joiner.wipe()
  },
  // The writer is the donor: the transfer is to disturb it as much as it can.
  strike: ([donor, joiner]) => joiner.start({ donor }),
})

export const faults: Readonly<Record<string, Fault>> = {
  'kill -9': { strike: ([writer]) => writer.kill() },
  'graceful stop': { strike: ([writer]) => writer.stop() },
  'frozen (SIGSTOP)': {
    strike: ([writer]) => {
      writer.freeze(true)
      return Promise.resolve()
    },
    mend: ([writer]) => writer.freeze(false),
  },
  'cut off (partition)': {
    strike: ([writer]) => writer.isolate(true),
    mend: ([writer]) => writer.isolate(false),
  },
  'a node joins (IST)': joining(false),
  'a node joins (SST)': joining(true),
}

const slowMs = 30_000

/** Ends a fault: all nodes are running, and ready in one cluster. */
export async function mendAll(fault: Fault, nodes: Nodes): Promise<void> {
  await fault.mend?.(nodes)
  const began = performance.now()
  // A node that was frozen believes for a moment that it is a member; the others know better.
  while (!(await areMembers(nodes))) {
    const isSlow = performance.now() - began > slowMs
    for (const node of nodes) if (!node.isRunning || (isSlow && !(await isMember(node, nodes)))) await restart(node)
    await sleep(50)
  }
}

async function areMembers(nodes: Nodes): Promise<boolean> {
  return (await Promise.all(nodes.map((node) => isMember(node, nodes)))).every(Boolean)
}

async function isMember(node: GaleraNode, nodes: Nodes): Promise<boolean> {
  try {
    return (await node.isReady()) && (await node.clusterSize()) === nodes.length
  } catch {
    return false
  }
}

async function restart(node: GaleraNode): Promise<void> {
  await node.kill()
  await node.start()
}
