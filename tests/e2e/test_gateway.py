"""APIs without Lambda proxies, as plain CloudFormation, SAM and OpenAPI write them, and function URLs."""
import base64
import http.server
import json
import re
import shutil
import subprocess
import threading
import time
import unittest
import urllib.request

from emulator import Emulator, Project, run

# The shape of AWS's samples: an API in front of a table, keys and a usage plan, no code at all.
MUSIC = r"""
AWSTemplateFormatVersion: 2010-09-09
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: Music
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: music}}
  Music: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: music}}
  One: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !Ref Music, PathPart: '{id}'}}
  SongModel:
    Type: AWS::ApiGateway::Model
    Properties:
      RestApiId: !Ref Api
      Name: Song
      ContentType: application/json
      Schema: {type: object, required: [artist], properties: {artist: {type: string}}}
  Validator: {Type: AWS::ApiGateway::RequestValidator, Properties: {RestApiId: !Ref Api, ValidateRequestBody: true, ValidateRequestParameters: true}}
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Music
      HttpMethod: POST
      ApiKeyRequired: true
      AuthorizationType: NONE
      RequestValidatorId: !Ref Validator
      RequestModels: {application/json: !Ref SongModel}
      Integration:
        Type: AWS
        Credentials: !GetAtt Role.Arn
        IntegrationHttpMethod: POST
        Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:dynamodb:action/PutItem'
        PassthroughBehavior: WHEN_NO_TEMPLATES
        RequestTemplates:
          application/json: "{\"TableName\":\"Music\",\"Item\":{\"id\":{\"S\":\"$context.requestId\"},\"artist\":{\"S\":\"$input.path('$.artist')\"}}}"
        IntegrationResponses:
          - {StatusCode: '200', ResponseTemplates: {application/json: "{\"id\": \"$context.requestId\"}"}}
          - {StatusCode: '400', SelectionPattern: '4\d{2}'}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref One
      HttpMethod: GET
      AuthorizationType: NONE
      Integration:
        Type: AWS
        Credentials: !GetAtt Role.Arn
        IntegrationHttpMethod: POST
        Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:dynamodb:action/GetItem'
        RequestTemplates:
          application/json: "{\"TableName\":\"Music\",\"Key\":{\"id\":{\"S\":\"$input.params('id')\"}}}"
        IntegrationResponses:
          - StatusCode: '200'
            ResponseTemplates:
              application/json: |
                #set($item = $input.path('$.Item'))
                #if($item == "")
                #set($context.responseOverride.status = 404)
                {"message": "no such song"}#else{"artist": "$item.artist.S"}#end
  Options:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Music
      HttpMethod: OPTIONS
      AuthorizationType: NONE
      Integration:
        Type: MOCK
        RequestTemplates: {application/json: '{"statusCode": 200}'}
        IntegrationResponses:
          - StatusCode: '200'
            ResponseParameters: {method.response.header.Access-Control-Allow-Origin: "'*'"}
  Queue:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Music
      HttpMethod: PUT
      AuthorizationType: NONE
      Integration: {Type: AWS, IntegrationHttpMethod: POST, Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:sqs:path/123456789012/q'}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: v1}}
  Denied: {Type: AWS::ApiGateway::GatewayResponse, Properties: {RestApiId: !Ref Api, ResponseType: INVALID_API_KEY, StatusCode: '418', ResponseTemplates: {application/json: '{"no":$context.error.messageString}'}}}
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true, Value: a-key-of-twenty-letters}}
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    DependsOn: Stage
    Properties: {ApiStages: [{ApiId: !Ref Api, Stage: v1}], Quota: {Limit: 3, Period: MONTH}}
  PlanKey: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
"""

KEY = {"x-api-key": "a-key-of-twenty-letters", "Content-Type": "application/json"}


