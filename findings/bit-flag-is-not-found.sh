#!/bin/bash
# A BIT(1) column with an index: PHP finds no product that is hidden, although half of them are, and DELETE finds them.
#
# Expected: PDO's execute([0]) asks WHERE visible = '0', and '0' is 0, with and without an index, as it is for a TINYINT.
# What happens: to read the index by key, the text is made a value of the column in the way of an INSERT, where '0' is
# the character with the code 48. In BIT(1) that is cut to 1, so the rows with 1 are read, and none of them is 0. In
# BIT(8) the rows with 48 or 49 are found instead. Without the index, and in UPDATE and DELETE, the text is the number.
# A parameter that is bound as PDO::PARAM_INT is right everywhere.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same in SQL) and PHP 8.4.28; seen on 2026-11-29,
# output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 php8.4-cli=8.4.28-1~deb13u1 php8.4-mysql=8.4.28-1~deb13u1
server trixie db

sql trixie db <<'SQL'
CREATE TABLE product (id INT PRIMARY KEY, visible BIT(1), visible_tinyint TINYINT, channels BIT(8), KEY (visible), KEY (visible_tinyint), KEY (channels));
INSERT INTO product SELECT seq, seq % 2, seq % 2, seq % 4 FROM seq_1_to_100;
INSERT INTO product VALUES (101, 1, 1, 49);
SQL
cat >"$work/flags.php" <<'PHP'
<?php
$db = new PDO('mysql:unix_socket=' . getenv('WORK') . '/db.sock;dbname=test', 'root', '');
foreach (['visible = ?', 'visible_tinyint = ?', 'channels = ?'] as $condition) {
    foreach ([0, 1] as $value) {
        $counts = [];
        foreach (['', 'IGNORE INDEX (visible, visible_tinyint, channels)'] as $hint) {
            $statement = $db->prepare("SELECT COUNT(*) FROM product $hint WHERE $condition");
            $statement->execute([$value]);
            $counts[] = $statement->fetchColumn();
        }
        echo "$condition with $value: $counts[0] by index, $counts[1] without\n";
    }
}
$statement = $db->prepare('SELECT COUNT(*) FROM product WHERE visible = ?');
$statement->bindValue(1, 0, PDO::PARAM_INT);
$statement->execute();
echo 'as PARAM_INT: ', $statement->fetchColumn(), "\n";
$statement = $db->prepare('DELETE FROM product WHERE visible = ?');
$statement->execute([0]);
echo 'deleted: ', $statement->rowCount(), "\n";
PHP
WORK=$work in_suite trixie php8.4 -n -d extension_dir="$(dirname "$(find "$work/trixie/usr/lib/php/" -name pdo_mysql.so)")" -d extension=mysqlnd -d extension=pdo -d extension=pdo_mysql "$work/flags.php" >"$work/seen"

unchanged <<'END'
visible = ? with 0: 0 by index, 50 without
visible = ? with 1: 51 by index, 51 without
visible_tinyint = ? with 0: 50 by index, 50 without
visible_tinyint = ? with 1: 51 by index, 51 without
channels = ? with 0: 0 by index, 25 without
channels = ? with 1: 1 by index, 25 without
as PARAM_INT: 50
deleted: 50
END
