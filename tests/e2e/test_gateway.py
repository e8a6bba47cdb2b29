"""APIs without Lambda proxies, as plain CloudFormation, SAM and OpenAPI write them, and function URLs."""
import base64
import http.client
import http.server
import json
import re
import threading
import unittest

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


STREAMS = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 20, Environment: {Variables: {GATE: "GATE_URL"}}}}
Resources:
  Node:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs20.x
      CodeUri: js/
      Handler: index.handler
      FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM, Cors: {AllowOrigins: [https://a.example]}}
  Plain:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs20.x
      CodeUri: js/
      Handler: index.plain
      FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}
  Custom:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      CodeUri: custom/
      Handler: any
      FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}
"""

# Waits in the middle until the client has what was written before.
STREAMING_HANDLERS = """
const http = require('http');
const gate = () => new Promise((resolve, reject) =>
    http.get(process.env.GATE, (reply) => { reply.resume(); reply.on('end', resolve); }).on('error', reject));
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  switch (event.rawPath) {
    case '/metadata':
      stream = awslambda.HttpResponseStream.from(stream, {
        statusCode: 201, headers: {'Content-Type': 'text/html', 'X-Number': 7, Date: 'mine'}, cookies: ['a=1; Path=/', 'b=2']});
      break;
    case '/type': stream.setContentType('text/event-stream'); break;
    case '/nothing':
      awslambda.HttpResponseStream.from(stream, {statusCode: 301, headers: {location: '/'}}).end();
      return;
    case '/early': throw new Error('before anything');
    case '/late': stream.write('some'); await gate(); throw new TypeError('in the middle');
    case '/large': stream.write('x'.repeat(7 * 1024 * 1024)); stream.end(); return;
  }
  stream.write('one,');
  await gate();
  stream.write('two');
  stream.end();
});
exports.plain = async () => ({statusCode: 202, body: 'not a stream'});
"""

STREAMING_BOOTSTRAP = r"""#!/usr/bin/env python3
import http.client, json, os, urllib.request
host = os.environ["AWS_LAMBDA_RUNTIME_API"]
while True:
    connection = http.client.HTTPConnection(host)
    connection.request("GET", "/2018-06-01/runtime/invocation/next")
    reply = connection.getresponse()
    event, name = json.load(reply), reply.headers["Lambda-Runtime-Aws-Request-Id"]
    connection.putrequest("POST", "/2018-06-01/runtime/invocation/" + name + "/response")
    connection.putheader("Lambda-Runtime-Function-Response-Mode", "streaming")
    connection.putheader("Content-Type", "application/vnd.awslambda.http-integration-response")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    def send(piece):
        connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
    if event["rawPath"] == "/unfinished":
        send(b'{"statusCode": 200}')
    else:
        # The zero bytes come in two pieces.
        send(b'{"statusCode": 418, "headers": {"x-a": "b"}}' + bytes(3))
        send(bytes(5) + b"one,")
        urllib.request.urlopen(os.environ["GATE"]).read()
        send(b"two")
    connection.send(b"0\r\n\r\n")
    connection.getresponse().read()
