#!/bin/bash
# A connection of peewee has no strict mode: MariaDB then cuts a SKU, and stores 9999.99 for a price of 123456.78.
#
# Expected: MariaDB has been strict by default since 10.2, so a value that does not fit its column is an error, through
# every client, and a model with DecimalField(max_digits=6) can rely on it.
# What happens: peewee sends sql_mode=PIPES_AS_CONCAT for each connection, which replaces the mode of the server rather
# than adding to it. The row is stored with other values, without an exception. PyMySQL, on which peewee runs here, gets
# error 1406 for the same row.
# Versions: peewee 3.17.7, PyMySQL 1.1.1 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 python3-minimal=3.13.5-1 python3-peewee=3.17.7+dfsg-1+b2 python3-pymysql=1.1.1-2
server trixie db

py trixie >"$work/seen" <<'PYTHON'
import os
import peewee
import pymysql

socket = os.environ['WORK'] + '/db.sock'
database = peewee.MySQLDatabase('test', unix_socket=socket, user='root')


class Product(peewee.Model):
    sku = peewee.CharField(max_length=8)
    stock = peewee.SmallIntegerField()
    price = peewee.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        database = database


database.create_tables([Product])
Product.create(sku='TABLE-OAK-4', stock=70000, price='123456.78')
print('peewee stored', *Product.select(Product.sku, Product.stock, Product.price).tuples())
print('its sql_mode', database.execute_sql('SELECT @@sql_mode').fetchone()[0])

cursor = pymysql.connect(unix_socket=socket, user='root', database='test').cursor()
cursor.execute('SELECT @@sql_mode')
print('the sql_mode of PyMySQL', cursor.fetchone()[0])
try:
    cursor.execute("INSERT INTO product (sku, stock, price) VALUES ('TABLE-OAK-4', 70000, '123456.78')")
except pymysql.err.DataError as error:
    print('PyMySQL', error)
PYTHON

unchanged <<'END'
peewee stored ('TABLE-OA', 32767, Decimal('9999.99'))
its sql_mode PIPES_AS_CONCAT
the sql_mode of PyMySQL STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION
PyMySQL (1406, "Data too long for column 'sku' at row 1")
END
