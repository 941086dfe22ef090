import { DatabaseError } from '../../db/failures.ts'
import { firstRow, newId, type Queries, type Value } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { quotedForShell, quoteValue } from '../../values.ts'
import {
  joined,
  contains,
  startsWith,
  oneOf,
  orderAndPage,
  where,
  type Condition,
  type Page,
  type Sort,
} from '../filters.ts'
import { writeLog, writeLogs, type Author, type LogEntry } from '../logs.ts'
import { onlyOne, parseReference } from '../references.ts'
import { allOf, type Select } from '../select.ts'

/** A product with its price and stock. */
export interface Product {
  readonly id: number
  readonly sku: string | null
  readonly name: string
  readonly description: string | null
  /** The price of one unit: a decimal text with two decimals, such as `'4.50'`. */
  readonly price: string
  /** The available units. */
  readonly stock: number
  /** Whether the product is for sale. */
  readonly is_active: boolean
  readonly created_at: Date
  readonly updated_at: Date
}

export interface NewProduct {
  readonly sku?: string | undefined
  readonly name: string
  readonly description?: string | undefined
  readonly price: string
  readonly stock: number
}

const columns = 'p.id, p.sku, p.name, p.description, p.price, p.stock, p.is_active, p.created_at, p.updated_at'

type Row = Omit<Product, 'is_active'> & { is_active: number }
const fromRow = (row: Row): Product => ({ ...row, is_active: row.is_active === 1 })

/**
 * Creates a product and resolves to it. Call it in a transaction: the product and its log row belong together. Rejects
 * with DUPLICATE when the SKU is taken.
 */
export async function insertProduct(queries: Queries, author: Author, product: NewProduct): Promise<Product> {
  const change = await queries.execute(insertion, valuesOf(product)).catch((error: unknown) => {
    throw duplicateSku(error, product.sku ?? null)
  })
  const id = newId(change)
  await writeLog(queries, author, creation(id, product))
  return productById(queries, id)
}

/** Like {@link insertProduct}, for many at once; resolves to their ids. A DUPLICATE does not name the product. */
export async function insertProducts(
  queries: Queries,
  author: Author,
  products: readonly NewProduct[],
): Promise<number[]> {
  if (products.length === 0) return []
  const rows = await queries.bulk<{ id: number }>(`${insertion} RETURNING id`, products.map(valuesOf))
  const ids = rows.map(({ id }) => id)
  await writeLogs(
    queries,
    author,
    products.map((product, index) => creation(ids[index] ?? 0, product)),
  )
  return ids
}

const insertion =
  'INSERT INTO products (sku, name, description, price, stock, stock_received) VALUES (?, ?, ?, ?, ?, ?)'

function valuesOf({ sku, name, description, price, stock }: NewProduct): Value[] {
  return [sku ?? null, name, description ?? null, price, stock, stock]
}

function creation(entityId: number, { sku, name, price, stock }: NewProduct): LogEntry {
  return {
    entity: 'products',
    entityId,
    message: `created ${sku ?? 'without SKU'}: ${name}, price ${price}, stock ${stock}`,
  }
}

/** Explains a DUPLICATE error of the table; returns other errors unchanged. */
export function duplicateSku(error: unknown, sku: string | null): unknown {
  if (!(error instanceof DatabaseError) || error.code !== 'DUPLICATE') return error
  return new DbtoolError('DUPLICATE', `the SKU ${quoteValue(sku ?? '')} is already taken`, {
    cause: error,
    hint: `see which product has it: dbtool products get ${quotedForShell(skuReference(sku ?? ''))}`,
  })
}

export async function skuExists(queries: Queries, sku: string): Promise<boolean> {
  return (await firstRow(queries, 'SELECT 1 FROM products WHERE sku = ?', [sku])) !== undefined
}

/** Resolves to one product. Rejects with NOT_FOUND. `FOR UPDATE` locks it until the transaction ends. */
export async function productById(queries: Queries, id: number, lock: '' | 'FOR UPDATE' = ''): Promise<Product> {
  const row = await firstRow<Row>(queries, `SELECT ${columns} FROM products p WHERE p.id = ? ${lock}`, [id])
  if (row === undefined) throw unknownProducts([String(id)])
  return fromRow(row)
}

