import { ownBlock, type Value } from '../../db/queries.ts'
import type { Author } from '../logs.ts'
import type { Adjustment } from './adjustments.ts'
import { declareRound, findRefusal, isMarked } from './refusals.ts'

/** The parameters of placing an order. */
export interface OrderParameters {
  readonly userId: number
  readonly key: string
  readonly digest: string
  readonly status: string
  /** The default is now. */
  readonly orderedAt?: Date | undefined
  /**
   * In ascending id of product: every order locks its products in this order. `price` is a price agreed elsewhere; the
   * default is the price of the product.
   */
  readonly lines: readonly {
    readonly productId: number
    readonly quantity: number
    readonly price?: string | undefined
  }[]
  readonly adjustments?: readonly Adjustment[] | undefined
  readonly author: Author
  /** Runs the complete statement, then rolls it back. */
  readonly dryRun?: boolean
}

/** The SQL that deducts the stock of an order. `deduct` sets `total`, which stays NULL if any line is short. */
interface Deduction {
  readonly declare: string
  readonly deduct: string
  readonly insertItems: string
  /** The condition under which the order may have been refused. */
  readonly mayBeRefused: string
}

/** Up to this number of lines, variables are faster than a document; docs/orders.md has the figures. */
const mostVariables = 16

/**
 * Each line has variables of its own, and one statement finds all products by id. The server sorts the ids of IN, so it
 * locks the products in ascending id. A price is read in the step that deducts the stock.
 */
function asVariables(count: number): Deduction {
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const eachLine = (text: (n: number) => string, separator: string): string => numbers.map(text).join(separator)
  const ofProduct = (text: (n: number) => string): string =>
    `CASE id ${eachLine((n) => `WHEN product${n} THEN ${text(n)}`, ' ')} END`
  const quantity = ofProduct((n) => `quantity${n}`)
  return {
    declare: eachLine(
      (n) =>
        `DECLARE product${n} INT DEFAULT ?;
  DECLARE quantity${n} INT DEFAULT ?;
  DECLARE agreed${n} DECIMAL(10, 2) DEFAULT ?;`,
      '\n  ',
    ),
    deduct: `
  SET @dbtool_refused_at = NULL, ${eachLine((n) => `@dbtool_price${n} = NULL`, ', ')};
  UPDATE products FORCE INDEX (PRIMARY)
    SET stock = stock - ${quantity},
        units_sold = units_sold + ${quantity},
        times_ordered = times_ordered + 1,
        revenue = revenue + ${ofProduct((n) => `quantity${n} * (@dbtool_price${n} := COALESCE(agreed${n}, price))`)},
        updated_at = UTC_TIMESTAMP(),
        refused_at = IF(${isMarked}, @dbtool_refused_at := refused_at, refused_at)
    WHERE id IN (${eachLine((n) => `product${n}`, ', ')}) AND is_active AND stock >= ${quantity};
  SET total = ${eachLine((n) => `quantity${n} * @dbtool_price${n}`, ' + ')};`,
    insertItems: `INSERT INTO order_items (order_id, product_id, quantity, price)
      VALUES ${eachLine((n) => `(new_id, product${n}, quantity${n}, @dbtool_price${n})`, ', ')};`,
    mayBeRefused: '@dbtool_refused_at IS NOT NULL',
  }
}

const wantedLines = `JSON_TABLE(wanted, '$[*]' COLUMNS (
      product_id INT PATH '$[0]',
      quantity INT PATH '$[1]',
      price DECIMAL(10, 2) PATH '$[2]'
    )) AS line`

/**
 * All lines in one statement. STRAIGHT_JOIN fixes the order of locks. Without FORCE INDEX, a shop with five products or
 * fewer would be scanned, and the scan waits for rows that other orders have locked.
 */
