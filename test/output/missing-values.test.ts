import { Chalk } from 'chalk'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withValues } from '../../src/output/fields.ts'
import { glyphsFor } from '../../src/output/glyphs.ts'
import { itemTable, listTable } from '../../src/output/table.ts'
import { orNone, text, type View } from '../../src/output/view.ts'
import { dbtool } from '../support/cli.ts'
import { temporaryFolder } from '../support/folder.ts'

const view: View = { columns: [text('item'), text('error')], id: 'item', omitsNull: true }
const done = { item: 'a', error: null }
const failed = { item: 'b', error: 'NOT_FOUND' }
const names = ({ columns }: View): string[] => columns.map(({ name }) => name)

describe('columns without a value', () => {
  it.each([
    ['are omitted', view, [done], ['item']],
    ['stay if one row has a value', view, [done, failed], ['item', 'error']],
    ['stay without rows', view, [], ['item', 'error']],
    ['stay in a view of the database', { ...view, omitsNull: false }, [done], ['item', 'error']],
  ])('%s', (_what, given, rows, columns) => {
    expect(names(withValues(given, rows))).toEqual(columns)
  })

  it('are omitted in nested lists by the rows of those', () => {
    const order: View = { columns: [text('file')], id: 'file', nested: { name: 'first', view } }
    const rowWith = (...first: object[]) => withValues(order, [{ file: 'x', first }]).nested?.view
    expect([rowWith(done), rowWith(done, failed)].map((found) => found && names(found))).toEqual([
      ['item'],
      ['item', 'error'],
    ])
  })
})

const look = { colour: new Chalk({ level: 1 }), glyphs: glyphsFor({}, true), width: 60 }
const dim = (line: string): string => look.colour.dim(line)

it.each([
  ['a missing value is dim', text('tls'), null, dim('NULL')],
  ['the text NULL is not', text('tls'), 'NULL', 'NULL'],
  ['a missing value has the word of its column', orNone(text('tls'), 'none'), null, dim('none')],
])('%s', (_what, column, tls, expected) => {
  const one: View = { columns: [column], id: 'tls' }
  expect(itemTable(one, { tls }, look)).toBe(`${look.colour.bold('tls')}  ${expected}`)
  expect(listTable(one, [{ tls }], look)).toContain(expected)
})

describe('facts that are no columns of the database', () => {
  const home = temporaryFolder()
  const env = { DBTOOL_HOME: home }
  const stopped = 'the private server is not running; start it: dbtool server start\n'
  it.each([
    ['server status', 'running  no\n', stopped],
    ['server status --fields running,pid', 'running  no\npid      NULL\n', stopped],
    ['server status --format markdown', '| field   | value |\n| ------- | ----- |\n| running | no    |\n', stopped],
    ['server status --format csv --fields running,pid', 'running,pid\nfalse,\n', stopped],
  ])('%s', async (line, stdout, stderr) => {
    expect(await dbtool(line, { env })).toMatchObject({ stdout, stderr })
  })

  it('import guess names no preset where none is needed, and no fault where there is none', async () => {
    const path = join(home, 'stock.csv')
    writeFileSync(path, 'sku,stock\nCUP,7\n')
    const { stdout, stderr } = await dbtool(`import guess ${path}`)
    expect(stdout).toContain('│ name │ contents         │\n')
    expect((await dbtool(`import guess ${path} --format markdown`)).stdout).not.toContain('NULL')
    expect(stdout).toMatch(/^file +\S+\nformat +csv\ncommand +dbtool products import/)
    expect(stderr).toBe('no preset is needed: the columns are those of dbtool\n')
  })
})
