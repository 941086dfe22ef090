#!/bin/bash
# SFORMAT('{:.2f}', price) writes 1.00 for a DECIMAL of 1.005, where ROUND and FORMAT give 1.01, and -1 for the largest
# id.
#
# Expected: a DECIMAL is exact in every function of the server, so the text of a price is the price, and SFORMAT rounds
# as ROUND and FORMAT do. CONCAT writes 4.50, and an unsigned BIGINT as it is.
# What happens: SFORMAT gives its arguments to the library fmt as double or as a signed number. Half cents are rounded
# by their binary value, {} drops the zero of 4.50 and writes large amounts with an exponent or a digit less, and ids of
# the upper half of BIGINT UNSIGNED become negative. There is no warning.
# Versions: MariaDB 11.8.9 of Debian 13 and 10.11.19 of Debian 12; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1
debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1

for suite in bookworm trixie; do
  server "$suite" "$suite-db"
  sql "$suite" "$suite-db" -t <<'SQL' | sed "s/^/$suite /"
CREATE TABLE invoice (id BIGINT UNSIGNED, amount DECIMAL(22,3));
INSERT INTO invoice VALUES (1, 1.005), (2, 2.675), (3, 8.345), (4, 4.500), (9223372036854775808, 1234567890123456.780), (18446744073709551615, 1000000000000000000.500);
SELECT SFORMAT('{}', id) AS id_of_SFORMAT, id, SFORMAT('{}', amount) AS text_of_SFORMAT, CONCAT(amount) AS text_of_CONCAT, SFORMAT('{:.2f}', amount) AS SFORMAT, ROUND(amount, 2) AS ROUND FROM invoice;
SQL
done >"$work/seen"

unchanged <<'END'
bookworm +----------------------+----------------------+--------------------+-------------------------+------------------------+------------------------+
bookworm | id_of_SFORMAT        | id                   | text_of_SFORMAT    | text_of_CONCAT          | SFORMAT                | ROUND                  |
bookworm +----------------------+----------------------+--------------------+-------------------------+------------------------+------------------------+
bookworm | 1                    |                    1 | 1.005              | 1.005                   | 1.00                   |                   1.01 |
bookworm | 2                    |                    2 | 2.675              | 2.675                   | 2.67                   |                   2.68 |
bookworm | 3                    |                    3 | 8.345              | 8.345                   | 8.35                   |                   8.35 |
bookworm | 4                    |                    4 | 4.5                | 4.500                   | 4.50                   |                   4.50 |
bookworm | -9223372036854775808 |  9223372036854775808 | 1234567890123456.8 | 1234567890123456.780    | 1234567890123456.75    |    1234567890123456.78 |
bookworm | -1                   | 18446744073709551615 | 1e+18              | 1000000000000000000.500 | 1000000000000000000.00 | 1000000000000000000.50 |
bookworm +----------------------+----------------------+--------------------+-------------------------+------------------------+------------------------+
trixie +----------------------+----------------------+--------------------+-------------------------+------------------------+------------------------+
trixie | id_of_SFORMAT        | id                   | text_of_SFORMAT    | text_of_CONCAT          | SFORMAT                | ROUND                  |
trixie +----------------------+----------------------+--------------------+-------------------------+------------------------+------------------------+
trixie | 1                    |                    1 | 1.005              | 1.005                   | 1.00                   |                   1.01 |
trixie | 2                    |                    2 | 2.675              | 2.675                   | 2.67                   |                   2.68 |
trixie | 3                    |                    3 | 8.345              | 8.345                   | 8.35                   |                   8.35 |
trixie | 4                    |                    4 | 4.5                | 4.500                   | 4.50                   |                   4.50 |
trixie | -9223372036854775808 |  9223372036854775808 | 1234567890123456.8 | 1234567890123456.780    | 1234567890123456.75    |    1234567890123456.78 |
trixie | -1                   | 18446744073709551615 | 1e+18              | 1000000000000000000.500 | 1000000000000000000.00 | 1000000000000000000.50 |
trixie +----------------------+----------------------+--------------------+-------------------------+------------------------+------------------------+
END
