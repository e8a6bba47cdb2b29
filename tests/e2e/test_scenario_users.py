"""Users in scenarios: given ones, sign-ups, tokens for routes with authorizers, at a deployment and at a URL."""
import os
import unittest

from emulator import BINARY, Project, run

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.11, Timeout: 10}}
Resources:
  Pool:
    Type: AWS::Cognito::UserPool
    Properties: {AutoVerifiedAttributes: [email]}
  Web:
    Type: AWS::Cognito::UserPoolClient
    Properties: {UserPoolId: !Ref Pool, ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH]}
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: Prod
      Auth: {DefaultAuthorizer: People, Authorizers: {People: {UserPoolArn: !GetAtt Pool.Arn}}}
  Api:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      InlineCode: |
        import json
        def handler(event, context):
            claims = event["requestContext"]["authorizer"]["claims"]
            return {"statusCode": 200, "body": json.dumps({
                "name": claims.get("cognito:username"), "groups": claims.get("cognito:groups"), "plan": claims.get("plan")})}
      Events:
        Me: {Type: Api, Properties: {Path: /me, Method: get, RestApiId: !Ref Rest}}
"""


class UsersTest(unittest.TestCase):
    def setUp(self):
        self.project = Project({"template.yml": TEMPLATE})
        self.addCleanup(self.project.__exit__)

    def suite(self, text):
        return self.project.write("scenarios/a.scenario.yml", text)

    def passes(self, text, *arguments):
        self.suite(text)
        code, out, err = run("test", *arguments, cwd=self.project.folder)
        self.assertEqual(code, 0, out + err)
        return out


class Given(UsersTest):
    def test_tokens_groups_and_attributes(self):
        self.passes("""
given:
  users:
    ada: {groups: [admins], attributes: {name: Ada Tamm}}
    bo: {enabled: false}
scenarios:
  - name: as somebody
    steps:
      - {get: /me, as: ada, expect: {status: 200, body: {name: ada, groups: admins}}}
      - {get: /me, expect: {status: 401}}
      - {get: /me, as: {user: ada, claims: {plan: gold}}, expect: {body: {plan: gold}}}
      - {get: /me, as: {user: ada, flaw: wrong-signature}, expect: {status: 401}}
      - {get: /me, as: {user: ada, flaw: expired}, expect: {status: 401}}
      - {cognito: AdminGetUser, parameters: {Username: "${users.ada.username}"}, expect: {result: {UserStatus: CONFIRMED}, jsonpath: {"$.UserAttributes[?(@.Name=='name')].Value": <any>}}}
      - {sign-in: bo, expect: {error: {type: NotAuthorizedException, message: User is disabled.}}}
""")

    def test_a_token_about_to_expire(self):
        self.passes("""
given: {users: {ada: {}}}
scenarios:
  - name: short
    steps:
      - {get: /me, as: {user: ada, expires-in: 5m}, expect: {status: 200}}
      - advance: 6m
      - {get: /me, as: {user: ada, expires-in: 5m}, expect: {status: 401, body: {message: The incoming token has expired}}}
  - name: an application keeps its token
    steps:
      - sign-in: ada
      - {get: /me, as: ada, expect: {status: 200}}
      - advance: 61m
      - {get: /me, as: ada, expect: {status: 401}}
      - sign-in: ada
      - {get: /me, as: ada, expect: {status: 200}}
""")

    def test_each_scenario_has_its_own_users_and_mailbox(self):
        out = self.passes("""
given: {users: {ada: {}}}
scenarios:
  - name: signs up
    matrix: {i: [1, 2, 3, 4]}
    steps:
      - sign-up: bo
      - {mailbox: bo, expect: {result: {purpose: SignUp}}}
      - confirm: bo
      - {get: /me, as: bo, expect: {body: {name: bo}}}
      - {cognito: ListUsers, expect: {jsonpath: {"$.Users": <list 2>}}}
      - {cognito: AdminDeleteUser, parameters: {Username: ada}}
