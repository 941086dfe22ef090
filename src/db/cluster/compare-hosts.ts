import { DbtoolError } from '../../errors.ts'
import type { Connection } from '../connection/connection.ts'
import type { Queries } from '../queries.ts'
import { withRetries } from '../retry.ts'
import { transactionSnapshot } from '../snapshot.ts'
import { catchUp, positionOf } from './own-writes.ts'
import {
  type Digest,
  differingKeys,
  differingParts,
  digestTable,
  hasSameColumns,
  type RowKey,
  rowsOfKeys,
  rowsOfParts,
  type TableDigest,
  type TableShape,
  tableShapes,
  wholeOf,
} from './table-digest.ts'

/** A server to compare. */
export interface ComparedHost {
  readonly host: string
  readonly isNode: boolean
  /** The reason why it cannot be read, if that is known already. */
  readonly obstacle: string | null
  /** Whether it applies the changes of the reference, and is waited for. */
  readonly follows: boolean
}

/** One table on one server. */
export interface TableResult {
  readonly table: string | null
  readonly host: string
  readonly rows: number | null
  readonly checksum: string | null
  readonly result: 'reference' | 'same' | 'differs' | 'not compared'
  /** The primary keys of some rows that differ. */
  readonly keys: readonly string[]
  readonly note: string | null
}

export interface Comparison {
  readonly reference: ComparedHost
  readonly others: readonly ComparedHost[]
  /** Runs `work` on one connection to this server, without a time limit for statements. Rejects if connecting fails. */
  readonly onHost: <T>(host: ComparedHost, work: (connection: Connection) => Promise<T>) => Promise<T>
  /** The longest wait for a server to apply the changes of the reference. */
  readonly waitMs: number
}

type Shapes = ReadonlyMap<string, TableShape>

/** All tables of a server as they were at one instant. */
interface Survey {
  readonly shapes: Shapes
  readonly digests: ReadonlyMap<string, TableDigest>
}

/**
 * Compares all tables of all servers with those of the reference. Each server is read in a snapshot, which locks
 * nothing. The snapshots of two servers differ by the changes between them. So rows that differ are compared again, a
 * few at a time. The reference locks them against changes until the other server has applied everything before.
 */
export function compareHosts(comparison: Comparison): Promise<TableResult[]> {
  const { reference, others, onHost } = comparison
  return onHost(reference, async (writer) => {
    const [local, ...remotes] = await surveyAll(comparison, writer)
    const results: TableResult[] = [...local.digests].map(([table, digest]) => ({
      ...rowOf(reference, table, wholeOf(digest)),
      result: 'reference',
    }))
    for (const [index, other] of others.entries()) {
      const survey = remotes[index]
      if (survey === undefined || typeof survey === 'string') results.push(notCompared(other, survey ?? ''))
      else results.push(...(await compareTables(comparison, { writer, other, local, remote: survey })))
    }
    return sorted(results)
  })
}

/** The rows of a table stand together, and the tables in their order. */
function sorted(results: readonly TableResult[]): TableResult[] {
  return results.toSorted((a, b) => Number(a.table === null) - Number(b.table === null) || compare(a.table, b.table))
}

const compare = (a: string | null, b: string | null): number => ((a ?? '') < (b ?? '') ? -1 : a === b ? 0 : 1)

type Surveyed = Survey | string

/** The reference first. A text is the reason why a server was not read. */
async function surveyAll({ others, onHost, waitMs }: Comparison, writer: Connection): Promise<[Survey, ...Surveyed[]]> {
  const shapes = await tableShapes(writer)
  return transactionSnapshot(writer, async () => {
    const position = await positionOf(writer)
    const surveyOf = async (other: ComparedHost): Promise<Surveyed> =>
      other.obstacle ??
      onHost(other, async (reader): Promise<Surveyed> => {
        if (!(await hasCaughtUp(reader, other, { position, waitMs }))) return lags(waitMs)
        const ofReader = await tableShapes(reader)
        return transactionSnapshot(reader, () => survey(reader, ofReader))
      }).catch((error: unknown) => {
        if (error instanceof DbtoolError) return error.message
        throw error
      })
    return Promise.all([survey(writer, shapes), ...others.map(surveyOf)])
  })
}

const lags = (waitMs: number): string => `it has not applied the changes of the reference within ${waitMs / 1_000} s`

function hasCaughtUp(
  reader: Connection,
  { isNode, follows }: ComparedHost,
  { position, waitMs }: { readonly position: string | undefined; readonly waitMs: number },
): Promise<boolean> {
  return catchUp(reader, { isNode, position: follows ? position : undefined, waitMs })
}

async function survey(queries: Queries, shapes: Shapes): Promise<Survey> {
  const digests = new Map<string, TableDigest>()
  for (const [name, shape] of shapes) digests.set(name, await digestTable(queries, shape))
  return { shapes, digests }
}

interface Pair {
  readonly writer: Connection
  readonly other: ComparedHost
  readonly local: Survey
  readonly remote: Survey
}

