import { ownBlock, type Queries } from '../../db/queries.ts'
import { existingOrders, keysIn } from './order-keys.sql.ts'

const hashLength = 26
const roundLength = 9
const keptDays = 30

const hashOf = (key: string): string => `CONVERT(LEFT(SHA2(${key}, 256), ${hashLength}) USING ascii) COLLATE ascii_bin`

/** The refusals of a key in a document, as the table r; a key has at most one. */
export const refusalsOf = (key: string): string =>
  `order_refusals r ON r.attempt BETWEEN CONCAT(${hashOf(key)}, '-') AND CONCAT(${hashOf(key)}, '-~')`

const roundOf = `CAST(RIGHT(r.attempt, ${roundLength}) AS UNSIGNED)`

/**
 * The parameter of a block that commits the order of wanted_key by itself, and the last round of attempts that was
 * refused. All attempts between two refusals of a key are one round. So whoever refuses the key also refuses the lost
 * attempts of others, of which it knows nothing.
 */
export const declareRound = `DECLARE wanted_round INT DEFAULT ?;
  DECLARE refused_round INT;`

/**
 * Finds the refusal of this round or a later one. The block has inserted its key before, so that no refusal can come
 * between this statement and its COMMIT.
 */
export const findRefusal = `SELECT ${roundOf} INTO refused_round
        FROM (SELECT wanted_key AS order_key) AS wanted STRAIGHT_JOIN ${refusalsOf('wanted.order_key')}
        WHERE ${roundOf} >= wanted_round;`

/** Whether a product is marked. The mark is renewed after a day, so that it outlives the refusal. */
export const isMarked = `refused_at > UTC_TIMESTAMP() - INTERVAL ${keptDays + 1} DAY`

const keys = keysIn('wanted_keys')
const products = `JSON_TABLE(wanted_products, '$[*]' COLUMNS (product_id INT PATH '$')) AS refused`

/**
 * Both halves are needed. An attempt that has inserted its key does not look at the refusals again. But the key can be
 * taken only when that attempt has ended; on another node of a cluster, one of the two fails certification. An attempt
 * that comes to its key later finds the refusal.
 *
 * A single order looks for its refusal only if a product is marked, a batch always. An attempt that has read a product
 * before the mark also ends before it, or fails certification. The mark is a transaction of its own: other orders of
 * the product wait for that only.
 *
 * No foreign key is checked: the user may not exist, and a cascade would lock the lines of other orders.
 */
const refuseSql = `${ownBlock}
  DECLARE wanted_keys, wanted_products LONGTEXT CHARACTER SET utf8mb4;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  SET wanted_keys = ?, wanted_products = ?;
  ROLLBACK;
  UPDATE ${products} STRAIGHT_JOIN products p FORCE INDEX (PRIMARY) ON p.id = refused.product_id
    SET p.refused_at = UTC_TIMESTAMP()
    WHERE p.refused_at IS NULL OR p.refused_at < UTC_TIMESTAMP() - INTERVAL 1 DAY;
  START TRANSACTION;
  SET STATEMENT foreign_key_checks = 0 FOR
    INSERT INTO orders (user_id, total_amount, idempotency_key, content_digest)
      SELECT 0, 0, wanted.order_key, '' FROM ${keys};
  SET STATEMENT foreign_key_checks = 0 FOR
    DELETE o FROM ${keys} STRAIGHT_JOIN ${existingOrders};
  DELETE FROM order_refusals WHERE refused_at < UTC_TIMESTAMP() - INTERVAL ${keptDays} DAY;
  UPDATE ${keys} STRAIGHT_JOIN ${refusalsOf('wanted.order_key')}
    SET r.refused_at = UTC_TIMESTAMP(), r.attempt = CONCAT(
      LEFT(r.attempt, ${hashLength + 1}),
      LPAD(${roundOf} + 1, ${roundLength}, '0')
    );
  INSERT INTO order_refusals (attempt)
    SELECT CONCAT(${hashOf('wanted.order_key')}, '-${'0'.repeat(roundLength)}')
      FROM ${keys} LEFT JOIN ${refusalsOf('wanted.order_key')}
      WHERE r.attempt IS NULL;
  COMMIT;
END`

/** An order whose attempts are refused. */
export interface RefusedOrder {
  readonly key: string
  /** The lines of the attempts; another order with the same key is none of them. */
  readonly lines: readonly { readonly productId: number }[]
}

/**
 * Makes certain that no attempt so far to place one of these orders is applied later, whoever made it. Rejects with
 * DUPLICATE if an order with one of the keys exists: then nothing is refused. For several orders of one transaction,
 * any of them will do.
 */
export async function refuseAttempts(queries: Queries, orders: readonly RefusedOrder[]): Promise<void> {
  const productIds = new Set(orders.flatMap(({ lines }) => lines.map(({ productId }) => productId)))
  const ascending = [...productIds].sort((a, b) => a - b)
  const keys = orders.map(({ key }) => key)
  await queries.prepared(refuseSql, [JSON.stringify(keys), JSON.stringify(ascending)])
}
