// What the gateway itself costs: matching a route among 5 and among 500, building an event, and a
// whole request with an integration that answers at once.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "gateway/call.h"
#include "gateway/event_v1.h"
#include "gateway/event_v2.h"
#include "gateway/gateway.h"
#include "gateway/locate.h"

namespace offstage::gateway {

namespace {

class InstantInvoker : public Invoker {
 public:
  InvokeResult Invoke(const InvokeRequest&) override {
    InvokeResult result;
    result.payload = R"({"statusCode":200,"headers":{"x-a":"b"},"body":"{\"ok\":true}"})";
    return result;
  }
};

class NoTraces : public TraceSink {
 public:
  void Record(Span span) override { benchmark::DoNotOptimize(span); }
};

class NoLog : public Log {
 protected:
  void Write(LogLevel, std::string_view, Fields) override {}
};

Route MakeRoute(std::string method, std::string path) {
  Route route;
  route.method = std::move(method);
  route.path = std::move(path);
  route.integration = LambdaProxy{.function = "f"};
  return route;
}

// A quarter each of literal, parameter, deep and greedy routes; the last one is asked for.
ApiConfig MakeApi(std::size_t count, ApiKind kind) {
  ApiConfig api;
  api.kind = kind;
  api.id = "abcdefghij";
  if (kind == ApiKind::kHttp) api.stage = "$default";
  while (api.routes.size() + 1 < count) {
    const std::size_t n = api.routes.size();
    switch (n % 4) {
      case 0:
        api.routes.push_back(MakeRoute("GET", fmt::format("/things{}", n)));
        break;
      case 1:
        api.routes.push_back(MakeRoute("GET", fmt::format("/things{}/{{id}}", n)));
        break;
      case 2:
        api.routes.push_back(MakeRoute("PUT", fmt::format("/v1/t{}/{{a}}/x/{{b}}", n)));
        break;
      default:
        api.routes.push_back(MakeRoute("ANY", fmt::format("/files{}/{{proxy+}}", n)));
    }
  }
  api.routes.push_back(MakeRoute("GET", "/users/{id}/articles"));
  return api;
}

http::Request MakeRequest() {
  http::Request request;
  request.method = "GET";
  request.target = "/Prod/users/octocat/articles?limit=3&tag=cloud+native";
  request.version = "1.1";
  request.remote_address = "127.0.0.1";
  request.headers = {{"Host", "localhost:3000"},
                     {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101"},
                     {"Accept", "application/json"},
                     {"Accept-Language", "en-US,en;q=0.5"},
                     {"Accept-Encoding", "gzip, deflate, br"},
                     {"Referer", "http://localhost:8080/"},
                     {"Authorization", "Bearer eyJraWQiOiJhIn0.eyJzdWIiOiJiIn0.c2ln"},
                     {"Connection", "keep-alive"}};
  return request;
}

void RouteMatch(benchmark::State& state) {
  std::vector<std::string> warnings;
  const Api api =
      std::move(
          CompileApi(MakeApi(static_cast<std::size_t>(state.range(0)), ApiKind::kRest), warnings))
          .value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(api.tree.Find("GET", "/users/octocat/articles"));
  }
}
BENCHMARK(RouteMatch)->Arg(5)->Arg(500);

void NoRoute(benchmark::State& state) {
  std::vector<std::string> warnings;
  const Api api =
      std::move(
          CompileApi(MakeApi(static_cast<std::size_t>(state.range(0)), ApiKind::kRest), warnings))
          .value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(api.tree.Find("POST", "/users/octocat/articles"));
  }
}
BENCHMARK(NoRoute)->Arg(5)->Arg(500);

void Event(benchmark::State& state) {
  const ApiKind kind = state.range(0) == 1 ? ApiKind::kRest : ApiKind::kHttp;
  std::vector<std::string> warnings;
  const Api api = std::move(CompileApi(MakeApi(5, kind), warnings)).value();
  http::Request request = MakeRequest();
  if (kind == ApiKind::kHttp) request.target.erase(0, 5);
  Call call(api, request);
  call.request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";
  call.extended_request_id = "JKJaXmPLvHcESHA=";
  call.trace_root = "Root=1-5759e988-bd862e3fe1be46a994272793";
  MatchRoute(call, request.RawPath());
  call.query = ParseQuery(request.RawQuery());
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string event = kind == ApiKind::kRest ? BuildEventV1(call) : BuildEventV2(call);
    bytes = event.size();
    benchmark::DoNotOptimize(event);
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(Event)->ArgName("payload")->Arg(1)->Arg(2);

void Request(benchmark::State& state) {
  InstantInvoker invoker;
  const SystemClock clock;
  RandomIds ids;
  NoLog log;
  NoTraces traces;
  std::vector<ApiConfig> apis;
  apis.push_back(MakeApi(static_cast<std::size_t>(state.range(0)), ApiKind::kRest));
  const auto gateway =
      std::move(Gateway::Create(std::move(apis), {invoker, clock, ids, log, traces})).value();
  const http::Request request = MakeRequest();
  for (auto _ : state) {
    benchmark::DoNotOptimize(gateway->Handle(request));
  }
}
BENCHMARK(Request)->ArgName("routes")->Arg(5)->Arg(500);

}  // namespace

}  // namespace offstage::gateway

BENCHMARK_MAIN();
