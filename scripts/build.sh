# shellcheck shell=bash
# Sourced by ./silo, ./test and .ci/run: finds the SDK, decides which projects can be restored here, builds what has changed.
# The caller sets ROOT. What a build prints goes to files below artifacts/, and to stderr only when it fails.

ARTIFACTS=$ROOT/artifacts
LOGS=$ARTIFACTS/logs
SDK_HINT="install it from https://dot.net/download, or: curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '%s\n' "$*" >&2; }

find_dotnet() {
  local place
  for place in "$(command -v dotnet)" "${DOTNET_ROOT:-}/dotnet" "${HOME:-}/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
    if [ -n "$place" ] && [ -x "$place" ]; then
      DOTNET=$place
      return 0
    fi
  done
  say "Silo needs the .NET SDK 10, and there is no dotnet here; $SDK_HINT"
  return 1
}

# A run time without an SDK, or an older SDK, is found only when something must be built.
check_sdk() {
  (cd "$ROOT" && "$DOTNET" --version) >/dev/null 2>&1 && return 0
  say "Silo needs the .NET SDK 10 ($DOTNET offers: $("$DOTNET" --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' -)); $SDK_HINT"
  return 1
}

# Runs dotnet in the repository. No input, no inherited lock (fd 9), no build node that outlives us and keeps a caller's pipe open.
run_dotnet() {
  local log=$LOGS/$1
  shift
  mkdir -p "$LOGS"
  (cd "$ROOT" && "$DOTNET" "$@" -nodeReuse:false) >"$log" 2>&1 </dev/null 9>&-
}

show_errors() {
  grep -E '(error|warning) [A-Z]+[0-9]+' "$1" | sed -E 's/ \[[^]]*\]$//' | sort -u | head -40 >&2
  grep -qE '(error|warning) [A-Z]+[0-9]+' "$1" || tail -40 "$1" >&2
  say "(all of it: $1)"
}

# Everything that decides what a restore asks for, and which package sources the user has.
restore_key() {
  (cd "$ROOT" && find . "${HOME:-.}/.nuget/NuGet" \( -name bin -o -name obj -o -name artifacts -o -name node_modules -o -name .git \) -prune -o \
    -type f \( -name '*.csproj' -o -name 'Directory.*' -o -iname 'nuget.config' -o -name '*.sln' -o -name '*.slnf' -o -name global.json \) -print 2>/dev/null |
    LC_ALL=C sort | while IFS= read -r file; do cksum "$file"; done | cksum | tr ' ' '-')
}

left_out() {
  (cd "$ROOT" && comm -23 \
    <(grep -oE '"[^"]+\.csproj"' Silo.sln | tr -d '"' | sed 's/.*[\\/]//; s/\.csproj$//' | LC_ALL=C sort) \
    <(grep -oE '"[^"]+\.csproj"' Silo.Standalone.slnf | tr -d '"' | sed 's/.*[\\/]//; s/\.csproj$//' | LC_ALL=C sort) | paste -sd' ' -)
}

# Sets SOLUTION to what can be restored here: everything, or everything that does without Orleans, and says what was left out.
# The verdict is remembered until a project or package file changes, since a restore that must fail takes its time to do so.
choose_solution() {
  local key verdict=$ARTIFACTS/restore-verdict known='' chosen=''
  key=$(restore_key)
  [ -f "$verdict" ] && read -r known chosen <"$verdict"
  if [ "$known" = "$key" ]; then
    SOLUTION=$chosen
  elif run_dotnet restore.log restore Silo.sln; then
    SOLUTION=Silo.sln
    echo "$key $SOLUTION" >"$verdict"
  elif run_dotnet restore-standalone.log restore Silo.Standalone.slnf; then
    SOLUTION=Silo.Standalone.slnf
    # Only "no such package" is a verdict; a registry that did not answer may answer next time.
    grep -qE 'NU110[123]' "$LOGS/restore.log" && echo "$key $SOLUTION" >"$verdict"
  else
    say "The packages cannot be restored:"
    show_errors "$LOGS/restore-standalone.log"
    return 1
  fi
  [ "$SOLUTION" = Silo.sln ] || say "Some packages are not to be had here (artifacts/logs/restore.log); left out: $(left_out)"
}

