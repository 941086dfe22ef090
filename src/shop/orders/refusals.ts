import type { Queries } from '../../db/queries.ts'

/**
 * For a block that commits by itself: ends an attempt that was refused after its connection had been lost. The block
 * has inserted its key before, so that no refusal can come between this statement and its COMMIT.
 */
export const unlessRefused = `IF EXISTS (SELECT 1 FROM order_refusals WHERE attempt = wanted_attempt) THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'this attempt was refused after its connection was lost';
    END IF;`

/** The parameter of such a block. */
export const declareAttempt = 'DECLARE wanted_attempt CHAR(36) CHARACTER SET ascii COLLATE ascii_bin'

/**
 * Both halves are needed. An attempt that has inserted its key does not look at the refusals again, but the key can be
 * taken only when that attempt has ended; on another node of a cluster, one of the two fails certification. An attempt
 * that comes to its key later finds the refusal. Nothing refers to an order that never was, so no foreign key is
 * checked: the user may not exist, and a cascade would lock the lines of other orders.
 */
const refuseSql = `
BEGIN NOT ATOMIC
  DECLARE wanted_key VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT ?;
  DECLARE attempts LONGTEXT CHARACTER SET utf8mb4 DEFAULT ?;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  ROLLBACK;
  START TRANSACTION;
  SET STATEMENT foreign_key_checks = 0 FOR
    INSERT INTO orders (user_id, total_amount, idempotency_key, content_digest) VALUES (0, 0, wanted_key, '');
  SET STATEMENT foreign_key_checks = 0 FOR DELETE FROM orders WHERE idempotency_key = wanted_key;
  DELETE FROM order_refusals WHERE refused_at < UTC_TIMESTAMP() - INTERVAL 30 DAY;
  INSERT IGNORE INTO order_refusals (attempt)
    SELECT lost.attempt
      FROM JSON_TABLE(attempts, '$[*]' COLUMNS (attempt CHAR(36) CHARACTER SET ascii PATH '$')) AS lost;
  COMMIT;
END`

/**
 * Makes certain that lost attempts to place an order are not applied later. Rejects with DUPLICATE if an order with the
 * key exists: one of them was applied, and all others fail. For several orders of one transaction, any of their keys
 * will do. A transaction that its client commits needs no attempt here, since it holds its key until it has ended.
 */
export async function refuseAttempts(queries: Queries, key: string, attempts: readonly string[] = []): Promise<void> {
  await queries.prepared(refuseSql, [key, JSON.stringify(attempts)])
}
