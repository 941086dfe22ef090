import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { runDbtool, type Ended } from '../child.ts'
import { verbs } from '../command.ts'
import { alternate, type Contestant } from '../core/alternate.ts'
import { WrongRun, type Trial } from '../core/results.ts'
import { clientExport, hasClient, linesOf, runClient } from '../mariadb-client.ts'
import { emptied, makeDatabase, verify } from '../shop.ts'

const database = 'bench_bulk'

/** The peer that does what an import does: a row of the log for each product. */
export const loadingWithLog = 'LOAD DATA, with a log row each'

/** Import and export of a file, as whole processes. */
export async function bulk(bench: Bench): Promise<void> {
  const {
    results,
    server,
    size: { rounds, bulkRows },
  } = bench
  const commandLines = await verbs()
  const missing = ['products import', 'products export'].filter((verb) => !commandLines.includes(verb))
  for (const verb of missing) results.absent(verb, 'not in this dbtool')
  if (missing.length > 0) return
  const peer = hasClient(results)
  await makeDatabase(server, database)
  const paths = { given: join(server.home, 'products.csv'), written: join(server.home, 'exported.csv') }
  writeProducts(paths.given, bulkRows)
  const contest = { group: 'bulk', unit: 'rows/s', rounds }
  const importing = (): Promise<Ended> => runVerb(bench, ['products', 'import', paths.given, '--json'])
  const loading = [loadingOf(bench, { who: 'products import', underTest: true, work: importing })]
  const load = loadStatement(paths.given)
  for (const [who, statement] of [
    ['LOAD DATA LOCAL INFILE', load],
    [loadingWithLog, `BEGIN; ${load}; ${logStatement}; COMMIT`],
  ] as const) {
    const work = (): Promise<Ended> => runClient(bench, { database, statement })
    if (peer) loading.push(loadingOf(bench, { who, underTest: false, work }))
  }
  await alternate({ ...contest, work: 'products into a table', contestants: loading }, results)
  // Import again: the last contestant may have failed, and both must read the same rows.
  await emptyTable(bench)
  await importing()
  const exporting = (): Promise<Ended> => runVerb(bench, ['products', 'export', '--format', 'csv'], paths.written)
  await exporting()
  const select = `SELECT ${await headerOf(paths.written)} FROM products`
  const unloading = [unloadingOf(bench, { who: 'products export', underTest: true, work: exporting }, paths.written)]
  const unload = (): Promise<Ended> => runClient(bench, { database, statement: select, into: paths.written })
  if (peer) unloading.push(unloadingOf(bench, { who: clientExport, underTest: false, work: unload }, paths.written))
  await alternate({ ...contest, work: 'products out of a table', contestants: unloading }, results)
}

interface Worker extends Pick<Contestant, 'who' | 'underTest'> {
  readonly work: () => Promise<Ended>
}

async function emptyTable({ server }: Bench): Promise<void> {
  await server.connection(database, (connection) => emptied(connection, ['products', 'logs']))
}

function loadingOf(bench: Bench, { work, ...worker }: Worker): Contestant {
  const {
    server,
    size: { bulkRows },
  } = bench
  return {
    ...worker,
    run: async () => {
      await emptyTable(bench)
      const trial = trialOf(await work(), bulkRows)
      await server.connection(database, (connection) => verify(connection, 'products', bulkRows))
      return trial
    },
  }
}

function unloadingOf({ size: { bulkRows } }: Bench, { work, ...worker }: Worker, path: string): Contestant {
  return {
    ...worker,
    run: async () => {
      const trial = trialOf(await work(), bulkRows)
      const lines = await linesOf(path)
      if (lines !== bulkRows + 1)
        throw new WrongRun(`${bulkRows} rows and a header should be ${bulkRows + 1} lines, not ${lines}`)
      return trial
    },
  }
}

function trialOf({ seconds, peakMegabytes }: Ended, rows: number): Trial {
  return { value: rows / seconds, ...(peakMegabytes === undefined ? {} : { also: { peakMegabytes } }) }
}

function runVerb({ server, signal }: Bench, args: readonly string[], into?: string): Promise<Ended> {
  return runDbtool(args, {
    env: server.environment(database),
    cwd: server.home,
    signal,
    ...(into === undefined ? {} : { into }),
  })
}

function loadStatement(path: string): string {
  return `LOAD DATA LOCAL INFILE '${path}' INTO TABLE products FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"'
    IGNORE 1 LINES (sku, name, price, stock) SET stock_received = stock`
}

/** The log rows of the import, without its validation. */
const logStatement = `INSERT INTO logs (os_user, command, entity, entity_id, message)
  SELECT 'bench', 'products import', 'products', id,
      CONCAT('created ', sku, ': ', name, ', price ', price, ', stock ', stock)
    FROM products`

const rowsAtOnce = 50_000

/** Writes a file of products; every tenth name contains a comma and therefore needs quotes. */
function writeProducts(path: string, rows: number): void {
  const row = (at: number): string => {
    const name = at % 10 === 0 ? `"Lamp, number ${at}"` : `Product number ${at}`
    return `SKU-${at},${name},${(1 + (at % 9_999) / 100).toFixed(2)},${at % 1_000}\n`
  }
  writeFileSync(path, 'sku,name,price,stock\n')
  for (let from = 1; from <= rows; from += rowsAtOnce) {
    const length = Math.min(rowsAtOnce, rows - from + 1)
    writeFileSync(path, Array.from({ length }, (_, index) => row(from + index)).join(''), { flag: 'a' })
  }
}

async function headerOf(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).split('\n', 1)[0]?.trim() ?? ''
}
