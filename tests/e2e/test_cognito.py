"""Cognito: real clients against the AWS endpoint, the sample's sign-up with its trigger, authorizers,
`offstage token`, and state that lasts."""
import http.client
import json
import os
import subprocess
import unittest
import urllib.error
import urllib.request

from emulator import HDOC, SOURCE, Emulator, LIMIT_S, Project, run

CLIENTS = SOURCE / "tests" / "clients"
KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"}

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Pool:
    Type: AWS::Cognito::UserPool
    Properties:
      UserPoolName: guarded
      Policies: {PasswordPolicy: {MinimumLength: "8"}}
      AutoVerifiedAttributes: [email]
  Client:
    Type: AWS::Cognito::UserPoolClient
    Properties:
      UserPoolId: !Ref Pool
      GenerateSecret: true
      ExplicitAuthFlows: [ALLOW_ADMIN_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH]
  Admins:
    Type: AWS::Cognito::UserPoolGroup
    Properties: {UserPoolId: !Ref Pool, GroupName: admins, Precedence: 1}
  Server:
    Type: AWS::Cognito::UserPoolResourceServer
    Properties:
      UserPoolId: !Ref Pool
      Identifier: api
      Name: api
      Scopes: [{ScopeName: read, ScopeDescription: Read}]
  Ada:
    Type: AWS::Cognito::UserPoolUser
    Properties:
      UserPoolId: !Ref Pool
      Username: ada
      MessageAction: SUPPRESS
      UserAttributes: [{Name: email, Value: ada@example.com}]
  AdaIsAdmin:
    Type: AWS::Cognito::UserPoolUserToGroupAttachment
    Properties: {UserPoolId: !Ref Pool, Username: !Ref Ada, GroupName: !Ref Admins}
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: Prod
      Auth:
        DefaultAuthorizer: ByPool
        Authorizers: {ByPool: {UserPoolArn: !GetAtt Pool.Arn}}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: ByJwt
        Authorizers:
          ByJwt:
            IdentitySource: $request.header.Authorization
            JwtConfiguration:
              issuer: !Sub https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}
              audience: [!Ref Client]
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: index.handler
      Timeout: 20
      InlineCode: |
        import json, os
        def handler(event, context):
            return {"statusCode": 200, "body": json.dumps({"authorizer": event["requestContext"].get("authorizer"),
                                                           "client": os.environ["CLIENT"], "secret": os.environ["SECRET"]})}
      Environment:
        Variables: {CLIENT: !Ref Client, SECRET: !GetAtt Client.ClientSecret}
      Events:
        Rest: {Type: Api, Properties: {Path: /rest, Method: get, RestApiId: !Ref Rest}}
        Open: {Type: Api, Properties: {Path: /open, Method: get, RestApiId: !Ref Rest, Auth: {Authorizer: NONE}}}
        Scoped: {Type: Api, Properties: {Path: /scoped, Method: get, RestApiId: !Ref Rest, Auth: {AuthorizationScopes: [api/read]}}}
        Http: {Type: HttpApi, Properties: {Path: /http, Method: get, ApiId: !Ref Http}}
