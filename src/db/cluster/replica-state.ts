import { DatabaseError } from '../failures.ts'
import { firstRow, type Queries } from '../queries.ts'
import { hostText } from '../target.ts'

/** A replica, as its server reports it. Addresses are `host:port`. */
export interface ReplicaState {
  /** The name of the connection to the source; empty for the usual one. */
  readonly name: string
  readonly source: string
  readonly usesGtid: boolean
  /** The position up to which it has received the changes of its source. */
  readonly received: string
  readonly isApplying: boolean
  readonly error: string
  readonly confirmsCommits: boolean
  /** The seconds for which it waits on purpose. */
  readonly delaySeconds: number
}

interface SlaveRow {
  readonly Connection_name: string
  readonly Master_Host: string
  readonly Master_Port: number
  readonly Using_Gtid: string
  readonly Gtid_IO_Pos: string
  readonly Slave_SQL_Running: string
  readonly Last_SQL_Error: string
  readonly SQL_Delay: number
}

/** The sources of a server; empty if it is no replica. Rejects with ACCESS_DENIED without the privilege. */
export async function replicaStates(queries: Queries): Promise<ReplicaState[]> {
  const rows = await queries.rows<SlaveRow>('SHOW ALL SLAVES STATUS')
  const semiSync = await firstRow<{ Value: string }>(queries, "SHOW VARIABLES LIKE 'rpl_semi_sync_slave_enabled'")
  return rows.map((row) => ({
    name: row.Connection_name,
    source: hostText({ host: row.Master_Host, port: row.Master_Port }),
    usesGtid: row.Using_Gtid !== 'No',
    received: row.Gtid_IO_Pos,
    isApplying: row.Slave_SQL_Running === 'Yes',
    error: row.Last_SQL_Error,
    confirmsCommits: semiSync?.Value === 'ON',
    delaySeconds: row.SQL_Delay,
  }))
}

/** Asks for the privilege to end read_only, and changes nothing. */
export async function assertMayPromote(queries: Queries): Promise<void> {
  await queries.execute('SET GLOBAL read_only = @@GLOBAL.read_only')
}

const lackingPrivilege = 1227

/** Throws the error of a server in a failover. For a lacking privilege, it names the server and all that is needed. */
export const failoverError =
  (address: string) =>
  (error: unknown): never => {
    if (!(error instanceof DatabaseError) || error.errno !== lackingPrivilege) throw error
    throw new DatabaseError(error.code, `${address}: ${error.message}`, {
      hint:
        'a failover needs an administrator: ' +
        'GRANT READ_ONLY ADMIN, REPLICATION SLAVE ADMIN, REPLICA MONITOR ON *.* on all servers',
      cause: error,
    })
  }
