"""Handlers' SDKs, old ones included, reach the emulator and never AWS, without any change to the handler."""
import json
import subprocess
import unittest

from emulator import SOURCE, Emulator, Project

FUNCTION = """  {name}:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: {runtime}
      CodeUri: {code}
      Handler: {handler}
      Timeout: 20
      Environment: {{Variables: {{TABLE: !Ref Table}}}}
      Events: {{Get: {{Type: Api, Properties: {{Path: /{name}, Method: get}}}}}}
"""

PYTHON = """
import os, boto3
table = boto3.resource("dynamodb", region_name=os.environ["AWS_DEFAULT_REGION"]).Table(os.environ["TABLE"])
client = boto3.client("dynamodb")
def handler(event, context):
    table.put_item(Item={"id": "python"})
    names = client.list_tables()["TableNames"]
    return {"statusCode": 200, "body": table.get_item(Key={"id": "python"})["Item"]["id"] + str(len(names))}
def sqs(event, context):
    boto3.client("sqs").list_queues()
"""

NODE_V2 = """
const AWS = require('aws-sdk');
const client = new AWS.DynamoDB.DocumentClient();
const deep = new (require('aws-sdk/clients/dynamodb'))({ region: 'us-east-1' });
exports.handler = async () => {
  await client.put({ TableName: process.env.TABLE, Item: { id: 'v2' } }).promise();
  const { TableNames } = await deep.listTables().promise();
  const { Item } = await client.get({ TableName: process.env.TABLE, Key: { id: 'v2' } }).promise();
  return { statusCode: 200, body: Item.id + TableNames.length };
};
"""

NODE_V3 = """
import { DynamoDBClient, PutItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
const client = new DynamoDBClient({});
export const handler = async () => {
  await client.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { id: { S: 'v3' } } }));
  const { TableNames } = await client.send(new ListTablesCommand({}));
  return { statusCode: 200, body: 'v3' + TableNames.length };
};
"""


RUBY = """
require 'aws-sdk-core'
def ask(client)
  client.get_caller_identity.to_h
rescue StandardError => e
  e.message
end
def handler(event:, context:)
  sts = Aws::STS::Client
  { statusCode: 200, body: [ask(sts.new), ask(sts.new(endpoint: 'https://sts.us-east-1.amazonaws.com'))].join(' | ') }
end
"""


class SdkRedirect(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        template = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Table: {Type: AWS::Serverless::SimpleTable}\n"
        template += FUNCTION.format(name="python", runtime="python3.8", code="py/", handler="app.handler")
        template += FUNCTION.format(name="sqs", runtime="python3.8", code="py/", handler="app.sqs")
        template += FUNCTION.format(name="v2", runtime="nodejs16.x", code="v2/", handler="index.handler")
        template += FUNCTION.format(name="v3", runtime="nodejs20.x", code="v3/", handler="index.handler")
        template += FUNCTION.format(name="ruby", runtime="ruby3.2", code="rb/", handler="app.handler")
        cls.project = Project({"template.yml": template, "rb/app.rb": RUBY, "py/app.py": PYTHON, "v2/index.js": NODE_V2, "v3/index.mjs": NODE_V3})
        for folder in ("v2", "v3"):
            (cls.project.folder / folder / "node_modules").symlink_to(SOURCE / "tests" / "clients" / "node_modules")
        cls.emulator = Emulator("--in-memory", cwd=cls.project.folder)

    @classmethod
    def tearDownClass(cls):
        code = cls.emulator.stop()
        cls.project.__exit__()
        assert code == 0

    def check(self, name):
        status, headers, body = self.emulator.get("/" + name)
        self.assertEqual((status, body), (200, name + "1"), str(headers.get("x-offstage-explain")) + self.emulator.output()[-3000:])

    def test_boto3_that_knows_no_endpoint_variable(self):
        self.check("python")

    def test_sdk_for_javascript_v2(self):
        self.check("v2")

    def test_sdk_for_javascript_v3(self):
        self.check("v3")

    @unittest.skipIf(subprocess.run(["ruby", "-e", "require 'aws-sdk-core'"], capture_output=True).returncode,
                     "the gem aws-sdk-core is not installed")
    def test_sdk_for_ruby_that_knows_no_endpoint_variable(self):
        status, headers, body = self.emulator.get("/ruby")
        self.assertEqual(status, 200, headers.get("x-offstage-explain"))
        # Reached, by its own choice of an endpoint and by AWS's own name: this service is not emulated.
        self.assertEqual(body.count("offstage does not emulate sts"), 2, body)

    def test_a_service_that_is_not_emulated_says_so(self):
        status, _, _ = self.emulator.get("/sqs")
        self.assertEqual(status, 502)
        self.emulator.expect_output(r"does not emulate sqs")


if __name__ == "__main__":
    unittest.main()
