#!/bin/bash
# importFile of MariaDB's connector runs the statements that follow a failed one, and then says that it failed.
#
# Expected: as in MariaDB's own client, a file ends at its first error. A script that copies orders into an archive and
# then deletes them deletes nothing if the copy fails.
# What happens: the connector reads 16 KiB of the file, sends every statement of them, and reads on unless an error has
# come back. The copy fails, the DELETE runs, and importFile rejects with the error of the copy: the orders are nowhere.
# It also does not know DELIMITER, so every mariadb-dump with a trigger is such a file: the word is sent to the server
# (1064), and the tables behind it are restored nevertheless.
# Versions: mariadb 3.5.4, MariaDB 11.8.9 of Debian 13 with its client and mariadb-dump; seen on 2026-11-28, output at
# the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1
node_packages mariadb@3.5.4
server trixie db

cat >"$work/archive.sql" <<'SQL'
INSERT INTO archive SELECT * FROM orders;
DELETE FROM orders;
SQL
for name in by_client by_connector; do
  sql trixie db -e "CREATE DATABASE $name; USE $name; CREATE TABLE orders (id INT PRIMARY KEY, total DECIMAL(9,2)); INSERT INTO orders VALUES (1, 10.00), (2, 20.00); CREATE TABLE archive (id INT PRIMARY KEY)"
done
{ echo 'USE by_client;' && cat "$work/archive.sql"; } | sql trixie db 2>&1 | grep ^ERROR >"$work/seen"

sql trixie db <<'SQL'
CREATE DATABASE restored;
CREATE TABLE amount (cents INT);
CREATE TRIGGER amount_checked BEFORE INSERT ON amount FOR EACH ROW SET NEW.cents = GREATEST(NEW.cents, 0);
CREATE TABLE zone (id INT PRIMARY KEY);
SQL
in_suite trixie mariadb-dump --no-defaults --socket="$work/db.sock" --user=root test >"$work/dump.sql"

js >>"$work/seen" <<'JS'
import mariadb from 'mariadb'
const importing = (database, file) =>
  mariadb
    .importFile({ socketPath: `${process.env.WORK}/db.sock`, user: 'root', database, file: `${process.env.WORK}/${file}` })
    .catch(({ errno, sql }) => console.log('importFile', file, 'error', errno, JSON.stringify(sql.slice(0, 20))))
await importing('by_connector', 'archive.sql')
await importing('restored', 'dump.sql')
JS
sql trixie db -t >>"$work/seen" <<'SQL'
SELECT (SELECT COUNT(*) FROM by_client.orders) AS orders_by_client, (SELECT COUNT(*) FROM by_connector.orders) AS orders_by_connector;
SELECT table_name FROM information_schema.tables WHERE table_schema = 'restored' ORDER BY 1;
SQL

unchanged <<'END'
ERROR 1136 (21S01) at line 2: Column count doesn't match value count at row 1
importFile archive.sql error 1136 "INSERT INTO archive "
importFile dump.sql error 1064 "\nDELIMITER  - parame"
+------------------+---------------------+
| orders_by_client | orders_by_connector |
+------------------+---------------------+
|                2 |                   0 |
+------------------+---------------------+
+------------+
| table_name |
+------------+
| amount     |
| zone       |
+------------+
END
