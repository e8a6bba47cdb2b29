// What handlers find around them: packages in zip files, layers at /opt, a /tmp of their own, their
// memory's limit, versions, streams, and no way off this machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "lambda/sandbox.h"
#include "lambda/support.h"

namespace offstage::lambda {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

#define OFFSTAGE_SKIP_WITHOUT(family) \
  if (const std::string absent = WhyAbsent(family); !absent.empty()) GTEST_SKIP() << absent

FunctionConfig Inline(std::string_view family, std::string code) {
  FunctionConfig function = ConformanceFunction(family);
  function.inline_code = std::move(code);
  function.handler = "index.handler";
  return function;
}

bool MountsAllowed() {
  const test::TempDir scratch;
  const auto host = std::move(process::Host::Start()).value();
  return ProbeMounts(*host, scratch.path() / "probe").private_mounts;
}

TEST(Packages, AZipFileRunsAndIsReadAnewWhenItChanges) {
  OFFSTAGE_SKIP_WITHOUT("python");
  const test::TempDir folder;
  const auto pack = [&](const std::string& answer) {
    folder.Write("app.py", "def handler(event, context):\n    return '" + answer + "'\n");
    const std::string command = "cd " + folder.path().string() +
                                " && rm -f new.zip && python3 -m zipfile -c new.zip app.py && mv "
                                "new.zip code.zip";
    ASSERT_EQ(std::system(command.c_str()), 0);  // NOLINT: a fixture
  };
  pack("old");
  FunctionConfig function = ConformanceFunction("python");
  function.code = folder.path() / "code.zip";
  function.handler = "app.handler";
  Fixture fixture({function});
  EXPECT_EQ(fixture.Invoke(function.name, "{}").payload, "\"old\"");
  EXPECT_FALSE(fixture.Invoke(function.name, "{}").cold_start);
  pack("new one");
  EXPECT_EQ(fixture.Invoke(function.name, "{}").payload, "\"new one\"");
}

TEST(Packages, ADamagedZipFileIsExplained) {
  const test::TempDir folder;
  FunctionConfig function = ConformanceFunction("python");
  function.code = folder.Write("code.zip", "nonsense");
  Fixture fixture({function});
  const InvokeResult result = fixture.Invoke(function.name, "{}");
  EXPECT_EQ(result.status, InvokeStatus::kFunctionError);
  EXPECT_THAT(result.explanation, HasSubstr("cannot unpack " + function.code.string()));
  EXPECT_THAT(fixture.service->Functions()[0].note, HasSubstr("cannot unpack"));
}

class LayersTest : public testing::Test {
 protected:
  LayersTest() {
    lower_.Write("nodejs/lib.js", "exports.from = 'lower';");
    lower_.Write("both.txt", "lower");
    lower_.Write("python/deep/low.py", "VALUE = 'low'\n");
    upper_.Write("nodejs/other.js", "exports.lib = require('/opt/nodejs/lib').from;");
    upper_.Write("both.txt", "upper");
    upper_.Write("python/deep/up.py", "VALUE = 'up'\n");
  }
  test::TempDir lower_;
  test::TempDir upper_;
};

constexpr char kNodeOpt[] =
    "const fs = require('fs');\n"
    "exports.handler = async () => [require('/opt/nodejs/other').lib, "
    "fs.readFileSync('/opt/both.txt', 'utf8')];\n";

TEST_F(LayersTest, LieAtOptMergedTheLaterOneOnTop) {
  OFFSTAGE_SKIP_WITHOUT("nodejs");
  FunctionConfig function = Inline("nodejs", kNodeOpt);
  function.layers = {lower_.path(), upper_.path()};
  Fixture fixture({function});
  const InvokeResult result = fixture.Invoke(function.name, "{}");
  EXPECT_EQ(result.payload, R"(["lower","upper"])") << result.explanation;
}

TEST_F(LayersTest, AreFoundBelowOptWithoutPrivateMountsToo) {
  OFFSTAGE_SKIP_WITHOUT("nodejs");
  OFFSTAGE_SKIP_WITHOUT("python");
  FunctionConfig node = Inline("nodejs", kNodeOpt);
  node.layers = {lower_.path(), upper_.path()};
  FunctionConfig python =
      Inline("python",
             "import sys\nsys.path.append('/opt/python')\nfrom deep import up\n"
             "def handler(event, context):\n    return [up.VALUE, open('/opt/both.txt').read()]\n");
  python.layers = {lower_.path(), upper_.path()};
  Options options;
  options.isolation = Isolation::kNone;
  Fixture fixture({node, python}, options);
  EXPECT_EQ(fixture.Invoke(node.name, "{}").payload, R"(["lower","upper"])");
  const InvokeResult result = fixture.Invoke(python.name, "{}");
  EXPECT_EQ(result.payload, R"(["up", "upper"])") << result.explanation;
  EXPECT_THAT(fixture.service->Functions()[0].note, HasSubstr("its layers are not at /opt"));
}

TEST(Environments, SayWhenACustomRuntimesConnectionsCannotBeWatched) {
  OFFSTAGE_SKIP_WITHOUT("provided");
  Options options;
  options.network.guarded = true;
  options.isolation = Isolation::kNone;
  const Fixture fixture({ConformanceFunction("provided")}, options);
  EXPECT_THAT(fixture.service->Functions()[0].note, HasSubstr("not kept on this machine"));
}

TEST(Environments, HaveATmpOfTheirOwn) {
  OFFSTAGE_SKIP_WITHOUT("python");
  if (!MountsAllowed()) GTEST_SKIP() << "no private mounts here";
  FunctionConfig function = Inline(
      "python",
      "import os, time\ndef handler(event, context):\n"
      "    if event.get('write'):\n        open('/tmp/mark', 'w').close()\n"
      "        time.sleep(1)\n    return sorted(f for f in os.listdir('/tmp') if f == 'mark')\n");
  Fixture fixture({function});
  // Two environments at once: only one writes.
  auto first = std::async(std::launch::async,
                          [&] { return fixture.Invoke(function.name, R"({"write":1})"); });
  const auto deadline = steady_clock::now() + seconds(20);
  while (fixture.service->CurrentActivity().in_flight == 0 && steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(fixture.Invoke(function.name, "{}").payload, "[]");
  EXPECT_EQ(first.get().payload, R"(["mark"])");
  EXPECT_FALSE(fs::exists("/tmp/mark"));
  EXPECT_EQ(fixture.Invoke(function.name, "{}").payload, R"(["mark"])")
      << "the environment used last keeps its files";
  fixture.service->Stop();
  EXPECT_TRUE(fs::is_empty(fixture.folder.path() / "work/lambda/sandboxes"));
}

TEST(Environments, AreEndedWhenTheyUseMoreThanTheirMemory) {
  OFFSTAGE_SKIP_WITHOUT("python");
  FunctionConfig function =
      Inline("python",
             "import time\ndef handler(event, context):\n"
             "    kept = [bytearray(1 << 20) for _ in range(event['mb'])]\n"
             "    time.sleep(5 if event['mb'] > 100 else 0)\n    return len(kept)\n");
  function.memory_mb = 128;
  Fixture fixture({function});
  EXPECT_EQ(fixture.Invoke(function.name, R"({"mb":20})").payload, "20");
  const InvokeResult result = fixture.Invoke(function.name, R"({"mb":200})");
  EXPECT_EQ(result.status, InvokeStatus::kFunctionError);
  EXPECT_EQ(result.payload, R"({"errorType":"Runtime.ExitError","errorMessage":"RequestId: )" +
                                result.request_id +
                                R"( Error: Runtime exited with error: signal: killed"})");
  EXPECT_THAT(result.explanation, HasSubstr("out of memory"));
  EXPECT_THAT(result.explanation, HasSubstr("MemorySize of 128 MB"));
  EXPECT_EQ(fixture.Invoke(function.name, R"({"mb":20})").payload, "20") << "a fresh one follows";
}

