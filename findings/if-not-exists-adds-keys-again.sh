#!/bin/bash
# ADD COLUMN IF NOT EXISTS and ADD FOREIGN KEY IF NOT EXISTS add another foreign key at every run, and ADD UNIQUE IF NOT
# EXISTS adds none at all if the column has an ordinary index.
#
# Expected: a migration whose clauses all say IF NOT EXISTS can run twice: the second run changes nothing, and after it
# everything that it asks for is there.
# What happens: a column that exists is skipped, but its REFERENCES is not, and a foreign key without a name is added
# even where the note speaks of a "Duplicate key name". Each run adds constraints, sale_ibfk_1, 2, 3 and so on, and each
# has to be dropped by its name. A UNIQUE without a name is called after its column, as an ordinary index is: with the
# same note it is left out, and equal vouchers are accepted. CHECK of a column is skipped with it. With names, foreign
# keys behave.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same); seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db -e 'CREATE TABLE customer (id INT PRIMARY KEY); CREATE TABLE sale (id INT PRIMARY KEY, voucher VARCHAR(9), KEY (voucher))'
for run in 1 2 3; do
  sql trixie db --show-warnings >"$work/notes" <<'SQL'
ALTER TABLE sale ADD COLUMN IF NOT EXISTS customer_id INT REFERENCES customer (id);
ALTER TABLE sale ADD COLUMN IF NOT EXISTS units INT CHECK (units > 0);
ALTER TABLE sale ADD COLUMN IF NOT EXISTS friend_id INT, ADD FOREIGN KEY IF NOT EXISTS (friend_id) REFERENCES customer (id);
ALTER TABLE sale ADD COLUMN IF NOT EXISTS giver_id INT, ADD CONSTRAINT giver FOREIGN KEY IF NOT EXISTS (giver_id) REFERENCES customer (id);
ALTER TABLE sale ADD UNIQUE IF NOT EXISTS (voucher);
SQL
  { echo "run $run"; cat "$work/notes"; } >>"$work/seen"
done
sql trixie db -e "INSERT INTO sale (id, voucher) VALUES (1, 'SPRING'), (2, 'SPRING')"
sql trixie db -e 'SHOW CREATE TABLE sale\G' >>"$work/seen"

unchanged <<'END'
run 1
Note (Code 1061): Duplicate key name 'voucher'
run 2
Note (Code 1060): Duplicate column name 'customer_id'
Note (Code 1060): Duplicate column name 'units'
Note (Code 1060): Duplicate column name 'friend_id'
Note (Code 1061): Duplicate key name 'friend_id'
Note (Code 1060): Duplicate column name 'giver_id'
Note (Code 1061): Duplicate key name 'giver'
Note (Code 1061): Duplicate key name 'voucher'
run 3
Note (Code 1060): Duplicate column name 'customer_id'
Note (Code 1060): Duplicate column name 'units'
Note (Code 1060): Duplicate column name 'friend_id'
Note (Code 1061): Duplicate key name 'friend_id'
Note (Code 1060): Duplicate column name 'giver_id'
Note (Code 1061): Duplicate key name 'giver'
Note (Code 1061): Duplicate key name 'voucher'
*************************** 1. row ***************************
       Table: sale
Create Table: CREATE TABLE `sale` (
  `id` int(11) NOT NULL,
  `voucher` varchar(9) DEFAULT NULL,
  `customer_id` int(11) DEFAULT NULL,
  `units` int(11) DEFAULT NULL CHECK (`units` > 0),
  `friend_id` int(11) DEFAULT NULL,
  `giver_id` int(11) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `voucher` (`voucher`),
  KEY `friend_id` (`friend_id`),
  KEY `giver` (`giver_id`),
  KEY `customer_id` (`customer_id`),
  CONSTRAINT `giver` FOREIGN KEY (`giver_id`) REFERENCES `customer` (`id`),
  CONSTRAINT `sale_ibfk_1` FOREIGN KEY (`customer_id`) REFERENCES `customer` (`id`),
  CONSTRAINT `sale_ibfk_2` FOREIGN KEY (`friend_id`) REFERENCES `customer` (`id`),
  CONSTRAINT `sale_ibfk_3` FOREIGN KEY (`customer_id`) REFERENCES `customer` (`id`),
  CONSTRAINT `sale_ibfk_4` FOREIGN KEY (`friend_id`) REFERENCES `customer` (`id`),
  CONSTRAINT `sale_ibfk_5` FOREIGN KEY (`customer_id`) REFERENCES `customer` (`id`),
  CONSTRAINT `sale_ibfk_6` FOREIGN KEY (`friend_id`) REFERENCES `customer` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci
END
