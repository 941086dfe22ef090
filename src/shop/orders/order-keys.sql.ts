/** The keys of a JSON array, as the table wanted: each with its position n, from 1. */
export const keysIn = (document: string): string => `JSON_TABLE(${document}, '$[*]' COLUMNS (
      n FOR ORDINALITY,
      order_key VARCHAR(255) CHARACTER SET utf8mb4 PATH '$'
    )) AS wanted`

/** The orders of the keys, as the table o. Without the collation of the key, its index would not be used. */
export const existingOrders = `orders o FORCE INDEX (idempotency_key)
      ON o.idempotency_key = CONVERT(wanted.order_key USING utf8mb4) COLLATE utf8mb4_bin`
