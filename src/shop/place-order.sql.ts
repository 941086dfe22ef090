/**
 * A whole order in one statement: the server runs it without waiting for the network, so a row lock on a product that
 * everybody wants is held for microseconds. One JSON parameter, bound, holds the request:
 *
 *   { user_id, key, digest, status, ordered_at?, end: "COMMIT" | "ROLLBACK", os_user, command,
 *     lines: [[product_id, quantity, price?], …] }        product_id ascending: every order locks its products in this order
 *
 * It answers with one row: outcome ('placed', 'existing' or 'short'), order_id, total_amount, digest, short (JSON).
 * The key is looked up first, again when stock is short (who placed it may just have taken the last units), and its
 * unique index has the last word. LEFT and STRAIGHT joins keep the order of locks. Any error rolls back and is raised again,
 * except KILL QUERY and max_statement_time between two statements: they leave the transaction open. So the block begins with
 * ROLLBACK; its START TRANSACTION would commit half of an order that was stopped before on the same connection.
 * Without FORCE INDEX a shop of five products or less would be scanned, which waits for what other orders have locked.
 */
const lines = `JSON_TABLE(request, '$.lines[*]' COLUMNS (
      product_id INT PATH '$[0]', quantity INT PATH '$[1]', price DECIMAL(10, 2) PATH '$[2]')) AS line`
const locked = 'products p FORCE INDEX (PRIMARY) ON p.id = line.product_id'

export const placeOrderSql = `
BEGIN NOT ATOMIC
  DECLARE request LONGTEXT CHARACTER SET utf8mb4 DEFAULT ?;
  DECLARE wanted_key VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT JSON_VALUE(request, '$.key');
  DECLARE outcome VARCHAR(10) DEFAULT 'placed';
  DECLARE line_count, available_count, new_id, old_id INT;
  DECLARE total DECIMAL(30, 2);
  DECLARE short LONGTEXT CHARACTER SET utf8mb4;

  DECLARE EXIT HANDLER FOR 1062 BEGIN
    ROLLBACK;
    SELECT 'existing' AS outcome, id AS order_id, total_amount, content_digest AS digest, NULL AS short
      FROM orders WHERE idempotency_key = wanted_key;
  END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  ROLLBACK;
  SELECT id INTO old_id FROM orders WHERE idempotency_key = wanted_key;
  IF old_id IS NULL THEN
    START TRANSACTION;
    SELECT COUNT(*), SUM(p.is_active AND p.stock >= line.quantity), SUM(line.quantity * COALESCE(line.price, p.price))
      INTO line_count, available_count, total
      FROM ${lines} LEFT JOIN ${locked} FOR UPDATE;
    IF line_count > 0 AND available_count = line_count THEN
      UPDATE ${lines} STRAIGHT_JOIN ${locked}
        SET p.stock = p.stock - line.quantity, p.units_sold = p.units_sold + line.quantity, p.times_ordered = p.times_ordered + 1,
            p.revenue = p.revenue + line.quantity * COALESCE(line.price, p.price), p.updated_at = UTC_TIMESTAMP() WHERE p.stock >= line.quantity;
      INSERT INTO orders (user_id, total_amount, status, idempotency_key, content_digest, created_at)
        VALUES (JSON_VALUE(request, '$.user_id'), total, JSON_VALUE(request, '$.status'), wanted_key,
                JSON_VALUE(request, '$.digest'), COALESCE(JSON_VALUE(request, '$.ordered_at'), UTC_TIMESTAMP()));
      SET new_id = LAST_INSERT_ID();
      INSERT INTO order_items (order_id, product_id, quantity, price)
        SELECT new_id, line.product_id, line.quantity, COALESCE(line.price, p.price)
          FROM ${lines} STRAIGHT_JOIN products p ON p.id = line.product_id;
      INSERT INTO logs (os_user, command, entity, entity_id, message)
        VALUES (JSON_VALUE(request, '$.os_user'), JSON_VALUE(request, '$.command'), 'orders', new_id,
                CONCAT('placed for user ', JSON_VALUE(request, '$.user_id'), ': ', line_count, IF(line_count = 1, ' line', ' lines'), ', total ', total));
      IF JSON_VALUE(request, '$.end') = 'COMMIT' THEN COMMIT; ELSE ROLLBACK; END IF;
    ELSE
      SET outcome = 'short';
      SELECT id INTO old_id FROM orders WHERE idempotency_key = wanted_key;
      SELECT JSON_ARRAYAGG(JSON_OBJECT('product_id', line.product_id, 'sku', p.sku, 'name', p.name, 'wanted', line.quantity,
                                       'stock', p.stock, 'is_active', p.is_active))
        INTO short
        FROM ${lines} LEFT JOIN products p ON p.id = line.product_id
        WHERE p.id IS NULL OR NOT p.is_active OR p.stock < line.quantity;
      ROLLBACK;
    END IF;
  END IF;
  IF old_id IS NULL THEN
    SELECT outcome, new_id AS order_id, total AS total_amount, NULL AS digest, short;
  ELSE
    SELECT 'existing' AS outcome, id AS order_id, total_amount, content_digest AS digest, NULL AS short
      FROM orders WHERE id = old_id;
  END IF;
END`
