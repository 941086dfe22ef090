#!/bin/bash
# currency.js rounds the refund of a sale to another amount than the sale; MariaDB does not.
#
# Expected: ten percent of -33.35 is minus ten percent of 33.35. MariaDB's ROUND, as decimal arithmetic in general,
# rounds half away from zero in both directions, and a sale and its refund add up to nothing.
# What happens: the library rounds with Math.round, which rounds half up: 3.335 becomes 3.34, and -3.335 becomes -3.33.
# Half a cent is a frequent result of a percentage: of the amounts up to 199.99, a tenth keeps a cent after its refund.
# Versions: currency.js 2.0.4, MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages currency.js@2.0.4
server trixie db

{
  js <<'JS'
import currency from 'currency.js'
for (const amount of ['33.35', '-33.35', '0.05', '-0.05'])
  console.log('currency.js:', amount, '* 0.1 =', currency(amount).multiply(0.1).toString())
let kept = 0
for (let cents = 1; cents < 20000; cents++) {
  const sale = currency(cents, { fromCents: true })
  const refund = currency(-cents, { fromCents: true })
  if (sale.multiply(0.1).add(refund.multiply(0.1)).value !== 0) kept++
}
console.log('currency.js: amounts that keep a cent', kept)
JS
  sql trixie db -N <<'SQL'
SELECT 'MariaDB:', ROUND(33.35 * 0.1, 2), ROUND(-33.35 * 0.1, 2), ROUND(0.05 * 0.1, 2), ROUND(-0.05 * 0.1, 2);
SELECT 'MariaDB: amounts that keep a cent', SUM(ROUND(seq / 100 * 0.1, 2) + ROUND(-seq / 100 * 0.1, 2) <> 0) FROM seq_1_to_19999;
SQL
} >"$work/seen"

unchanged <<'END'
currency.js: 33.35 * 0.1 = 3.34
currency.js: -33.35 * 0.1 = -3.33
currency.js: 0.05 * 0.1 = 0.01
currency.js: -0.05 * 0.1 = 0.00
currency.js: amounts that keep a cent 2000
MariaDB:	3.34	-3.34	0.01	-0.01
MariaDB: amounts that keep a cent	0
END