TEST(Environments, AFailedInitIsRepeatedWithinTheInvocation) {
  OFFSTAGE_SKIP_WITHOUT("python");
  const test::TempDir folder;
  const fs::path mark = folder.path() / "tried";
  FunctionConfig function = ConformanceFunction("python");
  function.code = folder.path();
  function.handler = "app.handler";
  folder.Write("app.py", "import os\nif not os.path.exists('" + mark.string() + "'):\n    open('" +
                             mark.string() +
                             "', 'w').close()\n    raise ValueError('the first time')\n"
                             "def handler(event, context):\n    return 'the second time'\n");
  Fixture fixture({function});
  EXPECT_EQ(fixture.Invoke(function.name, "{}").payload, "\"the second time\"");
  EXPECT_THAT(fixture.output.Lines(),
              testing::Contains(HasSubstr("Phase: init\tStatus: error\tError Type: ValueError")));
}

TEST(Versions, AliasesRunTheirVersionAndHandlersSeeHowTheyWereCalled) {
  OFFSTAGE_SKIP_WITHOUT("python");
  FunctionConfig function = ConformanceFunction("python");
  function.versions = {"1"};
  function.aliases = {{.name = "live", .version = "1"}};
  Fixture fixture({function});
  const InvokeResult live = fixture.Invoke(function.name + ":live", R"({"do":"context"})");
  const Json seen = Json::parse(live.payload, nullptr, false);
  EXPECT_EQ(live.executed_version, "1");
  EXPECT_EQ(seen.value("function_version", ""), "1");
  EXPECT_EQ(seen.value("invoked_function_arn", ""),
            "arn:aws:lambda:us-east-1:000000000000:function:" + function.name + ":live");
  EXPECT_THAT(live.log_tail, HasSubstr("Version: 1\n"));
  const InvokeResult latest = fixture.Invoke(function.name, R"({"do":"context"})");
  EXPECT_TRUE(latest.cold_start) << "versions have environments of their own";
  EXPECT_EQ(Json::parse(latest.payload, nullptr, false).value("function_version", ""), "$LATEST");
  EXPECT_EQ(fixture.Invoke(function.name + ":other", "{}").status, InvokeStatus::kNotFound);
}

