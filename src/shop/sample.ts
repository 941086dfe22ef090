import { randomUUID } from 'node:crypto'
import type { Database } from '../db/database.ts'
import type { Author } from './logs.ts'
import { OutOfStock, placeOrder } from './orders/place-order.ts'
import { insertProduct, type NewProduct, type Product } from './products/products.ts'
import { insertUser, noLogin, type User } from './users/users.ts'

/** The products of a small sample shop. Red lamps are few, so that some orders fail. */
const sampleProducts: readonly NewProduct[] = [
  { sku: 'TEA-1', name: 'Green tea, 100 g', price: '4.50', stock: 500 },
  { sku: 'TEA-2', name: 'Earl Grey, 100 g', price: '5.20', stock: 500 },
  { sku: 'CUP-1', name: 'Porcelain cup', price: '12.00', stock: 300 },
  { sku: 'POT-1', name: 'Cast-iron teapot', price: '48.90', stock: 120 },
  { sku: 'TRAY-1', name: 'Oak tray', price: '27.35', stock: 150 },
  { sku: 'LAMP-RED', name: 'Red reading lamp, the last ones', price: '39.00', stock: 12 },
]

const sampleNames = ['grace', 'alan', 'edsger', 'barbara', 'donald'] as const

export interface SampleShop {
  readonly products: readonly Product[]
  readonly users: readonly User[]
}

/** Creates the sample products and users in one transaction. */
export async function fillSampleShop(db: Database, author: Author): Promise<SampleShop> {
  return db.transaction(async (tx) => {
    const products: Product[] = []
    for (const product of sampleProducts) products.push(await insertProduct(tx, author, product))
    const users: User[] = []
    for (const username of sampleNames)
      users.push(await insertUser(tx, author, { username, email: `${username}@example.com`, passwordHash: noLogin }))
    return { products, users }
  })
}

export interface Rush {
  readonly placed: number
  readonly soldOut: number
  /** The error of the first refused order. */
  readonly refusal: string | undefined
}

/** Places `buyers` orders at once, each for a red lamp, on as many connections as the pool provides. */
export async function rush(
  db: Database,
  author: Author,
  { products, users }: SampleShop,
  buyers: number,
): Promise<Rush> {
  const lamp = products.findIndex(({ sku }) => sku === 'LAMP-RED')
  const attempts = await Promise.allSettled(
    Array.from({ length: buyers }, (_, buyer) => {
      const wanted = [products[lamp], products[buyer % lamp]].flatMap((product) =>
        product === undefined ? [] : [product],
      )
      const lines = wanted.map(({ id }, line) => ({ productId: id, quantity: line === 0 ? 1 : 1 + (buyer % 3) }))
      return placeOrder(db, {
        userId: users[buyer % users.length]?.id ?? 0,
        lines,
        key: randomUUID(),
        isNewKey: true,
        status: 'confirmed',
        author,
      })
    }),
  )
  const refusals = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason as unknown] : []))
  const soldOut = refusals.filter((refusal) => refusal instanceof OutOfStock)
  const unexpected = refusals.find(
    (refusal): refusal is Error => refusal instanceof Error && !(refusal instanceof OutOfStock),
  )
  if (unexpected !== undefined) throw unexpected
  return { placed: buyers - refusals.length, soldOut: soldOut.length, refusal: soldOut[0]?.message }
}
