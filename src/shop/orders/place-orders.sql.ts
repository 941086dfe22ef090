import type { Value } from '../../db/queries.ts'
import type { Author } from '../logs.ts'

/**
 * Places many orders in one transaction, all of them or none, under the rules of place-order.sql.ts. These values are
 * bound, in this order:
 *
 *   products      [[product_id, units, times, agreed, open, deducted], …] ascending, over all orders that are not
 *                 cancelled: `agreed` is the revenue at agreed prices, `open` the units without one, and `deducted` the
 *                 units to take from the stock. The other units left the stock long ago, so they count as received.
 *   orders        [[user_id, status, agreed, ordered_at, key, [[product_id, quantity, price], …], digest], …]: `agreed`
 *                 is the amount of the lines with an agreed price, and of the adjustments
 *   keys          [[line_count, key], …], in the order of `orders`
 *   adjustments   [[key, kind, label, amount], …]
 *   for each of few products: deducted, received, units, times, agreed, open, product_id, whether deducted is 0, deducted
 *   os_user, command
 *
 * The server reads a document from its start for each column of a row. Short values therefore come first, and
 * statements that need only the keys have a document of their own.
 *
 * The first column of each row of the answer is its outcome:
 *
 *   placed     one row per order, with its position n in the request; the only answer after which anything has changed
 *   existing   one row per order whose key already exists, also with n
 *   short      one row per product that has too little stock for all the orders
 */
const products = `JSON_TABLE(wanted_products, '$[*]' COLUMNS (
      product_id INT PATH '$[0]',
      units BIGINT PATH '$[1]',
      times INT PATH '$[2]',
      agreed DECIMAL(30, 2) PATH '$[3]',
      open BIGINT PATH '$[4]',
      deducted BIGINT PATH '$[5]'
    )) AS sold`
const orderKey = (path: string): string => `order_key VARCHAR(255) CHARACTER SET utf8mb4 PATH '${path}'`
const ofLine = `NESTED PATH '$[5][*]' COLUMNS (
        product_id INT PATH '$[0]',
        quantity INT PATH '$[1]',
        price DECIMAL(10, 2) PATH '$[2]'
      )`
const orders = `JSON_TABLE(wanted_orders, '$[*]' COLUMNS (
      n FOR ORDINALITY,
      user_id INT PATH '$[0]',
      status VARCHAR(20) PATH '$[1]',
      agreed DECIMAL(30, 2) PATH '$[2]',
      ordered_at DATETIME PATH '$[3]',
      ${orderKey('$[4]')},
      ${ofLine},
      digest CHAR(64) CHARACTER SET ascii PATH '$[6]'
    )) AS wanted`
const lines = `JSON_TABLE(wanted_orders, '$[*]' COLUMNS (
      ${orderKey('$[4]')},
      ${ofLine}
    )) AS line`
const keysIn = (document: string): string => `JSON_TABLE(${document}, '$[*]' COLUMNS (
      n FOR ORDINALITY,
      line_count INT PATH '$[0]',
      ${orderKey('$[1]')}
    )) AS wanted`
const keys = keysIn('wanted_keys')
const adjustments = `JSON_TABLE(wanted_adjustments, '$[*]' COLUMNS (
      ${orderKey('$[0]')},
      kind VARCHAR(20) CHARACTER SET utf8mb4 PATH '$[1]',
      label VARCHAR(100) CHARACTER SET utf8mb4 PATH '$[2]',
      amount DECIMAL(10, 2) PATH '$[3]'
    )) AS adjustment`
/** Converts to the collation of the key; otherwise its index would not be used. */
const asKey = (column: string): string => `CONVERT(${column} USING utf8mb4) COLLATE utf8mb4_bin`
const existingOrders = `orders o FORCE INDEX (idempotency_key) ON o.idempotency_key = ${asKey('wanted.order_key')}`
const answer = 'wanted.n, o.id AS order_id, o.total_amount, o.content_digest AS digest'
const existing = `SELECT 'existing' AS outcome, ${answer} FROM ${keys} STRAIGHT_JOIN ${existingOrders};`

/** Up to this number of products, one statement for each is faster than one that reads the document. */
const mostSingleProducts = 16

/** Deducts the stock and sets `enough`. The order of the statements is the order of the locks. */
const deductEach = (count: number): string => `
  SET deducted = 0;${`
  UPDATE products
    SET stock = stock - ?, stock_received = stock_received + ?, units_sold = units_sold + ?,
        times_ordered = times_ordered + ?, revenue = revenue + CAST(? AS DECIMAL(30, 2)) + ? * price,
        updated_at = UTC_TIMESTAMP()
    WHERE id = ? AND (? OR (is_active AND stock >= ?));
  SET deducted = deducted + ROW_COUNT();`.repeat(count)}
  SET enough = deducted = ${count};`

const deductAll = `
  UPDATE ${products} STRAIGHT_JOIN products p FORCE INDEX (PRIMARY) ON p.id = sold.product_id
    SET p.stock = p.stock - sold.deducted,
        p.stock_received = p.stock_received + sold.units - sold.deducted,
        p.units_sold = p.units_sold + sold.units,
        p.times_ordered = p.times_ordered + sold.times,
        p.revenue = p.revenue + sold.agreed + sold.open * p.price,
        p.updated_at = UTC_TIMESTAMP()
    WHERE sold.deducted = 0 OR (p.is_active AND p.stock >= sold.deducted);
  SET enough = ROW_COUNT() = JSON_LENGTH(wanted_products);`

