"""Scenarios and what the template has: several APIs, an API's own contract, names that are not there."""
import unittest

from emulator import Project, run

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.11, Handler: index.handler}}
Resources:
  Notes: {Type: AWS::Serverless::SimpleTable}
  Pool: {Type: AWS::Cognito::UserPool}
  Web: {Type: AWS::Cognito::UserPoolClient, Properties: {UserPoolId: !Ref Pool, ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH]}}
  OtherPool: {Type: AWS::Cognito::UserPool}
  OtherWeb: {Type: AWS::Cognito::UserPoolClient, Properties: {UserPoolId: !Ref OtherPool, ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH]}}
  First:
    Type: AWS::Serverless::Api
    Properties:
      StageName: dev
      DefinitionBody:
        openapi: 3.0.1
        info: {title: notes, version: "1"}
        paths:
          /notes/{id}:
            get:
              responses:
                "200":
                  description: a note
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [id, size]
                        properties: {id: {type: string}, size: {type: integer}}
              x-amazon-apigateway-integration:
                type: aws_proxy
                httpMethod: POST
                uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Read.Arn}/invocations"
  Second: {Type: AWS::Serverless::HttpApi}
  Read:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: |
        import json
        def handler(event, context):
          note = {"id": event["pathParameters"]["id"], "size": 3}
          if note["id"] == "bad":
            note["size"] = "three"
          return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(note)}
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      FunctionUrlConfig: {AuthType: NONE}
      InlineCode: |
        def handler(event, context):
          return {"statusCode": 200, "body": "hello from " + event["rawPath"]}
      Events: {Get: {Type: HttpApi, Properties: {ApiId: !Ref Second, Path: /hello, Method: get}}}
"""


class ApisTest(unittest.TestCase):
    def setUp(self):
        self.project = Project({"template.yml": TEMPLATE})
        self.addCleanup(self.project.__exit__)

    def offstage_test(self, text, *arguments):
        self.project.write("scenarios/a.scenario.yml", text)
        return run("test", *arguments, cwd=self.project.folder)


class SeveralApis(ApisTest):
    def test_each_is_reached_and_covered(self):
        code, out, err = self.offstage_test("""
scenarios:
  - name: all of them
    steps:
      - {get: /notes/a, expect: {status: 200, function: Read}}
      - {get: /hello, expect: {status: 403}}
      - {get: /hello, api: Second, expect: {status: 200, body: hello from /hello, function: Hello}}
      - {get: /anything, api: Hello, expect: {status: 200, body: hello from /anything}}
""", "--min-route-coverage", "100")
        self.assertEqual(code, 0, out + err)

    def test_what_is_missed_is_named_with_its_api(self):
        code, out, err = self.offstage_test("scenarios: [{name: one, steps: [{get: /notes/a}]}]")
        self.assertEqual(code, 0, out + err)
        self.assertIn("GET /hello (Second)", out)

    def test_users_of_several_pools(self):
        code, out, err = self.offstage_test("""
given: {users: {ada: {pool: OtherPool, client: OtherWeb}}}
scenarios:
  - name: in the pool that was named
    steps:
      - {cognito: AdminGetUser, pool: OtherPool, parameters: {Username: ada}, expect: {result: {UserStatus: CONFIRMED}}}
      - {cognito: AdminGetUser, pool: Pool, parameters: {Username: ada}, expect: {error: {type: UserNotFoundException}}}
""")
        self.assertEqual(code, 0, out + err)


class Contract(ApisTest):
    def test_the_apis_own_document_is_held_to(self):
        code, out, err = self.offstage_test("""
contract: api
scenarios:
  - {name: as promised, steps: [{get: /notes/a, expect: {status: 200}}]}
  - {name: not as promised, steps: [{get: /notes/bad, expect: {status: 200}}]}
  - {name: not looked at, steps: [{get: /notes/bad, contract: off, expect: {status: 200}}]}
