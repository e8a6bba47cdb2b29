#!/usr/bin/env python3
"""Runs every benchmark program of a build and writes one JSON file, in Google Benchmark's schema.

    bench/run.py                               build/release, to build/release/bench.json
    bench/run.py --build build/test --quick    short runs, without tables of a million items
    bench/run.py --filter 'GetItem|RouteMatch' --out now.json -- --benchmark_repetitions=5

What comes after -- goes to each program. bench/trend.py draws several such files.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Tables of a million items take most of the time.
SLOW = "-.*/1000000.*"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--filter", default="")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("more", nargs="*")
    options = parser.parse_args()
    programs = sorted(path for path in options.build.glob("*_bench") if path.is_file())
    if not programs:
        sys.exit("there are no benchmark programs in %s; build them first (cmake --build --preset release)" % options.build)
    flags = list(options.more)
    if options.quick:
        flags.append("--benchmark_min_time=0.02")
    if options.filter or options.quick:
        flags.append("--benchmark_filter=" + (options.filter or SLOW))
    merged = {"context": None, "benchmarks": []}
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for program in programs:
            print("== " + program.name, flush=True)
            out = pathlib.Path(folder, program.name + ".json")
            done = subprocess.run([program, "--benchmark_out=%s" % out, "--benchmark_out_format=json", *flags])
            if done.returncode != 0:
                failed.append(program.name)
                continue
            if not out.exists() or not out.read_text().strip():
                continue  # The filter has left nothing of it.
            result = json.loads(out.read_text())
            merged["context"] = merged["context"] or result["context"]
            for run in result["benchmarks"]:
                for key in ("name", "run_name"):
                    run[key] = program.name[:-len("_bench")] + "/" + run[key]
                if run.get("error_occurred"):
                    failed.append("%s: %s" % (run["name"], run.get("error_message")))
                merged["benchmarks"].append(run)
    if not merged["benchmarks"]:
        sys.exit("nothing was measured: no benchmark fits --filter")
    target = options.out or options.build / "bench.json"
    target.write_text(json.dumps(merged, indent=1) + "\n")
    print("%d results in %s" % (len(merged["benchmarks"]), target))
    if failed:
        sys.exit("failed: " + ", ".join(failed))


if __name__ == "__main__":
    main()
