#!/bin/bash
# pt-online-schema-change with system_versioning_alter_history=KEEP leaves a system-versioned table without its history.
#
# Expected: MariaDB refuses ALTER TABLE on a system-versioned table (error 4119) until the session sets
# system_versioning_alter_history=KEEP; ALTER TABLE then keeps the history, and adds the column to it.
# What happens: with the same setting in --set-vars the tool copies the current rows into its new table and drops the
# old one with every row of the history. It says "Successfully altered" with exit code 0; the prices of yesterday are
# gone, and FOR SYSTEM_TIME AS OF finds nothing before the moment of the change.
# Versions: percona-toolkit 3.2.1 and MariaDB 10.11.19 of Debian 12; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1 percona-toolkit=3.2.1-1
server bookworm db

change() {
  perl_tool bookworm pt-online-schema-change --no-version-check --charset utf8mb4 --execute --alter 'ADD note VARCHAR(20)' "$@"
}

for table in by_alter by_tool; do
  sql bookworm db -e "CREATE TABLE $table (id INT PRIMARY KEY, price DECIMAL(9,2)) WITH SYSTEM VERSIONING; INSERT INTO $table VALUES (1, 10.00); UPDATE $table SET price = 11.00; UPDATE $table SET price = 12.00"
done
sql bookworm db --force -e "ALTER TABLE by_alter ADD note VARCHAR(20)" 2>&1 | grep ^ERROR >"$work/seen"
sql bookworm db -e "SET system_versioning_alter_history = KEEP; ALTER TABLE by_alter ADD note VARCHAR(20)"
change --set-vars system_versioning_alter_history=KEEP "S=$work/db.sock,u=root,D=test,t=by_tool" >"$work/change.log" 2>&1
tail -n 1 "$work/change.log" >>"$work/seen"
sql bookworm db -t -e 'SELECT "ALTER TABLE" AS changed_by, price FROM by_alter FOR SYSTEM_TIME ALL UNION ALL SELECT "pt-online-schema-change", price FROM by_tool FOR SYSTEM_TIME ALL ORDER BY 1, 2' >>"$work/seen"

unchanged <<'END'
ERROR 4119 (HY000) at line 1: Not allowed for system-versioned `test`.`by_alter`. Change @@system_versioning_alter_history to proceed with ALTER.
Successfully altered `test`.`by_tool`.
+-------------------------+-------+
| changed_by              | price |
+-------------------------+-------+
| ALTER TABLE             | 10.00 |
| ALTER TABLE             | 11.00 |
| ALTER TABLE             | 12.00 |
| pt-online-schema-change | 12.00 |
+-------------------------+-------+
END
