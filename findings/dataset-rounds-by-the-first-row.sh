#!/bin/bash
# Python's dataset on MariaDB: if the first price is 4, the price 4.99 is stored as 5; and of 19.99 and 9.99 the latter is
# the greater one.
#
# Expected: dataset, "databases for lazy people", makes a column for what it is given, and gives back what was put in; or
# it refuses a value that does not fit.
# What happens: the type of a column comes from the first value, and stays. After an integer it is BIGINT, and MariaDB
# rounds 4.5 and 4.99 without an error, strict mode included. A float makes it a FLOAT of six digits: 123456.78 comes back
# as 123457. A Decimal, the type for money, makes it TEXT: the values come back as text, and are compared as text.
# Columns whose types are given (create_column with Numeric) keep all of them.
# Versions: dataset 1.6.2, SQLAlchemy 2.0.40, PyMySQL 1.1.1 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output
# at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 python3-minimal=3.13.5-1 python3-dataset=1.6.2-3 python3-sqlalchemy=2.0.40+ds1-1 \
  python3-pymysql=1.1.1-2
server trixie db

py trixie >"$work/seen" <<'PYTHON'
import os
from decimal import Decimal
import dataset
from sqlalchemy import Numeric

db = dataset.connect('mysql+pymysql://root@localhost/test?unix_socket=' + os.environ['WORK'] + '/db.sock')
product = db['product']
for sku, price in ('TEA', 4), ('CUP', 4.5), ('MUG', 4.99):
    product.insert(dict(sku=sku, price=price))
print('prices', [row['price'] for row in product.find(order_by='id')])

order = db['sale']
for total in 123456.78, 0.1:
    order.insert(dict(total=total))
print('totals', [row['total'] for row in order.find(order_by='id')])

refund = db['refund']
for amount in Decimal('19.99'), Decimal('9.99'):
    refund.insert(dict(amount=amount))
print('refunds', [row['amount'] for row in refund.find(order_by='id')])
print('the greatest', next(db.query('SELECT MAX(amount) AS amount FROM refund'))['amount'])

typed = db['typed']
typed.create_column('price', Numeric(10, 2))
for price in 4, 4.99, Decimal('123456.78'):
    typed.insert(dict(price=price))
print('as Numeric', [str(row['price']) for row in typed.find(order_by='id')])
PYTHON

unchanged <<'END'
prices [4, 4, 5]
totals [123457.0, 0.1]
refunds ['19.99', '9.99']
the greatest 9.99
as Numeric ['4.00', '4.99', '123456.78']
END
