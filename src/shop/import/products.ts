import { parseDescription, parsePrice, parseProductName, parseSku, parseStock } from '../rules.ts'
import { nullable, required, storedMoment, storedTruth, withInitial, type Kind } from './tables.ts'

export const importedProducts: Kind = {
  table: 'products',
  one: 'product',
  rules: {
    sku: nullable(parseSku),
    name: required(parseProductName),
    price: required(parsePrice),
    description: nullable(parseDescription),
    stock: withInitial(0, parseStock),
    is_active: withInitial(1, storedTruth),
    created_at: withInitial(null, storedMoment),
  },
  unique: ['sku'],
  fold: (sku) => sku,
  insert: `INSERT INTO products (sku, name, price, description, stock, is_active, created_at, stock_received)
    VALUES (?, ?, ?, ?, ?, ?, COALESCE(?, UTC_TIMESTAMP()), stock) RETURNING id`,
  // What was received moves with the stock, whatever is sold meanwhile: the ledger stays true.
  assignments: { stock: 'stock_received = stock_received + CAST(? AS SIGNED) - stock, stock = ?' },
  instants: ['created_at'],
  secret: [],
  long: ['description'],
  created: ({ sku, name, price, stock: units }) =>
    `created ${String(sku ?? 'without SKU')}: ${String(name)}, price ${String(price)}, stock ${String(units ?? 0)}`,
}
