/**
 * Many orders in one transaction, each whole, under the rules of place-order.sql.ts; all of them or none. Bound are, in
 * this order:
 *
 * products [[product_id, units, times, agreed, open], …] ascending: what all of them want of a product, its revenue at
 * agreed prices, and the units without one
 * orders [[key, user_id, status, digest, ordered_at, line_count, agreed], …], `agreed`: the amount of its lines with an
 * agreed price
 *   lines      [[key, [[product_id, quantity, price], …]], …]
 *   os_user, command
 *
 * It answers with rows, of which the first column says what they are: 'placed', one for each order; 'existing', one for
 * each order whose key was
 * there; both with n, the place of the order in the request. Or 'short', one for each product of which there is not
 * enough for all.
 * Only after 'placed' has anything been changed.
 */
const products = `JSON_TABLE(wanted_products, '$[*]' COLUMNS (product_id INT PATH '$[0]', units BIGINT PATH '$[1]', times INT PATH '$[2]',
      agreed DECIMAL(30, 2) PATH '$[3]', open BIGINT PATH '$[4]')) AS sold`
const ordersIn = (
  document: string,
): string => `JSON_TABLE(${document}, '$[*]' COLUMNS (n FOR ORDINALITY, order_key VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[0]',
      user_id INT PATH '$[1]', status VARCHAR(20) PATH '$[2]', digest CHAR(64) PATH '$[3]', ordered_at DATETIME PATH '$[4]', line_count INT PATH '$[5]',
      agreed DECIMAL(30, 2) PATH '$[6]')) AS wanted`
const orders = ordersIn('wanted_orders')
const lines = `JSON_TABLE(wanted_lines, '$[*]' COLUMNS (order_key VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[0]',
      NESTED PATH '$[1][*]' COLUMNS (product_id INT PATH '$[0]', quantity INT PATH '$[1]', price DECIMAL(10, 2) PATH '$[2]'))) AS line`
/** In the collation of the key: otherwise its index would not be used. */
const asKey = (column: string): string => `CONVERT(${column} USING utf8mb4) COLLATE utf8mb4_bin`
const existingOrders = `orders o FORCE INDEX (idempotency_key) ON o.idempotency_key = ${asKey('wanted.order_key')}`
const answer = 'wanted.n, o.id AS order_id, o.total_amount, o.content_digest AS digest, NULL AS product_id'
const existing = `SELECT 'existing' AS outcome, ${answer} FROM ${orders} STRAIGHT_JOIN ${existingOrders};`

export const placeOrdersSql = `
BEGIN NOT ATOMIC
  DECLARE wanted_products, wanted_orders, wanted_lines LONGTEXT CHARACTER SET utf8mb4;
  DECLARE enough BOOLEAN;
  DECLARE EXIT HANDLER FOR 1062 BEGIN
    ROLLBACK;
    ${existing}
  END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  SET wanted_products = ?, wanted_orders = ?, wanted_lines = ?;
  ROLLBACK;
  START TRANSACTION;
  UPDATE ${products} STRAIGHT_JOIN products p FORCE INDEX (PRIMARY) ON p.id = sold.product_id
    SET p.stock = p.stock - sold.units, p.units_sold = p.units_sold + sold.units, p.times_ordered = p.times_ordered + sold.times,
        p.revenue = p.revenue + sold.agreed + sold.open * p.price, p.updated_at = UTC_TIMESTAMP()
    WHERE p.is_active AND p.stock >= sold.units;
  SET enough = ROW_COUNT() = JSON_LENGTH(wanted_products);
  IF enough THEN
    INSERT INTO orders (user_id, total_amount, status, idempotency_key, content_digest, created_at)
      SELECT wanted.user_id, wanted.agreed + COALESCE(opened.amount, 0), wanted.status, wanted.order_key, wanted.digest, COALESCE(wanted.ordered_at, UTC_TIMESTAMP())
        FROM ${orders} LEFT JOIN (
          SELECT ${asKey('line.order_key')} AS order_key, SUM(line.quantity * p.price) AS amount
            FROM ${lines} STRAIGHT_JOIN products p ON p.id = line.product_id WHERE line.price IS NULL GROUP BY 1
        ) AS opened ON opened.order_key = ${asKey('wanted.order_key')}
        ORDER BY wanted.n;
    INSERT INTO order_items (order_id, product_id, quantity, price)
      SELECT o.id, line.product_id, line.quantity, COALESCE(line.price, p.price)
        FROM ${lines} STRAIGHT_JOIN orders o FORCE INDEX (idempotency_key) ON o.idempotency_key = ${asKey('line.order_key')}
          STRAIGHT_JOIN products p ON p.id = line.product_id;
    INSERT INTO logs (os_user, command, entity, entity_id, message)
      SELECT ?, ?, 'orders', o.id, CONCAT('placed for user ', o.user_id, ': ', wanted.line_count, IF(wanted.line_count = 1, ' line', ' lines'), ', total ', o.total_amount)
        FROM ${orders} STRAIGHT_JOIN ${existingOrders};
    COMMIT;
    SELECT 'placed' AS outcome, ${answer} FROM ${orders} STRAIGHT_JOIN ${existingOrders};
  ELSE
    ROLLBACK;
    -- Those that are there want nothing any more.
    IF EXISTS (SELECT 1 FROM ${orders} STRAIGHT_JOIN ${existingOrders}) THEN
      ${existing}
    ELSE
      SELECT 'short' AS outcome, NULL AS n, NULL AS order_id, NULL AS total_amount, NULL AS digest, sold.product_id
        FROM ${products} LEFT JOIN products p ON p.id = sold.product_id WHERE p.id IS NULL OR NOT p.is_active OR p.stock < sold.units;
    END IF;
  END IF;
END`

/** Of `orders`, the only value, those that are there; waits for what has been written and is not yet committed. */
export const ordersThereSql = `
  SELECT 'existing' AS outcome, ${answer}
    FROM (SELECT ? AS orders) AS asked, ${ordersIn('asked.orders')} STRAIGHT_JOIN ${existingOrders} LOCK IN SHARE MODE`
