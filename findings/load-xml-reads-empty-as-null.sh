#!/bin/bash
# LOAD XML reads an empty string of mariadb-dump --xml as NULL.
#
# Expected: mariadb-dump --xml tells NULL (xsi:nil="true") from an empty string (<field name="note"></field>), and LOAD
# XML, which reads this format, keeps them apart.
# What happens: both become NULL. Only in a column that is NOT NULL is there a warning (1263), and the text is '' again
# as the default of its type. Rows that WHERE note = '' found are not found afterwards, and a unique key that allowed one
# empty string allows any number.
# Versions: MariaDB 11.8.9 of Debian 13, server and mariadb-dump; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db <<'SQL'
CREATE TABLE person (id INT PRIMARY KEY, note VARCHAR(20), code VARCHAR(20) NOT NULL);
INSERT INTO person VALUES (1, NULL, 'a'), (2, '', ''), (3, ' ', 'c'), (4, 'a < b & "c"', 'd');
CREATE TABLE restored LIKE person;
SQL
in_suite trixie mariadb-dump --no-defaults --socket="$work/db.sock" --user=root --xml --no-create-info test person >"$work/person.xml"
grep 'field name="note"' "$work/person.xml" >"$work/seen"
sql trixie db -t --local-infile=1 >>"$work/seen" <<SQL
LOAD XML LOCAL INFILE '$work/person.xml' INTO TABLE restored ROWS IDENTIFIED BY '<row>';
SHOW WARNINGS;
SELECT id, QUOTE(was.note) AS note, QUOTE(now.note) AS note_restored, QUOTE(was.code) AS code, QUOTE(now.code) AS code_restored FROM person was JOIN restored now USING (id);
SQL

unchanged <<'END'
		<field name="note" xsi:nil="true" />
		<field name="note"></field>
		<field name="note"> </field>
		<field name="note">a &lt; b &amp; &quot;c&quot;</field>
+---------+------+-------------------------------------------------------------------------------+
| Level   | Code | Message                                                                       |
+---------+------+-------------------------------------------------------------------------------+
| Warning | 1263 | Column set to default value; NULL supplied to NOT NULL column 'code' at row 2 |
+---------+------+-------------------------------------------------------------------------------+
+----+---------------+---------------+------+---------------+
| id | note          | note_restored | code | code_restored |
+----+---------------+---------------+------+---------------+
|  1 | NULL          | NULL          | 'a'  | 'a'           |
|  2 | ''            | NULL          | ''   | ''            |
|  3 | ' '           | ' '           | 'c'  | 'c'           |
|  4 | 'a < b & "c"' | 'a < b & "c"' | 'd'  | 'd'           |
+----+---------------+---------------+------+---------------+
END