class TableWithoutCode(unittest.TestCase):
    def test_songs(self):
        with Project({"template.yaml": MUSIC}) as project, Emulator("--in-memory", cwd=project.folder) as emulator:
            ask = emulator.request
            self.assertEqual(ask("POST", "/v1/music", "{}", {"Content-Type": "application/json"})[::2], (418, b'{"no":"Forbidden"}'))
            status, headers, body = ask("POST", "/v1/music", '{"artist": 1}', KEY)
            self.assertEqual((status, body), (400, b'{"message": "Invalid request body"}'))
            status, headers, body = ask("POST", "/v1/music", '{"artist": "The Beatles"}', KEY)
            self.assertEqual(status, 200, body)
            song = json.loads(body)["id"]
            status, headers, body = ask("GET", "/v1/music/" + song)
            self.assertEqual((status, json.loads(body)), (200, {"artist": "The Beatles"}))
            status, headers, body = ask("GET", "/music/none")
            self.assertEqual((status, json.loads(body)), (404, {"message": "no such song"}))
            status, headers, body = ask("OPTIONS", "/v1/music", None, {"Origin": "http://a", "Access-Control-Request-Method": "POST"})
            self.assertEqual((status, headers.get("Access-Control-Allow-Origin")), (200, "*"))
            status, headers, body = ask("PUT", "/v1/music")
            self.assertEqual(status, 500)
            self.assertIn("AWS integrations with sqs are not emulated", headers.get("x-offstage-explain"))
            ask("POST", "/v1/music", '{"artist": "x"}', KEY)
            status, headers, body = ask("POST", "/v1/music", '{"artist": "x"}', KEY)
            self.assertEqual((status, body), (429, b'{"message":"Limit Exceeded"}'))
            self.assertIn("x-api-key: a-key-of-twenty-letters", emulator.output())


SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: Prod
      Variables: {backend: "BACKEND"}
      DefinitionBody:
        openapi: 3.0.1
        info: {title: a, version: "1"}
        paths:
          /hello/{name}:
            get:
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates: {application/json: '{"statusCode": #if($input.params("name") == "nobody")404#{else}200#end}'}
                responses:
                  default: {statusCode: "200", responseTemplates: {application/json: '{"hello": "$input.params("name")"}'}}
                  "404": {statusCode: "404", responseParameters: {method.response.header.X-Why: "'nobody'"}}
          /custom:
            post:
              x-amazon-apigateway-integration:
                type: aws
                httpMethod: POST
                uri: {"Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Custom.Arn}/invocations"}
                requestTemplates: {application/json: '{"n": $input.json("$.number"), "method": "$context.httpMethod"}'}
                responses:
                  default: {statusCode: "201", responseTemplates: {application/json: '{"twice": $input.path("$.result")}'}}
                  ".*\\\\[BadRequest\\\\].*": {statusCode: "400", responseTemplates: {application/json: '{"why": "$input.path("$.errorMessage")"}'}}
          /backend/{proxy+}:
            x-amazon-apigateway-any-method:
              x-amazon-apigateway-integration:
                type: http_proxy
                httpMethod: ANY
                uri: "http://${stageVariables.backend}/{proxy}"
                requestParameters: {integration.request.path.proxy: method.request.path.proxy}
          /far:
            get: {x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: "https://api.example.com/"}}
          /vpc:
            get: {x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, connectionType: VPC_LINK, connectionId: x, uri: "http://x/"}}
  Custom:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: index.handler
      InlineCode: |
        def handler(event, context):
            if event["n"] < 0:
                raise ValueError("[BadRequest] negative")
            return {"result": event["n"] * 2, "method": event["method"]}
  Open:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: index.handler
      FunctionUrlConfig: {AuthType: NONE, Cors: {AllowOrigins: ["https://a.example"], AllowMethods: [GET]}}
      InlineCode: |
        def handler(event, context):
            if event["rawPath"] == "/fail":
                raise ValueError("no")
            return {"path": event["rawPath"], "domain": event["requestContext"]["domainName"], "key": event["routeKey"]}
  Closed:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: index.handler
      FunctionUrlConfig: {AuthType: AWS_IAM}
      InlineCode: "def handler(event, context): return 'secret'"
