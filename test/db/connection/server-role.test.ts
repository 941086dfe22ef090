import { describe, expect, it } from 'vitest'
import { fitnessOf } from '../../../src/db/connection/server-role.ts'

const node = {
  READ_ONLY: 'OFF',
  WSREP_ON: 'ON',
  WSREP_READY: 'ON',
  WSREP_CLUSTER_STATUS: 'Primary',
  WSREP_LOCAL_STATE: '4',
  WSREP_LOCAL_STATE_COMMENT: 'Synced',
  SLAVES_RUNNING: '0',
}
/** A build with the names of Galera, but without a cluster. */
const alone = { ...node, WSREP_ON: 'OFF', WSREP_READY: 'OFF', WSREP_CLUSTER_STATUS: 'Disconnected' }
const keepsChanges = 'keeps its changes from its cluster (wsrep_on is OFF)'

describe('the roles of a server', () => {
  it.each<[server: string, answer: Record<string, string>, writer: string, reader: string, readerAfterWriter: string]>([
    ['a single server', alone, 'fit', 'spare', 'spare'],
    ['a server without the names of Galera', { READ_ONLY: 'OFF' }, 'fit', 'spare', 'spare'],
    ['a replica', { ...alone, READ_ONLY: 'ON', SLAVES_RUNNING: '1' }, 'is read-only', 'fit', 'fit'],
    [
      'a replica that was stopped',
      { ...alone, READ_ONLY: 'ON' },
      'is read-only',
      'is read-only, and replicates no server now',
      'is read-only, and replicates no server now',
    ],
    ['a replica that takes writes', { ...alone, SLAVES_RUNNING: '1' }, 'spare', 'fit', 'fit'],
    ['a node', node, 'fit', 'spare', 'fit'],
    ['a read-only node', { ...node, READ_ONLY: 'ON' }, 'is read-only', 'fit', 'fit'],
    [
      'a node that sends its data to another',
      { ...node, WSREP_LOCAL_STATE: '2', WSREP_LOCAL_STATE_COMMENT: 'Donor/Desynced' },
      'spare',
      'spare',
      'spare',
    ],
    [
      'a node that receives its data',
      { ...node, WSREP_LOCAL_STATE: '3', WSREP_LOCAL_STATE_COMMENT: 'Joined' },
      'is not in sync (Joined)',
      'is not in sync (Joined)',
      'is not in sync (Joined)',
    ],
    [
      'a node outside its cluster',
      { ...node, WSREP_CLUSTER_STATUS: 'non-Primary', WSREP_READY: 'OFF' },
      'has left its cluster',
      'has left its cluster',
      'has left its cluster',
    ],
    [
      'a node that keeps its changes from its cluster',
      { ...node, WSREP_ON: 'OFF' },
      keepsChanges,
      keepsChanges,
      keepsChanges,
    ],
    ['a node that is not ready', { ...node, WSREP_READY: 'OFF' }, 'is not ready', 'is not ready', 'is not ready'],
  ])('%s', (_server, answer, ...expected) => {
    const rows = Object.entries(answer).map(([name, value]) => ({ name, value }))
    const found = [
      fitnessOf('writer', rows, false),
      fitnessOf('reader', rows, false),
      fitnessOf('reader', rows, true),
    ].map((fitness) => (typeof fitness === 'string' ? fitness : fitness.against))
    expect(found).toEqual(expected)
  })
})