const asTable: Deduction = {
  declare: '',
  deduct: `
  UPDATE ${wantedLines} STRAIGHT_JOIN products p FORCE INDEX (PRIMARY) ON p.id = line.product_id
    SET p.stock = p.stock - line.quantity,
        p.units_sold = p.units_sold + line.quantity,
        p.times_ordered = p.times_ordered + 1,
        p.revenue = p.revenue + line.quantity * COALESCE(line.price, p.price),
        p.updated_at = UTC_TIMESTAMP()
    WHERE p.is_active AND p.stock >= line.quantity;
  IF ROW_COUNT() = line_count THEN
    SELECT SUM(line.quantity * COALESCE(line.price, p.price)) INTO total
      FROM ${wantedLines} STRAIGHT_JOIN products p ON p.id = line.product_id;
  END IF;`,
  insertItems: `INSERT INTO order_items (order_id, product_id, quantity, price)
      SELECT new_id, line.product_id, line.quantity, COALESCE(line.price, p.price)
        FROM ${wantedLines} STRAIGHT_JOIN products p ON p.id = line.product_id;`,
  mayBeRefused: 'TRUE',
}

/** The SQL for amounts beside the lines; an order without any has none of it. */
interface AdjustmentSql {
  readonly declare: string
  readonly add: string
  readonly insert: string
}

const adjustments = `JSON_TABLE(wanted_adjustments, '$[*]' COLUMNS (
      kind VARCHAR(20) CHARACTER SET utf8mb4 PATH '$[0]',
      label VARCHAR(100) CHARACTER SET utf8mb4 PATH '$[1]',
      amount DECIMAL(10, 2) PATH '$[2]'
    )) AS adjustment`

const withAdjustments: AdjustmentSql = {
  declare: 'DECLARE wanted_adjustments LONGTEXT CHARACTER SET utf8mb4 DEFAULT ?;',
  add: `SET total = total + (SELECT SUM(adjustment.amount) FROM ${adjustments});`,
  insert: `INSERT INTO order_adjustments (order_id, kind, label, amount)
      SELECT new_id, adjustment.kind, adjustment.label, adjustment.amount FROM ${adjustments};`,
}
const withoutAdjustments: AdjustmentSql = { declare: '', add: '', insert: '' }

const answerPlaced = `SELECT 'placed' AS outcome, new_id AS order_id, total AS total_amount, NULL AS digest;`
const commitUnlessRefused = (mayBeRefused: string): string => `IF ${mayBeRefused} THEN
      ${findRefusal}
    END IF;
    IF refused_round IS NULL THEN
      COMMIT;
      ${answerPlaced}
    ELSE
      ROLLBACK;
      SELECT 'refused' AS outcome, refused_round;
    END IF;`
const rollBack = `ROLLBACK;
    ${answerPlaced}`

const answerWithOrder = `SELECT
      'existing' AS outcome, id AS order_id, total_amount, content_digest AS digest
      FROM orders WHERE id = old_id;`

/** A row per product, or none if the missing stock is available again. */
const answerWithShortages = `SELECT
        'short' AS outcome, NULL AS order_id, NULL AS total_amount, NULL AS digest,
        line.product_id, p.sku, p.name, line.quantity AS wanted, p.stock, p.is_active
        FROM ${wantedLines} LEFT JOIN products p ON p.id = line.product_id
        WHERE p.id IS NULL OR NOT p.is_active OR p.stock < line.quantity;`

/**
 * A complete order in one statement. The server runs it without waiting for the network, so the row lock on a popular
 * product is held for microseconds. The answer is one row: outcome ('placed' or 'existing'), order_id, total_amount and
 * digest. If stock is missing, it is a row 'short' for each product, or no row when the stock is available again. If
 * this round of attempts was refused, it is a row 'refused' with the last round that was.
 *
 * Stock is deducted first, in ascending id of product, and all other rows are written afterwards; the reverse order
 * deadlocks. After any failure, an existing order with the key is the answer: it may just have taken the last units.
 * Otherwise an error rolls back and is raised again. KILL QUERY and max_statement_time between two statements are the
 * exception: they leave the transaction open. So the block begins with ROLLBACK. Without it, START TRANSACTION would
 * commit half of an order that was stopped earlier on the same connection.
 */