async function compareTables(comparison: Comparison, pair: Pair): Promise<TableResult[]> {
  const { other, local, remote } = pair
  const results: TableResult[] = []
  for (const table of new Set([...local.shapes.keys(), ...remote.shapes.keys()])) {
    const [shape, otherShape] = [local.shapes.get(table), remote.shapes.get(table)]
    const digest = remote.digests.get(table)
    const row = rowOf(other, table, digest === undefined ? undefined : wholeOf(digest))
    if (shape === undefined) results.push({ ...row, result: 'differs', note: 'the table exists only here' })
    else if (otherShape === undefined)
      results.push({ ...row, result: 'differs', note: 'the table does not exist here' })
    else if (!hasSameColumns(shape, otherShape))
      results.push({ ...row, result: 'differs', note: 'the table has other columns here' })
    else results.push({ ...row, ...(await compareTable(comparison, pair, shape)) })
  }
  return results
}

type Verdict = Pick<TableResult, 'result' | 'keys' | 'note'>

async function compareTable(comparison: Comparison, pair: Pair, shape: TableShape): Promise<Verdict> {
  const { local, remote, other } = pair
  const [a, b] = [local.digests.get(shape.name), remote.digests.get(shape.name)]
  const parts = differingParts(a ?? new Map(), b ?? new Map())
  if (parts.length === 0) return { result: 'same', keys: [], note: null }
  if (shape.key.length === 0) return { result: 'differs', keys: [], note: 'the table has no primary key' }
  try {
    const keys = await comparison.onHost(other, (reader) => lastingKeys(comparison, { ...pair, reader, shape }, parts))
    if (keys.length === 0) return { result: 'same', keys, note: 'changed meanwhile, and compared row by row' }
    return { result: 'differs', keys, note: null }
  } catch (error) {
    if (!(error instanceof DbtoolError)) throw error
    return { result: 'not compared', keys: [], note: error.message }
  }
}

interface RowComparison extends Pair {
  readonly reader: Connection
  readonly shape: TableShape
}

const partsAtOnce = 16
const keysAtOnce = 500
const mostKeys = 5

/** The first keys of rows that differ also while nobody can change them. */
async function lastingKeys(
  comparison: Comparison,
  on: RowComparison,
  parts: readonly number[],
): Promise<readonly string[]> {
  const { writer, reader, shape } = on
  for (let at = 0; at < parts.length; at += partsAtOnce) {
    const chosen = parts.slice(at, at + partsAtOnce)
    const [local, remote] = await Promise.all([rowsOfParts(writer, shape, chosen), rowsOfParts(reader, shape, chosen)])
    const candidates = differingKeys(local, remote)
    for (let from = 0; from < candidates.length; from += keysAtOnce) {
      const batch = candidates.slice(from, from + keysAtOnce)
      // A row that did not exist could not be locked. If it was inserted meanwhile, it is locked the second time.
      const again = (keys: readonly RowKey[]): Promise<RowKey[]> =>
        withRetries(() => stillDiffering(comparison, on, keys), { kind: 'repeatable' })
      const twice = await again(await again(batch))
      if (twice.length > 0) return firstOf(twice)
    }
  }
  return []
}

function firstOf(keys: readonly RowKey[]): string[] {
  const inOrder = keys.toSorted((a, b) => {
    const at = a.findIndex((part, index) => part !== b[index])
    const [x = '', y = ''] = [a[at], b[at]]
    return Number(x) - Number(y) || compare(x, y)
  })
  return inOrder.slice(0, mostKeys).map((key) => key.join(','))
}

/** Of these keys, those whose rows differ while the reference holds them. */
async function stillDiffering(
  { waitMs }: Comparison,
  { writer, reader, shape, other }: RowComparison,
  keys: readonly RowKey[],
): Promise<RowKey[]> {
  if (keys.length === 0) return []
  await writer.execute('START TRANSACTION')
  try {
    const local = await rowsOfKeys(writer, shape, keys, { locked: true })
    const position = await positionOf(writer)
    if (!(await hasCaughtUp(reader, other, { position, waitMs: Math.min(waitMs, longestLockMs) })))
      throw new DbtoolError('CLUSTER_INCOMPLETE', lags(Math.min(waitMs, longestLockMs)))
    return differingKeys(local, await rowsOfKeys(reader, shape, keys))
  } finally {
    await writer.execute('ROLLBACK')
  }
}

/** The rows of the reference are locked for this time at the most. */
const longestLockMs = 3_000

function rowOf({ host }: ComparedHost, table: string, digest: Digest | undefined): Omit<TableResult, 'result'> {
  const checksum = digest === undefined ? null : digest.sum.toString(16).padStart(16, '0')
  return { table, host, rows: digest?.rows ?? null, checksum, keys: [], note: null }
}

const notCompared = ({ host }: ComparedHost, note: string): TableResult => ({
  table: null,
  host,
  rows: null,
  checksum: null,
  result: 'not compared',
  keys: [],
  note,
})
