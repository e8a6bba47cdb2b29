// dynamodb_server PORT [DATABASE_FILE]: the DynamoDB service alone behind the AWS endpoint, for
// conformance suites and benchmarks. In memory without a file. Runs until SIGINT or SIGTERM.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "aws/dispatcher.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "dynamodb/service.h"
#include "http/server.h"
#include "interfaces/trace.h"
#include "streams/service.h"

namespace {

class NoTraces : public offstage::TraceSink {
 public:
  void Record(offstage::Span span) override { (void)span; }
};

}  // namespace

int main(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  // Blocked before any thread starts, so that only sigwait below sees them.
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  offstage::SystemClock clock;
  offstage::RandomIds ids;
  offstage::StderrLog log(offstage::LogLevel::kWarning);
  NoTraces traces;
  offstage::dynamodb::Options options;
  options.clock = &clock;
  options.ids = &ids;
  options.log = &log;
  if (argc > 2) {
    options.database_file = argv[2];
  } else {
    options.persistence = offstage::dynamodb::Persistence::kInMemory;
  }
  offstage::streams::Service streams(
      {.account = {.region = options.region, .id = options.account_id}, .clock = &clock});
  options.changes = &streams;
  auto service = offstage::dynamodb::Service::Create(options);
  if (!service.ok()) {
    std::fprintf(stderr, "%s\n", service.error().message.c_str());
    return 3;
  }
  offstage::aws::Dispatcher dispatcher({.region = options.region}, ids, log, traces, nullptr);
  dispatcher.AddJsonService("dynamodb", "DynamoDB_20120810", **service);
  if (const auto attached = streams.Attach(**service); !attached.ok()) {
    std::fprintf(stderr, "%s\n", attached.error().message.c_str());
    return 3;
  }
  dispatcher.AddJsonService("dynamodbstreams", "DynamoDBStreams_20120810", streams);
  offstage::http::ServerOptions server_options;
  server_options.port = argc > 1 ? std::atoi(argv[1]) : 0;
  auto server = offstage::http::Server::Start(
      server_options,
      [&dispatcher](const offstage::http::Request& request) { return dispatcher.Handle(request); },
      [](const std::string& bug) { std::fprintf(stderr, "bug: %s\n", bug.c_str()); });
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", server.error().message.c_str());
    return 3;
  }
  std::printf("%s\n", (*server)->url().c_str());
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  return 0;
}