# Whether a project is part of what can be restored here.
is_in_solution() { grep -qE "${1##*/}\.csproj\"" "$ROOT/$SOLUTION"; }

# Whether a project is up to date or could be made so here; says nothing.
can_be_built() {
  is_fresh "$1" && return 0
  lock_builds
  local could=1
  choose_solution 2>/dev/null && is_in_solution "$1" && could=0
  unlock_builds
  return $could
}

# What a target is built from: all of src/, the rules at the root, and the project itself when it stands below tests/.
sources_of() {
  find "$ROOT/src" "$ROOT/$1" "$ROOT"/Directory.* "$ROOT/global.json" "$ROOT/.editorconfig" \
    \( -name bin -o -name obj -o -name packages.lock.json \) -prune -o -type f "${@:2}" -print
}

source_list() { sources_of "$1" | LC_ALL=C sort -u | cksum; }

dll_of() { echo "$ROOT/$1/bin/Release/net10.0/${1##*/}.dll"; }

# A stamp carries the time its build began and the list of its sources, so an edit during a build and a deleted file both count.
is_fresh() {
  local stamp=$ARTIFACTS/built/${1##*/}
  [ -f "$(dll_of "$1")" ] && [ -f "$stamp" ] && [ -z "$(sources_of "$1" -newer "$stamp" | head -n 1)" ] &&
    [ "$(source_list "$1")" = "$(cat "$stamp")" ]
}

# A build rewrites only what changed, so a stamp is written even when the output file kept its time.
begin_stamp() { mkdir -p "$ARTIFACTS/built" && source_list "$1" >"$ARTIFACTS/built/${1##*/}.new"; }
end_stamp() { mv "$ARTIFACTS/built/${1##*/}.new" "$ARTIFACTS/built/${1##*/}"; }

lock_builds() {
  mkdir -p "$ARTIFACTS"
  exec 9>"$ARTIFACTS/build.lock"
  if command -v flock >/dev/null; then
    flock 9
  fi
}

unlock_builds() { exec 9>&-; }

# Builds one project in Release unless its output is newer than its sources.
build_if_stale() {
  is_fresh "$1" && return 0
  check_sdk || return 1
  lock_builds
  local failed=0
  if ! is_fresh "$1"; then
    say "building ${1##*/} ..."
    begin_stamp "$1"
    if ! choose_solution; then
      failed=1
    elif ! is_in_solution "$1"; then
      failed=1
      say "${1##*/} cannot be built here without those packages."
    elif run_dotnet "build-${1##*/}.log" build "$1" -c Release -v minimal; then
      end_stamp "$1"
    else
      failed=1
      show_errors "$LOGS/build-${1##*/}.log"
      say "${1##*/} does not build."
    fi
  fi
  unlock_builds
  return $failed
}

PROGRAMS=(src/Silo.Cli src/Silo.Server tests/Silo.Simulation tests/Silo.Benchmarks)

# Builds the whole solution, or the standalone part of it, in Release; sets SOLUTION.
build_solution() {
  check_sdk || return 1
  lock_builds
  local failed=0 program
  for program in "${PROGRAMS[@]}"; do begin_stamp "$program"; done
  if ! choose_solution; then
    failed=1
  elif run_dotnet build.log build "$SOLUTION" -c Release -v minimal; then
    for program in "${PROGRAMS[@]}"; do if is_in_solution "$program"; then end_stamp "$program"; fi; done
  else
    failed=1
    show_errors "$LOGS/build.log"
    say "$SOLUTION does not build."
  fi
  unlock_builds
  return $failed
}