TEST(Warming, StartsProvisionedEnvironmentsBeforeTheFirstInvocation) {
  OFFSTAGE_SKIP_WITHOUT("python");
  FunctionConfig function = ConformanceFunction("python");
  function.provisioned_concurrency = 2;
  FunctionConfig other = ConformanceFunction("python");
  other.name = "other";
  Fixture fixture({function, other});
  fixture.service->StartWarming(WarmUp::kProvisioned);
  const auto deadline = steady_clock::now() + seconds(20);
  InvokeResult result;
  do {
    result = fixture.Invoke(function.name, R"({"do":"environment"})");
  } while (result.cold_start && steady_clock::now() < deadline);
  EXPECT_FALSE(result.cold_start);
  EXPECT_TRUE(fixture.Invoke(other.name, "{}").cold_start);
}

// Remembers what it was told.
class RecordingSink : public ResponseSink {
 public:
  void Begin(std::string_view content_type) override { type = content_type; }
  bool Write(std::string_view piece) override {
    pieces.emplace_back(piece);
    text += piece;
    return true;
  }
  std::string type;
  std::string text;
  std::vector<std::string> pieces;
};

constexpr char kStreaming[] =
    "const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));\n"
    "exports.handler = awslambda.streamifyResponse(async (event, stream) => {\n"
    "  if (event.http) stream = awslambda.HttpResponseStream.from(stream, {statusCode: 201});\n"
    "  stream.write('one,');\n"
    "  await wait(50);\n"
    "  if (event.fail) throw new TypeError('in the middle');\n"
    "  stream.write('two');\n"
    "  stream.end();\n"
    "});\n";

