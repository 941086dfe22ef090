#!/bin/bash
# mariadb-import refuses the UUID and INET6 values that mariadb-dump --dir has written.
#
# Expected: mariadb-dump --dir and mariadb-import --dir (both new in the 11 series) are the two halves of a backup:
# what the one writes into a folder, the other reads.
# What happens: mariadb-import loads each file as character set binary. For UUID and INET6 a binary string is the
# sixteen bytes and not the text, so the text in the file is "incorrect", and the import ends with exit code 1.
# --default-character-set=utf8mb4 does not help; LOAD DATA of the same file with CHARACTER SET utf8mb4 does.
# Versions: MariaDB 11.8.9 of Debian 13, server and both programs; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db <<'SQL'
CREATE DATABASE uuids; CREATE TABLE uuids.device (value UUID); INSERT INTO uuids.device VALUES ('11111111-2222-4333-8444-555555555555');
CREATE DATABASE inets; CREATE TABLE inets.device (value INET6); INSERT INTO inets.device VALUES ('2001:db8::1');
SQL
{
  for name in uuids inets; do
    mkdir -m 777 "$work/$name"
    in_suite trixie mariadb-dump --no-defaults --socket="$work/db.sock" --user=root --dir="$work/$name" --databases "$name"
    echo "== $name/device.txt: $(cat "$work/$name/$name/device.txt")"
    for set in '' --default-character-set=utf8mb4; do
      sql trixie db -e "DROP DATABASE IF EXISTS $name"
      in_suite trixie mariadb-import --no-defaults --socket="$work/db.sock" --user=root ${set:+"$set"} --dir="$work/$name" >"$work/import.out" 2>&1 || echo "mariadb-import ${set:-without options}: exit code $?"
      grep -o 'Error: .*' "$work/import.out" || true
    done
    sql trixie db -t -e "TRUNCATE $name.device; LOAD DATA INFILE '$work/$name/$name/device.txt' INTO TABLE $name.device CHARACTER SET utf8mb4; SELECT value FROM $name.device"
  done
} >"$work/seen"

unchanged <<'END'
== uuids/device.txt: 11111111-2222-4333-8444-555555555555
mariadb-import without options: exit code 1
Error: 1292, Incorrect uuid value: '11111111-2222-4333-8444-555555555555' for column `uuids`.`device`.`value` at row 1, when using table: device
mariadb-import --default-character-set=utf8mb4: exit code 1
Error: 1292, Incorrect uuid value: '11111111-2222-4333-8444-555555555555' for column `uuids`.`device`.`value` at row 1, when using table: device
+--------------------------------------+
| value                                |
+--------------------------------------+
| 11111111-2222-4333-8444-555555555555 |
+--------------------------------------+
== inets/device.txt: 2001:db8::1
mariadb-import without options: exit code 1
Error: 1292, Incorrect inet6 value: '2001:db8::1' for column `inets`.`device`.`value` at row 1, when using table: device
mariadb-import --default-character-set=utf8mb4: exit code 1
Error: 1292, Incorrect inet6 value: '2001:db8::1' for column `inets`.`device`.`value` at row 1, when using table: device
+-------------+
| value       |
+-------------+
| 2001:db8::1 |
+-------------+
END
