import { ownBlock } from '../../db/queries.ts'
import { existingOrders, keysIn } from './order-keys.sql.ts'
import { refusalsOf } from './refusals.ts'

/**
 * Places many orders in one transaction, all of them or none, under the rules of place-order.sql.ts. The text is for up
 * to `capacity` orders. These values are bound, in this order:
 *
 *   products      [[product_id, units, times, revenue, deducted, price], …] ascending, over all orders that are not
 *                 cancelled: `deducted` are the units to take from the stock. The other units left the stock long
 *                 ago, so they count as received. `price` is the price that lines without an agreed one assume.
 *   lines         [[n, product_id, quantity, price], …]
 *   adjustments   [[n, kind, label, amount], …]
 *   keys          [key, …]
 *   os_user, command, order_count
 *
 * and for each order of the capacity, NULL where there is none:
 *
 *   user_id, total, status, key, digest, ordered_at, log_message
 *
 * `n` is the position of an order, from 1. Orders are inserted one by one, so that each knows its id: no key is looked
 * up, and no AUTO_INCREMENT is computed.
 *
 * The first column of each row of the answer is its outcome:
 *
 *   placed     one row with the ids of all orders, separated by commas; the only answer after which anything changed
 *   existing   one row per order whose key already exists, with its n
 *   short      one row per product that has too little stock for all the orders
 *   repriced   one row per product that has another price than assumed
 *   refused    one row per order whose key was refused before, with its n; another round of attempts may place it
 */
const products = `JSON_TABLE(wanted_products, '$[*]' COLUMNS (
      product_id INT PATH '$[0]',
      units BIGINT PATH '$[1]',
      times INT PATH '$[2]',
      revenue DECIMAL(30, 2) PATH '$[3]',
      deducted BIGINT PATH '$[4]',
      price DECIMAL(10, 2) PATH '$[5]'
    )) AS sold`
const lines = `JSON_TABLE(wanted_lines, '$[*]' COLUMNS (
      n INT PATH '$[0]',
      product_id INT PATH '$[1]',
      quantity INT PATH '$[2]',
      price DECIMAL(10, 2) PATH '$[3]'
    )) AS line`
const adjustments = `JSON_TABLE(wanted_adjustments, '$[*]' COLUMNS (
      n INT PATH '$[0]',
      kind VARCHAR(20) CHARACTER SET utf8mb4 PATH '$[1]',
      label VARCHAR(100) CHARACTER SET utf8mb4 PATH '$[2]',
      amount DECIMAL(10, 2) PATH '$[3]'
    )) AS adjustment`
const keys = keysIn('wanted_keys')
const answer = 'wanted.n, o.id AS order_id, o.total_amount, o.content_digest AS digest'
const existing = `SELECT 'existing' AS outcome, ${answer} FROM ${keys} STRAIGHT_JOIN ${existingOrders};`
const refusedKeys = `${keys} STRAIGHT_JOIN ${refusalsOf('wanted.order_key')}`

/** The text for each order of a capacity. */
const each = (capacity: number, text: (n: number) => string, separator = ', '): string =>
  Array.from({ length: capacity }, (_, index) => text(index + 1)).join(separator)
const orderIds = (capacity: number): string => each(capacity, (n) => `order_${n}`)

