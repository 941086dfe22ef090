-- Each statement takes back one of the up file, in reverse order.
ALTER TABLE order_items DROP CONSTRAINT IF EXISTS check_item_price_positive;
ALTER TABLE orders DROP CONSTRAINT IF EXISTS check_key_not_empty;
