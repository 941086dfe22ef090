#!/bin/bash
# mycli --csv writes a TIME of 26:15:00 as "1 day, 2:15:00", which MariaDB reads back as one second.
#
# Expected: mycli --csv is for files that other programs read: a TIME has the form of SQL in it, and a number no
# padding.
# What happens: TIME values beyond a day and negative ones are written as Python prints them; half an hour too little is
# "-1 day, 23:30:00". LOAD DATA refuses them in strict mode, and with IGNORE, which LOAD DATA LOCAL implies, takes the
# days for seconds. DOUBLE is padded with spaces, so that the decimal points would stand below each other. An empty text
# and NULL are the same.
# Versions: mycli 1.31.2 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mycli=1.31.2-1
server trixie db

sql trixie db <<'SQL'
CREATE TABLE hours (name VARCHAR(9), balance TIME, rate DOUBLE, note VARCHAR(9));
INSERT INTO hours VALUES ('Ada', '26:15:00', 100.5, ''), ('Grace', '-00:30:00', 20.25, NULL), ('Joan', '08:00:00', 9, 'new');
SQL
cat >"$work/mycli.py" <<'PYTHON'
import os
import sys

sys.argv = ['mycli', '--myclirc', os.environ['WORK'] + '/none', '--socket', os.environ['WORK'] + '/db.sock', '-u', 'root', '--password=', '-D', 'test', '--csv', '-e', 'SELECT * FROM hours']
from mycli.main import cli

cli()
PYTHON
HOME=$work py trixie <"$work/mycli.py" 2>/dev/null | grep '^"' >"$work/hours.csv"
cat "$work/hours.csv" >"$work/seen"
load() { echo "LOAD DATA $1 INFILE '$work/hours.csv' $2 INTO TABLE back FIELDS TERMINATED BY ',' ENCLOSED BY '\"' IGNORE 1 LINES"; }
sql trixie db -e 'CREATE TABLE back LIKE hours'
sql trixie db -e "$(load '' '')" 2>&1 | grep ^ERROR >>"$work/seen" || true
sql trixie db -t -e "$(load '' IGNORE); SELECT * FROM back" >>"$work/seen"

unchanged <<'END'
"name","balance","rate","note"
"Ada","1 day, 2:15:00","100.5",""
"Grace","-1 day, 23:30:00"," 20.25",""
"Joan","8:00:00","  9.0","new"
ERROR 1292 (22007) at line 1: Incorrect time value: '1 day, 2:15:00' for column `test`.`back`.`balance` at row 1
+-------+-----------+-------+------+
| name  | balance   | rate  | note |
+-------+-----------+-------+------+
| Ada   | 00:00:01  | 100.5 |      |
| Grace | -00:00:01 | 20.25 |      |
| Joan  | 08:00:00  |     9 | new  |
+-------+-----------+-------+------+
END
