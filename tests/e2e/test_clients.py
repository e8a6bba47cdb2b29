"""Real clients against the AWS endpoint, unmodified: boto3, the aws command line, AWS SDK for
JavaScript v2 and v3."""
import json
import os
import shutil
import subprocess
import unittest

from emulator import SOURCE, Emulator, LIMIT_S

CLIENTS = SOURCE / "tests" / "clients"
KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"}


class Clients(unittest.TestCase):
    def setUp(self):
        self.emulator = Emulator("--no-template")
        self.environment = dict(os.environ, DYNAMODB_ENDPOINT=self.emulator.aws_url, **KEYS)

    def tearDown(self):
        self.assertEqual(self.emulator.stop(), 0)

    def node(self, script):
        if not (CLIENTS / "node_modules").is_dir():
            self.fail("tests/clients/node_modules is missing: run scripts/setup --tests")
        done = subprocess.run(["node", script], cwd=CLIENTS, env=self.environment, text=True, capture_output=True, timeout=LIMIT_S)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("all good", done.stdout)

    def test_sdk_for_javascript_v2(self):
        self.node("sdk_v2.js")

    def test_sdk_for_javascript_v3(self):
        self.node("sdk_v3.mjs")

    def test_partiql_with_sdk_for_javascript_v3(self):
        self.node("sdk_v3_partiql.mjs")

    def test_streams_with_sdk_for_javascript_v2(self):
        self.node("sdk_v2_streams.js")

    def python(self, script):
        done = subprocess.run(["/usr/bin/python3", CLIENTS / script], env=self.environment, text=True,
                              capture_output=True, timeout=LIMIT_S)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("all good", done.stdout)

    def test_boto3(self):
        self.python("boto3_client.py")

    def test_statements_streams_and_backups_with_boto3(self):
        self.python("boto3_streams.py")

    def aws(self, *arguments):
        done = subprocess.run([shutil.which("aws", path="/usr/bin:" + os.environ["PATH"]), "--endpoint-url", self.emulator.aws_url, "dynamodb", *arguments],
                              env=self.environment, text=True, capture_output=True, timeout=LIMIT_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def test_aws_command_line(self):
        self.aws("create-table", "--table-name", "cli", "--billing-mode", "PAY_PER_REQUEST",
                 "--attribute-definitions", "AttributeName=id,AttributeType=S",
                 "--key-schema", "AttributeName=id,KeyType=HASH")
        self.aws("wait", "table-exists", "--table-name", "cli")
        self.aws("put-item", "--table-name", "cli", "--item", '{"id":{"S":"a"},"n":{"N":"1"}}')
        found = self.aws("get-item", "--table-name", "cli", "--key", '{"id":{"S":"a"}}')
        self.assertEqual(found["Item"]["n"], {"N": "1"})
        self.assertEqual(self.aws("scan", "--table-name", "cli")["Count"], 1)
        self.assertEqual(self.aws("list-tables")["TableNames"], ["cli"])


if __name__ == "__main__":
    unittest.main()