TEST(Streaming, PiecesReachTheSinkAsTheyAreWritten) {
  OFFSTAGE_SKIP_WITHOUT("nodejs");
  const FunctionConfig function = Inline("nodejs", kStreaming);
  Fixture fixture({function});
  RecordingSink sink;
  const InvokeResult result =
      fixture.service->Invoke({.function = function.name, .payload = "{}", .sink = &sink});
  EXPECT_EQ(result.status, InvokeStatus::kOk) << result.payload;
  EXPECT_EQ(sink.type, "application/octet-stream");
  EXPECT_EQ(sink.pieces, (std::vector<std::string>{"one,", "two"}));
  EXPECT_EQ(result.payload, "");
  EXPECT_EQ(fixture.Invoke(function.name, "{}").payload, "one,two") << "Invoke gets it whole";
}

TEST(Streaming, APreludeOfHttpComesFirst) {
  OFFSTAGE_SKIP_WITHOUT("nodejs");
  const FunctionConfig function = Inline("nodejs", kStreaming);
  Fixture fixture({function});
  RecordingSink sink;
  fixture.service->Invoke({.function = function.name, .payload = R"({"http":1})", .sink = &sink});
  EXPECT_EQ(sink.type, "application/vnd.awslambda.http-integration-response");
  EXPECT_EQ(sink.text, std::string(R"({"statusCode":201})") + std::string(8, '\0') + "one,two");
}

TEST(Streaming, AnErrorInTheMiddleEndsTheAnswer) {
  OFFSTAGE_SKIP_WITHOUT("nodejs");
  const FunctionConfig function = Inline("nodejs", kStreaming);
  Fixture fixture({function});
  RecordingSink sink;
  const InvokeResult result = fixture.service->Invoke(
      {.function = function.name, .payload = R"({"fail":1})", .sink = &sink});
  EXPECT_EQ(result.status, InvokeStatus::kFunctionError);
  EXPECT_EQ(sink.text, "one,");
  EXPECT_EQ(Json::parse(result.payload, nullptr, false).value("errorType", ""), "TypeError");
  EXPECT_EQ(fixture.Invoke(function.name, "{}").payload, "one,two") << "the environment lives on";
}

// Speaks the Runtime API by hand: chunked, and an error as trailers when the event asks for one.
constexpr char kStreamingBootstrap[] = R"(#!/usr/bin/env python3
import base64, http.client, os
host = os.environ["AWS_LAMBDA_RUNTIME_API"]
base = "/2018-06-01/runtime/invocation/"
while True:
    connection = http.client.HTTPConnection(host)
    connection.request("GET", base + "next")
    reply = connection.getresponse()
    event, name = reply.read(), reply.headers["Lambda-Runtime-Aws-Request-Id"]
    connection.putrequest("POST", base + name + "/response")
    connection.putheader("Lambda-Runtime-Function-Response-Mode", "streaming")
    connection.putheader("Content-Type", "text/x")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.putheader("Trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body")
    connection.endheaders()
    connection.send(b"3\r\none\r\n")
    if b"fail" in event:
        body = base64.b64encode(b'{"errorType":"Mine","errorMessage":"in the middle"}')
        connection.send(b"0\r\nLambda-Runtime-Function-Error-Type: Mine\r\n"
                        b"Lambda-Runtime-Function-Error-Body: " + body + b"\r\n\r\n")
    elif b"exit" in event:
        os._exit(7)
    else:
        connection.send(b"3\r\ntwo\r\n0\r\n\r\n")
    if connection.getresponse().status != 202:
        os._exit(1)
)";