"""


class Backend(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = ("%s %s" % (self.path, self.headers.get("X-Amzn-Apigateway-Api-Id") is not None)).encode()
        self.send_response(203)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Integrations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
        cls.thread = threading.Thread(target=cls.backend.serve_forever)
        cls.thread.start()
        cls.project = Project({"template.yaml": SAM.replace("BACKEND", "127.0.0.1:%d" % cls.backend.server_port)})
        cls.project.__enter__()
        cls.emulator = Emulator("--in-memory", cwd=cls.project.folder)

    @classmethod
    def tearDownClass(cls):
        cls.emulator.stop()
        cls.project.__exit__(None, None, None)
        cls.backend.shutdown()
        cls.thread.join()
        cls.backend.server_close()

    def url_of(self, function):
        return re.search(r"(/_apis/\w+)/  ->  %s\b" % function, self.emulator.output()).group(1)

    def test_mock_with_logic(self):
        self.assertEqual(self.emulator.request("GET", "/Prod/hello/world")[::2], (200, b'{"hello": "world"}'))
        status, headers, body = self.emulator.request("GET", "/hello/nobody")
        self.assertEqual((status, headers.get("X-Why"), body), (404, "nobody", b""))

    def test_lambda_with_templates(self):
        status, headers, body = self.emulator.request("POST", "/custom", '{"number": 21}')
        self.assertEqual((status, json.loads(body)), (201, {"twice": 42}))
        status, headers, body = self.emulator.request("POST", "/custom", '{"number": -1}')
        self.assertEqual((status, json.loads(body)), (400, {"why": "[BadRequest] negative"}))

    def test_http_proxy(self):
        status, headers, body = self.emulator.request("GET", "/backend/a/b?c=d")
        self.assertEqual((status, body), (203, b"/a/b?c=d True"))

    def test_what_is_not_reached(self):
        status, headers, body = self.emulator.request("GET", "/far")
        self.assertEqual(status, 500)
        self.assertIn("--allow-egress api.example.com", headers.get("x-offstage-explain"))
        self.assertIn("needs --allow-egress api.example.com", self.emulator.output())
        self.assertIn("VPC links are not emulated", self.emulator.request("GET", "/vpc")[1].get("x-offstage-explain"))

    def test_function_url(self):
        url = self.url_of("Open")
        status, headers, body = self.emulator.request("GET", url + "/x%20y?a=1")
        answer = json.loads(body)
        self.assertEqual((status, answer["path"], answer["key"]), (200, "/x%20y", "$default"))
        self.assertRegex(answer["domain"], r"^\w{32}\.lambda-url\.us-east-1\.on\.aws$")
        status, headers, body = self.emulator.request("GET", "/", None, {"Host": answer["domain"]})
        self.assertEqual((status, json.loads(body)["path"]), (200, "/"))
        status, headers, body = self.emulator.request("GET", url + "/fail")
        self.assertEqual((status, body), (502, b"Internal Server Error"))
        status, headers, body = self.emulator.request("OPTIONS", url + "/", None, {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"})
        self.assertEqual(headers.get("access-control-allow-origin"), "https://a.example")
        status, headers, body = self.emulator.request("GET", self.url_of("Closed") + "/")
        self.assertEqual((status, headers.get("x-amzn-ErrorType")), (403, "AccessDeniedException"))

    def test_routes_lists_them(self):
        code, out, err = run("routes", "--json", cwd=self.project.folder)
        rows = {row["path"]: row for row in json.loads(out)}
        self.assertEqual(rows["/hello/{name}"]["function"], "mock")
        self.assertEqual(rows["/custom"]["function"], "Custom")
        self.assertIn("VPC links", rows["/vpc"]["protection"])


POOL = """
Resources:
  Pool: {Type: AWS::Cognito::UserPool, Properties: {UserPoolName: people}}
  Client: {Type: AWS::Cognito::UserPoolClient, Properties: {UserPoolId: !Ref Pool}}
"""

GUARDED = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Outside
        Authorizers: {Outside: {IdentitySource: $request.header.Authorization, JwtConfiguration: {issuer: "ISSUER", audience: ["AUDIENCE"]}}}
  Who:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: index.handler
      InlineCode: |
        def handler(event, context): return event["requestContext"]["authorizer"]["jwt"]["claims"]["cognito:username"]
      Events: {Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /who, Method: get}}}
"""


