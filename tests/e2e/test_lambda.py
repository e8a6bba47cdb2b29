"""Functions as users run them: AWS's own host names over TLS, nothing leaves the machine, aliases and
destinations from the template, zip packages, debuggers, streamed answers through a real SDK's protocol."""
import base64
import hashlib
import http.client
import io
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import unittest
import zipfile

from emulator import Emulator, Project, alive, descendants, wait_until

PYTHON = """
import json, os, socket, time, urllib.request
REGION = os.environ["AWS_REGION"]
def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()
def keys():
    return json.loads(get("https://cognito-idp.%s.amazonaws.com/%s/.well-known/jwks.json" % (REGION, os.environ["POOL"])))
def own(event):
    return get("https://%s.execute-api.%s.amazonaws.com/Prod/hello" % (event["requestContext"]["apiId"], REGION))
def leave():
    try:
        socket.create_connection(("192.0.2.1", 443), 3)
    except OSError as error:
        return str(error)
def handler(event, context):
    what = event["pathParameters"]["what"]
    body = {"keys": lambda: len(keys()["keys"]), "own": lambda: own(event), "leave": leave}[what]()
    return {"statusCode": 200, "body": json.dumps(body)}
def hello(event, context):
    return {"statusCode": 200, "body": "hello"}
def failing(event, context):
    raise ValueError("no luck")
def told(event, context):
    print("TOLD", event["requestContext"]["condition"], event["requestContext"]["approximateInvokeCount"], event["responsePayload"]["errorMessage"])
def slow(event, context):
    time.sleep(1.5)
    return "slow"
def version(event, context):
    return {"version": context.function_version, "arn": context.invoked_function_arn.split(":")[-1]}
"""

NODE = """
import https from 'node:https';
const region = process.env.AWS_REGION;
const get = (url) => new Promise((resolve, reject) => https.get(url, (answer) => {
  let text = '';
  answer.on('data', (part) => { text += part; });
  answer.on('end', () => resolve(text));
}).on('error', reject));
const ways = {
  keys: async () => JSON.parse(await get(`https://cognito-idp.${region}.amazonaws.com/${process.env.POOL}/.well-known/jwks.json`)).keys.length,
  own: async (event) => (await fetch(`https://${event.requestContext.apiId}.execute-api.${region}.amazonaws.com/Prod/hello`)).text(),
  leave: () => fetch('https://192.0.2.1/').then(() => 'left', (error) => error.cause.message),
};
export const handler = async (event) =>
  ({ statusCode: 200, body: JSON.stringify(await ways[event.pathParameters.what](event)) });
"""

RUBY = """
require 'json'
require 'net/http'
REGION = ENV['AWS_REGION']
def handler(event:, context:)
  body =
    case event['pathParameters']['what']
    when 'keys'
      JSON.parse(Net::HTTP.get(URI("https://cognito-idp.#{REGION}.amazonaws.com/#{ENV['POOL']}/.well-known/jwks.json")))['keys'].length
    when 'own'
      Net::HTTP.get(URI("https://#{event['requestContext']['apiId']}.execute-api.#{REGION}.amazonaws.com/Prod/hello"))
    when 'leave'
      begin
        TCPSocket.new('192.0.2.1', 443)
      rescue StandardError => e
        e.message
      end
    end
  { statusCode: 200, body: JSON.generate(body) }
end
"""

# A custom runtime whose connections are a child's, in no language that the emulator knows.
SHELL = r"""#!/bin/bash
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime
while true; do
  event=$(curl -sS -D /tmp/head "$api/invocation/next")
  id=$(sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: *\([^[:space:]]*\).*/\1/p' /tmp/head)
  api_id=$(grep -o '"apiId":"[^"]*"' <<<"$event" | head -n1 | cut -d'"' -f4)
  case $event in
    *'"what":"keys"'*) body=$(curl -sS "https://cognito-idp.$AWS_REGION.amazonaws.com/$POOL/.well-known/jwks.json" | grep -o '"kid"' | wc -l) ;;
    *'"what":"own"'*) body=\\\"$(curl -sS "https://$api_id.execute-api.$AWS_REGION.amazonaws.com/Prod/hello")\\\" ;;
    *) body=\\\"$(curl -sS -m 5 https://192.0.2.1/ 2>&1 | tr -d '\n' | sed 's/.*Failed to connect.*/refused/')\\\" ;;
  esac
  curl -sS -o /dev/null "$api/invocation/$id/response" -d "{\"statusCode\":200,\"body\":\"$body\"}"
done
"""

