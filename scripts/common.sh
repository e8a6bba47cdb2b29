# Shared by the scripts beside it, which source it. Not a command.
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

# build PRESET [TARGET...]: configures once, then builds. Silent when there is nothing to do.
build() {
  local preset=$1
  shift
  local folder=$ROOT/build/$preset
  local targets=() target
  for target in "$@"; do targets+=(--target "$target"); done

  if [ ! -e "$folder/build.ninja" ]; then
    run_logged "$folder/configure.log" configuring cmake -S "$ROOT" --preset "$preset"
  fi
  # Without -n ninja would build; with it, it says in no time whether there is anything to build.
  if ninja -C "$folder" -n "$@" 2>/dev/null | grep -q 'no work to do'; then return; fi
  say "building build/$preset (from nothing this takes minutes; progress: tail -f build/$preset/build.log)"
  (cd "$ROOT" && run_logged "$folder/build.log" building \
    cmake --build --preset "$preset" ${targets[@]+"${targets[@]}"})
}
