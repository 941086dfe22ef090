#!/bin/bash
# HAProxy's mysql-check takes a server that is busy for one that is dead: at max_connections all its sessions are cut
# off.
#
# Expected: a check tells whether the server is alive. With all connections in use it is, and works; another client gets
# error 1040 and tries again.
# What happens: the check logs in as any client does, gets error 1040 as well, and the server is DOWN. With
# on-marked-down shutdown-sessions, which clusters use so that nobody stays on a dead node, every session is closed, in
# the middle of its transaction; the clients then come to the next node all at once. HAProxy's manual says nothing of
# it. The server has a port for such a case, extra_port with extra_max_connections, and "check port" uses it.
# Versions: HAProxy 3.0.11, mariadb 3.5.4 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 haproxy=3.0.11-1+deb13u5
node_packages mariadb@3.5.4
server trixie db --max-connections=10
sql trixie db -e "CREATE TABLE orders (id INT PRIMARY KEY); CREATE USER haproxy@localhost, shop@localhost; GRANT ALL ON test.* TO shop@localhost"

cat >"$work/haproxy.cfg" <<CFG
global
  stats socket $work/stats.sock
defaults
  mode tcp
  timeout connect 2s
  timeout client 60s
  timeout server 60s
listen shop
  bind unix@$work/front.sock
  option mysql-check user haproxy
  server db unix@$work/db.sock check inter 200ms fall 2 rise 2 on-marked-down shutdown-sessions
CFG
find_program trixie haproxy
"${program[@]}" -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
servers="$servers $!"
disown

js >"$work/seen" <<'JS'
import * as mariadb from 'mariadb'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
const { WORK } = process.env
const connect = (socket, user = 'shop') => mariadb.createConnection({ socketPath: `${WORK}/${socket}.sock`, user, database: 'test' })
const state = () => new Promise((resolve) => {
  let text = ''
  net.connect(`${WORK}/stats.sock`, function () { this.end('show stat\n') }).on('data', (data) => (text += data)).on('end', () => {
    const [names, ...lines] = text.split('\n').map((line) => line.replace('# ', '').split(','))
    const of = Object.fromEntries(lines.find(([, name]) => name === 'db').map((value, n) => [names[n], value]))
    resolve(`${of.status}${of.last_chk.includes('Too many') ? ' (Too many connections)' : ''}`)
  })
})
for (let tries = 0; tries < 50 && !(await connect('front').then((c) => c.end().then(() => true), () => false)); tries += 1) await sleep(100)
const watch = await connect('db', 'root')
console.log('before:', await state())
const customers = []
while (customers.length < 9) customers.push(await connect('front'))
const ended = new Set()
for (const [id, customer] of customers.entries()) {
  customer.on('error', () => ended.add(id))
  await customer.query('START TRANSACTION')
  await customer.query('INSERT INTO orders VALUES (?)', [id])
}
console.log('customers that have placed an order and pay:', customers.length)
const last = await connect('front').then((c) => c, (error) => error.errno)
console.log('one more customer gets', typeof last === 'number' ? `error ${last}` : 'a connection')
let seen = new Set()
for (let n = 0; n < 30; n += 1) {
  seen.add(await state())
  await sleep(100)
}
console.log('HAProxy:', [...seen].filter((text) => text.startsWith('DOWN')).sort().at(-1) ?? 'UP all the time')
await Promise.all(customers.map((customer) => customer.query('COMMIT').catch(() => undefined)))
console.log('sessions closed:', ended.size)
const [{ n }] = await watch.query('SELECT COUNT(*) AS n FROM orders')
console.log(`orders: ${Number(n)}`)
process.exit()
JS

unchanged <<'END'
before: UP
customers that have placed an order and pay: 9
one more customer gets error 1040
HAProxy: DOWN (Too many connections)
sessions closed: 9
orders: 0
END
