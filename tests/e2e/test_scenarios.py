"""offstage test and exec, from outside: exit codes, messages, isolation, crashes, reports."""
import json
import os
import signal
import subprocess
import sys
import unittest
import xml.etree.ElementTree

from emulator import BINARY, LIMIT_S, Project, alive, descendants, run, wait_until

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.11, Timeout: 10}}
Resources:
  Notes: {Type: AWS::Serverless::SimpleTable}
  Api:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      Environment: {Variables: {NOTES: !Ref Notes}}
      InlineCode: |
        import json, os, signal, time, urllib.request
        count = 0
        def post(path, body, **headers):
            headers = {name.replace("_", "-"): value for name, value in headers.items()}
            request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + path, json.dumps(body).encode(), headers)
            return urllib.request.urlopen(request).read()
        def handler(event, context):
            global count
            count += 1
            if event.get("later"):
                time.sleep(event["later"])
                if event.get("note"):
                    post("/", {"TableName": os.environ["NOTES"], "Item": {"id": {"S": event["note"]}}},
                         X_Amz_Target="DynamoDB_20120810.PutItem", Content_Type="application/x-amz-json-1.0")
                if event.get("fail"):
                    raise ValueError("later")
                return event
            path = event["path"]
            if path in ("/async", "/async-fail"):
                post("/2015-03-31/functions/%s/invocations" % context.function_name,
                     {"later": 0.3, "note": "written later", "fail": path == "/async-fail"}, X_Amz_Invocation_Type="Event")
            if path == "/kill-emulator":
                os.kill(os.getppid(), signal.SIGKILL)
                time.sleep(5)
            if path == "/exit":
                os._exit(3)
            if path == "/fail":
                print("about to fail")
                raise ValueError("on purpose")
            return {"statusCode": 200, "body": json.dumps({"count": count, "path": path})}
      Events:
        Any: {Type: Api, Properties: {Path: "/{proxy+}", Method: any}}
"""


class ScenarioTest(unittest.TestCase):
    def setUp(self):
        self.project = Project({"template.yml": TEMPLATE})
        self.addCleanup(self.project.__exit__)

    def suite(self, text, name="a.scenario.yml"):
        return self.project.write("scenarios/" + name, text)

    def offstage_test(self, *arguments, env=None):
        return run("test", *arguments, cwd=self.project.folder, env=env)


class WorkersGetTheOptions(ScenarioTest):
    """Scenarios run in processes of their own, which must see what the command was told."""

    GREETING = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Greeting: {Type: "AWS::SSM::Parameter::Value<String>", Default: /greeting}
  Name: {Type: String}
Resources:
  Things:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: things
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 1}
  Api:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: index.handler
      Environment: {Variables: {GREETING: !Ref Greeting, NAME: !Ref Name}}
      InlineCode: |
        import os, json, urllib.error, urllib.request
        def call(operation, body):
            request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], json.dumps(body).encode(),
                {"X-Amz-Target": "DynamoDB_20120810." + operation, "Content-Type": "application/x-amz-json-1.0"})
            try:
                return json.load(urllib.request.urlopen(request))
            except urllib.error.HTTPError as error:
                return json.load(error)
        def handler(event, context):
            put = [call("PutItem", {"TableName": "things", "Item": {"id": {"S": "a"}}}) for _ in range(3)]
            get = call("GetItem", {"TableName": "things", "Key": {"id": {"S": "a"}}})
            return {"statusCode": 200, "body": json.dumps({
                "greeting": os.environ["GREETING"] + os.environ["NAME"],
                "throttled": "Exceeded" in put[2].get("__type", ""), "seen": "Item" in get})}
      Events: {Any: {Type: Api, Properties: {Path: /x, Method: get}}}
"""

    def run_with(self, *arguments, expected):
        self.project.write("template.yml", self.GREETING)
        self.suite("scenarios: [{name: s, steps: [{get: /x, expect: {status: 200, body: %s}}]}]" % json.dumps(expected))
        code, out, err = self.offstage_test(*arguments, "--parameter-overrides", "Name=Ada")
        self.assertEqual(code, 0, out + err)

    def test_values_and_modes(self):
        values = self.project.write("values.yml", "/greeting: hello")
        self.run_with("--ssm-parameters", values, "--enforce-capacity", "--read-lag", "60000",
                      expected={"greeting": "helloAda", "throttled": True, "seen": False})

    def test_without_the_modes(self):
        values = self.project.write("values.yml", "/greeting: hello")
        self.run_with("--ssm-parameters", values,
                      expected={"greeting": "helloAda", "throttled": False, "seen": True})