const insertOrders = `
  IF enough THEN
    INSERT INTO orders (user_id, total_amount, status, idempotency_key, content_digest, created_at)
      SELECT
          wanted.user_id, wanted.agreed + COALESCE(SUM(wanted.quantity * p.price), 0), wanted.status, wanted.order_key,
          wanted.digest, COALESCE(wanted.ordered_at, UTC_TIMESTAMP())
        FROM ${orders} LEFT JOIN products p ON p.id = wanted.product_id AND wanted.price IS NULL
        GROUP BY wanted.n
        ORDER BY wanted.n;
    INSERT INTO order_items (order_id, product_id, quantity, price)
      SELECT o.id, line.product_id, line.quantity, COALESCE(line.price, p.price)
        FROM ${lines}
          STRAIGHT_JOIN orders o FORCE INDEX (idempotency_key) ON o.idempotency_key = ${asKey('line.order_key')}
          STRAIGHT_JOIN products p ON p.id = line.product_id;
    IF JSON_LENGTH(wanted_adjustments) > 0 THEN
      INSERT INTO order_adjustments (order_id, kind, label, amount)
        SELECT o.id, adjustment.kind, adjustment.label, adjustment.amount
          FROM ${adjustments}
            STRAIGHT_JOIN orders o FORCE INDEX (idempotency_key)
              ON o.idempotency_key = ${asKey('adjustment.order_key')};
    END IF;
    INSERT INTO logs (os_user, command, entity, entity_id, message)
      SELECT ?, ?, 'orders', o.id, CONCAT(
          'placed for user ', o.user_id, ': ', wanted.line_count, IF(wanted.line_count = 1, ' line', ' lines'),
          ', total ', o.total_amount
        )
        FROM ${keys} STRAIGHT_JOIN ${existingOrders};`

const placed = `SELECT 'placed' AS outcome, TIMESTAMPDIFF(MICROSECOND, began, SYSDATE(6)) AS server_us, ${answer}
      FROM ${keys} STRAIGHT_JOIN ${existingOrders};`
const short = `SELECT 'short' AS outcome, sold.product_id
        FROM ${products} LEFT JOIN products p ON p.id = sold.product_id
        WHERE p.id IS NULL OR (sold.deducted > 0 AND (NOT p.is_active OR p.stock < sold.deducted));`

const declare = `DECLARE wanted_products, wanted_orders, wanted_keys, wanted_adjustments LONGTEXT CHARACTER SET utf8mb4;
  DECLARE deducted INT;
  DECLARE enough BOOLEAN;
  DECLARE began DATETIME(6) DEFAULT SYSDATE(6);`
const bind = 'SET wanted_products = ?, wanted_orders = ?, wanted_keys = ?, wanted_adjustments = ?;'

const ownTransaction = (deduct: string): string => `
BEGIN NOT ATOMIC
  ${declare}
  DECLARE EXIT HANDLER FOR 1062 BEGIN
    ROLLBACK;
    ${existing}
  END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  ${bind}
  ROLLBACK;
  START TRANSACTION;${deduct}${insertOrders}
    COMMIT;
    ${placed}
  ELSE
    ROLLBACK;
    -- Orders that already exist need no stock.
    IF EXISTS (SELECT 1 FROM ${keys} STRAIGHT_JOIN ${existingOrders}) THEN
      ${existing}
    ELSE
      ${short}
    END IF;
  END IF;
END`

/**
 * The same inside the transaction of the caller, who commits it, or rolls it back unless every order is placed. It has
 * no answer 'existing'; an order whose key already exists is an error.
 */
const callersTransaction = (deduct: string): string => `
BEGIN NOT ATOMIC
  ${declare}

  ${bind}${deduct}${insertOrders}
    ${placed}
  ELSE
    ${short}
  END IF;
END`

/** The demand for one product. */
export interface Demand {
  readonly productId: number
  readonly units: number
  readonly times: number
  /** The revenue at agreed prices. */
  readonly agreed: string
  /** The units without an agreed price. */
  readonly open: number
  /** The units to take from the stock. */
  readonly deducted: number
}

/** The values of a batch: the demand in ascending id of product, and three documents. */
export interface BatchParameters {
  readonly demand: readonly Demand[]
  readonly orders: unknown
  readonly keys: unknown
  readonly adjustments: unknown
  readonly author: Author
}

const texts = new Map<string, string>()

/** The statement that places a batch, in its own transaction or in that of the caller, and the values to bind. */
export function placeOrdersStatement(
  transaction: 'own' | 'of the caller',
  { demand, orders, keys, adjustments, author }: BatchParameters,
): { sql: string; values: Value[] } {
  const single = demand.length <= mostSingleProducts
  const name = `${transaction} ${single ? demand.length : 'many'}`
  const block = transaction === 'own' ? ownTransaction : callersTransaction
  const sql = texts.get(name) ?? block(single ? deductEach(demand.length) : deductAll)
  texts.set(name, sql)
  const rows = demand.map(({ productId, units, times, agreed, open, deducted }) => [
    productId,
    units,
    times,
    agreed,
    open,
    deducted,
  ])
  const documents = [rows, orders, keys, adjustments].map((document) => JSON.stringify(document))
  const each = demand.flatMap(({ productId, units, times, agreed, open, deducted }) => [
    ...[deducted, units - deducted, units, times, agreed, open],
    ...[productId, deducted === 0, deducted],
  ])
  return { sql, values: [...documents, ...(single ? each : []), author.osUser, author.command] }
}

/** Selects the orders of `keys`, the only value, that already exist. Waits for changes that are not yet committed. */
export const existingOrdersSql = `
  SELECT 'existing' AS outcome, ${answer}
    FROM (SELECT ? AS order_keys) AS asked,
      ${keysIn('asked.order_keys')}
      STRAIGHT_JOIN ${existingOrders}
    LOCK IN SHARE MODE`
