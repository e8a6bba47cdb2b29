// A warm invocation over the Runtime API: what the emulator adds to a handler that does nothing.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "lambda/lambda.h"

namespace offstage::lambda {
namespace {

// A service with an echoing handler in each language; its folder is gone at the end.
class Functions {
 public:
  Functions() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "offstage-bench-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    std::vector<FunctionConfig> functions(2);
    functions[0].name = "python";
    functions[0].runtime = "python3.11";
    functions[0].inline_code = "def handler(event, context):\n    return event\n";
    functions[1].name = "nodejs";
    functions[1].runtime = "nodejs18.x";
    functions[1].inline_code = "exports.handler = async (event) => event;\n";
    for (FunctionConfig& function : functions)
      function.handler = "index.handler";
    Options options;
    options.work_folder = folder_;
    service_ = std::move(Service::Create(options, std::move(functions),
                                         {.clock = clock_, .ids = ids_, .log = log_}))
                   .value();
  }
  ~Functions() {
    service_.reset();
    std::filesystem::remove_all(folder_);
  }
  Functions(const Functions&) = delete;
  Functions& operator=(const Functions&) = delete;

  InvokeResult Invoke(const std::string& function, const std::string& payload) {
    return service_->Invoke({.function = function, .payload = payload});
  }
  void Retire() { service_->RetireIdle(""); }

 private:
  std::filesystem::path folder_;
  SystemClock clock_;
  RandomIds ids_;
  StderrLog log_{LogLevel::kError};
  std::unique_ptr<Service> service_;
};

Functions& Shared() {
  static Functions functions;
  return functions;
}

void WarmInvocation(benchmark::State& state, const char* language) {
  const std::string payload =
      R"({"body":")" + std::string(static_cast<std::size_t>(state.range(0)), 'x') + "\"}";
  (void)Shared().Invoke(language, payload);  // The cold one.
  for (auto _ : state) {
    const InvokeResult result = Shared().Invoke(language, payload);
    if (result.status != InvokeStatus::kOk) return state.SkipWithError(result.explanation.c_str());
  }
}
BENCHMARK_CAPTURE(WarmInvocation, python, "python")->Arg(100)->Arg(100'000)->UseRealTime();
BENCHMARK_CAPTURE(WarmInvocation, nodejs, "nodejs")->Arg(100)->Arg(100'000)->UseRealTime();

void ColdStart(benchmark::State& state, const char* language) {
  for (auto _ : state) {
    Shared().Retire();
    const InvokeResult result = Shared().Invoke(language, "{}");
    if (result.status != InvokeStatus::kOk || !result.cold_start)
      return state.SkipWithError("there was no cold start");
  }
}
BENCHMARK_CAPTURE(ColdStart, python, "python")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ColdStart, nodejs, "nodejs")->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace offstage::lambda

BENCHMARK_MAIN();