const deductAndInsert = (capacity: number): string => `
  UPDATE ${products} STRAIGHT_JOIN products p FORCE INDEX (PRIMARY) ON p.id = sold.product_id
    SET p.stock = p.stock - sold.deducted,
        p.stock_received = p.stock_received + sold.units - sold.deducted,
        p.units_sold = p.units_sold + sold.units,
        p.times_ordered = p.times_ordered + sold.times,
        p.revenue = p.revenue + sold.revenue,
        p.updated_at = UTC_TIMESTAMP()
    WHERE (sold.deducted = 0 OR (p.is_active AND p.stock >= sold.deducted)) AND p.price = COALESCE(sold.price, p.price);
  SET enough = ROW_COUNT() = JSON_LENGTH(wanted_products);
  IF enough THEN${each(capacity, insertOrder, '')}
    INSERT INTO order_items (order_id, product_id, quantity, price)
      SELECT ELT(line.n, ${orderIds(capacity)}), line.product_id, line.quantity, line.price FROM ${lines};
    IF JSON_LENGTH(wanted_adjustments) > 0 THEN
      INSERT INTO order_adjustments (order_id, kind, label, amount)
        SELECT ELT(adjustment.n, ${orderIds(capacity)}), adjustment.kind, adjustment.label, adjustment.amount
          FROM ${adjustments};
    END IF;`

const insertOrder = (n: number): string => `
    IF order_count >= ${n} THEN
      INSERT INTO orders (user_id, total_amount, status, idempotency_key, content_digest, created_at)
        VALUES (?, ?, ?, ?, ?, COALESCE(?, UTC_TIMESTAMP()));
      SET order_${n} = LAST_INSERT_ID();
      INSERT INTO logs (os_user, command, entity, entity_id, message)
        VALUES (author_os_user, author_command, 'orders', order_${n}, ?);
    END IF;`

const placed = (capacity: number): string => `SELECT
        'placed' AS outcome, TIMESTAMPDIFF(MICROSECOND, began, SYSDATE(6)) AS server_us,
        CONCAT_WS(',', ${orderIds(capacity)}) AS order_ids;`
const isShort = 'p.id IS NULL OR (sold.deducted > 0 AND (NOT p.is_active OR p.stock < sold.deducted))'
const short = `SELECT IF(${isShort}, 'short', 'repriced') AS outcome, sold.product_id
        FROM ${products} LEFT JOIN products p ON p.id = sold.product_id
        WHERE ${isShort} OR p.price <> sold.price;`

const declare = (capacity: number): string => `DECLARE
    wanted_products, wanted_lines, wanted_adjustments, wanted_keys LONGTEXT CHARACTER SET utf8mb4;
  DECLARE author_os_user, author_command VARCHAR(255) CHARACTER SET utf8mb4;
  DECLARE order_count, ${orderIds(capacity)} INT;
  DECLARE enough BOOLEAN;
  DECLARE began DATETIME(6) DEFAULT SYSDATE(6);`
const bind = `SET wanted_products = ?, wanted_lines = ?, wanted_adjustments = ?, wanted_keys = ?;
  SET author_os_user = ?, author_command = ?, order_count = ?;`

/** The same text for the same capacity, so that a connection prepares it once. */
function perCapacity(text: (capacity: number) => string): (capacity: number) => string {
  const texts = new Map<number, string>()
  return (capacity) => {
    const known = texts.get(capacity) ?? text(capacity)
    texts.set(capacity, known)
    return known
  }
}

export const placeOrdersSql = perCapacity(
  (capacity) => `${ownBlock}
  ${declare(capacity)}
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
  START TRANSACTION;${deductAndInsert(capacity)}
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
      ${placed(capacity)}
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
END`,
)

/**
 * The same inside the transaction of the caller, who commits it, or rolls it back unless every order is placed. It has
 * no answer 'existing'; an order whose key already exists is an error.
 */
export const placeOrdersInSql = perCapacity(
  (capacity) => `${ownBlock}
  ${declare(capacity)}

  ${bind}${deductAndInsert(capacity)}
    ${placed(capacity)}
  ELSE
    ${short}
  END IF;
END`,
)

/** Selects the orders of `keys`, the only value, that already exist. Waits for changes that are not yet committed. */
export const existingOrdersSql = `
  SELECT 'existing' AS outcome, ${answer}
    FROM (SELECT ? AS order_keys) AS asked,
      ${keysIn('asked.order_keys')}
      STRAIGHT_JOIN ${existingOrders}
    LOCK IN SHARE MODE`
