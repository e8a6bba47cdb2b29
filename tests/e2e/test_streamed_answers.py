"""Function URLs with InvokeMode RESPONSE_STREAM: what a client has before the handler has ended."""
import http.client
import http.server
import json
import re
import threading
import unittest

from emulator import Emulator, Project

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


if __name__ == "__main__":
    unittest.main()
