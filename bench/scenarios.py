#!/usr/bin/env python3
"""Measures `offstage test`: 200 scenarios of 5 requests each on the sample backend's Python handlers.

    bench/scenarios.py build/release/offstage [--jobs N] [--no-others] [--runners FOLDER]

Prints the time of the whole run (from the command's start to its end, cold starts included) and what making the
fresh state costs a scenario. The aims: under 20 s on two cores, under 5 ms at the median.

Then the same requests and checks by other runners against `offstage start`, as fast as each can: Node.js' own
(`node --test` with fetch, which Debian has) and those that --runners names a folder of (`npm install bun uvu vitest
newman stepci` there; what is missing is left out), and in the end the fastest beside ours. They share one deployment
and its data: nothing is reset between their scenarios, and no failure says what happened inside. (hurl is in neither:
its npm package downloads the program from elsewhere.)
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


def write_checks(folder, source, jobs):
    """One file for each job, in JavaScript; `source` brings test(name, function)."""
    share = SCENARIOS // jobs
    for job in range(jobs):
        (folder / ("part%d.test.mjs" % job)).write_text(CHECKS % (source, job * share, (job + 1) * share))


def write_postman(folder, _source, _jobs):
    """A collection for newman, run once for each number."""
    def item(name, method, path, body, script):
        request = {"method": method, "url": "{{api}}" + path, "header": [{"key": "Content-Type", "value": "application/json"}]}
        if body:
            request["body"] = {"mode": "raw", "raw": json.dumps(body)}
        lines = ["pm.test('%s', () => { const body = pm.response.json(); %s });" % (name, script)]
        return {"name": name, "request": request, "event": [{"listen": "test", "script": {"exec": lines}}]}
    number = "pm.iterationData.get('number')"
    items = [
        item("sign up", "POST", "/signup", {"github_username": "user-{{number}}"}, "pm.response.to.have.status(201);"),
        item("user", "GET", "/user?username=user-{{number}}", None,
             "pm.response.to.have.status(200); pm.expect(body.github_username).to.equal('user-' + %s);" % number),
        item("publish", "POST", "/user-{{number}}/article", {"title": "Number {{number}}", "tags": ["bench"]},
             "pm.response.to.have.status(201); pm.variables.set('article', body.id);"),
        item("article", "GET", "/articles/{{article}}", None,
             "pm.response.to.have.status(200); pm.expect(body.title).to.equal('Number ' + %s);" % number),
        item("users", "GET", "/users?limit=5", None, "pm.response.to.have.status(200); pm.expect(body.length).to.equal(5);")]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    (folder / "collection.json").write_text(json.dumps({"info": {"name": "bench", "schema": schema}, "item": items}))
    (folder / "data.json").write_text(json.dumps([{"number": number} for number in range(SCENARIOS)]))


def write_stepci(folder, _source, jobs):
    """A workflow for stepci, which reads JSON too."""
    def step(name, path, check, body=None, captures=None):
        http = {"url": "${{env.api}}" + path, "method": "POST" if body else "GET", "check": check}
        if body:
            http["json"] = body
        if captures:
            http["captures"] = captures
        return {"name": name, "http": http}
    tests = {}
    for number in range(SCENARIOS):
        name, title = "user-%d" % number, "Number %d" % number
        tests["n%d" % number] = {"steps": [
            step("sign up", "/signup", {"status": 201}, {"github_username": name}),
            step("user", "/user?username=" + name, {"status": 200, "jsonpath": {"$.github_username": name}}),
            step("publish", "/%s/article" % name, {"status": 201}, {"title": title, "tags": ["bench"]}, {"article": {"jsonpath": "$.id"}}),
            step("article", "/articles/${{captures.article}}", {"status": 200, "jsonpath": {"$.title": title}}),
            step("users", "/users?limit=5", {"status": 200, "jsonpath": {"$.length": 5}})]}
    (folder / "workflow.json").write_text(json.dumps({"version": "1.1", "name": "bench", "config": {"concurrency": jobs}, "tests": tests}))


def run_other(name, command, write, source, options, folder):
    """Prints and returns how many seconds `command` takes for the checks, in as many files as it can run at once."""
    folder.mkdir()
    write(folder, source, int(options.jobs))
    # From nothing to everything stopped, as with `offstage test`.
    start = time.monotonic()
    with Deployment(options.binary) as url:
        done = subprocess.run([part.replace("{api}", url) for part in map(str, command)], cwd=folder, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, env=dict(os.environ, API_URL=url, DO_NOT_TRACK="1"))
    seconds = time.monotonic() - start
    if done.returncode != 0:
        print("%s: fails, so its time says nothing:\n%s" % (name, done.stdout[-2000:]))
        return None
    print("%s: %.1f s, starting and stopping the emulator included" % (name, seconds))
    return seconds


def run_others(options, folder):
    """The fastest: (seconds, name); null when there is none."""
    programs = options.runners and pathlib.Path(options.runners).resolve() / "node_modules"
    if programs:
        (folder / "node_modules").symlink_to(programs)

    def program(name):
        path = programs and programs / ".bin" / name
        return path if path and path.exists() else None
    rows = [("node --test with fetch", shutil.which("node"), ["--test", "--test-concurrency=" + options.jobs],
             write_checks, 'import test from "node:test";'),
            ("bun test", program("bun"), ["test", "--timeout=60000"], write_checks, 'import {test} from "bun:test";'),
            ("bun test --concurrent", program("bun"), ["test", "--timeout=60000", "--concurrent", "--max-concurrency=" + options.jobs],
             write_checks, 'import {test} from "bun:test";'),
            ("uvu with fetch", program("uvu"), [".", r"test\.mjs$"], write_checks,
             'import {suite} from "uvu"; const test = suite("bench"); setImmediate(() => test.run());'),
            ("vitest", program("vitest"), ["run", "--root", ".", "--testTimeout=60000"], write_checks, 'import {test} from "vitest";'),
            ("newman", program("newman"), ["run", "collection.json", "-d", "data.json", "--env-var", "api={api}", "--reporters", "progress"],
             write_postman, ""),
            ("stepci", program("stepci"), ["run", "workflow.json", "-e", "api={api}"], write_stepci, "")]
    times = []
    for number, (name, path, arguments, write, source) in enumerate(rows):
        if path:
            seconds = run_other(name, [path, *arguments], write, source, options, folder / ("other%d" % number))
            if seconds:
                times.append((seconds, name))
    return min(times, default=None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--no-others", action="store_true", help="do not run other runners")
    parser.add_argument("--runners", help="a folder in which `npm install bun uvu vitest newman stepci` has run")
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
            fastest = run_others(options, folder)
            if fastest:
                print("offstage test: %.1f s; the fastest other runner, %s: %.1f s (nothing is reset between its scenarios)"
                      % (seconds, fastest[1], fastest[0]))


def report_own(options, results, seconds):
    prepare = sorted(result["prepare_ms"] for result in results)
    requests = sorted(step["duration_ms"] for result in results for step in result["steps"])
    print("%d scenarios of 5 requests, %s at once: %.1f s" % (len(results), options.jobs, seconds))
    print("fresh state: median %.2f ms, 95 %% %.2f ms, first %.1f ms" % (
        statistics.median(prepare), prepare[len(prepare) * 95 // 100], prepare[-1]))
    print("request: median %.1f ms, 95 %% %.1f ms" % (statistics.median(requests), requests[len(requests) * 95 // 100]))


if __name__ == "__main__":
    main()
