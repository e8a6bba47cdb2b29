#!/usr/bin/env python3
"""Measures `offstage test`: 200 scenarios of 5 requests each on the sample backend's Python handlers.

    bench/scenarios.py build/release/offstage [--jobs N]

Prints the time of the whole run (from the command's start to its end, cold starts included) and what making the
fresh state costs a scenario. The aims: under 20 s on two cores, under 5 ms at the median.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[1]
HDOC = SOURCE / "fixtures" / "hdoc-backend"
SCENARIOS = 200

SUITE = """
suite: bench
given: {data: %s}
scenarios:
  - name: Somebody signs up and publishes
    matrix: {number: [%s]}
    steps:
      - post: /signup
        json: {github_username: "user-${number}"}
        expect: {status: 201}
      - get: /user?username=user-${number}
        expect: {status: 200, body: {github_username: "user-${number}"}}
      - post: /user-${number}/article
        json: {title: "Number ${number}", tags: [bench]}
        expect: {status: 201}
        capture: {article: $.id}
      - get: /articles/${article}
        expect: {status: 200, body: {title: "Number ${number}"}}
      - get: /users?limit=5
        expect: {status: 200, body: <list 5>}
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--jobs", default="2")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="offstage-bench-") as folder:
        folder = pathlib.Path(folder)
        numbers = ", ".join(map(str, range(SCENARIOS)))
        (folder / "bench.scenario.yml").write_text(SUITE % (HDOC / "seed" / "seed.json", numbers))
        report = folder / "report.json"
        start = time.monotonic()
        done = subprocess.run([options.binary, "test", folder, "--template", HDOC / "template.yml", "--jobs", options.jobs,
                               "--report", report, "--data", folder / "data", "-q"], stdout=subprocess.PIPE, text=True)
        seconds = time.monotonic() - start
        if done.returncode != 0:
            raise SystemExit("the suite fails, so its time says nothing:\n" + done.stdout[:4000])
        results = json.loads(report.read_text())["results"]
    prepare = sorted(result["prepare_ms"] for result in results)
    requests = sorted(step["duration_ms"] for result in results for step in result["steps"])
    print("%d scenarios of 5 requests, %s at once: %.1f s" % (len(results), options.jobs, seconds))
    print("fresh state: median %.2f ms, 95 %% %.2f ms, first %.1f ms" % (
        statistics.median(prepare), prepare[len(prepare) * 95 // 100], prepare[-1]))
    print("request: median %.1f ms, 95 %% %.1f ms" % (statistics.median(requests), requests[len(requests) * 95 // 100]))


if __name__ == "__main__":
    main()