class ExitCodesAndMessages(ScenarioTest):
    def test_passing_suite(self):
        self.suite("scenarios: [{name: it answers, steps: [{get: /x, expect: {status: 200, body: {path: /x}}}]}]")
        code, out, err = self.offstage_test()
        self.assertEqual(code, 0, out + err)
        self.assertIn("✓ a: it answers", out)
        self.assertIn("1 scenarios, 1 passed", out)

    def test_a_failure_shows_all_that_one_needs(self):
        self.suite("scenarios:\n  - name: it fails\n    steps:\n      - get: /fail\n        expect: {status: 200, body: {path: /fail}}\n")
        code, out, err = self.offstage_test()
        self.assertEqual(code, 1, out + err)
        for part in ("step 1  GET /fail", "a.scenario.yml:4:9", "status", "expected  200", "but was   502",
                     "curl -i 'http://127.0.0.1:3000/fail'", "gateway ANY /{proxy+}", "lambda Api", "about to fail",
                     "ValueError: on purpose", "1 failed"):
            self.assertIn(part, out)

    def test_broken_files_name_the_place(self):
        for text, part in (
                ("scenarios: [{nme: x, steps: []}]", "scenarios/a.scenario.yml:1:14: a scenario has no key `nme`; did you mean `name`?"),
                ("scenarios: [{name: x, steps: [{get: /, expect: {body: <strng>}}]}]", "did you mean <string>?"),
                ("scenarios: [{name: x, steps: [{get: /, as: ada}]}]", "scenarios/a.scenario.yml:1:44: there is no user `ada`"),
                ("scenarios: [{name: x, steps: {get: /}}]", "`steps` takes a list"),
                ("scenarios: [{name: x, steps: [{settle: soon}]}]", "`settle` takes a duration"),
                ("include: a.scenario.yml", "files include each other"),
                ("scenarios: [{name: x, steps: [{get: /, expect: {jsonpath: {$.a[: 1}}}]}]", "a.scenario.yml:1:")):
            self.suite(text)
            code, out, err = self.offstage_test()
            self.assertEqual(code, 2, text + out + err)
            self.assertIn(part, err)

    def test_wrong_usage(self):
        code, _, err = self.offstage_test("nowhere")
        self.assertEqual((code, "there is no file or folder nowhere" in err), (2, True), err)
        code, _, err = self.offstage_test()
        self.assertEqual(code, 2)
        self.assertIn("offstage test --init", err)
        self.suite("scenarios: []")
        for arguments in (["--filter", "nothing"], ["--tag", "none"], ["--shard", "3/2"], ["--report", "r.txt"], ["--random-seed", "x"]):
            code, _, err = self.offstage_test(*arguments)
            self.assertEqual(code, 2, err)

    def test_init_writes_a_suite_that_runs(self):
        code, out, err = self.offstage_test("--init")
        self.assertEqual(code, 0, err)
        self.assertIn("    Notes: []  # e.g. [{id: a}]\n", (self.project.folder / "scenarios" / "api.scenario.yml").read_text())
        code, out, err = self.offstage_test()
        self.assertEqual(code, 0, out + err)
        code, _, err = self.offstage_test("--init")
        self.assertEqual(code, 2)
        self.assertIn("exists already", err)

    def test_route_coverage(self):
        self.suite("scenarios: [{name: nothing, steps: [{put-item: Notes, item: {id: a}}]}]")
        code, out, err = self.offstage_test("--min-route-coverage", "50")
        self.assertEqual(code, 1)
        self.assertIn("routes reached: 0 of 1 (0 %); not reached: ANY /{proxy+}", out)
        self.assertIn("--min-route-coverage asks", err)


