// The floor under every request: our HTTP server and a kept connection, without anything behind it.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "http/client.h"
#include "http/server.h"

namespace offstage::http {
namespace {

void RoundTrip(benchmark::State& state) {
  const std::string body(static_cast<std::size_t>(state.range(0)), 'x');
  const auto server = Server::Start({}, [&body](const Request&) {
    return Reply{.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = body};
  });
  if (!server.ok()) return state.SkipWithError(server.error().message.c_str());
  Client client("127.0.0.1", (*server)->port());
  Request request;
  request.method = "GET";
  request.target = "/users?limit=10";
  request.headers = {{"Host", "localhost"}};
  for (auto _ : state) {
    const auto reply = client.Send(request);
    if (!reply.ok()) return state.SkipWithError(reply.error().message.c_str());
  }
}
BENCHMARK(RoundTrip)->ArgName("bytes")->Arg(100)->Arg(100'000)->UseRealTime();

}  // namespace
}  // namespace offstage::http

BENCHMARK_MAIN();
