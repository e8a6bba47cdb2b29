"""SSM parameters: at the AWS endpoint for real SDKs, from files, from the template, and as scenarios give them."""
import json
import unittest

from emulator import Emulator, Project, run

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Greeting: {Type: "AWS::SSM::Parameter::Value<String>", Default: /app/greeting}
Resources:
  Limit: {Type: AWS::SSM::Parameter, Properties: {Name: /app/limit, Type: String, Value: "5"}}
  Api:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: index.handler
      Timeout: 20
      Environment: {Variables: {GREETING: !Ref Greeting, NAME: "{{resolve:ssm:/app/name}}"}}
      InlineCode: |
        import json, os
        import boto3
        ssm = boto3.client("ssm")
        kept = {}
        def read(name):
          # As many do: asked once, then kept while the process lives.
          if name not in kept:
            kept[name] = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
          return kept[name]
        def handler(event, context):
          try:
            body = {"greeting": os.environ["GREETING"], "name": os.environ["NAME"], "value": read(event["queryStringParameters"]["name"])}
          except ssm.exceptions.ParameterNotFound as error:
            body = {"error": str(error)}
          return {"statusCode": 200, "body": json.dumps(body)}
      Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}
"""
VALUES = """
/app/greeting: hello
/app/name: Ada
/app/key: {Type: SecureString, Value: hush}
"""


class ParametersTest(unittest.TestCase):
    def setUp(self):
        self.project = Project({"template.yml": TEMPLATE, "ssm.yml": VALUES})
        self.addCleanup(self.project.__exit__)


class Scenarios(ParametersTest):
    def test_each_scenario_has_the_parameters_that_it_is_given(self):
        self.project.write("scenarios/a.scenario.yml", """
scenarios:
  - name: the template's own and the file's
    steps:
      - get: /?name=/app/limit
        expect: {body: {value: "5", greeting: hello, name: Ada}, calls: {ssm.GetParameter: 1}}
      - {get: "/?name=/app/key", expect: {body: {value: hush}}}
  - name: read at run time (${limit})
    examples: [{limit: "7"}, {limit: "8"}]
    given: {parameters: {/app/limit: "${limit}", /app/key: {Type: SecureString, Value: other}}}
    steps:
      - {get: "/?name=/app/limit", expect: {body: {value: "${limit}", greeting: hello}}}
      - {get: "/?name=/app/key", expect: {body: {value: other}}}
  - name: read by the template
    given: {parameters: {/app/greeting: moin, /app/name: Bo}}
    steps: [{get: "/?name=/app/limit", expect: {body: {value: "5", greeting: moin, name: Bo}}}]
  - name: none of that name
    steps:
      - get: /?name=/app/none
        expect:
          body: {error: "</ParameterNotFound/>"}
""")
        for seed in ("1", "2", "3"):
            code, out, err = run("test", "--ssm-parameters", "ssm.yml", "--jobs", "1", "--random-seed", seed, cwd=self.project.folder)
            self.assertEqual(code, 0, out + err)
            self.assertIn("5 passed", out)

    def test_what_cannot_be_given_is_named_before_anything_runs(self):
        for parameters, part in (("{/a: {value: b}}", "a parameter has no key `value`; did you mean `Value`?"),
                                 ("{/a: {Value: b, Type: Secret}}", "`/a` has the Type Secret; there are String, StringList, SecureString"),
                                 ("[/a]", "`parameters` takes a map; this is a list")):
            self.project.write("scenarios/a.scenario.yml", "scenarios: [{name: x, given: {parameters: %s}, steps: [{get: /}]}]" % parameters)
            code, out, err = run("test", cwd=self.project.folder)
            self.assertEqual(code, 2, out + err)
            self.assertIn("scenarios/a.scenario.yml:1:", err)
            self.assertIn(part, err)


class Endpoint(ParametersTest):
    def test_a_real_sdk(self):
        try:
            import boto3
        except ImportError as missing:
            self.skipTest(str(missing))
        with Emulator("--in-memory", "--ssm-parameters", "ssm.yml", cwd=self.project.folder) as emulator:
            ssm = boto3.client("ssm", endpoint_url=emulator.aws_url, region_name="us-east-1", aws_access_key_id="me",
                               aws_secret_access_key="any")
            parameter = ssm.get_parameter(Name="/app/limit")["Parameter"]
            self.assertEqual((parameter["Value"], parameter["Type"], parameter["Version"]), ("5", "String", 1))
            self.assertNotEqual(ssm.get_parameter(Name="/app/key")["Parameter"]["Value"], "hush")
            several = ssm.get_parameters(Names=["/app/key", "/app/none"], WithDecryption=True)
            self.assertEqual([p["Value"] for p in several["Parameters"]], ["hush"])
            self.assertEqual(several["InvalidParameters"], ["/app/none"])
            pages = ssm.get_paginator("get_parameters_by_path").paginate(Path="/app", PaginationConfig={"PageSize": 2})
            self.assertEqual([p["Name"] for page in pages for p in page["Parameters"]],
                             ["/app/greeting", "/app/key", "/app/limit", "/app/name"])
            with self.assertRaises(ssm.exceptions.ParameterNotFound):
                ssm.get_parameter(Name="/app/none")
            with self.assertRaisesRegex(ssm.exceptions.ClientError, "PutParameter is not emulated by offstage"):
                ssm.put_parameter(Name="/x", Value="y", Type="String")
            status, _, body = emulator.get("/?name=/app/key")
            self.assertEqual((status, json.loads(body)["value"]), (200, "hush"))


if __name__ == "__main__":
    unittest.main()
