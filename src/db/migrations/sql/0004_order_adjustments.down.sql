-- Each statement takes back one of the up file, in reverse order.
ALTER TABLE orders DROP CONSTRAINT IF EXISTS check_total_positive;
DROP TABLE IF EXISTS order_adjustments;