"""


def call(emulator, operation, **request):
    """One call to Cognito with credentials: (status, answer)."""
    connection = http.client.HTTPConnection("127.0.0.1", emulator.aws_port, timeout=LIMIT_S)
    try:
        connection.request("POST", "/", json.dumps(request), {
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSCognitoIdentityProviderService." + operation,
            "Authorization": "AWS4-HMAC-SHA256 Credential=x/20261125/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def run_client(emulator, *command, **environment):
    done = subprocess.run(command, cwd=CLIENTS, env=dict(os.environ, COGNITO_ENDPOINT=emulator.aws_url, **KEYS, **environment),
                          text=True, capture_output=True, timeout=2 * LIMIT_S)
    assert done.returncode == 0 and "all good" in done.stdout, done.stdout + done.stderr + emulator.output()[-3000:]
    return done.stdout


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator("--no-template")

    @classmethod
    def tearDownClass(cls):
        assert cls.emulator.stop() == 0, cls.emulator.output()

    def test_sdk_for_javascript_v3_and_aws_jwt_verify(self):
        run_client(self.emulator, "node", "cognito_v3.mjs")

    def test_remembered_devices(self):
        run_client(self.emulator, "node", "cognito_devices.js")

    def test_boto3(self):
        # The client tests need a boto3 that knows USER_AUTH: the newest that is installed.
        run_client(self.emulator, os.environ.get("OFFSTAGE_BOTO3_PYTHON", "python3"), "cognito_boto3.py")

    def test_pages_of_other_origins(self):
        """Services answer pages as AWS does; what is the emulator's own is not for them."""
        for path, status in (("/", 200), ("/_offstage/mailbox", 403), ("/_offstage/data/reset", 403)):
            connection = http.client.HTTPConnection("127.0.0.1", self.emulator.aws_port, timeout=LIMIT_S)
            connection.request("OPTIONS", path, headers={
                "Origin": "http://localhost:3001", "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "x-amz-target,authorization,x-offstage-control"})
            self.assertEqual(connection.getresponse().status, status, path)
            connection.close()


class SampleBackend(unittest.TestCase):
    def test_sign_up_makes_the_trigger_write_the_users_record(self):
        with Emulator("--template", HDOC / "template.yml") as emulator:
            pool = [line for line in emulator.lines if "user pool CognitoUserPool" in line][0].split("->")[1].split()
            ids = call(emulator, "ListUserPoolClients", UserPoolId=pool[0], MaxResults=10)[1]["UserPoolClients"]
            web = [client for client in ids if client["ClientName"].startswith("CognitoUserPoolClient")][0]["ClientId"]
            out = run_client(emulator, "node", "cognito_identity_js.js", POOL_ID=pool[0], CLIENT_ID=web)
            sub = out.split()[-1]
            table = [line for line in emulator.lines if "table UsersTable" in line][0].split("->")[1].strip()
            status, found = emulator.dynamodb("GetItem", TableName=table, Key={"github_username": {"S": sub}})
            self.assertEqual(status, 200, found)
            self.assertEqual(found["Item"]["email"], {"S": "ada@example.com"})
            self.assertEqual(found["Item"]["id"], {"S": sub})
            self.assertTrue(any("EMAIL to ada@example.com" in line for line in emulator.lines))
            self.assertEqual(emulator.stop(), 0)


class Authorizers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.project = Project({"template.yml": TEMPLATE})
        cls.arguments = ["--template", cls.project.folder / "template.yml", "--data", cls.project.folder / ".offstage", "--stack-name", "guarded"]
        cls.emulator = Emulator(*cls.arguments)
        cls.http_api = [line for line in cls.emulator.lines if "/_apis/" in line and "/http" in line][0].split()[1]

    @classmethod
    def tearDownClass(cls):
        code = cls.emulator.stop()
        cls.project.__exit__()
        assert code == 0, cls.emulator.output()

    def token(self, *options):
        code, out, err = run("token", *self.arguments, "--user", "ada", *options)
        self.assertEqual(code, 0, err)
        return out.strip()

    def rest(self, path, token=None):
        status, headers, body = self.emulator.request("GET", path, headers={"Authorization": token} if token else {})
        return status, json.loads(body), headers

    def http(self, token=None):
        request = urllib.request.Request(self.http_api, headers={"Authorization": "Bearer " + token} if token else {})
        try:
            with urllib.request.urlopen(request, timeout=LIMIT_S) as reply:
                return reply.status, json.load(reply), reply.headers
        except urllib.error.HTTPError as error:
            return error.code, json.load(error), error.headers

    def test_rest_claims(self):
        status, body, _ = self.rest("/rest", self.token())
        self.assertEqual(status, 200, body)
        claims = body["authorizer"]["claims"]
        self.assertEqual(claims["cognito:username"], "ada")
        self.assertEqual(claims["cognito:groups"], "admins")
        self.assertRegex(claims["exp"], r"^\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}$")
        self.assertEqual(len(body["secret"]), 51)
        self.assertEqual(self.rest("/open")[0], 200)

    def test_rest_refusals(self):
        for token in (None, "nonsense", self.token("--access"), self.token("--wrong-issuer"), self.token("--wrong-signature")):
            status, body, headers = self.rest("/rest", token)
            self.assertEqual((status, body), (401, {"message": "Unauthorized"}))
            self.assertEqual(headers["x-amzn-ErrorType"], "UnauthorizedException")
        self.assertEqual(self.rest("/rest", self.token("--expired"))[:2], (401, {"message": "The incoming token has expired"}))

    def test_rest_scopes(self):
        self.assertEqual(self.rest("/scoped", self.token())[0], 401)
        self.assertEqual(self.rest("/scoped", self.token("--access"))[0], 401)
        status, body, _ = self.rest("/scoped", self.token("--access", "--claim", "scope=openid api/read"))
        self.assertEqual(status, 200, body)
        self.assertEqual(body["authorizer"]["claims"]["scope"], "openid api/read")

    def test_http_api(self):
        status, body, _ = self.http(self.token("--access", "--group", "testers"))
        self.assertEqual(status, 200, body)
        jwt = body["authorizer"]["jwt"]
        self.assertEqual(jwt["claims"]["client_id"], body["client"])
        self.assertEqual(jwt["claims"]["cognito:groups"], "[admins testers]")
        self.assertIsNone(jwt["scopes"])
        for token in (None, "nonsense", self.token("--expired"), self.token("--wrong-issuer"), self.token("--wrong-signature")):
            status, body, headers = self.http(token)
            self.assertEqual((status, body), (401, {"message": "Unauthorized"}))
            self.assertTrue(headers["www-authenticate"].startswith("Bearer"))

    def test_token_formats(self):
        self.assertTrue(self.token("--header").startswith("Authorization: Bearer ey"))
        made = json.loads(self.token("--json", "--expires-in", "60"))
        self.assertEqual(made["username"], "ada")
        code, _, err = run("token", *self.arguments, "--pool", "us-east-1_none")
        self.assertEqual(code, 2)
        self.assertIn("there is no user pool us-east-1_none", err)

    def test_state_lasts(self):
        data = self.project.folder / "lasting"
        arguments = ["--template", self.project.folder / "template.yml", "--data", data, "--stack-name", "lasting"]
        pool = {}
        for _ in range(2):
            with Emulator(*arguments) as emulator:
                found = call(emulator, "ListUserPools", MaxResults=10)[1]["UserPools"]
                self.assertEqual([row["Name"] for row in found], ["guarded"])
                pool.setdefault("id", found[0]["Id"])
                self.assertEqual(found[0]["Id"], pool["id"])
                user = call(emulator, "AdminGetUser", UserPoolId=pool["id"], Username="ada")[1]
                self.assertEqual(pool.setdefault("sub", user["UserAttributes"]), user["UserAttributes"])
                with urllib.request.urlopen(emulator.aws_url + "/%s/.well-known/jwks.json" % pool["id"], timeout=LIMIT_S) as reply:
                    keys = json.load(reply)
                self.assertEqual(pool.setdefault("keys", keys), keys)
                self.assertEqual(emulator.stop(), 0)
        # Without a running emulator the token is made from the stored key.
        code, out, err = run("token", *arguments, "--user", "ada", "--json")
        self.assertEqual(code, 0, err)
        self.assertEqual(json.loads(out)["user_pool_id"], pool["id"])


class Domains(unittest.TestCase):
    """Names of one's own: their certificates come from the template, or from where it does not say."""

    TEMPLATE = """
Resources:
  Certificate:
    Type: AWS::CertificateManager::Certificate
    Properties: {DomainName: auth.example.com}
  First:
    Type: AWS::Cognito::UserPool
  FirstDomain:
    Type: AWS::Cognito::UserPoolDomain
    Properties: {UserPoolId: !Ref First, Domain: auth.example.com, CustomDomainConfig: {CertificateArn: !Ref Certificate}}
  Second:
    Type: AWS::Cognito::UserPool
  SecondDomain:
    Type: AWS::Cognito::UserPoolDomain
    Properties: {UserPoolId: !Ref Second, Domain: login.example.com, CustomDomainConfig: {CertificateArn: FILL_IN}}
"""

    def test_they_are_there(self):
        with Project({"template.yml": self.TEMPLATE}) as project, Emulator("--template", project.folder / "template.yml", "--in-memory") as emulator:
            for domain in ("auth.example.com", "login.example.com"):
                shown = call(emulator, "DescribeUserPoolDomain", Domain=domain)[1]["DomainDescription"]
                self.assertEqual(shown.get("Domain"), domain, emulator.output())
                self.assertTrue(shown["CustomDomainConfig"]["CertificateArn"].startswith("arn:aws:acm:"))
            self.assertEqual(emulator.stop(), 0)


if __name__ == "__main__":
    unittest.main()
