"""invoke, routes and data, with and without a running emulator."""
import json
import pathlib
import tempfile
import unittest

from emulator import HDOC, Emulator, Project, run

TEMPLATE = HDOC / "template.yml"


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="offstage-e2e-")
        self.data = self.folder.name + "/data"
        self.options = ["--template", TEMPLATE, "--data", self.data]

    def tearDown(self):
        self.folder.cleanup()

    def ok(self, *arguments, **more):
        code, out, err = run(*arguments, *self.options, **more)
        self.assertEqual(code, 0, out + err)
        return out

    def write(self, name, value):
        path = pathlib.Path(self.folder.name, name)
        path.write_text(json.dumps(value))
        return path

    def test_routes(self):
        rows = json.loads(self.ok("routes", "--json"))
        found = {(row["method"], row["path"]): row["function"] for row in rows}
        self.assertEqual(found[("GET", "/users")], "APIs/GetUsersFunction")
        self.assertIn(("GET", "/health"), found)
        self.assertIn("GET     /users/{userID}", self.ok("routes"))

    def data_round_trip(self):
        users = [{"github_username": "ada", "score": 1.10}, {"github_username": {"S": "bob"}, "big": {"N": "12345678901234567890123"}}]
        seed = self.write("seed.json", {"UsersTable": users})
        self.assertIn("UsersTable: 2 items", self.ok("data", "import", seed))
        exported = json.loads(self.ok("data", "export", "UsersTable"))["UsersTable"]
        self.assertEqual(sorted(item["github_username"] for item in exported), ["ada", "bob"])
        typed = json.loads(self.ok("data", "export", "UsersTable", "--dynamodb-json"))["UsersTable"]
        self.assertIn({"github_username": {"S": "bob"}, "big": {"N": "12345678901234567890123"}}, typed)
        self.ok("data", "reset")
        self.assertEqual(json.loads(self.ok("data", "export", "UsersTable")), {"UsersTable": []})

    def test_data_without_a_running_emulator(self):
        self.data_round_trip()

    def test_data_of_a_running_emulator(self):
        with Emulator(*self.options) as emulator:
            self.data_round_trip()
            seed = self.write("more.json", {"UsersTable": [{"github_username": "eve"}]})
            self.ok("data", "import", seed)
            self.assertEqual(emulator.get("/user?username=eve")[0], 200)

    def test_data_survives_a_restart(self):
        with Emulator(*self.options) as emulator:
            emulator.request("POST", "/signup", json.dumps({"github_username": "kept", "name": "K", "email": "k@example.com"}))
        with Emulator(*self.options) as emulator:
            self.assertEqual(emulator.get("/user?username=kept")[0], 200)

    def test_import_names_what_is_wrong(self):
        for value, part in (({"Nope": []}, "there is no table Nope"), ([], "object of tables"),
                            ({"UsersTable": [{"name": "no key"}]}, "github_username")):
            code, _, err = run("data", "import", self.write("bad.json", value), *self.options)
            self.assertEqual(code, 2, err)
            self.assertIn(part, err)

    def test_invoke(self):
        event = json.dumps({"queryStringParameters": {"limit": "1"}})
        answer = json.loads(self.ok("invoke", "GetUsersFunction", "-e", event))
        self.assertEqual(answer["statusCode"], 200)
        answer = json.loads(self.ok("invoke", "APIs/GetUsersFunction", "-e", "-", stdin=event))
        self.assertEqual(answer["statusCode"], 200)

    def test_invoke_in_a_running_emulator(self):
        with Emulator(*self.options, "--seed", HDOC / "seed" / "seed.json"):
            answer = json.loads(self.ok("invoke", "GetUsersFunction", "-e", '{"queryStringParameters": {"limit": "2"}}'))
            self.assertEqual(len(json.loads(answer["body"])), 2)

    def test_invoke_reports_a_failing_function(self):
        with Project({"template.yml": """
Transform: AWS::Serverless-2016-10-31
Resources:
  Boom:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.11, Handler: index.handler, InlineCode: "def handler(event, context): raise ValueError('boom')"}
"""}) as project:
            code, out, _ = run("invoke", "Boom", "--in-memory", cwd=project.folder)
            self.assertEqual(code, 1)
            self.assertEqual(json.loads(out)["errorType"], "ValueError")

    def test_invoke_refuses_unknown_functions_and_bad_events(self):
        code, _, err = run("invoke", "Nope", *self.options)
        self.assertEqual(code, 2)
        self.assertIn("APIs/GetUsersFunction", err)
        code, _, err = run("invoke", "GetUsersFunction", "-e", "{nope", *self.options)
        self.assertEqual(code, 2)
        self.assertIn("not JSON", err)


if __name__ == "__main__":
    unittest.main()
