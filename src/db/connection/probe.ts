import { setTimeout as sleep } from 'node:timers/promises'
import { firstRow, type Queries } from '../queries.ts'

/** Facts about the server and about this session. */
export interface Probe {
  readonly version: string
  readonly user: string
  readonly database: string | null
  readonly charset: string
  readonly collation: string
  readonly time_zone: string
  readonly sql_mode: string
  readonly isolation: string
  /** In seconds; zero means no limit. */
  readonly statement_timeout: number
  /** The TLS cipher, or null when the connection is not encrypted. */
  readonly tls: string | null
  /** The median of several empty round trips. */
  readonly round_trip_ms: number
}

const question = `SELECT VERSION() AS version, CURRENT_USER() AS user, DATABASE() AS \`database\`,
  @@character_set_connection AS charset, @@collation_connection AS collation,
  @@time_zone AS time_zone, @@sql_mode AS sql_mode, @@max_statement_time AS statement_timeout,
  (SELECT VARIABLE_VALUE FROM information_schema.SESSION_VARIABLES
   WHERE VARIABLE_NAME IN ('tx_isolation', 'transaction_isolation') LIMIT 1) AS isolation,
  (SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'ssl_cipher') AS cipher`

const roundTrips = 5

/** Queries the server and measures the round trip. */
export async function probe(queries: Queries): Promise<Probe> {
  const row = await firstRow<Omit<Probe, 'tls' | 'round_trip_ms'> & { cipher: string | null }>(queries, question)
  if (row === undefined) throw new Error('SELECT without FROM returned no row')
  const { cipher, ...facts } = row
  const tls = cipher === '' ? null : cipher
  return { ...facts, tls, round_trip_ms: await roundTripMs(queries) }
}

async function roundTripMs(queries: Queries): Promise<number> {
  const times: number[] = []
  for (let trip = 0; trip < roundTrips; trip += 1) {
    const started = performance.now()
    await queries.rows('DO 0')
    times.push(performance.now() - started)
    await sleep(1)
  }
  times.sort((a, b) => a - b)
  return Number((times[Math.floor(roundTrips / 2)] ?? 0).toFixed(3))
}
