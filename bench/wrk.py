#!/usr/bin/env python3
"""Compares `offstage bench` with wrk on one route of the sample backend: throughput and percentiles must agree within 5 %.
Also says what the generator itself costs at 10,000 requests a second: on the route, or where that does not keep up with
so many, on a route that the gateway answers alone.

    bench/wrk.py --binary build/release/offstage [--path /health] [--connections 2] [--seconds 1] [--rounds 25]
    bench/wrk.py --target http://127.0.0.1:8080 --path /                      any server that runs already

The two run in turn, in many short rounds, so that what else the machine does meets both; medians over the rounds are compared.
"""
import argparse
import csv
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
# A route without a function.
MOCK = {"Resources": {"Api": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "prod", "DefinitionBody": {
    "swagger": "2.0", "paths": {"/mock": {"get": {"responses": {"200": {"description": "Done"}}, "x-amazon-apigateway-integration": {
        "type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "{}"}}}}}}}}}}},
    "Transform": "AWS::Serverless-2016-10-31"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(binary, template, port):
    """A backend, answering at this port."""
    emulator = subprocess.Popen([binary, "start", "-q", "--in-memory", "--template", template, "--port", str(port),
                                 "--aws-port", "0"], stdout=subprocess.DEVNULL)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return emulator
        except OSError:
            if emulator.poll() is not None:
                raise SystemExit("offstage start ended with %d" % emulator.returncode)
            time.sleep(0.01)


def with_wrk(url, options):
    text = subprocess.run(["wrk", "-t1", "-c%d" % options.connections, "-d%ds" % options.seconds, "--latency", url],
                          check=True, text=True, stdout=subprocess.PIPE).stdout
    figures = {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))}
    for share in ("50", "90", "99"):
        number, unit = re.search(r"%s%%\s+([\d.]+)(us|ms|s)" % share, text).groups()
        figures["p" + share] = float(number) * MILLIS[unit]
    if "Non-2xx" in text and options.expect_status < 400:
        raise SystemExit("the route fails:\n" + text)
    return figures


def corrected(times, connections, seconds):
    """wrk does not show what it has measured but what it thinks the requests would have measured that it did not send
    during a stall (stats_correct in its stats.c): the same is done to ours before the two are compared."""
    expected = seconds * 1000 / (len(times) / connections)
    more = []
    for value in times:
        value -= expected
        while value > expected:
            more.append(value)
            value -= expected
    return sorted(times + more)


def with_bench(base, options, *more):
    with tempfile.TemporaryDirectory() as folder:
        out, log = pathlib.Path(folder, "out.json"), pathlib.Path(folder, "log.csv")
        subprocess.run([options.binary, "bench", "GET " + options.path, "--target", base, "--rounds", "1", "--block",
                        "%ds" % options.seconds, "--json", out, "--log", log, "-q", "--expect-status",
                        str(options.expect_status), *more], check=True, stdout=subprocess.DEVNULL)
        run = json.loads(out.read_text())["benchmarks"][0]
        with open(log) as rows:
            times = [(int(row["answered_ns"]) - int(row["due_ns"])) / 1e6 for row in csv.DictReader(rows)]
    times = corrected(times, options.connections, options.seconds)
    figures = {"rate": run["requests_per_second"], "cores": run["generator_cores"]}
    for share in (50, 90, 99):
        figures["p%d" % share] = times[min(len(times) - 1, len(times) * share // 100)]
    return figures


def stop(emulator):
    emulator.send_signal(signal.SIGINT)
    emulator.wait()


def at_rate(base, path, options):
    """The generator's cost in an open loop at RATE."""
    options = argparse.Namespace(**{**vars(options), "path": path})
    return with_bench(base, options, "--rate", str(RATE))


def at_rate_of_a_mock(options):
    with tempfile.TemporaryDirectory() as folder:
        template = pathlib.Path(folder, "template.json")
        template.write_text(json.dumps(MOCK))
        port = free_port()
        emulator = start(options.binary, template, port)
        try:
            return at_rate("http://127.0.0.1:%d" % port, "/mock", options)
        finally:
            stop(emulator)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build" / "release" / "offstage"))
    parser.add_argument("--target", help="a server that runs already")
    parser.add_argument("--path", default="/health")
    parser.add_argument("--expect-status", type=int, default=200)
    parser.add_argument("--connections", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=25)
    options = parser.parse_args()
    emulator = None
    base = options.target
    if base is None:
        port = free_port()
        base = "http://127.0.0.1:%d" % port
        emulator = start(options.binary, HDOC / "template.yml", port)
    try:
        with_wrk(base + options.path, options)  # Warm.
        ours, theirs = [], []
        for number in range(options.rounds):
            turns = [(theirs, lambda: with_wrk(base + options.path, options)),
                     (ours, lambda: with_bench(base, options, "--concurrency", str(options.connections)))]
            for results, measure in turns if number % 2 == 0 else reversed(turns):
                results.append(measure())
        most = statistics.median(result["rate"] for result in ours)
        cost = at_rate(base, options.path, options) if most > 1.2 * RATE else None
    finally:
        if emulator is not None:
            stop(emulator)
    where = "the route"
    if cost is None:
        where = "a MOCK route, since this one does not keep up with that"
        cost = at_rate_of_a_mock(options)
    worst = 0
    print("%-8s %10s %10s %8s" % ("", "wrk", "offstage", "ratio"))
    for name in ("rate", "p50", "p90", "p99"):
        a = statistics.median(result[name] for result in theirs)
        b = statistics.median(result[name] for result in ours)
        ratio = statistics.median(mine[name] / other[name] for mine, other in zip(ours, theirs))
        worst = max(worst, abs(ratio - 1))
        print("%-8s %10.3f %10.3f %8.3f" % (name, a, b, ratio))
    print("closed loop: the generator takes %.2f of a core" % statistics.median(result["cores"] for result in ours))
    print("at %d requests/s of %s: %.0f answered, the generator takes %.2f of a core" % (RATE, where, cost["rate"], cost["cores"]))
    if worst > LIMIT or cost["cores"] >= 1:
        sys.exit("they differ by %.1f %% (limit %.0f %%)" % (100 * worst, 100 * LIMIT))


if __name__ == "__main__":
    main()
