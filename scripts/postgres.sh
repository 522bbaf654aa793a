#!/usr/bin/env bash
# A throwaway PostgreSQL server with durable settings, for tests, demos and benchmarks. It listens on a free port of this machine only.
#   postgres.sh start DIR [--until-exit PID] [NAME=VALUE...]   makes a server in DIR, or starts the one that is there; prints its URL
#   postgres.sh url DIR                                        prints the URL: postgresql://postgres:PASSWORD@127.0.0.1:PORT/postgres
#   postgres.sh restart DIR [fast|immediate|smart]             immediate: without a checkpoint, so that it recovers from its log
#   postgres.sh stop DIR [fast|immediate|smart]                keeps the data; start goes on with it
#   postgres.sh kill DIR                                       kill -9 of the server and all its processes
#   postgres.sh remove DIR                                     stops it and deletes DIR
#   postgres.sh install                                        installs Debian's package unless there is a server already
# With --until-exit the server is removed when the process PID has ended, however it ended. NAME=VALUE are settings of postgresql.conf.
# DIR must be absolute, and absent or made by this script. Started as root, the server runs as the user postgres, since it refuses to run as root.
set -u

VERSION_MIN=15
START_SECONDS_MAX=120
PORT_TRIES=20

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

main() {
  local verb=${1:-}
  case $verb in
    install) need_server && return 0 ;;
    start | url | restart | stop | kill | remove)
      case ${2:-} in
        /?*) ;;
        *) fail "postgres.sh $verb needs an absolute folder as its first argument." ;;
      esac
      dir=$2
      shift 2
      [ "$verb" = start ] || [ -f "$dir/url" ] || fail "$dir holds no server of postgres.sh."
      "${verb}_server" "$@"
      ;;
    *) fail "$(sed -n '2,11s/^# //p' "${BASH_SOURCE[0]}")" ;;
  esac
}

start_server() {
  local owner='' settings=()
  while [ $# -gt 0 ]; do
    case $1 in
      --until-exit) owner=${2:?--until-exit needs a process id} && shift 2 ;;
      *=*) settings+=("$1") && shift ;;
      *) fail "postgres.sh start: '$1' is no NAME=VALUE." ;;
    esac
  done
  need_server || exit 1
  if [ -f "$dir/url" ]; then
    run_server || fail_with_log "The server in $dir did not start again."
  else
    make_server "${settings[@]}"
  fi
  [ -z "$owner" ] || watch_owner "$owner"
  url_server
}

url_server() { cat "$dir/url"; }

stop_server() { control stop -m "${1:-fast}" || fail_with_log "The server in $dir did not stop."; }

restart_server() { control restart -m "${1:-fast}" -l "$dir/log" || fail_with_log "The server in $dir did not come back."; }

# The postmaster first, or it would start its processes anew.
kill_server() {
  local postmaster children
  postmaster=$(head -n 1 "$dir/data/postmaster.pid" 2>/dev/null) || return 0
  children=$(pgrep -P "$postmaster" | tr '\n' ' ')
  # shellcheck disable=SC2086
  kill -9 "$postmaster" $children 2>/dev/null
  while kill -0 "$postmaster" 2>/dev/null && [ "$(ps -o stat= -p "$postmaster")" != Z ]; do sleep 0.02; done
}

remove_server() {
  control stop -m immediate
  rm -rf "$dir"
}

