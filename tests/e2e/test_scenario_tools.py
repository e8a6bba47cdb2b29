"""Scenarios beyond a plain run: --watch, --record, contracts, consumed capacity, stale reads."""
import json
import signal
import subprocess
import threading
import unittest

from emulator import BINARY, LIMIT_S, Emulator, Project, run, wait_until

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.11, Timeout: 10, CodeUri: src}}
Resources:
  Notes: {Type: AWS::Serverless::SimpleTable}
  Api:
    Type: AWS::Serverless::Function
    Properties:
      Handler: api.handler
      Environment: {Variables: {NOTES: !Ref Notes}}
      Events:
        Add: {Type: Api, Properties: {Path: /notes, Method: post}}
        Get: {Type: Api, Properties: {Path: "/notes/{id}", Method: get}}
  Other:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: other
      Handler: other.handler
      Events: {Any: {Type: Api, Properties: {Path: /other, Method: get}}}
"""
API = """
import json, os, urllib.request, uuid
def call(operation, **body):
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], json.dumps(body).encode(),
        {"X-Amz-Target": "DynamoDB_20120810." + operation, "Content-Type": "application/x-amz-json-1.0", "X-Amz-Date": "20260101T000000Z",
         "Authorization": "AWS4-HMAC-SHA256 Credential=%s/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0"
                          % os.environ["AWS_ACCESS_KEY_ID"]})
    return json.load(urllib.request.urlopen(request))
def answer(status, body):
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
def handler(event, context):
    if event["httpMethod"] == "POST":
        note = {"id": "note-" + uuid.uuid4().hex[:8], "text": json.loads(event["body"])["text"]}
        call("PutItem", TableName=os.environ["NOTES"], Item={name: {"S": value} for name, value in note.items()})
        return answer(201, note)
    found = call("GetItem", TableName=os.environ["NOTES"], Key={"id": {"S": event["pathParameters"]["id"]}})
    if "Item" not in found:
        return answer(404, {"message": "no such note"})
    return answer(200, {name: value["S"] for name, value in found["Item"].items()})
"""
OTHER = 'def handler(event, context):\n    return {"statusCode": 200, "body": "other"}\n'


class ToolsTest(unittest.TestCase):
    def setUp(self):
        self.project = Project({"template.yml": TEMPLATE, "src/api.py": API, "other/other.py": OTHER})
        self.addCleanup(self.project.__exit__)

    def suite(self, text, name="a.scenario.yml"):
        return self.project.write("scenarios/" + name, text)

    def offstage_test(self, *arguments):
        return run("test", *arguments, cwd=self.project.folder)


class Record(ToolsTest):
    def test_what_was_done_runs_again(self):
        file = self.project.folder / "scenarios" / "recorded.scenario.yml"
        file.parent.mkdir()
        with Emulator("--record", file, cwd=self.project.folder) as emulator:
            _, _, body = emulator.request("POST", "/notes", json.dumps({"text": "hello", "password": "hunter2"}),
                                          {"Content-Type": "application/json"})
            note = json.loads(body)["id"]
            self.assertEqual(emulator.get("/notes/" + note)[0], 200)
            self.assertEqual(emulator.get("/notes/none-there")[0], 404)
        text = file.read_text()
        self.assertNotIn("hunter2", text)
        self.assertNotIn(note, text)
        code, out, err = run("test", cwd=self.project.folder, env={"PASSWORD": "x", "PATH": "/usr/bin:/bin"})
        self.assertEqual(code, 0, out + err + text)
        self.assertIn("1 passed", out)

    def test_a_file_that_cannot_be_written(self):
        code, _, err = run("start", "--port", "0", "--aws-port", "0", "--in-memory", "--record", "/nowhere/r.yml", cwd=self.project.folder)
        self.assertEqual(code, 3)
        self.assertIn("cannot write /nowhere/r.yml", err)


class Watch(ToolsTest):
    def test_a_change_runs_what_it_affects(self):
        self.suite("scenarios: [{name: notes, steps: [{get: /notes/x, expect: {status: 404}}]}]")
        self.suite("scenarios: [{name: other, steps: [{get: /other, expect: {status: 200}}]}]", "b.scenario.yml")
        process = subprocess.Popen([BINARY, "test", "--watch"], cwd=self.project.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")))
        reader.start()

        def after(mark, words):
            wait_until(lambda: any(words in line for line in lines[mark:]) or process.poll() is not None, words)
            self.assertIsNone(process.poll(), "".join(lines))

        def next_run(change):
            mark = len(lines)
            change()
            after(mark, "Waiting for a change")
            return "".join(lines[mark:])
        try:
            after(0, "Waiting for a change")
            self.assertIn("2 passed", "".join(lines))
            output = next_run(lambda: self.project.write("other/other.py", OTHER.replace("200", "500")))
            self.assertIn("other/other.py has changed: running what it affects", output)
            self.assertIn("✗ b: other", output)
            self.assertNotIn("a: notes", output)
            output = next_run(lambda: self.suite("scenarios: [{name: more, steps: [{get: /notes/y, expect: {status: 404}}]}]"))
            self.assertIn("a: more", output)
            output = next_run(lambda: self.project.write("template.yml", TEMPLATE.replace("Timeout: 10", "Timeout: 9")))
            self.assertIn("running everything", output)
        finally:
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(LIMIT_S), 130)
            reader.join(LIMIT_S)
            process.stdout.close()


class Expectations(ToolsTest):
    CONTRACT = """