STREAMING = """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('one');
  await new Promise((resolve) => setTimeout(resolve, 30));
  stream.end('two');
});
exports.slow = async () => { await new Promise((resolve) => setTimeout(resolve, 1500)); return 'slow'; };
"""

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 20, Environment: {Variables: {POOL: !Ref Pool}}}}
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Python: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.11, CodeUri: py/, Handler: app.handler,
    Events: {Get: {Type: Api, Properties: {Path: "/python/{what}", Method: get}}}}}
  Node: {Type: AWS::Serverless::Function, Properties: {Runtime: nodejs20.x, CodeUri: js/, Handler: index.handler,
    Events: {Get: {Type: Api, Properties: {Path: "/node/{what}", Method: get}}}}}
  Ruby: {Type: AWS::Serverless::Function, Properties: {Runtime: ruby3.2, CodeUri: rb/, Handler: app.handler,
    Events: {Get: {Type: Api, Properties: {Path: "/ruby/{what}", Method: get}}}}}
  Shell: {Type: AWS::Serverless::Function, Properties: {Runtime: provided.al2023, CodeUri: sh/, Handler: none,
    Events: {Get: {Type: Api, Properties: {Path: "/shell/{what}", Method: get}}}}}
  Hello: {Type: AWS::Serverless::Function, Properties: {FunctionName: hello, Runtime: python3.11, CodeUri: code.zip,
    Handler: app.hello, Architectures: [arm64], EphemeralStorage: {Size: 1024}, Tracing: Active, Tags: {team: blue},
    Events: {Get: {Type: Api, Properties: {Path: /hello, Method: get}}}}}
  Failing:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: failing
      Runtime: python3.11
      CodeUri: py/
      Handler: app.failing
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        DestinationConfig: {OnFailure: {Type: Lambda, Destination: !GetAtt Told.Arn}}
  Told: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.11, CodeUri: py/, Handler: app.told}}
  Versioned: {Type: AWS::Serverless::Function, Properties: {FunctionName: versioned, Runtime: python3.11, CodeUri: py/,
    Handler: app.version, AutoPublishAlias: live}}
  Streaming: {Type: AWS::Serverless::Function, Properties: {FunctionName: streaming, Runtime: nodejs20.x, CodeUri: st/,
    Handler: index.handler}}
  SlowPython: {Type: AWS::Serverless::Function, Properties: {FunctionName: slow-python, Runtime: python3.12, CodeUri: py/,
    Handler: app.slow, Timeout: 1}}
  Slow: {Type: AWS::Serverless::Function, Properties: {FunctionName: slow, Runtime: nodejs20.x, CodeUri: st/,
    Handler: index.slow, Timeout: 1}}
