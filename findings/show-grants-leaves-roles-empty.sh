#!/bin/bash
# pt-show-grants prints who has a role, but neither the role nor its privileges: a server set up from it refuses them.
#
# Expected: a server that is set up from the statements of the tool has the same rights, including those of its roles,
# as it is with the roles of MySQL 8.
# What happens: on MariaDB the statements for the users name the role, but CREATE ROLE and its own grants are missing,
# without a word; only the exit code is 1. On another server those statements fail, and the user has no rights at all.
# Versions: percona-toolkit 3.2.1 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 percona-toolkit=3.2.1-1
server trixie db
server trixie other
sql trixie db -e "CREATE ROLE seller; GRANT SELECT, INSERT ON test.* TO seller; CREATE USER ann@localhost IDENTIFIED BY 'a password'; GRANT seller TO ann@localhost; SET DEFAULT ROLE seller FOR ann@localhost"

code=0
perl_tool trixie pt-show-grants -S "$work/db.sock" -u root >"$work/grants" 2>&1 || code=$?
echo "exit code $code" >"$work/seen"
grep -v '^--' "$work/grants" | grep -E 'ann|ROLE|seller' >>"$work/seen"
grep '^[^-].*ann' "$work/grants" >"$work/of-ann"
sql trixie other --force <"$work/of-ann" 2>&1 | grep ^ERROR >>"$work/seen"
echo 'What the role may do, as the server knows it:' >>"$work/seen"
sql trixie db -N -e "SHOW GRANTS FOR seller" >>"$work/seen"

unchanged <<'END'
exit code 1
GRANT USAGE ON *.* TO `ann`@`localhost` IDENTIFIED BY PASSWORD '*09F2C54E9E3D1DB498C28A3A0CDFBA4FE42ACEA6';
GRANT `seller` TO `ann`@`localhost`;
SET DEFAULT ROLE `seller` FOR `ann`@`localhost`;
GRANT `seller` TO `root`@`localhost` WITH ADMIN OPTION;
ERROR 1959 (OP000) at line 2: Invalid role specification `seller`
ERROR 1959 (OP000) at line 3: Invalid role specification `seller`
What the role may do, as the server knows it:
GRANT USAGE ON *.* TO `seller`
GRANT SELECT, INSERT ON `test`.* TO `seller`
END
