#!/bin/bash
# The statement that makes a stranded Galera node the primary one again is refused by MariaDB 11.8 as Debian starts it.
#
# Expected: on a node without a majority, SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES' forms a new primary
# component, as the documentation of Galera and every runbook say; the other run-time options (evs.suspect_timeout,
# pc.weight) are set in the same way.
# What happens: the plugin wsrep_provider is active unless it is switched off, and while it is, every SET of
# wsrep_provider_options is error 1210. The options are system variables of their own then: SET GLOBAL
# wsrep_provider_pc_bootstrap = ON is the statement that works, times are seconds such as 2 and no longer 'PT2S', and
# gmcast.isolate has no variable at all, so that a node can no longer be isolated at run time. MariaDB 10.11 has
# no such plugin: no statement works on both.
# Versions: MariaDB 11.8.9 and 10.11.19, galera-4 26.4.23 of Debian 13 and 12; one node each, which does not find the
# others; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1 galera-4=26.4.23-0+deb12u1
debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 galera-4=26.4.23-0+deb13u1

port=$((20000 + RANDOM % 10000))
node() { # suite
  server "$1" "$1-node" --binlog-format=ROW --innodb-autoinc-lock-mode=2 --wsrep-on=ON --wsrep-provider="$work/$1/usr/lib/galera/libgalera_smm.so" \
    --wsrep-cluster-name=finding --wsrep-cluster-address=gcomm:// --wsrep-node-name="$1" --wsrep-node-address="127.0.0.1:$port" \
    --wsrep-provider-options="base_port=$port;gmcast.listen_addr=tcp://127.0.0.1:$port;gcache.size=32M;pc.wait_prim=no"
  # It looks for others, and finds none.
  sql "$1" "$1-node" -e "SET GLOBAL wsrep_cluster_address = 'gcomm://127.0.0.1:$((port + 5))'"
  port=$((port + 10))
}
status() { sql "$1" "$1-node" -N -e "SHOW STATUS LIKE 'wsrep_cluster_status'" | cut -f 2; }
try() { # suite, assignment
  answer=$(sql "$1" "$1-node" -e "SET GLOBAL $2" 2>&1 | grep ^ERROR | sed 's/ at line 1//') || true
  echo "$1: $2: ${answer:-done}"
}
{
  for suite in bookworm trixie; do
    node $suite
    echo "$suite: $(status $suite)"
    try $suite "wsrep_provider_options = 'evs.suspect_timeout=PT2S'"
    try $suite "wsrep_provider_options = 'gmcast.isolate=0'"
    try $suite "wsrep_provider_options = 'pc.bootstrap=YES'"
    echo "$suite: $(status $suite)"
    try $suite "wsrep_provider_evs_suspect_timeout = 'PT2S'"
    try $suite 'wsrep_provider_evs_suspect_timeout = 2'
    try $suite 'wsrep_provider_gmcast_isolate = 0'
    try $suite 'wsrep_provider_pc_bootstrap = ON'
    echo "$suite: $(status $suite)"
  done
} >"$work/seen"

unchanged <<'END'
bookworm: non-Primary
bookworm: wsrep_provider_options = 'evs.suspect_timeout=PT2S': done
bookworm: wsrep_provider_options = 'gmcast.isolate=0': done
bookworm: wsrep_provider_options = 'pc.bootstrap=YES': done
bookworm: Primary
bookworm: wsrep_provider_evs_suspect_timeout = 'PT2S': ERROR 1193 (HY000): Unknown system variable 'wsrep_provider_evs_suspect_timeout'
bookworm: wsrep_provider_evs_suspect_timeout = 2: ERROR 1193 (HY000): Unknown system variable 'wsrep_provider_evs_suspect_timeout'
bookworm: wsrep_provider_gmcast_isolate = 0: ERROR 1193 (HY000): Unknown system variable 'wsrep_provider_gmcast_isolate'
bookworm: wsrep_provider_pc_bootstrap = ON: ERROR 1193 (HY000): Unknown system variable 'wsrep_provider_pc_bootstrap'
bookworm: Primary
trixie: non-Primary
trixie: wsrep_provider_options = 'evs.suspect_timeout=PT2S': ERROR 1210 (HY000): wsrep_provider_options cannot be changed while the wsrep-provider plugin is loaded
trixie: wsrep_provider_options = 'gmcast.isolate=0': ERROR 1210 (HY000): wsrep_provider_options cannot be changed while the wsrep-provider plugin is loaded
trixie: wsrep_provider_options = 'pc.bootstrap=YES': ERROR 1210 (HY000): wsrep_provider_options cannot be changed while the wsrep-provider plugin is loaded
trixie: non-Primary
trixie: wsrep_provider_evs_suspect_timeout = 'PT2S': ERROR 1232 (42000): Incorrect argument type to variable 'wsrep_provider_evs_suspect_timeout'
trixie: wsrep_provider_evs_suspect_timeout = 2: done
trixie: wsrep_provider_gmcast_isolate = 0: ERROR 1193 (HY000): Unknown system variable 'wsrep_provider_gmcast_isolate'
trixie: wsrep_provider_pc_bootstrap = ON: done
trixie: Primary
END