"""


def remote_addresses(pids):
    """Where the sockets of these processes lead to, as the kernel sees it: '01020304:01BB' ..."""
    inodes = set()
    for pid in pids:
        try:
            for entry in os.scandir("/proc/%d/fd" % pid):
                match = re.match(r"socket:\[(\d+)\]", os.readlink(entry.path))
                if match:
                    inodes.add(match.group(1))
        except OSError:
            pass
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in pathlib.Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes:
                found.add(fields[2])
    return found


def is_here(address):
    host = address.split(":")[0]
    return set(host) == {"0"} or host.endswith("7F") and len(host) == 8 or host.endswith("7F")


class Lambda(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.project = Project({"template.yml": TEMPLATE, "py/app.py": PYTHON, "js/index.mjs": NODE, "rb/app.rb": RUBY,
                               "st/index.js": STREAMING, "sh/bootstrap": SHELL})
        (cls.project.folder / "sh/bootstrap").chmod(0o755)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("app.py", PYTHON)
        (cls.project.folder / "code.zip").write_bytes(packed.getvalue())
        cls.emulator = Emulator("--debug", "Slow", "--debug", "SlowPython", "--interpreter", "python3.12=/usr/bin/python3", cwd=cls.project.folder)

    @classmethod
    def tearDownClass(cls):
        code = cls.emulator.stop()
        cls.project.__exit__()
        assert code == 0

    def aws(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.aws_port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def check(self, path, expected):
        status, headers, body = self.emulator.get(path)
        self.assertEqual(status, 200, str(headers.get("x-offstage-explain")) + self.emulator.output()[-3000:])
        self.assertEqual(json.loads(body), expected)

    def test_awss_host_names_are_here_over_tls(self):
        for language in ("python", "node", "ruby", "shell"):
            with self.subTest(language):
                self.check("/%s/keys" % language, 1)
                self.check("/%s/own" % language, "hello")

    def test_no_connection_leaves_the_machine(self):
        seen, done = set(), threading.Event()

        def watch():
            while not done.is_set():
                seen.update(remote_addresses(descendants(self.emulator.process.pid)))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            for language in ("python", "node", "ruby"):
                with self.subTest(language):
                    status, _, body = self.emulator.get("/%s/leave" % language)
                    self.assertEqual(status, 200)
                    self.assertIn("--allow-egress 192.0.2.1", body)
                    self.check("/%s/keys" % language, 1)
            self.check("/shell/leave", "refused")
            self.emulator.expect_output(r"connection was refused.*192\.0\.2\.1:443")
        finally:
            done.set()
            watcher.join()
        self.assertTrue(seen, "the watcher saw the handlers' own connections")
        self.assertEqual([address for address in seen if not is_here(address)], [])

    def test_a_failed_event_reaches_its_destination(self):
        status, _, _ = self.aws("POST", "/2015-03-31/functions/failing/invocations", "{}",
                                {"X-Amz-Invocation-Type": "Event"})
        self.assertEqual(status, 202)
        self.emulator.expect_output(r"TOLD RetriesExhausted 1 no luck")

    def test_the_published_alias_runs_its_version(self):
        status, headers, body = self.aws("POST", "/2015-03-31/functions/versioned:live/invocations", "{}")
        self.assertEqual((status, json.loads(body)), (200, {"version": "1", "arn": "live"}))
        self.assertEqual(headers["X-Amz-Executed-Version"], "1")
        status, _, body = self.aws("GET", "/2015-03-31/functions/versioned/aliases/live")
        self.assertEqual(json.loads(body)["FunctionVersion"], "1")

    def test_a_streamed_answer_comes_in_pieces(self):
        status, headers, body = self.aws(
            "POST", "/2021-11-15/functions/streaming/response-streaming-invocations", "{}")
        self.assertEqual(status, 200)
        self.assertEqual(headers["Content-Type"], "application/vnd.amazon.eventstream")
        self.assertEqual(re.findall(rb"PayloadChunk|one|two|InvokeComplete", body),
                         [b"PayloadChunk", b"one", b"PayloadChunk", b"two", b"InvokeComplete"])

    def test_a_function_is_described_as_the_template_says(self):
        status, _, body = self.aws("GET", "/2015-03-31/functions/hello")
        self.assertEqual(status, 200, body)
        function = json.loads(body)
        configuration = function["Configuration"]
        code = (self.project.folder / "code.zip").read_bytes()
        self.assertEqual(configuration["CodeSize"], len(code))
        self.assertEqual(configuration["CodeSha256"], base64.b64encode(hashlib.sha256(code).digest()).decode())
        self.assertEqual((configuration["Architectures"], configuration["EphemeralStorage"], configuration["TracingConfig"]),
                         (["arm64"], {"Size": 1024}, {"Mode": "Active"}))
        self.assertEqual(function["Tags"], {"team": "blue"})

    def debug_port(self, function):
        return int(re.search(r"debug %s: attach a debugger to 127\.0\.0\.1:(\d+)" % function, self.emulator.output()).group(1))

    def test_a_debugged_function_listens_and_is_not_timed_out(self):
        def inspector():
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.debug_port("Slow"), timeout=5)
                connection.request("GET", "/json/version")
                return json.loads(connection.getresponse().read())
            except OSError:
                return None

        self.assertIn("node.js", wait_until(inspector, "the inspector, before any invocation")["Browser"])
        status, _, body = self.aws("POST", "/2015-03-31/functions/slow/invocations", "{}")
        self.assertEqual((status, body), (200, b'"slow"'))

    @unittest.skipIf(subprocess.call(["/usr/bin/python3", "-c", "import debugpy"], stderr=subprocess.DEVNULL), "no debugpy")
    def test_a_python_debugger_attaches(self):
        request = json.dumps({"seq": 1, "type": "request", "command": "initialize", "arguments": {"adapterID": "test"}})

        def adapter():
            try:
                with socket.create_connection(("127.0.0.1", self.debug_port("SlowPython")), 5) as connection:
                    connection.sendall(("Content-Length: %d\r\n\r\n%s" % (len(request), request)).encode())
                    answer = b""
                    while b'"command": "initialize"' not in answer:  # its events come first, in packets of their own
                        part = connection.recv(4096)
                        if not part:
                            return None
                        answer += part
                    return answer
            except OSError:
                return None

        self.assertIn(b'"success": true', wait_until(adapter, "the debug adapter, before any invocation"))
        status, _, body = self.aws("POST", "/2015-03-31/functions/slow-python/invocations", "{}")
        self.assertEqual((status, body), (200, b'"slow"'))


class Killed(unittest.TestCase):
    def test_no_handler_outlives_the_emulator_and_its_files_go_at_the_next_start(self):
        with Project({"template.yml": TEMPLATE, "py/app.py": PYTHON, "js/index.mjs": NODE, "rb/app.rb": RUBY,
                      "st/index.js": STREAMING}) as project:
            (project.folder / "code.zip").write_bytes(b"")
            work = project.folder / "work"
            work.mkdir()
            environment = dict(os.environ, TMPDIR=str(work))
            emulator = Emulator("--in-memory", "--warm", cwd=project.folder, env=environment)
            try:
                wait_until(lambda: len(descendants(emulator.process.pid)) >= 6, "warm processes")
                below = descendants(emulator.process.pid)
            finally:
                emulator.stop(signal.SIGKILL)
            self.assertFalse([pid for pid in below if alive(pid)])
            left = {path for path in work.iterdir() if path.is_dir()}
            self.assertTrue(left)
            with Emulator("--in-memory", cwd=project.folder, env=environment):
                self.assertFalse(left & set(work.iterdir()))
            self.assertEqual([path for path in work.iterdir() if path.is_dir()], [])


if __name__ == "__main__":
    unittest.main()
