import { Option, type Command } from 'commander'
import type { Context } from '../../src/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { chapterSql } from '../../src/stress/plan.ts'
import { parseStatement, type DataRow, type Statement } from '../../src/stress/statement.ts'
import { builtIn, sqlWorkload, statementWorkload, type Workload } from '../../src/stress/workload.ts'
import { parseChoice } from '../../src/values.ts'
import { value, values } from '../flags.ts'

export interface WorkloadOptions {
  readonly sql?: readonly Statement[]
  readonly workload?: keyof typeof builtIn
  readonly data?: string
}

const workloads = Object.keys(builtIn) as (keyof typeof builtIn)[]

/** What an iteration does. */
export function workloadFlags(command: Command): Command {
  return command
    .addOption(new Option('--sql <statement>', "what an iteration runs; several are chosen from, '9: SELECT …' nine times as often; {{random 1 1000}}, {{uuid}} and {{column}} of --data are bound").argParser(values(parseStatement)).default(undefined, chapterSql))
    .addOption(new Option('--workload <name>', 'ping (DO 0) or sleep (a tenth of a second), instead of a statement').argParser(value(parseChoice(workloads))).conflicts('sql'))
    .option('--data <file>', 'CSV or NDJSON with the columns that statements name, a row for each iteration, again from the first after the last')
}

/** Rejects with USAGE when statements and data do not fit each other. */
export async function workloadOf(ctx: Context, { workload, sql, data }: WorkloadOptions): Promise<Workload> {
  const statements = sql ?? []
  const columns = [...new Set(statements.flatMap((statement) => statement.columns))]
  if (columns.length > 0 && data === undefined) throw new DbtoolError('USAGE', `{{${columns.join('}}, {{')}}} comes from --data, which is missing`, { hint: 'besides there are {{random 1 1000}} and {{uuid}}' })
  if (columns.length === 0 && data !== undefined) throw new DbtoolError('USAGE', '--data has columns that no --sql names', { hint: 'as in --sql "SELECT {{id}}"' })
  if (statements.length === 0) return sqlWorkload(workload === undefined ? chapterSql : builtIn[workload])
  return statementWorkload(statements, data === undefined ? [] : await rowsOf(ctx, data, columns))
}

/** As many as one would want to tell apart; all are kept in memory. */
const mostRows = 1_000_000

async function rowsOf({ io: { stdin, signal }, rawCells }: Context, path: string, columns: readonly string[]): Promise<DataRow[]> {
  const { openRecordFile } = await import('../../src/files/record-file.ts')
  const file = await openRecordFile(path, { stdin, signal, fields: { required: columns, optional: [] }, map: new Map(), raw: rawCells })
  const rows: DataRow[] = []
  try {
    for await (const { line, fault, values: row } of file.records({ signal })) {
      if (fault !== undefined) throw new DbtoolError('BAD_INPUT', `${file.name}, line ${line}: ${fault}`)
      if (rows.length === mostRows) throw new DbtoolError('BAD_INPUT', `${file.name} has more than ${mostRows} rows`, { hint: 'take fewer of them' })
      rows.push(Object.fromEntries(columns.flatMap((column) => (row[column] === undefined ? [] : [[column, row[column]]]))))
    }
  } finally {
    await file.close()
  }
  if (rows.length === 0) throw new DbtoolError('BAD_INPUT', `${file.name} has no rows`)
  return rows
}
