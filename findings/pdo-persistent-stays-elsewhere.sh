#!/bin/bash
# PHP: a persistent connection of PDO stays in the database of the last USE, whatever its DSN says; one of mysqli does
# not.
#
# Expected: new PDO('mysql:…;dbname=shop', …) is connected to shop, whether the connection is new or was kept.
# What happens: PDO looks for a kept connection by DSN, user and password, and hands it on as it was left. After one
# request that went to the archive by USE, the next one, for the shop, reads and writes the archive; time zone,
# sql_mode, variables, temporary tables and locks stay as well. Only an open transaction is rolled back. mysqli resets
# the connection (COM_CHANGE_USER) and has none of it.
# Versions: PHP 8.4.28 with pdo_mysql and mysqli, MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 php8.4-cli=8.4.28-1~deb13u1 php8.4-mysql=8.4.28-1~deb13u1
server trixie db

for name in shop archive; do sql trixie db -e "CREATE DATABASE $name; CREATE TABLE $name.sale (id INT) SELECT 1 AS id"; done
cat >"$work/kept.php" <<'PHP'
<?php
$socket = getenv('WORK') . '/db.sock';
$ways = [
    'PDO' => function () use ($socket) {
        $db = new PDO("mysql:unix_socket=$socket;dbname=shop", 'root', '', [PDO::ATTR_PERSISTENT => true]);
        return [fn ($sql) => $db->query($sql), fn ($sql) => $db->query($sql)->fetch(PDO::FETCH_ASSOC)];
    },
    'mysqli' => function () use ($socket) {
        $db = new mysqli('p:localhost', 'root', '', 'shop', 0, $socket);
        return [fn ($sql) => $db->query($sql), fn ($sql) => $db->query($sql)->fetch_assoc()];
    },
];
foreach ($ways as $name => $connect) {
    [$run] = $connect();
    foreach (["SET time_zone = '+05:00', sql_mode = ''", 'USE archive', 'START TRANSACTION', 'DELETE FROM sale'] as $sql) $run($sql);
    unset($run);
    [, $ask] = $connect(); // as the next request of the same PHP process does
    $kept = $ask('SELECT DATABASE() AS db, @@time_zone AS zone, @@sql_mode = "" AS lax, @@in_transaction AS in_transaction, (SELECT COUNT(*) FROM archive.sale) AS sales');
    echo str_pad($name, 7), json_encode($kept), "\n";
    unset($ask);
}
PHP
modules=''
for module in mysqlnd pdo pdo_mysql mysqli; do modules="$modules -d extension=$module"; done
# shellcheck disable=SC2086 # one word each
WORK=$work in_suite trixie php8.4 -n -d extension_dir="$(dirname "$(find "$work/trixie/usr/lib/php/" -name pdo_mysql.so)")" $modules "$work/kept.php" >"$work/seen"

unchanged <<'END'
PDO    {"db":"archive","zone":"+05:00","lax":1,"in_transaction":0,"sales":1}
mysqli {"db":"shop","zone":"SYSTEM","lax":"0","in_transaction":"0","sales":"1"}
END
