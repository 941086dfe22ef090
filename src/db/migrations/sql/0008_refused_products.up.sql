-- An order looks for its refusal only if one of its products has a time here. The order reads the row of the product
-- anyway, and a look-up of its own in order_refusals costs more than a hundredth of the order.

ALTER TABLE products
  ADD COLUMN refused_at DATETIME COMMENT 'an order of this product was refused after a lost connection';