class Isolation(ScenarioTest):
    def test_each_scenario_has_its_own_data(self):
        self.suite("""
given: {tables: {Notes: [{id: first}]}}
scenarios:
  - name: Writes
    matrix: {i: [1, 2, 3, 4, 5, 6, 7, 8]}
    steps:
      - {put-item: Notes, item: {id: "item ${i}", n: "${i}"}}
      - {delete-item: Notes, key: {id: first}}
      - {scan-items: Notes, expect: {count: 1, items: [{n: "${i}"}]}}
""")
        code, out, err = self.offstage_test("--jobs", "2", "--repeat", "3")
        self.assertEqual(code, 0, out + err)
        self.assertIn("24 passed", out)

    def test_handlers_stay_warm(self):
        self.suite("""
scenarios:
  - {name: one, steps: [{get: /a, expect: {status: 200}}]}
  - {name: two, steps: [{get: /a, expect: {start: warm, body: {count: 2}}}]}
""")
        code, out, err = self.offstage_test("--jobs", "1", "--in-order")
        self.assertEqual(code, 0, out + err)

    def test_a_crash_of_the_emulator_costs_one_scenario(self):
        self.suite("""
scenarios:
  - {name: one, steps: [{get: /a, expect: {status: 200}}]}
  - {name: crash, steps: [{get: /kill-emulator, expect: {status: 200}}]}
  - {name: exit, steps: [{get: /exit, expect: {status: 502}}]}
  - {name: two, steps: [{get: /b, expect: {status: 200}}]}
""")
        code, out, err = self.offstage_test("--jobs", "1", "--in-order")
        self.assertEqual(code, 1, out + err)
        self.assertIn("3 passed, 1 in error", out)
        self.assertIn("the emulator ended in the middle of this scenario (signal: killed)", out)

    def test_failed_runs_the_failed_ones_again(self):
        self.suite("""
scenarios:
  - {name: good, steps: [{get: /a, expect: {status: 200}}]}
  - {name: bad, steps: [{get: /a, expect: {status: 201}}]}
""")
        self.assertEqual(self.offstage_test()[0], 1)
        code, out, _ = self.offstage_test("--failed", "--list")
        self.assertEqual((code, out), (0, "a: bad\n"))

    def test_an_interrupted_run_leaves_nothing(self):
        self.suite("scenarios: [{name: long, steps: [{invoke: Api, event: {later: 8}}]}]")
        process = subprocess.Popen([BINARY, "test"], cwd=self.project.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
        try:
            wait_until(lambda: len(descendants(process.pid)) >= 2, "the handler to run")
            below = descendants(process.pid)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(LIMIT_S), 130)
            wait_until(lambda: not any(alive(pid) for pid in below), "everything to end", 10)
        finally:
            process.kill()
            process.stdout.close()


class Inside(ScenarioTest):
    def test_settle_waits_for_asynchronous_work(self):
        self.suite("""
scenarios:
  - name: settled
    steps:
      - {get: /async, expect: {tables: {Notes: {count: 0}}}}
      - settle: 20s
      - {check: the note, expect: {tables: {Notes: {has: {id: written later}}}}}
  - name: eventually
    steps:
      - {get: /async}
      - {check: the note, eventually: 20s, expect: {tables: {Notes: {count: 1}}}}
  - name: a retry is due in a minute
    steps:
      - {get: /async-fail}
      - {check: the first attempt, eventually: 20s, expect: {tables: {Notes: {count: 1}}}}
      - {delete-item: Notes, key: {id: written later}}
      - {settle: 1s}
""")
        code, out, err = self.offstage_test("--jobs", "1")
        self.assertEqual(code, 1, out + err)
        self.assertIn("2 passed, 1 in error", out)
        self.assertRegex(out, r"not settled after 1s: 1 invocations, 1 of them asynchronous; the next retry is due in \d+ s")

    def test_the_clock_is_the_scenarios(self):
        self.suite("""
given: {clock: "2030-01-31T23:00:00Z"}
scenarios:
  - name: the clock moves
    steps:
      - {put-item: Notes, item: {id: a, day: "${today}"}}
      - advance: 2h
      - {put-item: Notes, item: {id: b, day: "${today}"}}
      - {scan-items: Notes, expect: {items: {$unordered: [{id: a, day: "2030-01-31"}, {id: b, day: "2030-02-01"}]}}}
""")
        code, out, err = self.offstage_test()
        self.assertEqual(code, 0, out + err)


