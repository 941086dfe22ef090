#!/bin/bash
# mariadb-dump --dir writes a sequence to standard output and not into its folder; the tables that use it cannot be
# imported.
#
# Expected: mariadb-dump --dir=FOLDER puts everything that it dumps into FOLDER; where nothing is printed and the exit
# code is 0, the folder is the backup.
# What happens: tables go into the folder as NAME.sql and NAME.txt, and CREATE SEQUENCE with its value goes to standard
# output, with exit code 0. mariadb-import --dir then ends with exit code 1 at the first table with DEFAULT NEXTVAL(…),
# since the sequence does not exist. What was printed has to be kept and run first.
# Versions: MariaDB 11.8.9 of Debian 13, server and both programs; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db <<'SQL'
CREATE DATABASE shop; USE shop;
CREATE SEQUENCE ticket;
CREATE TABLE queue (id INT DEFAULT NEXTVAL(ticket), name VARCHAR(20)); INSERT INTO queue (name) VALUES ('Ann');
SQL
mkdir -m 777 "$work/folder"
{
  in_suite trixie mariadb-dump --no-defaults --socket="$work/db.sock" --user=root --dir="$work/folder" --databases shop >"$work/printed"
  echo "mariadb-dump: exit code $?"
  (cd "$work/folder" && find . -type f | sort)
  echo '-- on standard output:'
  grep SEQUENCE "$work/printed"
  sql trixie db -e 'DROP DATABASE shop'
  in_suite trixie mariadb-import --no-defaults --socket="$work/db.sock" --user=root --dir="$work/folder" >"$work/import.out" 2>&1 || echo "mariadb-import: exit code $?"
  grep -o "Error: [^,]*, [^,]*" "$work/import.out"
} >"$work/seen"

unchanged <<'END'
mariadb-dump: exit code 0
./shop/queue.sql
./shop/queue.txt
-- on standard output:
DROP SEQUENCE IF EXISTS `ticket`;
CREATE SEQUENCE `ticket` start with 1 minvalue 1 maxvalue 9223372036854775806 increment by 1 cache 1000 nocycle ENGINE=InnoDB;
mariadb-import: exit code 1
Error: 1146, Table 'shop.ticket' doesn't exist
END
