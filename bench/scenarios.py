#!/usr/bin/env python3
"""Measures `offstage test`: 200 scenarios of 5 requests each on the sample backend's Python handlers.

    bench/scenarios.py build/release/offstage [--jobs N] [--no-others]

Prints the time of the whole run (from the command's start to its end, cold starts included) and what making the
fresh state costs a scenario. The aims: under 20 s on two cores, under 5 ms at the median.

Then the same requests and checks by other runners against `offstage start`, as fast as each can: Node.js' own
(`node --test` with fetch, which Debian has) and, where it is installed, vitest (`npm install vitest` in a folder named
by --vitest). They share one deployment and its data: nothing is reset between their scenarios, and no failure says
what happened inside.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
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


# The suite above, for a runner with test(name, function).
CHECKS = """
import assert from "node:assert";
%s
const api = process.env.API_URL;
async function ask(path, body) {
  const answer = await fetch(api + path, body && {method: "POST", body: JSON.stringify(body), headers: {"Content-Type": "application/json"}});
  return [answer.status, await answer.json()];
}
for (let number = %d; number < %d; ++number) {
  test("Somebody signs up and publishes " + number, async () => {
    const name = "user-" + number, title = "Number " + number;
    assert.equal((await ask("/signup", {github_username: name}))[0], 201);
    const [status, user] = await ask("/user?username=" + name);
    assert.deepEqual([status, user.github_username], [200, name]);
    const [published, article] = await ask("/" + name + "/article", {title, tags: ["bench"]});
    assert.equal(published, 201);
    const [read, found] = await ask("/articles/" + article.id);
    assert.deepEqual([read, found.title], [200, title]);
    const [listed, users] = await ask("/users?limit=5");
    assert.deepEqual([listed, users.length], [200, 5]);
  });
}
"""


class Deployment:
    """`offstage start` with the seed data, until the end of the block."""

    def __init__(self, binary):
        self.process = subprocess.Popen(
            [binary, "start", "--in-memory", "--port", "0", "--aws-port", "0", "-q", "--template", HDOC / "template.yml",
             "--seed", HDOC / "seed" / "seed.json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def __enter__(self):
        for line in self.process.stdout:
            if match := re.match(r"API\s+(http://\S+)", line):
                url = match.group(1)
            if line.startswith("Ready."):
                return url
        raise SystemExit("offstage start has ended")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        self.process.stdout.close()


def run_other(name, command, binary, folder, source, jobs):
    """Prints how long `command` takes for the checks, in as many files as it can run at once."""
    folder.mkdir()
    share = SCENARIOS // jobs
    for job in range(jobs):
        (folder / ("part%d.test.mjs" % job)).write_text(CHECKS % (source, job * share, (job + 1) * share))
    # From nothing to everything stopped, as with `offstage test`.
    start = time.monotonic()
    with Deployment(binary) as url:
        done = subprocess.run(command(folder), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=dict(os.environ, API_URL=url))
    seconds = time.monotonic() - start
    if done.returncode != 0:
        print("%s: fails, so its time says nothing:\n%s" % (name, done.stdout[-2000:]))
        return
    print("%s: %.1f s, starting and stopping the emulator included (nothing is reset between its scenarios)" % (name, seconds))


def run_others(options, folder):
    jobs = int(options.jobs)
    if shutil.which("node"):
        run_other("node --test with fetch", lambda at: ["node", "--test", *sorted(map(str, at.glob("*.mjs")))], options.binary,
                  folder / "node", 'import test from "node:test";', jobs)
    vitest = options.vitest and pathlib.Path(options.vitest).resolve() / "node_modules"
    if vitest:
        (folder / "node_modules").symlink_to(vitest)
        run_other("vitest", lambda at: [vitest / ".bin" / "vitest", "run", "--root", at, "--testTimeout=60000"],
                  options.binary, folder / "vitest", 'import {test} from "vitest";', jobs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--no-others", action="store_true", help="do not run other runners")
    parser.add_argument("--vitest", help="a folder in which `npm install vitest` has run")
    options = parser.parse_args()
    options.binary = str(pathlib.Path(options.binary).resolve())
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
        report_own(options, results, seconds)
        if not options.no_others:
            run_others(options, folder)


def report_own(options, results, seconds):
    prepare = sorted(result["prepare_ms"] for result in results)
    requests = sorted(step["duration_ms"] for result in results for step in result["steps"])
    print("%d scenarios of 5 requests, %s at once: %.1f s" % (len(results), options.jobs, seconds))
    print("fresh state: median %.2f ms, 95 %% %.2f ms, first %.1f ms" % (
        statistics.median(prepare), prepare[len(prepare) * 95 // 100], prepare[-1]))
    print("request: median %.1f ms, 95 %% %.1f ms" % (statistics.median(requests), requests[len(requests) * 95 // 100]))


if __name__ == "__main__":
    main()
