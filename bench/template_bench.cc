// How long the sample backend's template takes to read and resolve: part of every start.
#include <benchmark/benchmark.h>

#include "base/id.h"
#include "template/loader.h"

namespace offstage::templates {
namespace {

void LoadSampleBackend(benchmark::State& state) {
  RandomIds ids;
  LoadOptions options;
  options.template_file = std::string(OFFSTAGE_SOURCE_DIR) + "/fixtures/hdoc-backend/template.yml";
  for (auto _ : state) {
    IdRegistry names(ids);
    auto stack = LoadStack(options, names);
    if (!stack.ok()) state.SkipWithError(stack.error().message.c_str());
    benchmark::DoNotOptimize(stack);
  }
}
BENCHMARK(LoadSampleBackend)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace offstage::templates

BENCHMARK_MAIN();
