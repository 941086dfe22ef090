-- Amounts of an order beside its lines. The total of an order is the sum of its lines and of these amounts.

CREATE TABLE order_adjustments (
  id INT NOT NULL AUTO_INCREMENT,
  order_id INT NOT NULL,
  kind VARCHAR(20) NOT NULL,
  label VARCHAR(100),
  amount DECIMAL(10, 2) NOT NULL COMMENT 'a discount is negative',
  PRIMARY KEY (id),
  KEY idx_adjustment_order (order_id, amount),
  CONSTRAINT check_adjustment_kind CHECK (kind IN ('shipping', 'discount', 'tax')),
  CONSTRAINT check_adjustment_sign CHECK (IF(kind = 'discount', amount <= 0, amount >= 0)),
  CONSTRAINT fk_adjustment_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- No discount is larger than its order.
ALTER TABLE orders ADD CONSTRAINT check_total_positive CHECK (total_amount >= 0);