TEST(Streaming, ACustomRuntimeStreamsChunkedAndReportsErrorsAsTrailers) {
  OFFSTAGE_SKIP_WITHOUT("python");
  const test::TempDir folder;
  fs::permissions(folder.Write("bootstrap", kStreamingBootstrap), fs::perms::owner_all);
  FunctionConfig function = ConformanceFunction("provided");
  function.code = folder.path();
  Fixture fixture({function});
  const auto stream = [&](const char* event, RecordingSink& sink) {
    return fixture.service->Invoke({.function = function.name, .payload = event, .sink = &sink});
  };
  RecordingSink whole;
  EXPECT_EQ(stream("{}", whole).status, InvokeStatus::kOk);
  EXPECT_EQ(whole.type, "text/x");
  EXPECT_EQ(whole.text, "onetwo");
  RecordingSink cut;
  const InvokeResult failed = stream(R"({"fail":1})", cut);
  EXPECT_EQ(failed.payload, R"({"errorType":"Mine","errorMessage":"in the middle"})");
  EXPECT_EQ(cut.text, "one");
  RecordingSink gone;
  EXPECT_THAT(stream(R"({"exit":1})", gone).payload, HasSubstr("exit status 7"));
  EXPECT_EQ(gone.text, "one");
}

TEST(Streaming, AHandlerThatDoesNotStreamGivesOnePiece) {
  OFFSTAGE_SKIP_WITHOUT("python");
  const FunctionConfig function = ConformanceFunction("python");
  Fixture fixture({function});
  RecordingSink sink;
  fixture.service->Invoke({.function = function.name, .payload = R"({"a":1})", .sink = &sink});
  EXPECT_EQ(sink.type, "application/json");
  EXPECT_EQ(sink.pieces, std::vector<std::string>{R"({"a": 1})"});
}

// Each way out, and what came of it.
struct Escape {
  const char* family;
  const char* code;
};

class NetworkTest : public testing::TestWithParam<Escape> {};

TEST_P(NetworkTest, HandlersDoNotLeaveThisMachine) {
  OFFSTAGE_SKIP_WITHOUT(GetParam().family);
  const FunctionConfig function = Inline(GetParam().family, GetParam().code);
  Options options;
  options.network.guarded = true;
  Fixture fixture({function}, options);
  const InvokeResult result = fixture.Invoke(function.name, "{}");
  const Json seen = Json::parse(result.payload, nullptr, false);
  ASSERT_TRUE(seen.is_object() && !seen.empty()) << result.payload << result.explanation;
  for (const auto& [how, message] : seen.items()) {
    EXPECT_THAT(message.get<std::string>(), HasSubstr("offstage: a connection to")) << how;
    EXPECT_THAT(message.get<std::string>(), HasSubstr("--allow-egress")) << how;
  }
}

constexpr char kPythonEscapes[] =
    "import socket, ssl, urllib.request\n"
    "def udp():\n    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', "
    "9))\n"
    "WAYS = {\n"
    " 'urllib': lambda: urllib.request.urlopen('http://example.com/', timeout=5),\n"
    " 'https': lambda: urllib.request.urlopen('https://example.com/', timeout=5),\n"
    " 'address': lambda: socket.create_connection(('192.0.2.1', 80), 5),\n"
    " 'raw': lambda: socket.socket().connect(('192.0.2.1', 80)),\n"
    " 'name': lambda: socket.gethostbyname('example.com'),\n"
    " 'metadata': lambda: socket.create_connection(('169.254.169.254', 80), 5),\n"
    " 'six': lambda: socket.create_connection(('2001:db8::1', 80), 5),\n"
    " 'udp': udp}\n"
    "def handler(event, context):\n"
    "    seen = {}\n"
    "    for name, way in WAYS.items():\n"
    "        try:\n            way()\n            seen[name] = 'left'\n"
    "        except Exception as error:\n            seen[name] = str(error)\n"
    "    return seen\n";

