import { hash } from 'node:crypto'
import { ownBlock, type Queries } from '../../db/queries.ts'
import { existingOrders, keysIn } from './order-keys.sql.ts'

/**
 * The name of an attempt to place the order of a key, for the table order_refusals: `<hash of the key>-<round>`. All
 * attempts between two refusals of the key are one round. So whoever refuses the key also refuses the lost attempts of
 * others, of which it knows nothing.
 */
export function attemptOf(key: string, round = 0): string {
  return `${hash('sha256', key, 'hex').slice(0, hashLength)}-${String(round).padStart(roundLength, '0')}`
}

/** The attempt of the next round, after this one was refused. */
export function attemptAfter(attempt: string): string {
  const round = String(Number(attempt.slice(-roundLength)) + 1)
  return `${attempt.slice(0, -roundLength)}${round.padStart(roundLength, '0')}`
}

const hashLength = 26
const roundLength = 9

/** The parameter of a block that commits one order by itself, and the refusal that concerns it. */
export const declareAttempt = `DECLARE wanted_attempt CHAR(36) CHARACTER SET ascii COLLATE ascii_bin DEFAULT ?;
  DECLARE refused_attempt CHAR(36) CHARACTER SET ascii COLLATE ascii_bin;`

/**
 * Finds the last refusal of this attempt or a later one. The block has inserted its key before, so that no refusal can
 * come between this statement and its COMMIT.
 */
export const findRefusal = `SELECT MAX(attempt) INTO refused_attempt FROM order_refusals
      WHERE attempt BETWEEN wanted_attempt AND CONCAT(LEFT(wanted_attempt, ${hashLength + 1}), '~');`

/** The refusals of a key in a document, as the table r; a key has at most one. */
export const refusalsOf = (key: string): string =>
  `order_refusals r ON r.attempt BETWEEN CONCAT(${hashOf(key)}, '-') AND CONCAT(${hashOf(key)}, '-~')`

const hashOf = (key: string): string => `CONVERT(LEFT(SHA2(${key}, 256), ${hashLength}) USING ascii) COLLATE ascii_bin`

const keys = keysIn('wanted_keys')

/**
 * Both halves are needed. An attempt that has inserted its key does not look at the refusals again. But the key can be
 * taken only when that attempt has ended; on another node of a cluster, one of the two fails certification. An attempt
 * that comes to its key later finds the refusal.
 *
 * No foreign key is checked: the user may not exist, and a cascade would lock the lines of other orders.
 */
const refuseSql = `${ownBlock}
  DECLARE wanted_keys LONGTEXT CHARACTER SET utf8mb4 DEFAULT ?;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  ROLLBACK;
  START TRANSACTION;
  SET STATEMENT foreign_key_checks = 0 FOR
    INSERT INTO orders (user_id, total_amount, idempotency_key, content_digest)
      SELECT 0, 0, wanted.order_key, '' FROM ${keys};
  SET STATEMENT foreign_key_checks = 0 FOR
    DELETE o FROM ${keys} STRAIGHT_JOIN ${existingOrders};
  DELETE FROM order_refusals WHERE refused_at < UTC_TIMESTAMP() - INTERVAL 30 DAY;
  UPDATE ${keys} STRAIGHT_JOIN ${refusalsOf('wanted.order_key')}
    SET r.refused_at = UTC_TIMESTAMP(), r.attempt = CONCAT(
      LEFT(r.attempt, ${hashLength + 1}),
      LPAD(CAST(RIGHT(r.attempt, ${roundLength}) AS UNSIGNED) + 1, ${roundLength}, '0')
    );
  INSERT INTO order_refusals (attempt)
    SELECT CONCAT(${hashOf('wanted.order_key')}, '-${'0'.repeat(roundLength)}')
      FROM ${keys} LEFT JOIN ${refusalsOf('wanted.order_key')}
      WHERE r.attempt IS NULL;
  COMMIT;
END`

/**
 * Makes certain that no attempt so far to place an order with one of these keys is applied later, whoever made it.
 * Rejects with DUPLICATE if an order with one of the keys exists: then nothing is refused. For several orders of one
 * transaction, any of their keys will do.
 */
export async function refuseAttempts(queries: Queries, keys: readonly string[]): Promise<void> {
  await queries.prepared(refuseSql, [JSON.stringify(keys)])
}
