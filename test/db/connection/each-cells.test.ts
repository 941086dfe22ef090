import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Cells } from '../../../src/cells.ts'
import { CellStream } from '../../../src/db/connection/cell-stream.ts'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Connection } from '../../../src/db/connection/connection.ts'
import { testDatabase } from '../../support/database.ts'

const database = testDatabase({ migrated: false })
const many = 'SELECT seq AS n, REPEAT(seq, 20) AS text FROM seq_1_to_50000'

async function connected(): Promise<Connection> {
  const db = await connect(database.target)
  onTestFinished(() => db.close())
  return db
}

/** The cells as texts. */
function textsOf({ bytes, ranges, rows, columns }: Cells): (string | null)[][] {
  return Array.from({ length: rows }, (_row, row) =>
    Array.from({ length: columns }, (_column, column) => {
      const slot = (row * columns + column) * 2
      return ranges[slot] === -1 ? null : bytes.toString('utf8', ranges[slot], ranges[slot + 1])
    }),
  )
}

async function allCells(db: Connection, sql: string, values: string[] = []): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = []
  expect(await db.eachCells(sql, values, (cells) => Promise.resolve(void rows.push(...textsOf(cells))))).toBe(true)
  return rows
}

const nothing = (): Promise<void> => Promise.resolve()

describe('the bytes of a SELECT', () => {
  it('are those of all rows, and the connection is free afterwards', async () => {
    const db = await connected()
    const rows = await allCells(db, `${many} WHERE seq > ?`, ['7'])
    expect(rows).toHaveLength(49_993)
    expect(rows[0]).toEqual(['8', '8'.repeat(20)])
    expect(rows.at(-1)).toEqual(['50000', '50000'.repeat(20)])
    expect(db.busy).toBe(false)
    expect(await db.rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(await allCells(db, 'SELECT 2')).toEqual([['2']])
  })

  it.each([
    ['CAST(2 AS DECIMAL(10, 2))', '2.00'],
    ["TIMESTAMP'2026-01-02 03:04:05'", '2026-01-02 03:04:05'],
    ['COUNT(*)', '1'],
    ['18446744073709551615', '18446744073709551615'],
    ['-7', '-7'],
    ['NULL', null],
    ["''", ''],
    ["'緑茶 👩‍👩‍👧'", '緑茶 👩‍👩‍👧'],
    ["CONVERT('é' USING latin1)", 'é'],
    ["REPEAT('x', 250)", 'x'.repeat(250)],
    ["REPEAT('x', 251)", 'x'.repeat(251)],
    ["REPEAT('x', 70000)", 'x'.repeat(70_000)],
    ['TRUE', '1'],
  ])('of %s are its text', async (sql, text) => {
    expect(await allCells(await connected(), `SELECT ${sql}`)).toEqual([[text]])
  })

  it('of a row with more than 16 MB are whole', async () => {
    const { connection } = database
    const [before] = await connection.rows<{ bytes: number }>('SELECT @@GLOBAL.max_allowed_packet AS bytes')
    await connection.execute('SET GLOBAL max_allowed_packet = 67108864')
    onTestFinished(async () => {
      await connection.execute('SET GLOBAL max_allowed_packet = ?', [before?.bytes ?? 0])
    })
    const sizes: number[] = []
    const db = await connected()
    await db.eachCells("SELECT REPEAT('x', 20000000) UNION ALL SELECT 'y'", [], ({ ranges, rows }) => {
      for (let row = 0; row < rows; row += 1) sizes.push((ranges[row * 2 + 1] ?? 0) - (ranges[row * 2] ?? 0))
      return nothing()
    })
    expect(sizes).toEqual([20_000_000, 1])
  })

  it('of no rows are none', async () => {
    expect(await allCells(await connected(), 'SELECT 1 FROM DUAL WHERE FALSE')).toEqual([])
  })

  it('of a statement without rows are none', async () => {
    const db = await connected()
    await db.eachCells('SELECT 1 INTO @nobody', [], nothing)
    expect(await db.rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('are part of an open transaction, and the state of it stays known', async () => {
    const db = await connected()
    await db.execute('START TRANSACTION')
    expect(await allCells(db, 'SELECT 1')).toEqual([['1']])
    expect(db.inTransaction).toBe(true)
    await db.execute('ROLLBACK')
    expect(db.mayHoldTransaction).toBe(false)
  })

  it('wait at the server while the reader does', async () => {
    const db = await connected()
    let isDone = false
    const hold: { release?: () => void } = {}
    const released = new Promise<void>((resolve) => (hold.release = resolve))
    const reading = db.eachCells(`${many} WHERE seq <> 13`, [], () => released)
    void reading.then(() => (isDone = true))
    const writing =
      "SELECT 1 FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Writing to net%' AND INFO LIKE '%seq <> 13%'"
    while ((await database.connection.rows(writing)).length === 0) await sleep(10)
    expect(isDone).toBe(false)
    hold.release?.()
    await reading
  })
})

it.each([0, 2])('a connector with %s listeners on its socket is named as the fault', (listeners) => {
  const socket = new Socket()
  for (let at = 0; at < listeners; at += 1) socket.on('data', () => undefined)
  expect(() => new CellStream(socket, () => Promise.resolve([]))).toThrow(
    'this version of the connector does not read its socket with one listener',
  )
})