class Reports(ScenarioTest):
    def test_every_kind(self):
        self.suite("""
scenarios:
  - {name: good, steps: [{get: /a, expect: {status: 200}}]}
  - {name: bad, steps: [{get: /a, expect: {status: 201}}]}
  - {name: later, skip: not yet, steps: [{get: /a}]}
""")
        names = ["r.xml", "r.json", "r.tap", "r.md", "r.html"]
        summary = self.project.folder / "summary.md"
        env = dict(os.environ, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
        code, out, err = self.offstage_test(*[x for name in names for x in ("--report", name)], env=env)
        self.assertEqual(code, 1, out + err)
        text = {name: (self.project.folder / name).read_text() for name in names}
        root = xml.etree.ElementTree.fromstring(text["r.xml"])
        self.assertEqual([root.get(x) for x in ("tests", "failures", "skipped")], ["3", "1", "1"])
        data = json.loads(text["r.json"])
        self.assertEqual((data["passed"], data["failed"], data["skipped"]), (1, 1, 1))
        self.assertEqual(data["coverage"]["statuses"], {"ANY /{proxy+}": [200]})
        self.assertIn("1..3", text["r.tap"])
        self.assertIn("not ok", text["r.tap"])
        self.assertIn("some failed", summary.read_text())
        self.assertIn("<!doctype html>", text["r.html"])
        self.assertRegex(out, r"::error file=scenarios/a.scenario.yml,line=4,title=a%3A bad::")


class Exec(ScenarioTest):
    def exec(self, code, *options):
        return run("exec", *options, "--", sys.executable, "-c", code, cwd=self.project.folder)

    def test_variables_lead_to_the_deployment(self):
        code, out, err = self.exec("""
import json, os, urllib.request
print(urllib.request.urlopen(os.environ["API_URL"] + "/x").read().decode())
request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], json.dumps({"TableName": os.environ["OFFSTAGE_TABLE_NOTES"]}).encode(),
    {"X-Amz-Target": "DynamoDB_20120810.DescribeTable", "Content-Type": "application/x-amz-json-1.0"})
print(json.loads(urllib.request.urlopen(request).read())["Table"]["TableStatus"])
print(os.environ.get("AWS_PROFILE"))
""")
        self.assertEqual(code, 0, err)
        self.assertEqual(out.splitlines()[1:], ["ACTIVE", "None"])
        self.assertEqual(json.loads(out.splitlines()[0])["path"], "/x")

    def test_exits_with_the_commands_status(self):
        self.assertEqual(self.exec("raise SystemExit(5)")[0], 5)
        self.assertEqual(self.exec("import os, signal; os.kill(os.getpid(), signal.SIGTERM)")[0], 128 + signal.SIGTERM)
        code, _, err = run("exec", "--", "/no/such/program", cwd=self.project.folder)
        self.assertEqual(code, 2)
        self.assertIn("cannot run /no/such/program", err)

    def test_an_old_boto3_is_led_there_too(self):
        code, out, err = run("exec", "--", "/usr/bin/python3", "-c",
                             "import boto3; print(boto3.client('dynamodb').list_tables()['TableNames'])", cwd=self.project.folder)
        self.assertEqual(code, 0, err)
        self.assertIn("Notes", out)

    def test_leaves_nothing_running(self):
        code, out, err = self.exec("import subprocess; print(subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL).pid)")
        self.assertEqual(code, 0, err)
        wait_until(lambda: not alive(int(out)), "what the command left behind to end", 10)


class TargetUrl(ScenarioTest):
    def test_the_same_suite_against_a_url(self):
        self.suite("scenarios: [{name: n, steps: [{put-item: Notes, item: {id: a}}, {get: /x, expect: {status: 200, calls: {dynamodb: 0}}}]}]")
        code, out, err = run("exec", "--", "/bin/sh", "-c", '"%s" test --target "$API_URL/Prod"' % BINARY, cwd=self.project.folder)
        self.assertEqual(code, 0, out + err)
        self.assertIn("not checked", out)


if __name__ == "__main__":
    unittest.main()
