/**
 * One move of one order in one statement: like placing, it holds no row lock while the network is on its way. One JSON
 * parameter, bound, holds the request:
 *
 *   { order_id, from: [status, …], to, end: "COMMIT" | "ROLLBACK", os_user, command }
 *
 * It answers with one row: outcome ('moved', 'illegal' or 'missing') and the status that was found. The order is locked
 * first, so of many that want to cancel it one finds it uncancelled. Then its products, and no others, in ascending id
 * as
 * in placing, which locks no order that is there already: so they never wait for each other in a circle. STRAIGHT_JOIN
 * and
 * the two indexes keep it so, whatever the optimiser prefers. It begins with ROLLBACK for the reason that placing does.
 */
export const moveOrderSql = `
BEGIN NOT ATOMIC
  DECLARE request LONGTEXT CHARACTER SET utf8mb4 DEFAULT ?;
  DECLARE wanted_id INT DEFAULT JSON_VALUE(request, '$.order_id');
  DECLARE new_status VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci DEFAULT JSON_VALUE(request, '$.to');
  DECLARE old_status VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
  DECLARE outcome VARCHAR(10) DEFAULT 'moved';

  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  ROLLBACK;
  START TRANSACTION;
  SELECT status INTO old_status FROM orders WHERE id = wanted_id FOR UPDATE;
  IF old_status IS NULL THEN
    SET outcome = 'missing';
    ROLLBACK;
  ELSEIF NOT JSON_CONTAINS(request, JSON_QUOTE(old_status), '$.from') THEN
    SET outcome = 'illegal';
    ROLLBACK;
  ELSE
    IF new_status = 'cancelled' THEN
      UPDATE order_items i FORCE INDEX (uq_order_product) STRAIGHT_JOIN products p FORCE INDEX (PRIMARY) ON p.id = i.product_id
        SET p.stock = p.stock + i.quantity, p.units_sold = p.units_sold - i.quantity, p.times_ordered = p.times_ordered - 1,
            p.revenue = p.revenue - i.quantity * i.price, p.updated_at = UTC_TIMESTAMP() WHERE i.order_id = wanted_id;
    END IF;
    UPDATE orders SET status = new_status, updated_at = UTC_TIMESTAMP() WHERE id = wanted_id;
    INSERT INTO logs (os_user, command, entity, entity_id, message)
      VALUES (JSON_VALUE(request, '$.os_user'), JSON_VALUE(request, '$.command'), 'orders', wanted_id, CONCAT(old_status, ' → ', new_status));
    IF JSON_VALUE(request, '$.end') = 'COMMIT' THEN COMMIT; ELSE ROLLBACK; END IF;
  END IF;
  SELECT outcome, old_status AS status;
END`
