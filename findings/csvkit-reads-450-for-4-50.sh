#!/bin/bash
# csvkit reads the price 4,50 as 450, and joins the SKU 00123 with 123.
#
# Expected: a German export (semicolons, a comma for decimals) is read as text, or as the numbers that it holds, or is an
# error; csvjoin joins rows whose keys are the same.
# What happens: csvkit guesses a type for each column of every command, by American rules. A comma in a number is taken
# for a separator of thousands, wherever it stands, and left out, so a total of 25,40 is 2540, and csvsql stores it. A
# column that holds 00123 and 123 is one of numbers, and csvjoin finds each product for each of them. A quantity that is 0
# or 1 becomes True or False, and the name "Null" is NULL. Exit code 0, no warning. -I switches the guesses off,
# --locale de_DE reads the comma.
# Versions: csvkit 2.0.1, python3-pymysql 1.1.1 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 python3-minimal=3.13.5-1 csvkit=2.0.1-3 python3-pymysql=1.1.1-2
server trixie db

kit() { # tool, arguments
  PYTHONHOME=$work/trixie/usr PYTHONPATH=$work/trixie/usr/lib/python3/dist-packages in_suite trixie 'python3.[0-9]*' "$work/trixie/usr/bin/$1" "${@:2}"
}
cd "$work"
printf 'item;price;quantity;customer\nTea;4,50;1;Ann\nCup;19,90;0;Null\nMug;1,00;1;Bob\n' >sales.csv
printf 'order,sku\n1,00123\n2,123\n' >lines.csv
printf 'sku,item\n00123,Tea\n123,Cup\n' >items.csv
{
  echo "the sum of 4,50 and 19,90 and 1,00: $(kit csvstat -d ';' -c price --sum sales.csv)"
  echo "with --locale de_DE: $(kit csvstat -d ';' -c price --sum --locale de_DE sales.csv)"
  kit csvsort -d ';' -c item sales.csv
  kit csvsql -d ';' --db "mysql+pymysql://root@localhost/test?unix_socket=$work/db.sock" --min-col-len 1 --col-len-multiplier 1 --insert sales.csv
  sql trixie db -t -e 'SELECT * FROM sales'
  kit csvjoin -c sku lines.csv items.csv
  echo 'with -I:'
  kit csvjoin -I -c sku lines.csv items.csv
} >"$work/seen"

unchanged <<'END'
the sum of 4,50 and 19,90 and 1,00: 2540
with --locale de_DE: 25.4
item,price,quantity,customer
Cup,1990,False,
Mug,100,True,Bob
Tea,450,True,Ann
+------+-------+----------+----------+
| item | price | quantity | customer |
+------+-------+----------+----------+
| Tea  |   450 |        1 | Ann      |
| Cup  |  1990 |        0 | NULL     |
| Mug  |   100 |        1 | Bob      |
+------+-------+----------+----------+
order,sku,item
1,123,Tea
1,123,Cup
2,123,Tea
2,123,Cup
with -I:
order,sku,item
1,00123,Tea
2,123,Cup
END
