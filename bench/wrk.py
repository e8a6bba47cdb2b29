#!/usr/bin/env python3
"""Compares `offstage bench` with wrk on one route of the sample backend: throughput and percentiles must agree within 5 %.
Also says what the generator itself costs at 10,000 requests a second.

    bench/wrk.py --binary build/release/offstage [--path /health] [--connections 2] [--seconds 3] [--rounds 7]

The two run in turn, so that what else the machine does meets both; the medians over the rounds are compared.
"""
import argparse
import json
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
HDOC = ROOT / "fixtures" / "hdoc-backend"
LIMIT = 0.05
RATE = 10000
MILLIS = {"us": 1e-3, "ms": 1, "s": 1e3}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def with_wrk(url, options):
    text = subprocess.run(["wrk", "-t1", "-c%d" % options.connections, "-d%ds" % options.seconds, "--latency", url],
                          check=True, text=True, stdout=subprocess.PIPE).stdout
    figures = {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))}
    for share in ("50", "90", "99"):
        number, unit = re.search(r"%s%%\s+([\d.]+)(us|ms|s)" % share, text).groups()
        figures["p" + share] = float(number) * MILLIS[unit]
    if "Non-2xx" in text:
        raise SystemExit("the route fails:\n" + text)
    return figures


def with_bench(base, options, *more):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "out.json")
        subprocess.run([options.binary, "bench", "GET " + options.path, "--target", base, "--rounds", "1", "--block",
                        "%ds" % options.seconds, "--json", out, "-q", *more], check=True, stdout=subprocess.DEVNULL)
        run = json.loads(out.read_text())["benchmarks"][0]
    return {"rate": run["requests_per_second"], "p50": run["p50_ms"], "p90": run["p90_ms"], "p99": run["p99_ms"],
            "cores": run["generator_cores"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build" / "release" / "offstage"))
    parser.add_argument("--path", default="/health")
    parser.add_argument("--connections", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    port = free_port()
    base = "http://127.0.0.1:%d" % port
    emulator = subprocess.Popen([options.binary, "start", "-q", "--in-memory", "--template", HDOC / "template.yml", "--port",
                                 str(port), "--aws-port", "0"], stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                if emulator.poll() is not None:
                    raise SystemExit("offstage start ended with %d" % emulator.returncode)
                time.sleep(0.01)
        with_wrk(base + options.path, options)  # Warm.
        ours, theirs = [], []
        for number in range(options.rounds):
            turns = [(theirs, lambda: with_wrk(base + options.path, options)),
                     (ours, lambda: with_bench(base, options, "--concurrency", str(options.connections)))]
            for results, measure in turns if number % 2 == 0 else reversed(turns):
                results.append(measure())
        cost = with_bench(base, options, "--rate", str(RATE))
    finally:
        emulator.send_signal(signal.SIGINT)
        emulator.wait()
    worst = 0
    print("%-8s %10s %10s %8s" % ("", "wrk", "offstage", "ratio"))
    for name in ("rate", "p50", "p90", "p99"):
        a = statistics.median(result[name] for result in theirs)
        b = statistics.median(result[name] for result in ours)
        ratio = statistics.median(mine[name] / other[name] for mine, other in zip(ours, theirs))
        worst = max(worst, abs(ratio - 1))
        print("%-8s %10.3f %10.3f %8.3f" % (name, a, b, ratio))
    print("at %d requests/s: %.0f answered, the generator takes %.2f of a core" % (RATE, cost["rate"], cost["cores"]))
    if worst > LIMIT or cost["cores"] >= 1:
        sys.exit("they differ by %.1f %% (limit %.0f %%)" % (100 * worst, 100 * LIMIT))


if __name__ == "__main__":
    main()
