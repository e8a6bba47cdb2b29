"""What users get wrong: each has its clear error and exit code, and nothing is lost or left behind."""
import json
import re
import pathlib
import socket
import tempfile
import unittest

from emulator import Emulator, Project, run

HEAD = "Transform: AWS::Serverless-2016-10-31\nResources:\n"


def function(name, path, handler="app.handler", more=""):
    return """  %s:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      CodeUri: src/
      Handler: %s
      Timeout: 1
      %s
      Events: {Get: {Type: Api, Properties: {Path: %s, Method: get}}}
""" % (name, handler, more, path)


CODE = """
import os, signal, sys, time
def good(event, context): return {"statusCode": 200, "body": "good"}
def throws(event, context): raise ValueError("no")
def exits(event, context): sys.exit(3)
def dies(event, context): os.kill(os.getpid(), signal.SIGKILL)
def hangs(event, context): time.sleep(60)
def prints(event, context):
    sys.stdout.write("garbage without newline"); os.write(1, b"\\xff\\xfe"); return {"statusCode": 200, "body": "printed"}
def text(event, context): return "just text"
def unknown_key(event, context): return {"statusCode": 200, "body": "x", "extra": 1}
def bad_status(event, context): return {"statusCode": "abc", "body": "x"}
def number_body(event, context): return {"statusCode": 200, "body": {"not": "text"}}
def not_json(event, context): return {"statusCode": 200, "body": {1, 2}}
"""


class Refused(unittest.TestCase):
    def start(self, *arguments, cwd=None):
        return run("start", "--port", "0", "--aws-port", "0", *arguments, cwd=cwd)

    def expect(self, files, code, *parts):
        with Project(files) as project:
            got, out, err = self.start("--in-memory", cwd=project.folder)
            self.assertEqual(got, code, out + err)
            for part in parts:
                self.assertIn(part, err)

    def test_no_template(self):
        """`start` then serves the AWS endpoint alone (test_lifecycle); other commands need one."""
        with Project({}) as project:
            for command in (["routes"], ["invoke", "F"], ["start", "--template", "none.yml"]):
                code, out, err = run(*command, cwd=project.folder)
                self.assertEqual(code, 2, out + err)
                self.assertIn("template.y" if command[0] != "start" else "none.yml", err)

    def test_broken_yaml(self):
        self.expect({"template.yml": "Resources:\n  A: [1, 2\n  B: {"}, 2, "template.yml:")

    def test_empty_and_binary_templates(self):
        self.expect({"template.yml": ""}, 2, "template.yml")
        self.expect({"template.yml": "\x01\x02\x03"}, 2, "template.yml")

    def test_missing_parameter(self):
        self.expect({"template.yml": "Parameters: {Stage: {Type: String}}\nResources: {}\n"}, 2, "Stage", "template.yml:1")

    def test_unknown_option_and_command(self):
        self.assertEqual(run("start", "--nope")[0], 2)
        self.assertEqual(run("nope")[0], 2)
        self.assertEqual(run()[0], 2)

    def test_port_in_use(self):
        with socket.socket() as taken, Project({"template.yml": HEAD + function("F", "/x"), "src/app.py": CODE}) as project:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            for option, other in (("--port", "--aws-port"), ("--aws-port", "--port")):
                code, _, err = run("start", "--in-memory", option, port, other, 0, cwd=project.folder)
                self.assertEqual(code, 3, err)
                self.assertIn("port %d" % port, err)
                self.assertIn(option, err)

    def test_data_folder_that_cannot_be_written(self):
        with Project({"template.yml": HEAD + function("F", "/x"), "src/app.py": CODE, "taken": ""}) as project:
            code, _, err = self.start("--data", project.folder / "taken", cwd=project.folder)
            self.assertEqual(code, 3, err)
            self.assertIn("--data", err)

    def test_damaged_database(self):
        with Project({"template.yml": HEAD + function("F", "/x"), "src/app.py": CODE}) as project:
            project.write("data/s/offstage.db", "this is not a database, " * 400)
            code, _, err = self.start("--data", project.folder / "data", "--stack-name", "s", cwd=project.folder)
            self.assertEqual(code, 3, err)
            self.assertIn("offstage.db", err)

    def test_started_twice(self):
        with Project({"template.yml": HEAD + function("F", "/x"), "src/app.py": CODE}) as project:
            with Emulator("--data", project.folder / "d", cwd=project.folder):
                code, _, err = self.start("--data", project.folder / "d", cwd=project.folder)
                self.assertEqual(code, 3, err)
                self.assertIn("running already", err)

    def test_bad_seed(self):
        with Project({"template.yml": HEAD + "  T: {Type: AWS::Serverless::SimpleTable}\n", "seed.json": "{"}) as project:
            code, _, err = self.start("--in-memory", "--seed", "seed.json", cwd=project.folder)
            self.assertEqual(code, 2, err)
            self.assertIn("seed.json", err)


