# Shared by the scripts beside it, which source it. Not a command.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ME=scripts/$(basename "$0")

say() { printf '%s: %s\n' "$ME" "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# run_logged LOG WHAT COMMAND...: runs COMMAND with its output in LOG; when it fails, shows the end
# of LOG and ends the script.
run_logged() {
  local log=$1 what=$2
  shift 2
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 60 "$log" >&2
    die "$what failed; all it said is in ${log#"$ROOT"/}"
  fi
}

# Copies ninja's output to LOG. Says once that something is being built, and what for; on a terminal
# also how far it is.
watch_build() {
  local log=$1 what=$2 line told=no
  : >"$log"
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$log"
    [[ $line =~ ^\[[0-9]+/[0-9]+\]\ (Building|Linking) ]] || continue
    if [ $told = no ]; then say "$what (from nothing this takes minutes; log: ${log#"$ROOT"/})"; fi
    told=yes
    if [ -t 2 ]; then printf '\r%s ' "${line%% *}" >&2; fi
  done
  if [ $told = yes ] && [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

# build PRESET [TARGET...]: configures once, then builds. Silent when there is nothing to do.
build() {
  local preset=$1 target targets=()
  shift
  local folder=$ROOT/build/$preset
  for target in "$@"; do targets+=(--target "$target"); done

  cd "$ROOT"
  if [ ! -e "$folder/build.ninja" ]; then
    run_logged "$folder/configure.log" configuring cmake --preset "$preset"
  fi
  if ! cmake --build --preset "$preset" ${targets[@]+"${targets[@]}"} 2>&1 </dev/null |
    watch_build "$folder/build.log" "building build/$preset"; then
    grep -A 20 -E '^FAILED|error' "$folder/build.log" | head -n 60 >&2
    die "the build failed; all it said is in build/$preset/build.log"
  fi
}