constexpr char kNodeEscapes[] =
    "const http = require('http'), https = require('https'), net = require('net'), "
    "dns = require('dns'), dgram = require('dgram');\n"
    "const when = (emitter, event) => new Promise((ok, no) => { emitter.on('error', no); "
    "emitter.on(event, ok); });\n"
    "const ways = {\n"
    " http: () => when(http.get('http://example.com/'), 'response'),\n"
    " https: () => when(https.get('https://example.com/'), 'response'),\n"
    " address: () => when(net.connect(80, '192.0.2.1'), 'connect'),\n"
    " socket: () => when(new net.Socket().connect({port: 80, host: '192.0.2.1'}), 'connect'),\n"
    " lookup: () => new Promise((ok, no) => dns.lookup('example.com', (e, a) => e ? no(e) : "
    "ok(a))),\n"
    " resolve: () => new Promise((ok, no) => dns.resolve4('example.com', (e, a) => e ? no(e) : "
    "ok(a))),\n"
    " fetch: () => fetch('https://example.com/').catch((error) => { throw error.cause; }),\n"
    " udp: () => new Promise((ok, no) => dgram.createSocket('udp4').send('x', 9, '192.0.2.1', "
    "(e) => e ? no(e) : ok())),\n"
    "};\n"
    "exports.handler = async () => {\n"
    "  const seen = {};\n"
    "  for (const name of Object.keys(ways)) {\n"
    "    try { await ways[name](); seen[name] = 'left'; } catch (error) { seen[name] = "
    "error.message; }\n"
    "  }\n"
    "  return seen;\n"
    "};\n";

constexpr char kRubyEscapes[] =
    "require 'net/http'\nrequire 'socket'\n"
    "WAYS = {\n"
    "  http: -> { Net::HTTP.get(URI('http://example.com/')) },\n"
    "  https: -> { Net::HTTP.get(URI('https://example.com/')) },\n"
    "  tcp: -> { TCPSocket.new('192.0.2.1', 80) },\n"
    "  raw: -> { Socket.new(:INET, :STREAM).connect(Socket.sockaddr_in(80, '192.0.2.1')) },\n"
    "  helper: -> { Socket.tcp('192.0.2.1', 80) },\n"
    "  udp: -> { UDPSocket.new.send('x', 0, '192.0.2.1', 9) },\n"
    "}\n"
    "def handler(event:, context:)\n"
    "  WAYS.to_h { |name, way| [name, begin; way.call; 'left'; rescue StandardError => e; "
    "e.message; end] }\n"
    "end\n";

INSTANTIATE_TEST_SUITE_P(Families, NetworkTest,
                         testing::Values(Escape{"python", kPythonEscapes},
                                         Escape{"nodejs", kNodeEscapes},
                                         Escape{"ruby", kRubyEscapes}),
                         [](const testing::TestParamInfo<Escape>& parameter) {
                           return std::string(parameter.param.family);
                         });

TEST(Network, ModulesThatImportHttpsThemselvesAreGuarded) {
  OFFSTAGE_SKIP_WITHOUT("nodejs");
  const test::TempDir folder;
  folder.Write(
      "index.mjs",
      "import { get } from 'node:https';\nimport { lookup } from 'dns';\n"
      "export const handler = () => Promise.all([\n"
      "  new Promise((ok) => get('https://example.com/', () => ok('left')).on('error', "
      "(e) => ok(e.message))),\n"
      "  new Promise((ok) => lookup('example.com', (e) => ok(e ? e.message : 'left')))]);\n");
  FunctionConfig function = ConformanceFunction("nodejs");
  function.code = folder.path();
  function.handler = "index.handler";
  Options options;
  options.network.guarded = true;
  Fixture fixture({function}, options);
  const Json seen = Json::parse(fixture.Invoke(function.name, "{}").payload, nullptr, false);
  ASSERT_EQ(seen.size(), 2u);
  for (const Json& message : seen)
    EXPECT_THAT(message.get<std::string>(), HasSubstr("offstage: a connection to example.com"));
}

TEST(Network, AllowedHostsAreTried) {
  OFFSTAGE_SKIP_WITHOUT("python");
  const FunctionConfig function = Inline(
      "python",
      "import socket\ndef handler(event, context):\n    try:\n"
      "        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('127.0.0.2', 9))\n"
      "        socket.getaddrinfo('192.0.2.1', 80)\n        return 'tried'\n"
      "    except Exception as error:\n        return str(error)\n");
  Options options;
  options.network = {.guarded = true, .allowed = {"192.0.2.1"}};
  Fixture fixture({function}, options);
  EXPECT_EQ(fixture.Invoke(function.name, "{}").payload, "\"tried\"");
}

}  // namespace
}  // namespace offstage::lambda
