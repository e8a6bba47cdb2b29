"""--dynamodb-endpoint: the tables live in another engine. That engine is a second emulator, without a template."""
import json
import pathlib
import tempfile
import unittest

from emulator import HDOC, SOURCE, Emulator, run

TEMPLATE = HDOC / "template.yml"


class OtherEngine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="offstage-e2e-")
        cls.engine = Emulator("--no-template", "--in-memory")
        cls.options = ["--template", TEMPLATE, "--dynamodb-endpoint", cls.engine.aws_url]

    @classmethod
    def tearDownClass(cls):
        cls.engine.stop()
        cls.folder.cleanup()

    def tables(self):
        return self.engine.dynamodb("ListTables")[1]["TableNames"]

    def ok(self, *arguments):
        code, out, err = run(*arguments, *self.options)
        self.assertEqual(code, 0, out + err)
        return out

    def test_routes_read_and_write_there(self):
        with Emulator(*self.options, "--in-memory") as emulator:
            names = self.tables()
            self.assertEqual(len(names), len(emulator.dynamodb("ListTables")[1]["TableNames"]))
            body = json.dumps({"github_username": "ada"})
            self.assertEqual(emulator.request("POST", "/signup", body)[0], 201)
            there = [self.engine.dynamodb("Scan", TableName=name)[1] for name in names]
            self.assertIn("ada", json.dumps(there))
            # The engine's own errors come through whole.
            status, error = emulator.dynamodb("TransactWriteItems", TransactItems=[
                {"ConditionCheck": {"TableName": names[0], "Key": {"nokey": {"S": "x"}},
                                    "ConditionExpression": "attribute_exists(a)"}}])
            self.assertEqual((status, error), self.engine.dynamodb("TransactWriteItems", TransactItems=[
                {"ConditionCheck": {"TableName": names[0], "Key": {"nokey": {"S": "x"}},
                                    "ConditionExpression": "attribute_exists(a)"}}]))
        # What an in-memory deployment has made there goes with it.
        self.assertEqual(self.tables(), [])

    def test_data_commands_and_restarts(self):
        data = ["--data", self.folder.name + "/data"]
        seed = pathlib.Path(self.folder.name, "seed.json")
        users = [{"github_username": "user%d" % i, "score": i} for i in range(60)]
        seed.write_text(json.dumps({"UsersTable": users}))
        self.ok("data", "import", seed, *data)
        exported = json.loads(self.ok("data", "export", "UsersTable", *data))["UsersTable"]
        self.assertEqual(sorted(exported, key=lambda user: user["score"]), users)
        with Emulator(*self.options, *data) as emulator:
            self.assertEqual(emulator.get("/user?username=user7")[0], 200)
        self.ok("data", "reset", *data)
        self.assertEqual(json.loads(self.ok("data", "export", "UsersTable", *data)), {"UsersTable": []})
        for table in self.tables():
            self.engine.dynamodb("DeleteTable", TableName=table)

    def test_scenarios_start_afresh_there(self):
        suite = SOURCE / "scenarios" / "hdoc" / "paging.scenario.yml"
        out = self.ok("test", suite, "--data", self.folder.name + "/scenarios")
        self.assertIn("1 at once", out)
        self.assertEqual(self.tables(), [])

    def test_an_engine_that_does_not_answer(self):
        options = ["--template", TEMPLATE, "--in-memory", "--port", "0", "--aws-port", "0"]
        code, _, err = run("start", *options, "--dynamodb-endpoint", "http://127.0.0.1:1")
        self.assertEqual(code, 3)
        self.assertIn("no answer from 127.0.0.1:1", err)
        self.assertIn("--dynamodb-endpoint", err)
        code, _, err = run("start", *options, "--dynamodb-endpoint", "ftp://somewhere")
        self.assertEqual(code, 3)
        self.assertIn("ftp://somewhere is no http:// or https:// address", err)


if __name__ == "__main__":
    unittest.main()
