#!/bin/bash
# mydumper and myloader lose every INVISIBLE column of a table: exit code 0, no warning, NULL after the restore.
#
# Expected: a backup tool reads all columns of a table; mariadb-dump names the columns as soon as one of them is
# invisible.
# What happens: mydumper dumps what SELECT * gives, without the INVISIBLE columns, and writes INSERTs without a list of
# columns, which do not want them. So the restore succeeds, and the columns hold NULL (or their default). Where the
# table also has a generated column, mydumper names all columns and loses nothing.
# Versions: mydumper 0.10.1-1+deb12u2 and MariaDB 10.11.19 of Debian 12; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1 mydumper=0.10.1-1+deb12u2
server bookworm db

sql bookworm db <<'SQL'
CREATE TABLE person (id INT PRIMARY KEY, name VARCHAR(50), note VARCHAR(50) INVISIBLE);
CREATE TABLE person_with_generated (id INT PRIMARY KEY, name VARCHAR(50), note VARCHAR(50) INVISIBLE, doubled INT AS (id * 2));
INSERT INTO person (id, name, note) VALUES (1, 'Ann', 'pays by invoice');
INSERT INTO person_with_generated (id, name, note) VALUES (1, 'Ann', 'pays by invoice');
SQL
{
  in_suite bookworm mydumper --socket "$work/db.sock" --user root --database test --outputdir "$work/dump" && echo 'mydumper: exit code 0'
  in_suite bookworm myloader --socket "$work/db.sock" --user root --directory "$work/dump" --source-db test --database restored && echo 'myloader: exit code 0'
  grep -h -A 1 --no-group-separator INSERT "$work/dump/test.person.sql" "$work/dump/test.person_with_generated.sql"
  sql bookworm db -t <<'SQL'
SELECT id, name, note FROM test.person;
SELECT id, name, note FROM restored.person;
SELECT id, name, note FROM restored.person_with_generated;
SQL
} >"$work/seen" 2>&1

unchanged <<'END'
mydumper: exit code 0
myloader: exit code 0
INSERT INTO `person` VALUES
(1,"Ann");
INSERT INTO `person_with_generated` (`id`,`name`,`note`) VALUES
(1,"Ann","pays by invoice");
+----+------+-----------------+
| id | name | note            |
+----+------+-----------------+
|  1 | Ann  | pays by invoice |
+----+------+-----------------+
+----+------+------+
| id | name | note |
+----+------+------+
|  1 | Ann  | NULL |
+----+------+------+
+----+------+-----------------+
| id | name | note            |
+----+------+-----------------+
|  1 | Ann  | pays by invoice |
+----+------+-----------------+
END
