#!/bin/bash
# Go: a pool of two connections lets the server run twenty statements, since a deadline of a context frees the place in
# the pool and not the server; all twenty take effect after their callers were told that they failed.
#
# Expected: db.SetMaxOpenConns(2) protects the server: two statements of this program run at a time, also where a row is
# locked for some seconds and callers give up.
# What happens: at the deadline of ExecContext the driver closes the connection, and the pool opens another one. The
# server does not look at the connection before it has an answer, so the statements of all who gave up wait there
# together. The longer the lock is held, the more connections the server has; max_connections is the limit. When the
# lock goes, each of the updates is done and committed. max_statement_time in the DSN is a limit that the server knows.
# Versions: go-sql-driver/mysql 1.9.0, Go 1.24.4 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 golang-1.24-go=1.24.4-1 golang-github-go-sql-driver-mysql-dev=1.9.0-1
server trixie db

mkdir -p "$work/go/src/pool"
cat >"$work/go/src/pool/main.go" <<'GO'
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	_ "github.com/go-sql-driver/mysql"
)

func main() {
	dsn := "root@unix(" + os.Getenv("WORK") + "/db.sock)/test"
	admin, _ := sql.Open("mysql", dsn)
	admin.Exec("CREATE TABLE product (id INT PRIMARY KEY, stock INT)")
	for _, limit := range []string{"", "?max_statement_time=1"} {
		admin.Exec("REPLACE INTO product VALUES (1, 100)")
		holder, _ := admin.Begin()
		holder.Exec("UPDATE product SET stock = stock WHERE id = 1")
		db, _ := sql.Open("mysql", dsn+limit)
		db.SetMaxOpenConns(2)
		failed := 0
		for range 10 {
			var callers sync.WaitGroup
			var mutex sync.Mutex
			for range 2 {
				callers.Add(1)
				go func() {
					defer callers.Done()
					ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
					defer cancel()
					_, err := db.ExecContext(ctx, "UPDATE product SET stock = stock - 1 WHERE id = 1")
					mutex.Lock()
					defer mutex.Unlock()
					if errors.Is(err, context.DeadlineExceeded) {
						failed++
					}
				}()
			}
			callers.Wait()
		}
		time.Sleep(2 * time.Second)
		var waiting, stock int
		admin.QueryRow("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'UPDATE%'").Scan(&waiting)
		holder.Commit()
		for left := 1; left > 0; time.Sleep(100 * time.Millisecond) {
			admin.QueryRow("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'UPDATE%'").Scan(&left)
		}
		admin.QueryRow("SELECT stock FROM product").Scan(&stock)
		fmt.Printf("DSN with %q\n  context deadline exceeded: %d; open in the pool: %d; waiting in the server: %d\n", limit, failed, db.Stats().OpenConnections, waiting)
		fmt.Printf("  stock of 100 after the lock is gone: %d\n", stock)
	}
}
GO
(
  cd "$work/go/src/pool"
  export GOROOT=$work/trixie/usr/lib/go-1.24 GOPATH=$work/go:$work/trixie/usr/share/gocode GOCACHE=$work/go/cache GO111MODULE=off CGO_ENABLED=0 GOFLAGS=
  "$GOROOT/bin/go" build -o pool . && WORK=$work ./pool
) >"$work/seen"

unchanged <<'END'
DSN with ""
  context deadline exceeded: 20; open in the pool: 0; waiting in the server: 20
  stock of 100 after the lock is gone: 80
DSN with "?max_statement_time=1"
  context deadline exceeded: 20; open in the pool: 0; waiting in the server: 0
  stock of 100 after the lock is gone: 100
END
