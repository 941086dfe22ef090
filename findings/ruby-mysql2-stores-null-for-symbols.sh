#!/bin/bash
# Ruby's mysql2: a parameter that is a Symbol or a Rational is stored as NULL, so :paid is no status and 3/2 no price.
#
# Expected: a value that a prepared statement cannot send is an error; Mysql2::Client#escape raises TypeError for it. A
# Symbol is what Ruby programs use for a status, and a Rational is its exact number.
# What happens: the statement sends NULL for each class that it does not know, with no exception and no warning.
# Integer, Float, BigDecimal, String and times arrive. An UPDATE with :paid empties the status of the order, and a
# SELECT with it finds nothing.
# Versions: ruby-mysql2 0.5.5, Ruby 3.3.14 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 ruby3.3=3.3.14-0+deb13u1 ruby-mysql2=0.5.5-3+b4
server trixie db
sql trixie db -e "CREATE TABLE orders (id INT PRIMARY KEY, status VARCHAR(9), price DECIMAL(9,2))"

cat >"$work/run.rb" <<'RUBY'
require 'mysql2'
require 'bigdecimal'
shop = Mysql2::Client.new(socket: "#{ENV.fetch('WORK')}/db.sock", username: 'root', database: 'test')
shop.query("INSERT INTO orders VALUES (1, 'new', 4.99)")
change = shop.prepare('UPDATE orders SET status = ?, price = ? WHERE id = 1')
[['paid', BigDecimal('1.5')], ['paid', 1.5], [:paid, 2], ['paid', 3r / 2], ['paid', Complex(1.5)]].each do |status, price|
  change.execute(status, price)
  stored = shop.query('SELECT status, CAST(price AS CHAR) AS price FROM orders').first
  puts "#{status.inspect} #{price.class}: status #{stored['status'].inspect}, price #{stored['price'].inspect}"
end
shop.query("UPDATE orders SET status = 'paid'")
find = shop.prepare('SELECT id FROM orders WHERE status = ?')
puts "WHERE status = 'paid': #{find.execute('paid').count} row, :paid: #{find.execute(:paid).count}"
begin
  shop.escape(:paid)
rescue TypeError => e
  puts "escape(:paid): #{e.class}"
end
RUBY
root=$work/trixie/usr/lib
folders=$(find "$root/ruby/vendor_ruby" "$root/ruby/3.3.0" "$root"/*/ruby/3.3.0 "$root"/*/ruby/vendor_ruby/3.3.0 -maxdepth 0 | tr '\n' ':')
RUBYLIB=$folders WORK=$work in_suite trixie ruby3.3 --disable=gems "$work/run.rb" >"$work/seen"

unchanged <<'END'
"paid" BigDecimal: status "paid", price "1.50"
"paid" Float: status "paid", price "1.50"
:paid Integer: status nil, price "2.00"
"paid" Rational: status "paid", price nil
"paid" Complex: status "paid", price nil
WHERE status = 'paid': 1 row, :paid: 0
escape(:paid): TypeError
END
