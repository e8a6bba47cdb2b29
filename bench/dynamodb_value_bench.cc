// What the pure half of DynamoDB costs a request: parsing, printing, keys, expressions.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>
#include <string>

#include "dynamodb/expressions/condition.h"
#include "dynamodb/expressions/update.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"
#include "dynamodb/value/key_encoding.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {
namespace {

// About 500 bytes, as an article of the sample backend.
constexpr std::string_view kItem =
    R"({"id":{"S":"article-0001"},"author":{"S":"user-17"},"title":{"S":"Learning about Lambda"},)"
    R"("body":{"S":"Today I learned how event source mappings poll a stream, and why a batch is )"
    R"(retried as a whole unless the handler reports which records have failed. \"Bisect\" helps."},)"
    R"("likes":{"N":"42"},"score":{"N":"3.75"},"published":{"BOOL":true},"tags":{"SS":["aws","lambda"]},)"
    R"("meta":{"M":{"lang":{"S":"en"},"words":{"N":"312"}}},"links":{"L":[{"S":"https://example.com"}]}})";

void ParseRequestItem(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(ParseItem(kItem));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kItem.size()));
}
BENCHMARK(ParseRequestItem);

void ParseByJsonLibrary(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(nlohmann::json::parse(kItem));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kItem.size()));
}
BENCHMARK(ParseByJsonLibrary);

void ParseStored(benchmark::State& state) {
  const std::string stored = ToJsonText(ParseItem(kItem).value());
  for (auto _ : state)
    benchmark::DoNotOptimize(ParseStoredItem(stored));
}
BENCHMARK(ParseStored);

void Print(benchmark::State& state) {
  const Item item = ParseItem(kItem).value();
  std::string out;
  for (auto _ : state) {
    out.clear();
    AppendJson(item, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(Print);

void Size(benchmark::State& state) {
  const Item item = ParseItem(kItem).value();
  for (auto _ : state)
    benchmark::DoNotOptimize(SizeOf(item));
}
BENCHMARK(Size);

void EncodeNumberKey(benchmark::State& state) {
  const AttributeValue value = AttributeValue::Number("1735689600.125");
  for (auto _ : state)
    benchmark::DoNotOptimize(EncodeKey(value));
}
BENCHMARK(EncodeNumberKey);

void AddTwoNumbers(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(AddNumbers("1735689600", "1"));
}
BENCHMARK(AddTwoNumbers);

// With and without the cache.
void CompileCondition(benchmark::State& state) {
  ExpressionCache cache;
  for (auto _ : state) {
    Placeholders placeholders;
    (void)placeholders.SetNames(R"({"#a":"author"})");
    (void)placeholders.SetValues(R"({":a":{"S":"user-17"},":n":{"N":"10"}})");
    benchmark::DoNotOptimize(Condition::Compile("#a = :a AND likes > :n",
                                                Condition::Kind::kCondition, placeholders,
                                                state.range(0) != 0 ? &cache : nullptr));
  }
}
BENCHMARK(CompileCondition)->Arg(0)->Arg(1);

void EvaluateCondition(benchmark::State& state) {
  const Item item = ParseItem(kItem).value();
  Placeholders placeholders;
  (void)placeholders.SetValues(R"({":a":{"S":"user-17"},":n":{"N":"10"}})");
  const auto condition =
      Condition::Compile("author = :a AND likes > :n AND attribute_exists(meta.lang)",
                         Condition::Kind::kCondition, placeholders, nullptr);
  for (auto _ : state)
    benchmark::DoNotOptimize(condition.value().Matches(item));
}
BENCHMARK(EvaluateCondition);

void CompileAndApplyUpdate(benchmark::State& state) {
  const Item item = ParseItem(kItem).value();
  ExpressionCache cache;
  for (auto _ : state) {
    Placeholders placeholders;
    (void)placeholders.SetValues(R"({":n":{"N":"1"}})");
    const auto update = Update::Compile("SET likes = likes + :n", placeholders, &cache);
    benchmark::DoNotOptimize(update.value().Apply(item));
  }
}
BENCHMARK(CompileAndApplyUpdate);

}  // namespace
}  // namespace offstage::dynamodb

BENCHMARK_MAIN();
