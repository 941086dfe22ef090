-- Attempts to place an order whose connections were lost, and which were then refused. The server may still be running
-- one of them, behind a proxy on a node that nobody reaches any more: it finds itself here before its COMMIT.

CREATE TABLE order_refusals (
  attempt CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  refused_at DATETIME NOT NULL DEFAULT UTC_TIMESTAMP() COMMENT 'deleted by a later refusal after 30 days',
  PRIMARY KEY (attempt),
  KEY idx_refusal_time (refused_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
