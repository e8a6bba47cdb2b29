"""offstage bench with the real binary: figures that agree with what was measured, comparisons that find what is slower
and nothing else, and plain words where there is no figure."""
import csv
import json
import math
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

from emulator import BINARY, Emulator, Project, wait_until

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Fast:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.11
      # Many environments start at once, maybe on a busy machine.
      Timeout: 20
      Events:
        Get: {Type: Api, Properties: {Path: /fast, Method: get}}
        Broken: {Type: Api, Properties: {Path: /broken, Method: get}}
        Item: {Type: Api, Properties: {Path: "/items/{id}", Method: post}}
"""
HANDLER = """
import json
import time

def handler(event, context):
    time.sleep(%s)
    if event["path"] == "/broken":
        raise ValueError("out of order")
    return {"statusCode": 200, "body": json.dumps(event["pathParameters"])}
"""
SCENARIO = """
suite: items
scenarios:
  - name: an item is taken
    steps:
      - post: /items/7
        json: {a: 1}
        expect: {status: 200}
bench:
  - name: new items
    measure: {post: "/items/${random-int 1 100000}", json: {a: 1}}
"""
QUICK = ["--rounds", "2", "--block", "60ms", "--warm-up", "5", "--no-imports"]
# Short rounds, but as many as a verdict needs.
COMPARE = ["--rounds", "11", "--block", "80ms", "--warm-up", "5", "--no-imports", "-q"]


def files(seconds=0):
    return {"template.yml": TEMPLATE, "src/app.py": HANDLER % seconds}


def bench(project, *arguments, limit=100):
    done = subprocess.run([BINARY, "bench", *map(str, arguments)], cwd=project.folder, text=True, capture_output=True,
                          timeout=limit)
    return done.returncode, done.stdout, done.stderr


class Figures(unittest.TestCase):
    def test_reports_of_all_kinds_tell_of_the_same_run(self):
        with Project(files(0.002)) as project:
            code, out, err = bench(project, "GET /fast", "--json", "out.json", "--report", "out.html", "--report", "out.md",
                                   "--estimate-aws", "memory=512", *QUICK)
            self.assertEqual(code, 0, out + err)
            median = float(re.search(r"GET /fast/concurrency:1\n\s+latency +p50 ([\d.]+)", out).group(1))
            self.assertGreaterEqual(median, 2)
            self.assertRegex(out, r"handler [\d.]+ ms, emulator and HTTP [\d.]+ ms")
            self.assertRegex(out, r"cold +[\d.]+ ms: process start [\d.]+, runtime [\d.]+, imports [\d.]+, first handler run")
            self.assertRegex(out, r"memory +\d+ MB")
            self.assertIn("ESTIMATE, not measured", out)
            runs = json.loads((project.folder / "out.json").read_text())["benchmarks"]
            rounds = [each for each in runs if each["run_type"] == "iteration"]
            self.assertEqual(len(rounds), 2)
            self.assertTrue(all(each["time_unit"] == "ms" and each["p50_ms"] >= 2 for each in rounds))
            self.assertIn("median", {each.get("aggregate_name") for each in runs})
            page = (project.folder / "out.html").read_text()
            self.assertIn("<svg", page)
            self.assertNotIn("http", page)
            self.assertIn("| `GET /fast/concurrency:1` |", (project.folder / "out.md").read_text())

    def test_percentiles_are_those_of_the_log_counted_from_the_intended_start(self):
        with Project(files(0.001)) as project:
            code, out, err = bench(project, "GET /fast", "--rate", "200", "--log", "log.csv", *QUICK[:2], "--block", "600ms",
                                   "--no-imports")
            self.assertEqual(code, 0, out + err)
            with open(project.folder / "log.csv") as log:
                rows = list(csv.DictReader(log))
            self.assertEqual(len(rows), 240)
            for row in rows[:120]:
                self.assertEqual(int(row["due_ns"]) % 5000000, 0)
            times = sorted((int(row["answered_ns"]) - int(row["due_ns"])) / 1e6 for row in rows)
            shown = re.search(r"p50 ([\d.]+)  p90 ([\d.]+)  p99 ([\d.]+)", out)
            for share, text in zip((0.5, 0.9, 0.99), shown.groups()):
                expected = times[math.ceil(share * len(times)) - 1]
                self.assertAlmostEqual(float(text), expected, delta=0.05 * expected + 0.01)

    def test_bench_blocks_come_first_and_routes_otherwise(self):
        with Project({**files(), "scenarios/items.scenario.yml": SCENARIO}) as project:
            code, out, _ = bench(project, "--list")
            self.assertEqual((code, out), (0, "new items  (scenarios/items.scenario.yml:10)\n"))
            code, out, err = bench(project, "--list", "--all-routes")
            self.assertEqual((code, out), (0, "POST /items/7  (scenarios/items.scenario.yml:6:9)\n"))
            self.assertIn("no scenario has a request that succeeds: GET /fast, GET /broken", err)
            code, out, err = bench(project, *QUICK)
            self.assertEqual(code, 0, out + err)
            self.assertIn("new items/concurrency:1\n  latency", out)

    def test_google_benchmarks_own_flags_work(self):
        with Project(files()) as project:
            code, out, err = bench(project, "GET /fast", "POST /items/1", "--benchmark_filter=items",
                                   "--benchmark_format=json", "--benchmark_repetitions=3", *QUICK)
            self.assertEqual(code, 0, err)
            runs = [each for each in json.loads(out)["benchmarks"] if each["run_type"] == "iteration"]
            self.assertEqual(len(runs), 3)
            self.assertTrue(all(each["name"].startswith("POST /items/1/concurrency:1") for each in runs))

    def test_a_running_server_can_be_measured(self):
        with Project(files()) as project, Emulator("--template", project.folder / "template.yml") as emulator:
            code, out, err = bench(project, "GET /fast", "--target", "http://127.0.0.1:%d" % emulator.api_port,
                                   "--concurrency", "1,2", *QUICK)
            self.assertEqual(code, 0, out + err)
            self.assertIn("GET /fast/concurrency:2\n  latency", out)
            self.assertNotIn("handler", out)


class NoFigures(unittest.TestCase):
    def check(self, arguments, code, *words):
        with Project(files()) as project:
            got, out, err = bench(project, *arguments)
            self.assertEqual(got, code, out + err)
            for word in words:
                self.assertIn(word, err)
            self.assertNotIn("p50", out)

    def test_an_unknown_route(self):
        self.check(["GET /fats"], 2, "the template has no such route; did you mean GET /fast?")

    def test_a_route_that_answers_500(self):
        self.check(["GET /broken", *QUICK], 1, "GET /broken answers 502", "out of order")

    def test_another_status_than_expected(self):
        self.check(["GET /fast", "--rate", "1", "--expect-status", "201", *QUICK], 1, "answers 200, not 201")

    def test_a_route_that_fails_in_the_middle(self):
        with Project(files()) as project:
            # Good for some rounds: the figure of those is none either.
            project.write("src/app.py", "import os\nCOUNT = os.path.join(os.path.dirname(__file__), '..', 'count')\n\n"
                          "def handler(event, context):\n"
                          "    with open(COUNT, 'a') as out:\n        out.write('x')\n"
                          "    return {'statusCode': 200 if os.path.getsize(COUNT) < 60 else 503}\n")
            code, out, err = bench(project, "GET /fast", "--rounds", "30", "--block", "30ms", "--warm-up", "1", "--no-imports")
            self.assertEqual(code, 1, out + err)
            self.assertIn("503", err)
            self.assertNotIn("p50", out)

    def test_wrong_usage(self):
        self.check(["fast"], 2, "is no request")
        self.check(["GET /fast", "--fail-above", "10%"], 2, "--baseline")
        self.check(["GET /fast", "--bogus"], 2, "no option --bogus")
        self.check(["GET /fast", "--estimate-aws", "512"], 2, "memory=512"[:7])
        self.check(["GET /fast", "--baseline", "nowhere"], 2, "no such file")
        self.check(["GET /fast", "--report", "x.pdf"], 2, ".md or .html")
        self.check(["GET /fast", "--benchmark_filter=nothing", *QUICK], 2, "no benchmark fits")
        self.check(["GET /fast", "--target", "https://127.0.0.1:1", *QUICK], 2, "plain http:// alone")


class Comparisons(unittest.TestCase):
    def test_a_slower_handler_fails_the_gate_and_the_same_one_does_not(self):
        with Project(files(0.003)) as before, Project(files(0.006)) as after:
            code, out, err = bench(after, "GET /fast", "--baseline", before.folder, "--fail-above", "10%", *COMPARE)
            self.assertEqual(code, 1, out + err)
            self.assertIn("SLOWER", out)
            self.assertIn("GET /fast/concurrency:1 is slower than the baseline by", err)
            code, out, err = bench(before, "GET /fast", "--baseline", before.folder, "--fail-above", "10%", *COMPARE)
            self.assertEqual(code, 0, out + err)
            self.assertIn("no difference that can be told from noise", out)

    def test_a_git_ref_is_checked_out_and_nothing_of_it_is_left(self):
        with Project(files(0.005)) as project:
            def git(*arguments):
                return subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments],
                                      cwd=project.folder, check=True, text=True, capture_output=True).stdout
            git("init", "-q")
            git("add", "-A")
            git("commit", "-qm", "slow")
            project.write("src/app.py", HANDLER % 0)
            code, out, err = bench(project, "GET /fast", "--baseline", "HEAD", *COMPARE)
            self.assertEqual(code, 0, out + err)
            self.assertRegex(out, r"against HEAD \([0-9a-f]{7}\)")
            self.assertRegex(out, r"compared .*: faster")
            self.assertEqual(len(git("worktree", "list").splitlines()), 1)
        self.assertEqual(list(pathlib.Path(tempfile.gettempdir()).glob("offstage-baseline-*")), [])

    def test_an_earlier_runs_json_can_be_compared_with(self):
        with Project(files(0.005)) as project:
            self.assertEqual(bench(project, "GET /fast", "--json", "old.json", *COMPARE)[0], 0)
            project.write("src/app.py", HANDLER % 0)
            code, out, err = bench(project, "GET /fast", "--baseline", "old.json", *COMPARE)
            self.assertEqual(code, 0, out + err)
            self.assertRegex(out, r"compared .*: faster")
            self.assertIn("the two ran at different times", out)


class Interrupted(unittest.TestCase):
    def test_ctrl_c_prints_what_was_measured(self):
        with Project(files()) as project:
            process = subprocess.Popen([BINARY, "bench", "GET /fast", "--rounds", "500", "--block", "50ms", "--no-imports",
                                        "--log", "log.csv"], cwd=project.folder, text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                log = project.folder / "log.csv"
                # What is written comes in pieces: some rounds have been measured then.
                wait_until(lambda: log.exists() and log.stat().st_size > 4000, "the first rounds")
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=20)
            finally:
                process.kill()
                process.wait()
            self.assertEqual(process.returncode, 130, out + err)
            self.assertIn("interrupted", err)
            self.assertRegex(out, r"latency +p50 [\d.]+")
            self.assertRegex(out, r"interrupted after \d+ rounds")


if __name__ == "__main__":
    unittest.main()