const block = (
  { declare, deduct, insertItems, mayBeRefused }: Deduction,
  beside: AdjustmentSql,
  dryRun: boolean,
): string => `${ownBlock}
  DECLARE wanted_key VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT ?;
  ${declareRound}
  DECLARE wanted LONGTEXT CHARACTER SET utf8mb4 DEFAULT ?;
  DECLARE line_count INT DEFAULT ?;
  DECLARE wanted_user INT DEFAULT ?;
  DECLARE new_id, old_id INT;
  DECLARE total DECIMAL(30, 2);
  ${declare}
  ${beside.declare}

  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    ROLLBACK;
    SELECT id INTO old_id FROM orders WHERE idempotency_key = wanted_key;
    IF old_id IS NULL THEN RESIGNAL; END IF;
    ${answerWithOrder}
  END;

  ROLLBACK;
  START TRANSACTION;
  ${deduct}
  IF total IS NOT NULL THEN
    ${beside.add}
    INSERT INTO orders (user_id, total_amount, status, idempotency_key, content_digest, created_at)
      VALUES (wanted_user, total, ?, wanted_key, ?, COALESCE(?, UTC_TIMESTAMP()));
    SET new_id = LAST_INSERT_ID();
    ${insertItems}
    ${beside.insert}
    INSERT INTO logs (os_user, command, entity, entity_id, message)
      VALUES (?, ?, 'orders', new_id, CONCAT(
        'placed for user ', wanted_user, ': ', line_count, IF(line_count = 1, ' line', ' lines'), ', total ', total
      ));
    ${dryRun ? rollBack : commitUnlessRefused(mayBeRefused)}
  ELSE
    ROLLBACK;
    SELECT id INTO old_id FROM orders WHERE idempotency_key = wanted_key;
    IF old_id IS NOT NULL THEN
      ${answerWithOrder}
    ELSE
      ${answerWithShortages}
    END IF;
  END IF;
END`

const texts = new Map<string, string>()

/** Returns the same text for all orders with the same number of lines, so that a connection prepares it once. */
function textFor(count: number, adjusted: boolean, dryRun: boolean): string {
  const few = count <= mostVariables
  const name = `${few ? count : 'many'}${adjusted ? ' adjusted' : ''}${dryRun ? ' dry run' : ''}`
  const text =
    texts.get(name) ??
    block(few ? asVariables(count) : asTable, adjusted ? withAdjustments : withoutAdjustments, dryRun)
  texts.set(name, text)
  return text
}

/** The lines of an order as JSON: by far the largest part of what is sent. */
export function documentOf(lines: OrderParameters['lines']): string {
  return JSON.stringify(
    lines.map(({ productId, quantity, price }) =>
      price === undefined ? [productId, quantity] : [productId, quantity, price],
    ),
  )
}

/** The statement that places one order, and the values to bind. `round` comes after its last known refusal. */
export function placeOrderStatement(
  { userId, key, digest, status, orderedAt, lines, adjustments: beside = [], author, dryRun = false }: OrderParameters,
  round: number,
): { sql: string; values: Value[] } {
  const wanted = documentOf(lines)
  const variables =
    lines.length > mostVariables
      ? []
      : lines.flatMap(({ productId, quantity, price }) => [productId, quantity, price ?? null])
  return {
    sql: textFor(lines.length, beside.length > 0, dryRun),
    values: [
      key,
      round,
      wanted,
      lines.length,
      userId,
      ...variables,
      ...(beside.length > 0 ? [JSON.stringify(beside.map(({ kind, label, amount }) => [kind, label, amount]))] : []),
      status,
      digest,
      orderedAt ?? null,
      author.osUser,
      author.command,
    ],
  }
}
