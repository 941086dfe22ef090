import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'

/** The columns of the real month, as the value of --map. */
export const orderColumns =
  'order_ref=InvoiceNo,user=CustomerID,sku=StockCode,product_name=Description,quantity=Quantity,price=UnitPrice,ordered_at=InvoiceDate'
const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'

/** Writes a file of order lines with `copies` copies of the month, each with different references. Returns its path. */
export function orderFile({ server, size, realData }: Bench, copies: number): string {
  const real = join(realData ?? '', 'online-retail', '2010-12.csv')
  const lines = (realData !== undefined && existsSync(real) ? realLines(real) : generatedLines()).slice(
    0,
    size.importLines,
  )
  const path = join(server.home, `orders-${copies}.csv`)
  const copyOf = (copy: number): string => lines.map((line) => `${line.replace(',', `-${copy},`)}\n`).join('')
  writeFileSync(path, `${header}\n`)
  for (let copy = 1; copy <= copies; copy += 1) writeFileSync(path, copyOf(copy), { flag: 'a' })
  return path
}

/** Splits at line ends, because no cell of that month contains one; the first cell of each line is the reference. */
function realLines(path: string): string[] {
  return readFileSync(path, 'utf8').trimEnd().split(/\r?\n/).slice(1)
}

const invoices = 2_000
const references = 2_000
const customers = 900

/**
 * Generates lines of the same shape: 21 lines per invoice on average, and no duplicate product in an invoice. More than
 * a quarter of the invoices have a fault.
 */
function generatedLines(): string[] {
  return Array.from({ length: invoices }, (_, invoice) => {
    const customer = invoice % 6 === 0 ? '' : `${12_000 + ((invoice * 37) % customers)}.0`
    const at = new Date(Date.UTC(2010, 11, 1) + invoice * 1_200_000).toISOString().slice(0, 19).replace('T', ' ')
    return Array.from({ length: 1 + ((invoice * 17) % 41) }, (_line, line) => {
      const product = (invoice * 131 + line * 47) % references
      const quantity = invoice % 7 === 0 && line === 0 ? -1 : 1 + ((invoice + line) % 24)
      const price = (0.42 + (product % 900) / 100).toFixed(2)
      const name = `"PRODUCT ${product}, BOXED"`
      return `${536_365 + invoice},S${10_000 + product},${name},${quantity},${at},${price},${customer},United Kingdom`
    })
  }).flat()
}