class OutsideIssuer(unittest.TestCase):
    """Another emulator's user pool stands in for the issuer that a stack only knows by its address."""

    def test_tokens_of_an_issuer_with_local_keys(self):
        with Project({"template.yaml": POOL}) as pool, Emulator("--data", pool.folder / "data", cwd=pool.folder) as issuer:
            arguments = ("token", "--data", pool.folder / "data", "--json", "--user", "ada")
            code, out, err = run(*arguments, cwd=pool.folder)
            self.assertEqual(code, 0, err)
            token = json.loads(out)["token"]
            claims = claims_of(token)
            keys = "%s/%s/.well-known/jwks.json" % (issuer.aws_url, claims["iss"].rsplit("/", 1)[1])
            files = {"template.yaml": GUARDED.replace("ISSUER", claims["iss"]).replace("AUDIENCE", claims["aud"])}
            with Project(files) as project:
                with Emulator("--in-memory", cwd=project.folder) as closed:
                    self.assertEqual(closed.request("GET", "/who", None, {"Authorization": token})[0], 500)
                with Emulator("--in-memory", "--jwks", "%s=%s" % (claims["iss"], keys), cwd=project.folder) as emulator:
                    status, headers, body = emulator.request("GET", "/who", None, {"Authorization": "Bearer " + token})
                    self.assertEqual((status, body), (200, claims["cognito:username"].encode()))
                    self.assertEqual(emulator.request("GET", "/who")[0], 401)
                    for fault in ("--expired", "--wrong-signature", "--wrong-issuer"):
                        bad = json.loads(run(*arguments, fault, cwd=pool.folder)[1])["token"]
                        self.assertEqual(emulator.request("GET", "/who", None, {"Authorization": bad})[0], 401, fault)
                with urllib.request.urlopen(keys) as reply:
                    project.write("keys.json", reply.read().decode())
                with Emulator("--in-memory", "--jwks", claims["iss"] + "=keys.json", cwd=project.folder) as emulator:
                    self.assertEqual(emulator.request("GET", "/who", None, {"Authorization": token})[0], 200)
                    bad = json.loads(run(*arguments, "--wrong-signature", cwd=pool.folder)[1])["token"]
                    status, headers, body = emulator.request("GET", "/who", None, {"Authorization": bad})
                    self.assertEqual((status, body), (401, b'{"message":"Unauthorized"}'))
                    self.assertIn('error="invalid_token"', headers["www-authenticate"])
                project.write("keys.json", "no keys")
                code, out, err = run("start", "--in-memory", "--port", "0", "--aws-port", "0", "--jwks",
                                     claims["iss"] + "=keys.json", cwd=project.folder)
                self.assertIn(code, (2, 3))
                self.assertIn("keys.json", err)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@unittest.skipUnless(shutil.which("openssl"), "needs openssl's command")
class JwtAlgorithms(unittest.TestCase):
    """Tokens of an issuer outside the stack: any RSA signature with SHA-2, and nothing else."""

    def openssl(self, *arguments, data=None):
        return subprocess.run(["openssl", *arguments], input=data, check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout

    def token(self, key, algorithm, digest):
        claims = {"iss": "https://id.example.com/", "aud": "web", "sub": "ada", "exp": int(time.time()) + 600}
        part = ".".join(base64url(json.dumps(each).encode()) for each in ({"alg": algorithm, "kid": "k"}, claims))
        return part + "." + base64url(self.openssl("dgst", "-" + digest, "-sign", str(key), data=part.encode()))

    def test_what_is_accepted(self):
        template = GUARDED.replace("ISSUER", "https://id.example.com/").replace("AUDIENCE", "web").replace(
            "cognito:username", "sub")
        with Project({"template.yaml": template}) as project:
            key = project.folder / "key.pem"
            key.write_bytes(self.openssl("genrsa", "2048"))
            modulus = self.openssl("rsa", "-in", str(key), "-noout", "-modulus").decode().strip().split("=")[1]
            project.write("keys.json", json.dumps({"keys": [
                {"kty": "RSA", "kid": "k", "n": base64url(bytes.fromhex(modulus)), "e": "AQAB"}]}))
            with Emulator("--in-memory", "--jwks", "https://id.example.com/=keys.json", cwd=project.folder) as emulator:
                for algorithm, digest, status in (("RS256", "sha256", 200), ("RS384", "sha384", 200), ("RS512", "sha512", 200),
                                                  ("RS512", "sha256", 401), ("none", "sha256", 401), ("PS256", "sha256", 401)):
                    with self.subTest(algorithm=algorithm, digest=digest):
                        header = {"Authorization": self.token(key, algorithm, digest)}
                        self.assertEqual(emulator.request("GET", "/who", None, header)[0], status)


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


if __name__ == "__main__":
    unittest.main()
