#!/usr/bin/env bash
# Makes what docker-compose.yml reads from files: the database's password and the keys of the API. What is there already is kept.
#   compose-secrets.sh [DIR]      DIR is secrets/ beside docker-compose.yml
set -eu
dir=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/secrets}

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# key NAME SCOPES: prints the key, and tells the server of it.
key() {
  local text
  text=silo_$(random)
  printf '%s:%s:%s\n' "$1" "$2" "$(printf %s "$text" | sha256sum | cut -d ' ' -f 1)" >>"$dir/api-keys"
  printf %s "$text"
}

if [ -e "$dir/postgres-password" ]; then
  echo "$dir is there already; remove it, and the volume of the database, for new ones." >&2
  exit 0
fi
# Only the owner comes through the folder; the files are readable, since the users in the containers are others.
mkdir -p "$dir"
chmod 700 "$dir"
umask 022
password=$(random)
printf 'postgres:5432:silo:silo:%s\n' "$password" >"$dir/pgpass"
: >"$dir/api-keys"
key operator submit,read,operate,worker >"$dir/operator-key"
printf 'SILO_API_KEY=%s\n' "$(key worker worker)" >"$dir/worker.env"
key metrics read >"$dir/metrics-key"
printf %s "$password" >"$dir/postgres-password"
echo "Made $dir. The key that may do everything is in operator-key: export SILO_API_KEY=\$(cat $dir/operator-key)" >&2
