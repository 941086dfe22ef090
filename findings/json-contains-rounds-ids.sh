#!/bin/bash
# JSON_CONTAINS and JSON_OVERLAPS find an id that the document does not have.
#
# Expected: the list holds 9007199254740993, so JSON_CONTAINS(list, '9007199254740992') is 0. JSON_EQUALS,
# JSON_ARRAY_INTERSECT and a comparison with JSON_VALUE tell these two integers apart.
# What happens: JSON_CONTAINS and JSON_OVERLAPS compare numbers as doubles, and beyond 2^53 neighbours are one double.
# An account is found in the list of another. Ids stored as JSON strings are compared exactly.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same, without JSON_ARRAY_INTERSECT); seen on
# 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db >"$work/seen" <<'SQL'
CREATE TABLE team (name VARCHAR(10) PRIMARY KEY, members JSON);
INSERT INTO team VALUES ('numbers', '[9007199254740993]'), ('strings', '["9007199254740993"]');
SELECT JSON_CONTAINS(members, '9007199254740992') AS contains, JSON_OVERLAPS(members, '[9007199254740992]') AS overlaps,
  JSON_EQUALS(members, '[9007199254740992]') AS equals, JSON_ARRAY_INTERSECT(members, '[9007199254740992]') AS intersection, JSON_VALUE(members, '$[0]') = 9007199254740992 AS value
  FROM team WHERE name = 'numbers'\G
SELECT JSON_CONTAINS(members, '"9007199254740992"') AS contains, JSON_OVERLAPS(members, '["9007199254740992"]') AS overlaps FROM team WHERE name = 'strings'\G
SQL

unchanged <<'END'
*************************** 1. row ***************************
    contains: 1
    overlaps: 1
      equals: 0
intersection: NULL
       value: 0
*************************** 1. row ***************************
contains: 0
overlaps: 0
END
