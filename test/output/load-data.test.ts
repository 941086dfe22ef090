import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { Output } from '../../src/output/output.ts'
import { number, text } from '../../src/output/view.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { nasty } from '../support/nasty.ts'

const database = testDatabase({ migrated: false })
const folder = temporaryFolder()

it('LOAD DATA reads tsv as it comes: every text, NULL, and no text as NULL', async () => {
  const { connection } = database
  const rows = nasty.map((name, id) => ({ id, name, note: id % 3 === 0 ? null : `${name}${name}` }))
  const stdout = new PassThrough({ highWaterMark: 10_000_000 })
  const out = new Output({
    stdout,
    stderr: new PassThrough(),
    env: {},
    format: 'tsv',
    colour: 'never',
    quiet: true,
    raw: true,
    signal: new AbortController().signal,
  })
  out.list({ columns: [number('id'), text('name'), text('note')], id: 'id' }, rows)
  const path = join(folder, 'rows.tsv')
  writeFileSync(path, stdout.read() as Buffer)
  // The server may be another user.
  chmodSync(folder, 0o755)
  await connection.execute(
    'CREATE TABLE texts (id INT PRIMARY KEY, name LONGTEXT, note LONGTEXT) CHARACTER SET utf8mb4',
  )
  await connection.execute(`LOAD DATA INFILE '${path}' INTO TABLE texts CHARACTER SET utf8mb4 IGNORE 1 LINES`)
  expect(await connection.rows('SELECT * FROM texts ORDER BY id')).toEqual(rows)
})
