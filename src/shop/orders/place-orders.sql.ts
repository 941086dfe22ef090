import { ownBlock } from '../../db/queries.ts'
import { refusalsOf } from './refusals.ts'

/**
 * Places many orders in one transaction, all of them or none, under the rules of place-order.sql.ts. These values are
 * bound, in this order:
 *
 *   products      [[product_id, units, times, revenue, deducted, price], …] ascending, over all orders that are not
 *                 cancelled: `deducted` are the units to take from the stock. The other units left the stock long
 *                 ago, so they count as received. `price` is the price that lines without an agreed one assume.
 *   orders        [[user_id, status, total, ordered_at, key, digest, [[product_id, quantity, price], …]], …]
 *   keys          [[line_count, key], …], in the order of `orders`
 *   adjustments   [[key, kind, label, amount], …]
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
 *   repriced   one row per product that has another price than assumed
 *   refused    one row per order whose key was refused before, also with n; another round of attempts may place it
 */
const products = `JSON_TABLE(wanted_products, '$[*]' COLUMNS (
      product_id INT PATH '$[0]',
      units BIGINT PATH '$[1]',
      times INT PATH '$[2]',
      revenue DECIMAL(30, 2) PATH '$[3]',
      deducted BIGINT PATH '$[4]',
      price DECIMAL(10, 2) PATH '$[5]'
    )) AS sold`
const orderKey = (path: string): string => `order_key VARCHAR(255) CHARACTER SET utf8mb4 PATH '${path}'`
const orders = `JSON_TABLE(wanted_orders, '$[*]' COLUMNS (
      user_id INT PATH '$[0]',
      status VARCHAR(20) PATH '$[1]',
      total DECIMAL(30, 2) PATH '$[2]',
      ordered_at DATETIME PATH '$[3]',
      ${orderKey('$[4]')},
      digest CHAR(64) CHARACTER SET ascii PATH '$[5]'
    )) AS wanted`
const lines = `JSON_TABLE(wanted_orders, '$[*]' COLUMNS (
      ${orderKey('$[4]')},
      NESTED PATH '$[6][*]' COLUMNS (
        product_id INT PATH '$[0]',
        quantity INT PATH '$[1]',
        price DECIMAL(10, 2) PATH '$[2]'
      )
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
const refusedKeys = `${keys} STRAIGHT_JOIN ${refusalsOf('wanted.order_key')}`

const deductAndInsert = `
  UPDATE ${products} STRAIGHT_JOIN products p FORCE INDEX (PRIMARY) ON p.id = sold.product_id
    SET p.stock = p.stock - sold.deducted,
        p.stock_received = p.stock_received + sold.units - sold.deducted,
        p.units_sold = p.units_sold + sold.units,
        p.times_ordered = p.times_ordered + sold.times,
        p.revenue = p.revenue + sold.revenue,
        p.updated_at = UTC_TIMESTAMP()
    WHERE (sold.deducted = 0 OR (p.is_active AND p.stock >= sold.deducted)) AND p.price = COALESCE(sold.price, p.price);
  SET enough = ROW_COUNT() = JSON_LENGTH(wanted_products);
  IF enough THEN
    INSERT INTO orders (user_id, total_amount, status, idempotency_key, content_digest, created_at)
      SELECT
          wanted.user_id, wanted.total, wanted.status, wanted.order_key, wanted.digest,
          COALESCE(wanted.ordered_at, UTC_TIMESTAMP())
        FROM ${orders};
    INSERT INTO order_items (order_id, product_id, quantity, price)
      SELECT o.id, line.product_id, line.quantity, line.price
        FROM ${lines}
          STRAIGHT_JOIN orders o FORCE INDEX (idempotency_key) ON o.idempotency_key = ${asKey('line.order_key')};
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

const placed = `SELECT
        'placed' AS outcome, TIMESTAMPDIFF(MICROSECOND, began, SYSDATE(6)) AS server_us, wanted.n, o.id AS order_id
      FROM ${keys} STRAIGHT_JOIN ${existingOrders};`
const isShort = 'p.id IS NULL OR (sold.deducted > 0 AND (NOT p.is_active OR p.stock < sold.deducted))'
const short = `SELECT IF(${isShort}, 'short', 'repriced') AS outcome, sold.product_id
        FROM ${products} LEFT JOIN products p ON p.id = sold.product_id
        WHERE ${isShort} OR p.price <> sold.price;`

const declare = `DECLARE wanted_products, wanted_orders, wanted_keys, wanted_adjustments LONGTEXT CHARACTER SET utf8mb4;
  DECLARE enough BOOLEAN;
  DECLARE began DATETIME(6) DEFAULT SYSDATE(6);`
const bind = 'SET wanted_products = ?, wanted_orders = ?, wanted_keys = ?, wanted_adjustments = ?;'

export const placeOrdersSql = `${ownBlock}
  ${declare}
  DECLARE is_refused BOOLEAN;
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
  START TRANSACTION;${deductAndInsert}
    -- Without any refusal, no key is looked up.
    SET is_refused = EXISTS (SELECT 1 FROM order_refusals);
    IF is_refused THEN
      SET is_refused = EXISTS (SELECT 1 FROM ${refusedKeys});
    END IF;
    IF is_refused THEN
      ROLLBACK;
      SELECT 'refused' AS outcome, wanted.n FROM ${refusedKeys};
    ELSE
      COMMIT;
      ${placed}
    END IF;
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
export const placeOrdersInSql = `${ownBlock}
  ${declare}

  ${bind}${deductAndInsert}
    ${placed}
  ELSE
    ${short}
  END IF;
END`

/** Selects the orders of `keys`, the only value, that already exist. Waits for changes that are not yet committed. */
export const existingOrdersSql = `
  SELECT 'existing' AS outcome, ${answer}
    FROM (SELECT ? AS order_keys) AS asked,
      ${keysIn('asked.order_keys')}
      STRAIGHT_JOIN ${existingOrders}
    LOCK IN SHARE MODE`
