"""Starting, changing code, stopping, being killed."""
import json
import os
import signal
import threading
import time
import unittest

from emulator import HDOC, Emulator, Project, alive, descendants, run, wait_until

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Table: {Type: AWS::Serverless::SimpleTable}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      CodeUri: src/
      Handler: app.handler
      Timeout: 20
      Events: {Get: {Type: Api, Properties: {Path: /x, Method: get}}}
"""


def code(text):
    return "import os, time\ndef handler(event, context):\n    %s\n" % text


class Lifecycle(unittest.TestCase):
    def test_a_changed_handler_is_used_by_the_next_requests(self):
        with Project({"template.yml": TEMPLATE, "src/app.py": code('return {"statusCode": 200, "body": "one"}')}) as project:
            with Emulator("--in-memory", cwd=project.folder) as emulator:
                self.assertEqual(emulator.get("/x")[2], "one")
                project.write("src/app.py", code('return {"statusCode": 200, "body": "two"}'))
                wait_until(lambda: emulator.get("/x")[2] == "two", "the new code", 10)
                project.write("src/helper.py", "VALUE = 'three'\n")
                project.write("src/app.py", "import helper\n" + code('return {"statusCode": 200, "body": helper.VALUE}'))
                wait_until(lambda: emulator.get("/x")[2] == "three", "the new module", 10)

    def test_requests_at_once_run_at_once(self):
        with Project({"template.yml": TEMPLATE, "src/app.py": code('time.sleep(0.3); return {"statusCode": 200, "body": str(os.getpid())}')}) as project:
            with Emulator("--in-memory", cwd=project.folder) as emulator:
                pids = []
                threads = [threading.Thread(target=lambda: pids.append(emulator.get("/x")[2])) for _ in range(6)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                self.assertEqual(len(set(pids)), 6, pids)

    def test_ctrl_c_during_a_request_ends_everything(self):
        with Project({"template.yml": TEMPLATE, "src/app.py": code("time.sleep(15)")}) as project:
            emulator = Emulator("--in-memory", cwd=project.folder)
            errors = []

            def ask():
                try:
                    emulator.get("/x")
                except OSError as error:
                    errors.append(error)
            thread = threading.Thread(target=ask)
            thread.start()
            wait_until(lambda: descendants(emulator.process.pid), "the handler's process")
            self.assertEqual(emulator.stop(), 0)
            thread.join()

    def test_a_killed_emulator_leaves_no_process_and_loses_no_write(self):
        with Project({"template.yml": TEMPLATE, "src/app.py": code('return {"statusCode": 200, "body": "x"}')}) as project:
            data = ["--data", project.folder / "data"]
            emulator = Emulator(*data, cwd=project.folder)
            emulator.get("/x")
            table = emulator.dynamodb("ListTables")[1]["TableNames"][0]
            for i in range(50):
                self.assertEqual(emulator.dynamodb("PutItem", TableName=table, Item={"id": {"S": str(i)}})[0], 200)
            below = descendants(emulator.process.pid)
            self.assertTrue(below)
            emulator.stop(signal.SIGKILL)
            wait_until(lambda: not any(alive(pid) for pid in below), "handlers to end", 10)
            out = run("data", "export", *data, cwd=project.folder)[1]
            self.assertEqual(len(json.loads(out)["Table"]), 50)
            with Emulator(*data, cwd=project.folder) as again:
                self.assertEqual(again.dynamodb("Scan", TableName=table, Select="COUNT")[1]["Count"], 50)

    def test_in_memory_leaves_nothing(self):
        with Project({"template.yml": TEMPLATE, "src/app.py": code('return {"statusCode": 200, "body": "x"}'), "tmp/keep": ""}) as project:
            with Emulator("--in-memory", cwd=project.folder, env=dict(os.environ, TMPDIR=str(project.folder / "tmp"))) as emulator:
                emulator.get("/x")
            self.assertFalse((project.folder / ".offstage").exists())
            self.assertEqual([p.name for p in (project.folder / "tmp").iterdir()], ["keep"])

    def test_a_folder_without_a_template_serves_the_aws_endpoint_alone(self):
        with Project({}) as project, Emulator("--in-memory", cwd=project.folder) as emulator:
            self.assertIn("no template.yml", emulator.output())
            self.assertIsNone(emulator.api_port)
            self.assertEqual(emulator.dynamodb("ListTables"), (200, {"TableNames": []}))

    def test_items_go_when_their_time_to_live_has_passed(self):
        with Emulator("--no-template", "--in-memory") as emulator:
            emulator.dynamodb("CreateTable", TableName="sessions", BillingMode="PAY_PER_REQUEST",
                              AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                              KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
            emulator.dynamodb("UpdateTimeToLive", TableName="sessions", TimeToLiveSpecification={
                "AttributeName": "until", "Enabled": True})
            now = int(time.time())
            for name, until in (("old", now - 60), ("fresh", now + 3600), ("ancient", now - 6 * 365 * 86400)):
                emulator.dynamodb("PutItem", TableName="sessions",
                                  Item={"id": {"S": name}, "until": {"N": str(until)}})
            left = wait_until(lambda: (lambda ids: ids if "old" not in ids else None)(
                {item["id"]["S"] for item in emulator.dynamodb("Scan", TableName="sessions")[1]["Items"]}),
                "the old item to go")
            self.assertEqual(left, {"fresh", "ancient"})

    def test_each_stage_has_its_own_stack(self):
        with Emulator("--template", HDOC / "template.yml", "--config-env", "staging") as emulator:
            tables = emulator.dynamodb("ListTables")[1]["TableNames"]
            self.assertTrue(all(name.startswith("hdoc-backend-staging-") for name in tables), tables)


if __name__ == "__main__":
    unittest.main()
