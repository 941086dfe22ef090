import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkRecordFile } from '../../src/files/record-file.ts'
import { parseMap } from '../../src/files/map.ts'
import { collect, withFile } from './fixture.ts'

const data = process.env.DBTOOL_REAL_DATA ?? ''
const month = join(data, 'online-retail', '2010-12.csv')
const fields = { required: ['order_ref', 'user', 'sku', 'quantity'], optional: ['price', 'product_name', 'ordered_at'] }
const map =
  'order_ref=InvoiceNo,user=CustomerID,sku=StockCode,quantity=Quantity,price=UnitPrice,' +
  'product_name=Description,ordered_at=InvoiceDate'

const absent = data === '' || !existsSync(month)

test.skipIf(absent)('the real month: every line, as it is in the file (needs DBTOOL_REAL_DATA)', async () => {
  await withFile(month, { fields, map: parseMap(map, fields) }, async (opened) => {
    expect(await checkRecordFile(opened)).toEqual({ records: 42_481, faulty: 0 })
    const records = await collect(opened.records())
    expect(new Set(records.map(({ values }) => values.order_ref)).size).toBe(2_025)
    expect(records.map(({ raw }) => raw)).toEqual(readFileSync(month, 'utf8').trimEnd().split(/\r?\n/).slice(1))
    expect(records.map(({ line }) => line)).toEqual(records.map((_, index) => index + 2))
  })
})
