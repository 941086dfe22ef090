import { ownBlock } from '../../db/queries.ts'

/**
 * Changes the status of one order in one statement. As in placing, no row lock is held during a network round trip. One
 * bound JSON parameter holds the request:
 *
 *   { order_id, from: [status, …], to, end: "COMMIT" | "ROLLBACK", os_user, command }
 *
 * The answer is one row: outcome ('moved', 'illegal' or 'missing') and the status that was found.
 *
 * The order is locked first, so when several callers cancel it at once, only one finds it not cancelled. Then only its
 * products are locked, in ascending id as in placing; placing locks no existing order. So the two never deadlock.
 * STRAIGHT_JOIN and the two indexes enforce that order, whatever the optimizer prefers. The block begins with ROLLBACK
 * for the same reason as placing does.
 */
export const moveOrderSql = `${ownBlock}
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
      UPDATE order_items i FORCE INDEX (uq_order_product)
        STRAIGHT_JOIN products p FORCE INDEX (PRIMARY) ON p.id = i.product_id
        SET p.stock = p.stock + i.quantity,
            p.units_sold = p.units_sold - i.quantity,
            p.times_ordered = p.times_ordered - 1,
            p.revenue = p.revenue - i.quantity * i.price,
            p.updated_at = UTC_TIMESTAMP()
        WHERE i.order_id = wanted_id;
    END IF;
    UPDATE orders SET status = new_status, updated_at = UTC_TIMESTAMP() WHERE id = wanted_id;
    INSERT INTO logs (os_user, command, entity, entity_id, message)
      VALUES (
        JSON_VALUE(request, '$.os_user'),
        JSON_VALUE(request, '$.command'),
        'orders',
        wanted_id,
        CONCAT(old_status, ' → ', new_status)
      );
    IF JSON_VALUE(request, '$.end') = 'COMMIT' THEN COMMIT; ELSE ROLLBACK; END IF;
  END IF;
  SELECT outcome, old_status AS status;
END`