""", "--jobs", "2", "--repeat", "3")
        self.assertIn("12 passed", out)


class Messages(UsersTest):
    def test_unknown_users_are_named_before_anything_runs(self):
        for text, part in (
                ("scenarios: [{name: x, steps: [{get: /me, as: ada}]}]", "a.scenario.yml:1:46: there is no user `ada` in `x`; `given: users` or a `sign-up` step makes one"),
                ("given: {users: {ada: {}}}\nscenarios: [{name: x, steps: [{sign-in: adda}]}]", "there is no user `adda` in `x`; did you mean `ada`?"),
                ("scenarios: [{name: x, steps: [{get: /me, as: {usr: ada}}]}]", "`as` has no key `usr`; did you mean `user`?"),
                ("given: {users: {ada: {group: [a]}}}\nscenarios: []", "a user has no key `group`; did you mean `groups`?")):
            self.suite(text)
            code, out, err = run("test", cwd=self.project.folder)
            self.assertEqual(code, 2, text + out + err)
            self.assertIn(part, err)

    def test_what_the_pool_refuses_is_said(self):
        self.suite("""
given: {users: {ada: {}}}
scenarios:
  - {name: wrong, steps: [{sign-in: ada, password: Wrong-Password-1}]}
  - {name: unconfirmed, steps: [{sign-up: bo}, {get: /me, as: bo}]}
  - {name: by variable, vars: {who: nobody}, steps: [{get: /me, as: "${who}"}]}
""")
        code, out, _ = run("test", cwd=self.project.folder)
        self.assertEqual(code, 1)
        self.assertIn("the user pool refused it: NotAuthorizedException: Incorrect username or password.", out)
        self.assertIn("bo could not sign in: UserNotConfirmedException", out)
        self.assertIn("there is no user nobody; there are: ada", out)


class Target(UsersTest):
    SUITE = """
given: {users: {ada: {}}}
scenarios:
  - {name: me, steps: [{get: /me, as: ada, expect: {status: 200, body: {name: ada}}}]}
"""

    def against_url(self, prepare, **env):
        """Runs the suite against the URL of a deployment in which `prepare` has run."""
        self.suite(self.SUITE)
        script = self.project.write("run.sh", prepare + '\nexec "%s" test --target "$API_URL/Prod"\n' % BINARY)
        return run("exec", "--", "/bin/sh", script, cwd=self.project.folder, env=dict(os.environ, **env))

    def test_without_credentials_it_is_skipped_with_the_reason(self):
        code, out, err = self.against_url("")
        self.assertEqual(code, 0, out + err)
        self.assertIn("signing ada in needs OFFSTAGE_USER_ADA_USERNAME, OFFSTAGE_USER_ADA_PASSWORD", out)

    def test_with_credentials_it_signs_in(self):
        self.project.write("prepare.py", """
import json, os, urllib.request
def call(operation, **body):
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], json.dumps(body).encode(), {
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSCognitoIdentityProviderService." + operation,
        "Authorization": "AWS4-HMAC-SHA256 Credential=me/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0"})
    return json.load(urllib.request.urlopen(request))
pool = call("ListUserPools", MaxResults=1)["UserPools"][0]["Id"]
print(call("ListUserPoolClients", UserPoolId=pool)["UserPoolClients"][0]["ClientId"])
call("AdminCreateUser", UserPoolId=pool, Username="ada", MessageAction="SUPPRESS")
call("AdminSetUserPassword", UserPoolId=pool, Username="ada", Password="Real-Password-1", Permanent=True)
""")
        code, out, err = self.against_url(
            'export OFFSTAGE_COGNITO_CLIENT_ID=$(python3 prepare.py) OFFSTAGE_COGNITO_ENDPOINT="$AWS_ENDPOINT_URL"',
            OFFSTAGE_USER_ADA_USERNAME="ada", OFFSTAGE_USER_ADA_PASSWORD="Real-Password-1")
        self.assertEqual(code, 0, out + err)
        self.assertIn("1 passed", out)


if __name__ == "__main__":
    unittest.main()