""")
        self.assertEqual(code, 1, out + err)
        self.assertIn("2 passed, 1 failed", out)
        self.assertIn("✗ a: not as promised", out)
        self.assertIn("size", out)

    def test_without_a_document_it_is_refused_beforehand(self):
        self.project.write("template.yml", TEMPLATE[:TEMPLATE.index("  First:")] + TEMPLATE[TEMPLATE.index("  Second:"):])
        code, out, err = self.offstage_test("contract: api\nscenarios: [{name: x, steps: [{get: /}]}]")
        self.assertEqual(code, 2, out + err)
        self.assertIn("scenarios/a.scenario.yml:1:11: `contract: api` needs one API with an OpenAPI document in the template; there are 0", err)


class UnknownNames(ApisTest):
    # Everywhere that a scenario file can name something of the template: what is misspelt, and what is said.
    CASES = (
        ("steps: [{put-item: Nots, item: {id: a}}]", "3:24: the template has no table `Nots`; did you mean `Notes`?"),
        ("steps: [{get-item: Nots, key: {id: a}}]", "no table `Nots`"),
        ("steps: [{update-item: Nots, key: {id: a}, change: {b: 1}}]", "no table `Nots`"),
        ("steps: [{delete-item: Nots, key: {id: a}}]", "no table `Nots`"),
        ("steps: [{query-items: Nots, where: {id: a}}]", "no table `Nots`"),
        ("steps: [{scan-items: Orders}]", "the template has no table `Orders`; it has: Notes"),
        ("steps: [{check: x, expect: {tables: {Nots: {count: 1}}}}]", "3:42: the template has no table `Nots`"),
        ("steps: [{get: /, expect: {calls: {dynamodb.GetItem Nots: 1}}}]", "no table `Nots`"),
        ("steps: [{get: /, expect: {capacity: {Nots: 1}}}]", "no table `Nots`"),
        ("steps: [{fault: {table: Nots, throttle: true}}]", "no table `Nots`"),
        ("given: {tables: {Nots: [{id: a}]}}\n    steps: []", "3:22: the template has no table `Nots`"),
        ("given: {faults: {function: Raed, throttle: true}}\n    steps: []", "no function `Raed`; did you mean `Read`?"),
        ("steps: [{invoke: Raed}]", "3:22: the template has no function `Raed`; did you mean `Read`?"),
        ("steps: [{cold-start: [Read, Hallo]}]", "no function `Hallo`; did you mean `Hello`?"),
        ("steps: [{fault: [{function: Hallo, throttle: true}]}]", "no function `Hallo`"),
        ("steps: [{get: /, expect: {function: Raed}}]", "no function `Raed`"),
        ("steps: [{get: /, api: Secnd}]", "the template has no API `Secnd`; did you mean `Second`?"),
        ("given: {users: {ada: {pool: Pol}}}\n    steps: []", "the template has no user pool `Pol`; did you mean `Pool`?"),
        ("steps: [{sign-up: ada, pool: Pol}]", "no user pool `Pol`"),
        ("steps: [{sign-up: ada, pool: Pool, client: Wob}]", "no app client `Wob`; did you mean `Web`?"),
        ("steps: [{cognito: ListUsers, pool: Pol}]", "no user pool `Pol`"),
        ("teardown: [{scan-items: Nots}]\n    steps: []", "no table `Nots`"),
        ("steps: [{use: b}]\nblocks: {b: [{scan-items: Nots}]}", "4:27: the template has no table `Nots`"),
        ("given: {data: none.json}\n    steps: []", "3:19: there is no file none.json"),
        ("given: {clock: yesterday}\n    steps: []", "3:20: `clock` takes a time like 2026-01-31T12:00:00Z, not yesterday"),
        ("steps: [{post: /, file: none.bin}]", "there is no file none.bin"),
        ("steps: [{fault: {table: Notes, throttle: true, nth: first}}]", "`nth` takes a number from 1, not `first`"),
        ("steps: [{fault: {table: Notes, throttle: true, times: often}}]", "`times` takes a number from 1 or `always`, not `often`"),
        ("steps: [{fault: {table: Notes}}]", "a fault needs one of throttle, fail, latency, kill"),
        ("given: {users: {ada: {pool: Pool}}}\n    steps: [{get: /, as: {user: ada, flaw: forged}}]",
         "`flaw` takes expired, wrong-issuer or wrong-signature, not `forged`"),
        ("given: {users: {ada: {pool: Pool}}}\n    steps: [{get: /, as: {user: ada, token: refresh}}]",
         "`token` takes id or access, not `refresh`"),
        ("steps: [{request: /only-a-path}]", "`request` takes a method and a path: REPORT /path"),
    )

    def test_each_is_reported_before_anything_runs(self):
        for scenario, part in self.CASES:
            with self.subTest(scenario):
                code, out, err = self.offstage_test("scenarios:\n  - name: x\n    " + scenario + "\n")
                self.assertEqual(code, 2, out + err)
                self.assertIn(part, err)
                self.assertRegex(err, r"scenarios/a\.scenario\.yml:\d+:\d+: ")

    def test_all_of_them_at_once_and_each_once(self):
        code, _, err = self.offstage_test("""
scenarios:
  - {name: "x ${n}", examples: [{n: 1}, {n: 2}], steps: [{scan-items: Nots}, {invoke: Raed}]}
""")
        self.assertEqual((code, err.count("no table `Nots`"), err.count("no function `Raed`")), (2, 1, 1), err)

    def test_names_with_variables_are_looked_up_when_they_are_known(self):
        code, out, err = self.offstage_test("""
scenarios:
  - {name: x, vars: {table: Notes}, steps: [{scan-items: "${table}", expect: {count: 0}}]}
""")
        self.assertEqual(code, 0, out + err)


if __name__ == "__main__":
    unittest.main()
