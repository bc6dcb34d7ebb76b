#!/bin/sh
# A MariaDB that listens on 127.0.0.1:${JISHI_TEST_MARIADB_PORT:-3306}: the running one, or our own.
set -eu
port=${JISHI_TEST_MARIADB_PORT:-3306}
up() { mariadb -h 127.0.0.1 -P "$port" -u root -e 'SELECT 1' >/dev/null 2>&1; }
if ! up; then
    command -v mariadbd >/dev/null || { apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq mariadb-server >/dev/null; }
    home=$PWD/var/mariadb
    if [ ! -d "$home/mysql" ]; then
        mkdir -p "$home"
        mariadb-install-db --no-defaults --auth-root-authentication-method=normal --datadir="$home" --user="$(id -un)" >/dev/null
    fi
    mariadbd --no-defaults --datadir="$home" --user="$(id -un)" --port="$port" --bind-address=127.0.0.1 \
        --socket="$home/sock" --pid-file="$home/pid" --innodb-flush-log-at-trx-commit=1 >"$home/log" 2>&1 &
    n=0
    until up; do n=$((n + 1)); [ $n -lt 60 ] || { cat "$home/log"; exit 1; }; sleep 0.5; done
fi
mariadb -h 127.0.0.1 -P "$port" -u root -e "CREATE DATABASE IF NOT EXISTS ${JISHI_TEST_MARIADB_DB:-test}"