/** Like {@link productById}, by SKU. */
export async function productBySku(queries: Queries, sku: string): Promise<Product> {
  const row = await firstRow<Row>(queries, `SELECT ${columns} FROM products p WHERE p.sku = ?`, [sku])
  if (row === undefined) throw unknownProducts([sku])
  return fromRow(row)
}

/** The name of a product in messages. */
export function named({ id, sku, name }: Pick<Product, 'id' | 'sku' | 'name'>): string {
  return `${sku ?? `product ${id}`} (${name})`
}

/** A reference that {@link findProduct} resolves to this product and no other. */
export function productReference({ id, sku }: Pick<Product, 'id' | 'sku'>): string {
  return sku === null ? `id:${id}` : skuReference(sku)
}

/** A SKU as a reference, with `sku:` in front if it could be read otherwise. */
const skuReference = (sku: string): string => (/^(?:\d+$|id:|sku:)/.test(sku) ? `sku:${sku}` : sku)

/** Finds the products with this id or SKU: at most two. `id:7` and `sku:7` name one of them. */
export async function productsNamed(queries: Queries, reference: string): Promise<Product[]> {
  const { id, name, rest } = parseReference(reference, ['id', 'sku'])
  const rows = await queries.rows<Row>(`SELECT ${columns} FROM products p WHERE p.id = ? OR p.sku = ? LIMIT 2`, [
    id ?? null,
    name === 'id' ? null : rest,
  ])
  return rows.map(fromRow)
}

/** Finds a product by id or SKU. Rejects with USAGE if digits are the id of one product and the SKU of another. */
export async function findProduct(queries: Queries, reference: string): Promise<Product | undefined> {
  return onlyOne(
    reference,
    await productsNamed(queries, reference),
    'sku',
    (byId, bySku) => `the id of ${named(byId)} and the SKU of product ${bySku.id} (${bySku.name})`,
  )
}

/**
 * Like {@link findProduct}, but rejects with NOT_FOUND. An empty reference, as from an unset variable of a script,
 * rejects with BAD_INPUT.
 */
export async function getProduct(queries: Queries, reference: string): Promise<Product> {
  if (reference.trim() === '')
    throw new DbtoolError('BAD_INPUT', `a product is an id or a SKU, not ${quoteValue(reference)}`)
  const product = await findProduct(queries, reference)
  if (product === undefined) throw unknownProducts([reference])
  return product
}

export function unknownProducts(references: readonly string[]): DbtoolError {
  const names = references.map(quoteValue).join(', ')
  return new DbtoolError(
    'NOT_FOUND',
    references.length === 1 ? `there is no product ${names}` : `there are no products ${names}`,
    {
      hint: 'a product is an id or a SKU; search with: dbtool products list --search TEXT',
      hintInCode: 'listProducts(pool, { search }) finds products',
    },
  )
}

export const productSortColumns = ['id', 'sku', 'name', 'price', 'stock', 'created_at'] as const

export interface ProductFilter {
  readonly active?: boolean | undefined
  readonly ids?: readonly number[] | undefined
  /** Text in SKU or name, ignoring case. */
  readonly search?: string | undefined
  /** The beginning of the SKU or of the name, ignoring case. */
  readonly skuStart?: string | undefined
  readonly nameStart?: string | undefined
}

const anyCaseSku = 'p.sku COLLATE utf8mb4_unicode_ci'

/** The WHERE conditions on `products p`. */
export function productConditions(filter: ProductFilter): (Condition | undefined)[] {
  const { active, search, skuStart, nameStart, ids } = filter
  return [
    active === undefined ? undefined : { sql: 'p.is_active = ?', values: [active] },
    search === undefined ? undefined : contains([anyCaseSku, 'p.name'], search),
    skuStart === undefined ? undefined : startsWith(anyCaseSku, skuStart),
    nameStart === undefined ? undefined : startsWith('p.name', nameStart),
    oneOf('p.id', ids),
  ]
}

/** The products of a list, for {@link eachOf}. */
export function selectProducts(
  filter: ProductFilter,
  sort: Sort<(typeof productSortColumns)[number]>,
  page: Page,
): Select<Row, Product> {
  const select = `SELECT ${columns} FROM products p`
  return { ...joined(select, where(productConditions(filter)), orderAndPage('p', sort, page)), fromRow }
}

export function listProducts(queries: Queries, ...parts: Parameters<typeof selectProducts>): Promise<Product[]> {
  return allOf(queries, selectProducts(...parts))
}