"""


class Gate(http.server.BaseHTTPRequestHandler):
    """Answers when the test lets it."""

    def do_GET(self):
        self.server.opened.acquire(timeout=15)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


class StreamedAnswers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gate = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gate)
        cls.gate.opened = threading.Semaphore(0)
        cls.thread = threading.Thread(target=cls.gate.serve_forever)
        cls.thread.start()
        cls.project = Project({
            "template.yaml": STREAMS.replace("GATE_URL", "http://127.0.0.1:%d/" % cls.gate.server_port),
            "js/index.js": STREAMING_HANDLERS, "custom/bootstrap": STREAMING_BOOTSTRAP})
        cls.project.__enter__()
        (cls.project.folder / "custom/bootstrap").chmod(0o755)
        cls.emulator = Emulator("--in-memory", cwd=cls.project.folder)

    @classmethod
    def tearDownClass(cls):
        cls.emulator.stop()
        cls.project.__exit__(None, None, None)
        cls.gate.shutdown()
        cls.thread.join()
        cls.gate.server_close()

    def open(self, function, path, method="GET", headers=None):
        """The reply with its body unread."""
        prefix = re.search(r"http://[^/]+(\S*)/  ->  %s\b" % function, self.emulator.output()).group(1)
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.api_port, timeout=20)
        self.addCleanup(connection.close)
        connection.request(method, prefix + path, headers=headers or {})
        return connection.getresponse()

    def read_in_two(self, reply):
        """The first piece is here while the handler still waits for the gate."""
        self.assertEqual(reply.read1(), b"one,")
        self.gate.opened.release()
        self.assertEqual(reply.read(), b"two")

    def test_pieces_arrive_as_they_are_written(self):
        reply = self.open("Node", "/")
        self.assertEqual((reply.status, reply.headers["Content-Type"]), (200, "application/octet-stream"))
        self.assertEqual(reply.headers["Transfer-Encoding"], "chunked")
        self.assertIsNotNone(reply.headers["x-amzn-RequestId"])
        self.read_in_two(reply)
        self.emulator.expect_output(r"GET \S*/  200 .*Node")

    def test_metadata(self):
        reply = self.open("Node", "/metadata", headers={"Origin": "https://a.example"})
        self.assertEqual((reply.status, reply.headers["Content-Type"], reply.headers["X-Number"]), (201, "text/html", "7"))
        self.assertEqual(reply.headers.get_all("Set-Cookie"), ["a=1; Path=/", "b=2"])
        self.assertEqual(reply.headers["x-amzn-Remapped-Date"], "mine")
        self.assertEqual(reply.headers["access-control-allow-origin"], "https://a.example")
        self.read_in_two(reply)

    def test_content_type_without_metadata(self):
        reply = self.open("Node", "/type")
        self.assertEqual((reply.status, reply.headers["Content-Type"]), (200, "text/event-stream"))
        self.read_in_two(reply)

    def test_custom_runtime(self):
        reply = self.open("Custom", "/")
        self.assertEqual((reply.status, reply.headers["x-a"]), (418, "b"))
        self.read_in_two(reply)
        reply = self.open("Custom", "/unfinished")
        self.assertEqual((reply.status, reply.read()), (502, b"Internal Server Error"))
        self.assertIn("eight zero bytes", reply.headers["x-offstage-explain"])

    def test_errors(self):
        reply = self.open("Node", "/early")
        self.assertEqual((reply.status, reply.read()), (502, b"Internal Server Error"))
        self.assertIn("before anything", reply.headers["x-offstage-explain"])
        reply = self.open("Node", "/late")
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.read1(), b"some")
        self.gate.opened.release()
        self.assertEqual(reply.read(), b"", "the body ends as if it were whole")
        self.emulator.expect_output(r"GET \S*/late .*failed after 4 bytes")

    def test_more_than_a_buffered_answer_may_have(self):
        self.assertEqual(len(self.open("Node", "/large").read()), 7 * 1024 * 1024)

    def test_metadata_without_a_body_are_lost(self):
        reply = self.open("Node", "/nothing")
        self.assertEqual((reply.status, reply.headers["Content-Type"], reply.read()), (200, "application/octet-stream", b""))
        self.assertIn("wrote nothing", reply.headers["x-offstage-explain"])

    def test_handlers_that_do_not_stream(self):
        reply = self.open("Plain", "/")
        self.assertEqual((reply.status, json.loads(reply.read())), (200, {"statusCode": 202, "body": "not a stream"}))
        self.assertIn("streamifyResponse", reply.headers["x-offstage-explain"])

    def test_a_client_that_leaves(self):
        reply = self.open("Node", "/")
        reply.read1()
        reply.close()
        self.gate.opened.release()
        self.emulator.expect_output(r"GET \S*/  200 .*Node")
        self.assertEqual(self.open("Plain", "/", method="HEAD").status, 200)



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


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


if __name__ == "__main__":
    unittest.main()
