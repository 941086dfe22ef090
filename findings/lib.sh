#!/bin/bash
# What the findings share, sourced by each. Everything lies in one temporary folder, $work, and goes with it.
#
#   debian SUITE PACKAGE=VERSION …   unpacks Debian packages and all that they depend on, C library included, into $work/SUITE; installs nothing
#   node_packages NAME@VERSION …     installs npm packages into $work/npm; `js` then runs its standard input there, an ES module, with WORK set
#   server SUITE NAME [OPTION …]     starts that suite's mariadbd on the socket $work/NAME.sock, without network; root needs no password
#   cluster SUITE                    starts two Galera nodes of that suite, the servers one and two, on loopback, and waits until both are ready
#   in_suite SUITE PROGRAM [ARG …]   runs a program of these packages
#   sql SUITE NAME [OPTION …]        the client mariadb on that server
#   py SUITE                         runs its standard input, a Python program, by that suite's Python and its modules, with WORK set
#   perl_tool SUITE TOOL [ARG …]     runs a Perl program of these packages, or a FILE, by that suite's Perl and its modules
#   status SUITE NAME VARIABLE       one status variable of that server
#   unchanged                        compares the file $work/seen with its standard input, and ends the finding: 0 as recorded, 1 different
#
# A package that cannot be had is exit 77. FINDINGS_CACHE=FOLDER keeps what was downloaded for the next finding.

work=$(mktemp -d "${TMPDIR:-/tmp}/finding.XXXXXX")
cache=${FINDINGS_CACHE:-$work/cache}
servers=''

