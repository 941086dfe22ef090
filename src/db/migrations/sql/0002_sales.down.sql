-- Each statement takes back one of the up file, in reverse order.
ALTER TABLE order_items ADD KEY IF NOT EXISTS idx_orderitem_order (order_id), DROP KEY IF EXISTS idx_orderitem_sales;
ALTER TABLE orders ADD KEY IF NOT EXISTS idx_order_created (created_at), DROP KEY IF EXISTS idx_order_sales;
-- The figures go with their columns.
DO 0;
ALTER TABLE products DROP COLUMN IF EXISTS units_sold, DROP COLUMN IF EXISTS times_ordered, DROP COLUMN IF EXISTS revenue;