# Fills DIR with a new server; another port is tried when somebody was faster.
make_server() {
  [ ! -e "$dir" ] || [ -z "$(ls -A "$dir")" ] || fail "$dir is not empty, and holds no server of postgres.sh."
  local password port setting tries
  umask 077
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  if ! { mkdir -p "$dir" && echo "$password" >"$dir/password" && touch "$dir/log"; }; then
    fail "$dir cannot be written to."
  fi
  [ "$(id -u)" -ne 0 ] || chown -R postgres: "$dir" || exit 1
  # Nothing is worth keeping before it first runs, so only the making of it is not synced.
  as_server "$bin/initdb" -D "$dir/data" -U postgres --auth=scram-sha-256 --pwfile="$dir/password" --encoding=UTF8 --locale=C --no-sync >>"$dir/log" 2>&1 ||
    fail_with_log "initdb failed in $dir."
  {
    echo "listen_addresses = '127.0.0.1'"
    echo "unix_socket_directories = ''"
    echo "fsync = on"
    echo "full_page_writes = on"
    echo "synchronous_commit = on"
    echo "max_connections = 200"
    for setting in "$@"; do echo "${setting%%=*} = '${setting#*=}'"; done
  } >>"$dir/data/postgresql.conf"
  for ((tries = 0; tries < PORT_TRIES; tries++)); do
    # Below the range from which systems lend ports to clients.
    port=$((15000 + (RANDOM * 32768 + RANDOM) % 17000))
    if is_free "$port"; then
      echo "port = $port" >"$dir/data/postgresql.auto.conf"
      if run_server; then
        echo "postgresql://postgres:$password@127.0.0.1:$port/postgres" >"$dir/url"
        return 0
      fi
      grep -q 'could not bind' "$dir/log" || fail_with_log "The server in $dir did not start."
    fi
  done
  fail_with_log "No free port was found for $dir."
}

run_server() { control start -l "$dir/log"; }

control() {
  find_server || fail "No PostgreSQL server program was found."
  as_server "$bin/pg_ctl" "$1" -D "$dir/data" -w -s -t "$START_SECONDS_MAX" "${@:2}" </dev/null >>"$dir/log" 2>&1
}

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Holds on to nothing of its caller's, who may wait for our output to end.
watch_owner() {
  (
    trap '' INT HUP
    cd /
    while kill -0 "$1" 2>/dev/null && [ -d "$dir" ]; do sleep 0.5; done
    remove_server
  ) </dev/null >/dev/null 2>&1 3>&- 9>&- &
}

# Both the server and whoever controls it must not stand in a folder that its user may not read.
as_server() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && exec runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

fail_with_log() {
  tail -n 15 "$dir/log" >&2
  fail "$1"
}

# Sets bin to the newest server there is.
find_server() {
  [ -z "${bin:-}" ] || return 0
  local place
  while IFS= read -r place; do
    if [ -x "$place/initdb" ] && [ -x "$place/pg_ctl" ] && [ "$("$place/postgres" --version 2>/dev/null | sed -E 's/[^0-9]*([0-9]+).*/\1/')" -ge "$VERSION_MIN" ] 2>/dev/null; then
      bin=$place
      return 0
    fi
  done < <(
    pg_config --bindir 2>/dev/null
    printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin | sort -rV
    dirname "$(command -v pg_ctl)" 2>/dev/null
  )
  return 1
}

need_server() {
  find_server && return 0
  local log
  log=$(mktemp "${TMPDIR:-/tmp}/silo-postgres-install.XXXXXX")
  if command -v apt-get >/dev/null && install_package >"$log" 2>&1 </dev/null && find_server; then
    rm -f "$log"
    return 0
  fi
  fail "There is no PostgreSQL server $VERSION_MIN or newer here, and it could not be installed; install the package postgresql (Debian: postgresql-15) by hand ($log)."
}

# Debian's package makes a cluster of its own and starts it; nobody asked for that here, and it takes longer than all the rest.
install_package() {
  local as_root=() conf=/etc/postgresql-common/createcluster.conf ours='' done=1
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  if [ ! -e "$conf" ]; then
    ours=1
    "${as_root[@]}" mkdir -p "${conf%/*}" && "${as_root[@]}" chmod 755 "${conf%/*}" && echo 'create_main_cluster = false' | "${as_root[@]}" tee "$conf" || return 1
  fi
  local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-15)
  "${install[@]}" || { "${as_root[@]}" apt-get update -qq && "${install[@]}"; } || done=0
  if [ -n "$ours" ]; then
    "${as_root[@]}" rm -f "$conf" "$conf.ucf-dist"
    [ ! -f /usr/share/postgresql-common/createcluster.conf ] || "${as_root[@]}" install -m 644 /usr/share/postgresql-common/createcluster.conf "$conf"
  fi
  [ "$done" -eq 1 ]
}

main "$@"
