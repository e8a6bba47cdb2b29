"""Several APIs of one stack: base URLs, stages, stage variables, parameter mappings, what is said at start."""
import json
import re
import unittest

from emulator import Emulator, Project

SEVERAL = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.11, Handler: index.handler}}
Resources:
  Streaming:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs20.x
      InlineCode: |
        exports.handler = awslambda.streamifyResponse(async (event, stream) => {
          stream = awslambda.HttpResponseStream.from(stream, {statusCode: 201, multiValueHeaders: {'x-a': ['1', '2']}});
          stream.write(event.resource);
          stream.end('!');
        });
      Events: {Get: {Type: Api, Properties: {RestApiId: !Ref First, Path: /stream, Method: get, ResponseTransferMode: STREAM}}}
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: the-echo
      InlineCode: |
        import json
        def handler(event, context):
          return {"statusCode": 200, "headers": {"x-own": "o"}, "body": json.dumps(event)}
      Events:
        Policy: {Type: Api, Properties: {RestApiId: !Ref First, Path: /echo, Method: get}}
        Http: {Type: HttpApi, Properties: {ApiId: !Ref Third, Path: "/h/{id}", Method: get}}
  First:
    Type: AWS::Serverless::Api
    Properties:
      StageName: dev
      Variables: {color: blue}
      Auth: {ResourcePolicy: {IpRangeBlacklist: [10.0.0.0/8]}}
  Second:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Variables: {target: the-echo, color: red}
      DefinitionBody:
        openapi: 3.0.1
        info: {title: second, version: "1"}
        paths:
          /by-variable:
            get:
              x-amazon-apigateway-integration:
                type: aws_proxy
                httpMethod: POST
                uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${!stageVariables.target}/invocations"
          /by-get:
            get:
              x-amazon-apigateway-integration:
                type: aws_proxy
                httpMethod: GET
                uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Echo.Arn}/invocations"
  Third: {Type: AWS::Serverless::HttpApi, Properties: {StageName: v1, StageVariables: {color: green}}}
  Plain: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: plain, ProtocolType: HTTP}}
  PlainStage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Plain, StageName: $default, StageVariables: {color: gold}}}
  PlainIntegration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Plain
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt Echo.Arn
      PayloadFormatVersion: "2.0"
      RequestParameters:
        "append:header.x-color": $stageVariables.color
        "overwrite:querystring.id": $request.path.id
      ResponseParameters:
        "200":
          ResponseParameters: [{Destination: "overwrite:header.x-out", Source: $response.header.x-own}]
  PlainRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Plain, RouteKey: "GET /p/{id}", Target: !Sub "integrations/${PlainIntegration}"}
"""


class SeveralApis(unittest.TestCase):
    """One stack, four APIs, each below its own base URL, with and without its stage."""

    @classmethod
    def setUpClass(cls):
        cls.project = Project({"template.yaml": SEVERAL})
        cls.project.__enter__()
        cls.emulator = Emulator("--in-memory", cwd=cls.project.folder)

    @classmethod
    def tearDownClass(cls):
        cls.emulator.stop()
        cls.project.__exit__(None, None, None)

    def base_of(self, path):
        return re.search(r"http://[^/]+(\S*)%s  ->" % re.escape(path), self.emulator.output()).group(1)

    def event(self, path):
        status, headers, body = self.emulator.request("GET", path)
        self.assertEqual(status, 200, headers.get("x-offstage-explain"))
        return json.loads(body)

    def test_stages_and_stage_variables(self):
        self.assertEqual(self.base_of("/echo"), "")
        for path in ("/echo", "/dev/echo"):
            event = self.event(path)
            self.assertEqual((event["requestContext"]["stage"], event["stageVariables"], event["requestContext"]["path"]),
                             ("dev", {"color": "blue"}, "/dev/echo"))
        base = self.base_of("/by-variable")
        for path in ("/by-variable", "/prod/by-variable"):
            self.assertEqual(self.event(base + path)["stageVariables"]["color"], "red")
        base = self.base_of("/h/{id}")
        for path in ("/h/5", "/v1/h/5"):
            event = self.event(base + path)
            self.assertEqual((event["rawPath"], event["stageVariables"]), ("/v1/h/5", {"color": "green"}))
        self.assertEqual(self.emulator.request("GET", "/by-variable")[0], 403, "not of the first API")

    def test_parameter_mapping_of_an_http_api(self):
        status, headers, body = self.emulator.request("GET", self.base_of("/p/{id}") + "/p/5?id=1")
        event = json.loads(body)
        self.assertEqual((event["headers"]["x-color"], event["rawQueryString"], headers["x-out"]), ("gold", "id=5", "o"))

    def test_functions_are_invoked_by_post(self):
        status, headers, body = self.emulator.request("GET", self.base_of("/by-get") + "/by-get")
        self.assertEqual((status, body), (500, b'{"message": "Internal server error"}'))
        self.assertIn("invoked by POST", headers["x-offstage-explain"])

    def test_rest_apis_stream(self):
        status, headers, body = self.emulator.request("GET", "/dev/stream")
        self.assertEqual((status, headers.get_all("x-a"), body), (201, ["1", "2"], b"/stream!"))
        self.assertEqual(headers["Transfer-Encoding"], "chunked")

    def test_what_is_not_enforced_is_said(self):
        self.assertIn("its resource policy is not enforced", self.emulator.output())

    def test_answers_that_browsers_hide(self):
        status, headers, body = self.emulator.request("GET", "/echo", None, {"Origin": "https://page.example"})
        self.assertIn("Access-Control-Allow-Origin", headers["x-offstage-explain"])
        self.assertNotIn("Access-Control-Allow-Origin", headers)
        self.emulator.expect_output("a browser page from https://page.example may not read this answer")


if __name__ == "__main__":
    unittest.main()
