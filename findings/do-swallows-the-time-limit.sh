#!/bin/bash
# max_statement_time in a BEGIN NOT ATOMIC block: one DO that is cut short lifts the limit from all that follows it in
# the block.
#
# Expected: a block is sent as one statement, and after max_statement_time it ends with error 1969, as SELECT SLEEP(3)
# INTO x in a block does.
# What happens: where the time runs out within DO, the DO ends early with a warning, the block goes on, and the limit
# does not strike a second time: the same SELECT SLEEP(3) INTO x, behind it, sleeps its three seconds, and the block
# succeeds. A wait for a lock by DO GET_LOCK(…) is such a statement, and the block goes on without the lock.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same); seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db -e 'CREATE TABLE step (id INT PRIMARY KEY AUTO_INCREMENT, block VARCHAR(30), step VARCHAR(30), finished VARCHAR(20))'
sql trixie db -e "DO GET_LOCK('held', 0); DO SLEEP(60)" >/dev/null 2>&1 &
until [ "$(sql trixie db -N -e "SELECT IS_FREE_LOCK('held')")" = 0 ]; do sleep 0.1; done
sql trixie db -t --force >"$work/seen" 2>"$work/refused" <<'SQL' || true
SET max_statement_time = 0.3;
DELIMITER //
BEGIN NOT ATOMIC
  DECLARE x INT;
  INSERT INTO step (block, step) VALUES ('SELECT', 'before');
  SELECT SLEEP(3) INTO x;
  INSERT INTO step (block, step) VALUES ('SELECT', 'behind SELECT SLEEP(3)');
END//
BEGIN NOT ATOMIC
  DECLARE x INT;
  DECLARE begun DATETIME(6) DEFAULT SYSDATE(6);
  DO GET_LOCK('held', 3);
  INSERT INTO step (block, step, finished) VALUES ('DO and SELECT', 'behind DO GET_LOCK', IF(TIMESTAMPDIFF(MICROSECOND, begun, SYSDATE(6)) < 3000000, 'before 3 s', 'late'));
  INSERT INTO step (block, step, finished) VALUES ('DO and SELECT', 'holds the lock', IS_USED_LOCK('held') = CONNECTION_ID());
  SELECT SLEEP(3) INTO x;
  INSERT INTO step (block, step, finished) VALUES ('DO and SELECT', 'behind SELECT SLEEP(3)', IF(TIMESTAMPDIFF(MICROSECOND, begun, SYSDATE(6)) > 3000000, 'after 3 s', 'early'));
END//
DELIMITER ;
SET max_statement_time = 0;
SELECT block, step, finished FROM step ORDER BY id;
SQL
grep ^ERROR "$work/refused" >>"$work/seen"
sql trixie db -N -e "SELECT CONCAT('KILL ', id) FROM information_schema.processlist WHERE info LIKE '%SLEEP(60)%' AND id <> CONNECTION_ID()" | sql trixie db

unchanged <<'END'
+---------------+------------------------+------------+
| block         | step                   | finished   |
+---------------+------------------------+------------+
| SELECT        | before                 | NULL       |
| DO and SELECT | behind DO GET_LOCK     | before 3 s |
| DO and SELECT | holds the lock         | 0          |
| DO and SELECT | behind SELECT SLEEP(3) | after 3 s  |
+---------------+------------------------+------------+
ERROR 1969 (70100) at line 3: Query execution was interrupted (max_statement_time exceeded)
END
