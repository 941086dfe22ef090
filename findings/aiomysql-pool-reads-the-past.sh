#!/bin/bash
# aiomysql's pool hands on a connection whose transaction is still open: every later borrower reads the same old rows.
#
# Expected: release() closes a connection that is in a transaction, as its code says, so the next borrower of the pool
# starts without one.
# What happens: without autocommit, which is the default, a SELECT opens a transaction. aiomysql takes its status from
# the answers to other statements only, so get_transaction_status() is False, and release() keeps the connection. In
# REPEATABLE READ the next borrowers see the shop as it was at the first SELECT, while orders arrive.
# Versions: aiomysql 0.1.1, PyMySQL 1.1.1 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 python3-minimal=3.13.5-1 python3-aiomysql=0.1.1-2 python3-pymysql=1.1.1-2
server trixie db

py trixie >"$work/seen" <<'PYTHON'
import asyncio
import os
import aiomysql

settings = {'unix_socket': os.environ['WORK'] + '/db.sock', 'user': 'root', 'db': 'test'}


async def main():
    shop = await (await aiomysql.connect(autocommit=True, **settings)).cursor()
    await shop.execute('CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY)')
    for autocommit in (False, True):
        await shop.execute('TRUNCATE orders')
        pool = await aiomysql.create_pool(minsize=1, maxsize=1, autocommit=autocommit, **settings)
        print('autocommit', autocommit)
        for placed in range(3):
            async with pool.acquire() as connection, connection.cursor() as cursor:
                await cursor.execute('SELECT COUNT(*), @@in_transaction FROM orders')
                seen, is_open = await cursor.fetchone()
                told = connection.get_transaction_status()
                print(f'  {placed} orders placed, {seen} seen; in a transaction: {bool(is_open)}, told: {told}')
            await shop.execute('INSERT INTO orders VALUES ()')
        pool.close()
        await pool.wait_closed()


asyncio.run(main())
PYTHON

unchanged <<'END'
autocommit False
  0 orders placed, 0 seen; in a transaction: True, told: False
  1 orders placed, 0 seen; in a transaction: True, told: False
  2 orders placed, 0 seen; in a transaction: True, told: False
autocommit True
  0 orders placed, 0 seen; in a transaction: False, told: False
  1 orders placed, 1 seen; in a transaction: False, told: False
  2 orders placed, 2 seen; in a transaction: False, told: False
END