openapi: 3.0.0
paths:
  /notes: {post: {responses: {201: {content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}}}}
  "/notes/{id}": {get: {responses: {200: {content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}}}}
components: {schemas: {Note: {type: object, required: [id, %s]}}}
"""

    def test_capacity(self):
        self.suite("""
scenarios:
  - name: units
    steps:
      - {post: /notes, json: {text: a}, expect: {status: 201, capacity: {total: 1, Notes: 1}, calls: {dynamodb.Scan: 0}}, capture: {id: $.id}}
      - {get: "/notes/${id}", expect: {capacity: {total: <..0.5>}}}
  - name: too many
    steps: [{post: /notes, json: {text: a}, expect: {capacity: {Notes: <..0.5>}}}]
""")
        code, out, err = self.offstage_test("--jobs", "1")
        self.assertEqual(code, 1, out + err)
        self.assertIn("1 passed, 1 failed", out)
        self.assertIn("capacity.Notes", out)

    def test_every_response_is_held_to_the_contract(self):
        steps = """
contract: api.yml
scenarios:
  - name: held
    steps:
      - {post: /notes, json: {text: a}, capture: {id: $.id}}
      - {get: "/notes/${id}"}
      - {get: /notes/none, contract: off}
  - name: not described
    steps: [{get: /notes/none}]
"""
        self.suite(steps)
        self.project.write("scenarios/api.yml", self.CONTRACT % "text")
        code, out, err = self.offstage_test("--jobs", "1")
        self.assertEqual(code, 1, out + err)
        self.assertIn("1 passed, 1 failed", out)
        self.assertIn("contract api.yml GET /notes/{id}", out)
        self.project.write("scenarios/api.yml", self.CONTRACT % "colour")
        code, out, err = self.offstage_test("--jobs", "1", "--filter", "held")
        self.assertEqual(code, 1, out + err)
        self.assertIn("contract api.yml POST /notes 201", out)
        self.assertIn("colour", out)

    def test_stale_reads(self):
        self.suite("""
given: {tables: {Notes: [{id: old, text: before}]}}
scenarios:
  - name: a reader that does not ask for consistency
    steps:
      - {put-item: Notes, item: {id: new, text: now}}
      - {get: /notes/new, expect: {status: 404}}
      - {get: /notes/new, eventually: 20s, expect: {status: 200}}
""")
        code, out, err = self.offstage_test("--read-lag", "1500")
        self.assertEqual(code, 0, out + err)


class FaultsAndCrashes(ToolsTest):
    def test_each_kind_of_fault(self):
        self.suite("""
scenarios:
  - name: the second call fails
    given: {faults: {operation: GetItem, nth: 2, fail: InternalServerError}}
    steps:
      - {get: /notes/x, expect: {status: 404}}
      - {get: /notes/x, expect: {status: 502}}
      - {get: /notes/x, expect: {status: 404}}
  - name: throttled twice
    given: {faults: {table: Notes, times: 2, throttle: true}}
    steps:
      - {get: /notes/x, expect: {status: 502, log: {has: HTTP Error 400}}}
      - {get: /notes/x, expect: {status: 502}}
      - {get: /notes/x, expect: {status: 404}}
  - name: slow
    steps:
      - {fault: {operation: GetItem, latency: 400ms}}
      - {get: /notes/x, expect: {status: 404, duration: <400..>}}
  - name: killed
    steps:
      - {get: /notes/x}
      - {fault: {function: Api, kill: true}}
      - {get: /notes/x, expect: {status: 502}}
      - {get: /notes/x, expect: {status: 404, start: cold}}
  - name: cold on demand
    steps:
      - {get: /notes/x}
      - {get: /notes/x, expect: {start: warm}}
      - {cold-start: all}
      - {get: /notes/x, expect: {start: cold}}
  - name: a time-out
    steps:
      - {fault: {operation: GetItem, latency: 20s}}
      - {get: /notes/x, expect: {status: 502, log: {has: Task timed out}}}
""")
        self.project.write("template.yml", TEMPLATE.replace("Timeout: 10", "Timeout: 2"))
        code, out, err = self.offstage_test("--jobs", "2")
        self.assertEqual(code, 0, out + err)

    def test_repeat_names_the_flaky_ones(self):
        self.project.write("other/other.py", """
count = 0
def handler(event, context):
    global count
    count += 1
    return {"statusCode": 200 if count == 1 else 500, "body": ""}
""")
        self.suite("scenarios: [{name: now and then, steps: [{get: /other, expect: {status: 200}}]}]")
        code, out, err = self.offstage_test("--repeat", "3", "--jobs", "1")
        self.assertEqual(code, 1, out + err)
        self.assertIn("flaky: a: now and then passed in some runs and failed in others", out)


if __name__ == "__main__":
    unittest.main()
