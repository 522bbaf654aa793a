#!/usr/bin/env bash
# Installs what Silo is measured beside into DIR and prints the path of its redis-server: node packages by the lock file, Redis from Debian's archive unless there is one already.
#   install.sh DIR
set -eu
dir=${1:?install.sh needs a folder}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

mkdir -p "$dir/redis"
cp "$here"/*.mjs "$here"/package.json "$here"/package-lock.json "$dir/"
# Packages' own scripts only build faster versions of parts that are there in JavaScript too.
if ! cmp -s "$here/package-lock.json" "$dir/installed-lock.json"; then
  (cd "$dir" && npm install --omit=optional --ignore-scripts --no-audit --no-fund --silent >&2)
  cp "$here/package-lock.json" "$dir/installed-lock.json"
fi

if command -v redis-server; then exit 0; fi
library="$dir/redis/usr/lib/$(uname -m)-linux-gnu"
server="$dir/redis/redis-server"
if [ ! -x "$server" ]; then
  # Unpacked here and not installed, so that the machine stays as it is.
  (
    cd "$dir/redis"
    packages=(redis-tools libatomic1 libhiredis0.14 libjemalloc2 liblua5.1-0 liblzf1 lua-bitop lua-cjson)
    apt-get download -qq "${packages[@]}" || { apt-get update -qq && apt-get download -qq "${packages[@]}"; }
    for package in *.deb; do dpkg -x "$package" . && rm "$package"; done
  ) >&2
  # One program, which is the server when it is called so.
  cp "$dir/redis/usr/bin/redis-check-rdb" "$dir/redis/usr/bin/redis-server"
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "'$library'" "'$dir/redis/usr/bin/redis-server'" >"$server"
  chmod +x "$server"
fi
echo "$server"
