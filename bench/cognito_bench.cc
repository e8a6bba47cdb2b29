// What an authorizer pays for each request with a token, and what issuing one costs.
#include <benchmark/benchmark.h>

#include <memory>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "cognito/service.h"

namespace offstage::cognito {
namespace {

constexpr char kPool[] = "us-east-1_AbCdEf123";

// A service with one pool, and a token of it.
class Pool {
 public:
  Pool() {
    Options options;
    options.persistence = Persistence::kInMemory;
    options.clock = &clock_;
    options.ids = &ids_;
    options.log = &log_;
    service = std::move(Service::Create(options)).value();
    (void)service->EnsurePool({.id = kPool, .members = {{"PoolName", "bench"}}}).ok();
    (void)service
        ->EnsureClient({.id = "client1234567890abcdefghij",
                        .pool_id = kPool,
                        .members = {{"ClientName", "bench"}, {"UserPoolId", kPool}}})
        .ok();
    order.user = "ada";
  }

  std::unique_ptr<Service> service;
  TokenOrder order;

 private:
  SystemClock clock_;
  RandomIds ids_;
  StderrLog log_{LogLevel::kError};
};

Pool& Shared() {
  static Pool pool;
  return pool;
}

void VerifyToken(benchmark::State& state) {
  const auto made = Shared().service->MakeToken(Shared().order);
  if (!made.ok()) return state.SkipWithError(made.error().message.c_str());
  for (auto _ : state) {
    const TokenCheck check = Shared().service->verifier().Verify(made->token, {kPool});
    if (check.fault != TokenFault::kNone) state.SkipWithError("a good token is refused");
  }
}
BENCHMARK(VerifyToken);

void IssueToken(benchmark::State& state) {
  for (auto _ : state) {
    auto made = Shared().service->MakeToken(Shared().order);
    if (!made.ok()) state.SkipWithError("no token was made");
    benchmark::DoNotOptimize(made);
  }
}
BENCHMARK(IssueToken);

}  // namespace
}  // namespace offstage::cognito

BENCHMARK_MAIN();