finish() {
  code=$?
  for pid in $servers; do
    kill -9 "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  done
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

skip() {
  echo "skipped: $*" >&2
  exit 77
}

debian() {
  local suite=$1 state=$cache/apt-$1 keys=/usr/share/keyrings/debian-archive-keyring.gpg mirror file tree apt
  shift
  command -v apt-get >/dev/null || skip 'apt-get is needed'
  # shellcheck disable=SC2016 # $(…) is for apt-get
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(CREATED_BY) $(REPO_URI)' | sed -n 's,^Debian Packages \(.*/debian/\)$,\1,p' | head -n 1)
  if [ -z "$mirror" ] || [ ! -f "$keys" ]; then skip "no mirror of Debian, or no $keys"; fi
  mkdir -p "$state/lists/partial" "$state/archives/partial"
  { echo "deb [signed-by=$keys] $mirror $suite main"
    if [ "$suite" != sid ]; then echo "deb [signed-by=$keys] ${mirror%/debian/}/debian-security $suite-security main"; fi; } >"$state/sources.list"
  apt=(apt-get -qq -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$state/lists" -o Dir::State::status=/dev/null
    -o Dir::Cache="$state" -o APT::Sandbox::User='' -o APT::Install-Recommends=false -o Debug::NoLocking=1)
  tree=$state/$(echo "$*" | cksum | cut -d ' ' -f 1)
  if [ ! -d "$tree" ]; then
    [ -f "$state/updated" ] || "${apt[@]}" update >"$work/apt.log" 2>&1 || skip "the list of packages of $suite cannot be had: $(tail -n 1 "$work/apt.log")"
    touch "$state/updated"
    mkdir -p "$work/none/partial" "$work/unpacked" # what lies in the archives already would not be listed
    "${apt[@]}" install --print-uris -y -o Dir::Cache::archives="$work/none" "$@" >"$work/uris" 2>"$work/apt.log" || skip "not to be had in $suite: $*"
    "${apt[@]}" install --download-only -y "$@" >"$work/apt.log" 2>&1 || skip "a download failed: $(tail -n 1 "$work/apt.log")"
    while read -r _ file _; do dpkg-deb -x "$state/archives/$file" "$work/unpacked"; done <"$work/uris"
    mv "$work/unpacked" "$tree"
  fi
  ln -s "$tree" "$work/$suite"
}

# sets the array `program`: run by its suite's own loader and libraries, so that the release of the machine does not matter
find_program() {
  local root=$work/$1 loader
  loader=$(find "$root/lib" "$root/usr/lib" -name 'ld-linux*.so*' -type f 2>/dev/null | head -n 1)
  program=("$loader" --library-path "$(dirname "$loader"):$root/usr/lib/$(basename "$(dirname "$loader")")" "$(find "$root/usr/bin" "$root/usr/sbin" -name "$2" | head -n 1)")
}

in_suite() {
  local program
  find_program "$1" "$2"
  shift 2
  "${program[@]}" "$@"
}

server() {
  local suite=$1 name=$2 share program
  find_program "$suite" mariadbd
  share=$(dirname "$(find "$work/$1/usr/share" -name '*_system_tables.sql')")
  shift 2
  set -- --no-defaults --basedir="$work/$suite/usr" --lc-messages-dir="$share" --plugin-dir="$work/$suite/usr/lib/mysql/plugin" --datadir="$work/$name" \
    --innodb-buffer-pool-size=64M --innodb-log-file-size=16M --innodb-flush-log-at-trx-commit=0 --character-set-server=utf8mb4 --user="$(id -un)" "$@"
  if [ ! -d "$work/$name/mysql" ]; then
    mkdir "$work/$name"
    { printf '%s\n' 'CREATE DATABASE mysql;' 'CREATE DATABASE test;' 'USE mysql;' 'SET @auth_root_socket = NULL, @current_hostname = "localhost";'
      cat "$share"/*_system_tables.sql "$share"/*_performance_tables.sql "$share"/*_system_tables_data.sql; } |
      "${program[@]}" "$@" --bootstrap --skip-grant-tables --skip-networking >"$work/$name.log" 2>&1 || { tail "$work/$name.log" >&2; exit 1; }
  fi
  "${program[@]}" "$@" --skip-networking --socket="$work/$name.sock" --pid-file="$work/$name.pid" >>"$work/$name.log" 2>&1 &
  servers="$servers $!"
  disown
  for _ in $(seq 150); do
    if echo 'SELECT 1' | sql "$suite" "$name" >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  tail "$work/$name.log" >&2
  exit 1
}

sql() {
  local suite=$1 name=$2
  shift 2
  in_suite "$suite" mariadb --no-defaults --socket="$work/$name.sock" --user=root --default-character-set=utf8mb4 "$@" test
}

# A state transfer for two new nodes of one machine: the data directory is copied while the donor holds its tables flushed.
cluster() {
  local suite=$1 port=$((20000 + RANDOM % 10000))
  mkdir "$work/bin"
  cat >"$work/bin/wsrep_sst_copy" <<'SST'
#!/bin/bash
cd "$(dirname "$0")/.." || exit 1
while [ $# -gt 0 ]; do
  case $1 in --role) role=$2 ;; --gtid) gtid=$2 ;; --address) address=$2 ;; esac
  shift
done
if [ "$role" = donor ]; then
  echo 'flush tables'
  until [ -f one/tables_flushed ]; do sleep 0.1; done
  cp -a one/ibdata1 one/undo* one/ib_logfile0 one/mysql one/test two/
  echo "$gtid" >state.new
  mv state.new state
  echo "done $gtid"
else
  echo "ready $address"
  until [ -f state ]; do sleep 0.1; done
  cat state
fi
SST
  chmod +x "$work/bin/wsrep_sst_copy"
  PATH=$work/bin:$PATH
  galera_node "$suite" one "$port" ''
  galera_node "$suite" two "$((port + 10))" "127.0.0.1:$port"
  until [ "$(status "$suite" two wsrep_ready)" = ON ]; do sleep 0.2; done
}

galera_node() { # suite, name, first port, address of the other
  server "$1" "$2" --binlog-format=ROW --innodb-autoinc-lock-mode=2 --wsrep-on=ON --wsrep-provider="$work/$1/usr/lib/galera/libgalera_smm.so" \
    --wsrep-cluster-name=finding --wsrep-cluster-address="gcomm://$4" --wsrep-node-name="$2" --wsrep-node-address="127.0.0.1:$3" --wsrep-sst-method=copy \
    --wsrep-sst-receive-address="127.0.0.1:$(($3 + 2))" \
    --wsrep-provider-options="base_port=$3;gmcast.listen_addr=tcp://127.0.0.1:$3;ist.recv_addr=127.0.0.1:$(($3 + 1));gcache.size=32M"
}

status() { sql "$1" "$2" -N -e "SELECT variable_value FROM information_schema.global_status WHERE variable_name = '$3'"; }

py() {
  PYTHONHOME=$work/$1/usr PYTHONPATH=$work/$1/usr/lib/python3/dist-packages WORK=$work TZ=UTC in_suite "$1" 'python3.[0-9]*' -
}

perl_tool() {
  local suite=$1 tool=$2 modules
  [ -f "$tool" ] || tool=$work/$suite/usr/bin/$tool
  shift 2
  modules=$(find "$work/$suite"/usr/share/perl5 "$work/$suite"/usr/share/perl/5.* "$work/$suite"/usr/lib/*/perl*/5.* "$work/$suite"/usr/lib/*/perl-base -maxdepth 0 | tr '\n' ':')
  PERL5LIB=$modules in_suite "$suite" perl "$tool" "$@"
}

node_packages() {
  command -v npm >/dev/null || skip 'Node and npm are needed'
  mkdir -p "$work/npm"
  echo '{"type":"module"}' >"$work/npm/package.json"
  (cd "$work/npm" && npm install --ignore-scripts --no-audit --no-fund --no-save --loglevel=error "$@" >"$work/npm.log" 2>&1) || skip "not to be had from npm: $*"
}

js() {
  cat >"$work/npm/run.js"
  (cd "$work/npm" && WORK=$work TZ=UTC node run.js)
}

unchanged() {
  cat >"$work/recorded"
  if diff "$work/recorded" "$work/seen"; then echo 'as recorded'; else echo 'no longer as recorded (< recorded, > seen)' >&2; exit 1; fi
}
