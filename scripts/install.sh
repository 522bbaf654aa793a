# shellcheck shell=bash
# Sourced by ./test and .ci/run after build.sh: brings the few programs that a test or a check needs and a machine may lack.

# need_apt PACKAGE BINARY: installs PACKAGE unless BINARY is on the path; quiet, and it fails with one line saying what to do.
need_apt() {
  local as_root=()
  command -v "$2" >/dev/null && return 0
  mkdir -p "$LOGS"
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo -n)
  fi
  local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1")
  if command -v apt-get >/dev/null; then
    "${install[@]}" >"$LOGS/apt-$1.log" 2>&1 </dev/null && return 0
    { "${as_root[@]}" apt-get update -qq && "${install[@]}"; } >>"$LOGS/apt-$1.log" 2>&1 </dev/null && return 0
  fi
  say "$2 is missing and could not be installed; install the package $1 by hand ($LOGS/apt-$1.log)."
  return 1
}

# need_npm DIR: installs what DIR/package-lock.json names, unless that has been done; quiet, and it fails with one line saying what to do.
need_npm() {
  local folder=$ROOT/$1 log
  log=$LOGS/npm-${1##*/}.log
  [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] && return 0
  mkdir -p "$LOGS"
  (
    flock 8
    [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] ||
      npm ci --prefix "$folder" --silent --no-progress --no-audit --no-fund --ignore-scripts >"$log" 2>&1 </dev/null
  ) 8>"$LOGS/npm.lock" && return 0
  say "The packages of $1 could not be installed; node 20 with npm is needed ($log)."
  return 1
}

# need_deb PACKAGE FILE: unpacks PACKAGE below artifacts/tools for one FILE of it, unless that program is on the path or was unpacked before: for a program whose package would start a service.
need_deb() {
  local tools=$ARTIFACTS/tools
  { command -v "${2##*/}" || [ -x "$tools/$2" ]; } >/dev/null && return 0
  mkdir -p "$LOGS" "$tools"
  (
    cd "$tools" || exit 1
    apt-get download -qq "$1" || { apt-get update -qq && apt-get download -qq "$1"; } || exit 1
    dpkg-deb --fsys-tarfile "$1"_*.deb | tar -x "./$2" && rm -f "$1"_*.deb
  ) >"$LOGS/deb-$1.log" 2>&1 </dev/null && return 0
  say "${2##*/} is missing and could not be brought; install the package $1 by hand ($LOGS/deb-$1.log)."
  return 1
}

# Docker's plugin, or the older program of the same grammar; neither needs a daemon to read a file.
need_compose() { docker compose version >/dev/null 2>&1 || need_apt docker-compose docker-compose; }
