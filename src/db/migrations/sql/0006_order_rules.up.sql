-- Rules of an order that every program observes, whichever way it writes. The collation of the key ignores spaces at the
-- end, so a key of nothing but spaces is empty too.

ALTER TABLE orders ADD CONSTRAINT check_key_not_empty CHECK (idempotency_key <> '');

ALTER TABLE order_items ADD CONSTRAINT check_item_price_positive CHECK (price >= 0);
