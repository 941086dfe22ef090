-- An order looks for its refusal only if one of its products has a time here. The order reads the row of the product
-- anyway, and a look-up of its own in order_refusals costs more than a hundredth of the order.

ALTER TABLE products
  ADD COLUMN refused_at DATETIME COMMENT 'an order of this product was refused after a lost connection';

-- A new product is marked for a day. An attempt may name an id before the product exists, or before another node of a
-- cluster has it, and the refusal then finds no row to mark. Products that exist now keep NULL, so nothing is rewritten.
ALTER TABLE products
  ALTER COLUMN refused_at SET DEFAULT (UTC_TIMESTAMP() - INTERVAL 30 DAY);