class Handlers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        names = ["good", "throws", "exits", "dies", "hangs", "prints", "text", "unknown_key", "bad_status", "number_body", "not_json"]
        template = HEAD + "".join(function("F%d" % i, "/" + name, "app." + name) for i, name in enumerate(names))
        template += function("Missing", "/missing_file", "nowhere.handler") + function("Absent", "/missing_function", "app.absent")
        cls.project = Project({"template.yml": template, "src/app.py": CODE})
        cls.emulator = Emulator("--in-memory", cwd=cls.project.folder)

    @classmethod
    def tearDownClass(cls):
        code = cls.emulator.stop()
        cls.project.__exit__()
        assert code == 0

    def test_each_failure_is_a_502_and_is_explained(self):
        for name, part in (("throws", "ValueError"), ("exits", "exit status 3"), ("dies", "signal"), ("hangs", "Timeout of 1 s"),
                           ("text", ""), ("unknown_key", "extra"), ("bad_status", "statusCode"), ("number_body", "body"),
                           ("not_json", ""), ("missing_file", "nowhere"), ("missing_function", "absent")):
            with self.subTest(name):
                status, headers, body = self.emulator.get("/" + name)
                self.assertEqual((status, body), (502, '{"message": "Internal server error"}'), headers.get("x-offstage-explain"))
                self.assertIn(part, headers["x-offstage-explain"])

    def test_the_others_go_on(self):
        for _ in range(3):
            self.assertEqual(self.emulator.get("/good")[2], "good")
        self.assertEqual(self.emulator.get("/prints")[2], "printed")
        self.assertEqual(self.emulator.get("/exits")[0], 502)
        self.assertEqual(self.emulator.get("/good")[2], "good")

    def test_the_users_folder_is_not_written_to(self):
        self.emulator.get("/good")
        self.assertEqual(sorted(p.name for p in (self.project.folder / "src").rglob("*")), ["app.py"])


class Tolerated(unittest.TestCase):
    """A mistake in a part that is not used must not stop the rest."""

    def test_a_broken_nested_stack_is_named_and_left_out(self):
        template = HEAD + function("F", "/x", "app.good") + """  Broken:
    Type: AWS::Serverless::Application
    Properties: {Location: broken.yml}
  Gone:
    Type: AWS::Serverless::Application
    Properties: {Location: gone.yml}
  Queue: {Type: AWS::SQS::Queue}
"""
        with Project({"template.yml": template, "src/app.py": CODE,
                      "broken.yml": "Resources:\n  P:\n    Type: AWS::Cognito::UserPoolClient\n    Properties: {UserPoolId: !Ref Nowhere}\n"}) as project:
            with Emulator("--in-memory", cwd=project.folder) as emulator:
                self.assertEqual(emulator.get("/x")[0], 200)
                for part in ("broken.yml:4", "Nowhere", "gone.yml", "AWS::SQS::Queue"):
                    emulator.expect_output(re.escape(part))

    def test_one_function_that_cannot_run_leaves_the_others(self):
        bad = function("Bad", "/bad").replace("python3.11", "cobol85")
        with Project({"template.yml": HEAD + function("F", "/x", "app.good") + bad, "src/app.py": CODE}) as project:
            with Emulator("--in-memory", cwd=project.folder) as emulator:
                self.assertEqual(emulator.get("/x")[0], 200)
                emulator.expect_output("cobol85")
                self.assertGreaterEqual(emulator.get("/bad")[0], 500)


if __name__ == "__main__":
    unittest.main()
