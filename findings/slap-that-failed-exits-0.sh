#!/bin/bash
# mariadb-slap whose statement fails, under load or at its first try, measures nothing and ends with exit code 0.
#
# Expected: a load test that could not be run fails, and a job that looks at the exit code is red. mariadb ends with 1
# after the same error, and mariadb-slap itself does when there is no server.
# What happens: at the first error of any client the program ends with exit code 0, in the middle of the run, without
# the line of figures: for a table that does not exist, a duplicate key, or the deadlocks that a load test is made to
# show. Its manual page says nothing of exit codes.
# Versions: mariadb-client 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1
server trixie db

slap() { # description, socket, statement
  local code=0
  sql trixie db -e 'CREATE OR REPLACE TABLE event (id INT AUTO_INCREMENT PRIMARY KEY, of INT, UNIQUE (of))'
  in_suite trixie mariadb-slap --no-defaults --socket="$work/$2.sock" --user=root --create-schema=test --no-drop --csv="$work/figures" \
    --query="$3" --concurrency=1 --number-of-queries=100 2>"$work/error" || code=$?
  echo "$1: exit code $code, $(sed '/^$/d' "$work/figures" | wc -l) lines of figures, $(sql trixie db -N -e 'SELECT COUNT(*) FROM event') rows"
  sed -n 's/.*ERROR : /  /p' "$work/error" | sort -u
  rm "$work/figures"
}
{
  slap 'as it should be' db 'INSERT INTO event VALUES ()'
  slap 'an unknown table' db 'INSERT INTO evnt VALUES ()'
  slap 'the 50th is refused' db 'INSERT INTO event (of) SELECT IF(COUNT(*) < 49, NULL, 0) FROM event UNION ALL SELECT IF(COUNT(*) < 49, NULL, 0) FROM event'
  slap 'no server' nobody 'INSERT INTO event VALUES ()'
  code=0
  sql trixie db -e 'INSERT INTO evnt VALUES ()' 2>/dev/null || code=$?
  echo "the unknown table by mariadb: exit code $code"
} >"$work/seen"

unchanged <<'END'
as it should be: exit code 0, 1 lines of figures, 100 rows
an unknown table: exit code 0, 0 lines of figures, 0 rows
  Table 'test.evnt' doesn't exist
the 50th is refused: exit code 0, 0 lines of figures, 50 rows
  Duplicate entry '0' for key 'of'
no server: exit code 1, 0 lines of figures, 0 rows
the unknown table by mariadb: exit code 1
END
