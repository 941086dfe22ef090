#!/bin/bash
# Through MariaDB's ODBC driver a TIME of -01:30:00 is read as 01:30:00, and microseconds of a parameter are lost.
#
# Expected: a value that SQL_TIME cannot hold, such as a negative one or a fraction of a second, is an error or at least
# a warning, as 26:15:00 is; a datetime with microseconds reaches a DATETIME(6) column as it is.
# What happens: the sign and the fraction of a TIME are gone without a word, so half an hour overdrawn on an account of
# working hours becomes half an hour of credit. The microseconds of DATETIME(6) can be read, but not written.
# Versions: odbc-mariadb 3.1.15, pyodbc 5.2.0 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 python3-minimal=3.13.5-1 python3-pyodbc=5.2.0-1+b2 odbc-mariadb=3.1.15-5
server trixie db
sql trixie db -e "CREATE TABLE hours (balance TIME(3)); INSERT INTO hours VALUES ('-00:30:00'), ('00:00:59.900'); CREATE TABLE events (at DATETIME(6)); INSERT INTO events VALUES ('2026-11-29 10:00:00.123456')"

py trixie >"$work/seen" <<'PYTHON'
import datetime
import glob
import os
import pyodbc

work = os.environ['WORK']
[driver] = glob.glob(work + '/trixie/usr/lib/*/odbc/libmaodbc.so')
connection = pyodbc.connect(f'DRIVER={driver};SOCKET={work}/db.sock;UID=root;DATABASE=test', autocommit=True)
cursor = connection.cursor()
for balance, as_text in cursor.execute('SELECT balance, CAST(balance AS CHAR) FROM hours').fetchall():
    print('TIME', as_text, 'is read as', balance)
[[at]] = cursor.execute('SELECT at FROM events').fetchall()
print('DATETIME(6) is read as', at)
cursor.execute('INSERT INTO events VALUES (?)', datetime.datetime(2026, 11, 29, 10, 0, 0, 123456))
[[stored]] = cursor.execute('SELECT CAST(MIN(at) AS CHAR) FROM events').fetchall()
print('the same as a parameter is stored as', stored)
PYTHON

unchanged <<'END'
TIME -00:30:00.000 is read as 00:30:00
TIME 00:00:59.900 is read as 00:00:59
DATETIME(6) is read as 2026-11-29 10:00:00.123456
the same as a parameter is stored as 2026-11-29 10:00:00.000000
END
