#!/bin/bash
# DBD::MariaDB with server-side prepare stores 705032704 for the id 5000000000 bound as SQL_INTEGER, and a SELECT by
# that id finds the row of somebody else.
#
# Expected: an integer that SQL_INTEGER does not hold is an error or is bound whole; without mariadb_server_prepare the
# same program stores 5000000000, and DBD::mysql does with and without. The server is strict.
# What happens: the driver binds 32 bits and drops the rest, without an error or a warning of Perl, DBI or the server.
# Turning mariadb_server_prepare on for speed changes which row a program reads. SQL_BIGINT, or no type, is exact.
# Versions: libdbd-mariadb-perl 1.22, libdbd-mysql-perl 4.053 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29,
# output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 libdbd-mariadb-perl=1.22-1+b4 libdbd-mysql-perl=4.053-1
server trixie db

sql trixie db -e "CREATE TABLE account (id BIGINT PRIMARY KEY, owner VARCHAR(9)); INSERT INTO account VALUES (705032704, 'Ada'), (5000000000, 'Grace')"
cat >"$work/ids.pl" <<'PERL'
use strict;
use warnings;
use DBI qw(:sql_types);
for my $driver ('MariaDB', 'mysql') {
  for my $prepare (0, 1) {
    my $word = lc $driver;
    my $dbh = DBI->connect("DBI:$driver:database=test;${word}_socket=$ENV{WORK}/db.sock;${word}_server_prepare=$prepare", 'root', '', { RaiseError => 1, PrintWarn => 1 });
    for my $type ('SQL_INTEGER', 'SQL_BIGINT') {
      my $bind = sub { my $sth = $dbh->prepare($_[0]); $sth->bind_param(1, '5000000000', $type eq 'SQL_INTEGER' ? SQL_INTEGER : SQL_BIGINT); $sth->execute; $sth };
      my ($owner) = $bind->('SELECT owner FROM account WHERE id = ?')->fetchrow_array;
      $dbh->do('CREATE OR REPLACE TABLE sale (account BIGINT)');
      $bind->('INSERT INTO sale VALUES (?)');
      my ($stored) = $dbh->selectrow_array('SELECT account FROM sale');
      printf "DBD::%-8s server_prepare=%d %-12s 5000000000 is the account of %-6s and is stored as %s\n", $driver, $prepare, $type, $owner, $stored;
    }
  }
}
PERL
WORK=$work perl_tool trixie "$work/ids.pl" >"$work/seen" 2>&1

unchanged <<'END'
DBD::MariaDB  server_prepare=0 SQL_INTEGER  5000000000 is the account of Grace  and is stored as 5000000000
DBD::MariaDB  server_prepare=0 SQL_BIGINT   5000000000 is the account of Grace  and is stored as 5000000000
DBD::MariaDB  server_prepare=1 SQL_INTEGER  5000000000 is the account of Ada    and is stored as 705032704
DBD::MariaDB  server_prepare=1 SQL_BIGINT   5000000000 is the account of Grace  and is stored as 5000000000
DBD::mysql    server_prepare=0 SQL_INTEGER  5000000000 is the account of Grace  and is stored as 5000000000
DBD::mysql    server_prepare=0 SQL_BIGINT   5000000000 is the account of Grace  and is stored as 5000000000
DBD::mysql    server_prepare=1 SQL_INTEGER  5000000000 is the account of Grace  and is stored as 5000000000
DBD::mysql    server_prepare=1 SQL_BIGINT   5000000000 is the account of Grace  and is stored as 5000000000
END
