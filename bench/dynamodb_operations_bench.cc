// DynamoDB operations as an SDK asks for them, JSON in and out without HTTP, on tables of 10 000
// and of a million items. The tables are filled when they are first needed: the large one takes a
// while.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "dynamodb/service.h"

namespace offstage::dynamodb {
namespace {

constexpr int kPerPartition = 100;
constexpr std::int64_t kSmall = 10'000;
constexpr std::int64_t kLarge = 1'000'000;

std::string ItemText(std::int64_t number) {
  return fmt::format(
      R"({{"author":{{"S":"user-{}"}},"id":{{"S":"article-{:07}"}},"title":{{"S":"Learning about Lambda"}},)"
      R"("likes":{{"N":"{}"}},"tags":{{"SS":["aws","lambda"]}},"body":{{"S":"{}"}}}})",
      number / kPerPartition, number, number % 97, std::string(200, 'x'));
}

// One service; a table of each size.
class Tables {
 public:
  Tables() {
    Options options;
    options.persistence = Persistence::kInMemory;
    options.clock = &clock_;
    options.ids = &ids_;
    options.log = &log_;
    service_ = std::move(Service::Create(options)).value();
  }

  // The name of the table with so many items.
  std::string Of(std::int64_t items) {
    const std::string name = fmt::format("items-{}", items);
    if (filled_[items]) return name;
    filled_[items] = true;
    (void)service_
        ->Run(
            "CreateTable",
            fmt::format(
                R"({{"TableName":"{}","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[)"
                R"({{"AttributeName":"author","AttributeType":"S"}},{{"AttributeName":"id","AttributeType":"S"}}],)"
                R"("KeySchema":[{{"AttributeName":"author","KeyType":"HASH"}},{{"AttributeName":"id","KeyType":"RANGE"}}]}})",
                name))
        .ok();
    std::vector<std::string> batch;
    constexpr std::size_t kBatch = 20'000;
    for (std::int64_t i = 0; i < items; ++i) {
      batch.push_back(ItemText(i));
      if (batch.size() < kBatch && i + 1 < items) continue;
      (void)service_->Import(name, batch).ok();
      batch.clear();
    }
    return name;
  }

  bool Run(std::string_view operation, const std::string& request) {
    auto outcome = service_->Run(operation, request);
    benchmark::DoNotOptimize(outcome);
    return outcome.ok();
  }

 private:
  SystemClock clock_;
  RandomIds ids_;
  StderrLog log_{LogLevel::kError};
  std::unique_ptr<Service> service_;
  std::map<std::int64_t, bool> filled_;
};

Tables& Shared() {
  static Tables tables;
  return tables;
}

// Visits the whole table without order.
std::int64_t Next(std::int64_t& number, std::int64_t items) {
  number = (number * 7919 + 13) % items;
  return number;
}

void Repeat(benchmark::State& state, std::string_view operation,
            const std::function<std::string(const std::string& table, std::int64_t number)>& make) {
  const std::string table = Shared().Of(state.range(0));
  std::int64_t number = 1;
  for (auto _ : state) {
    if (!Shared().Run(operation, make(table, Next(number, state.range(0)))))
      state.SkipWithError("the operation is refused");
  }
  state.SetItemsProcessed(state.iterations());
}

std::string Key(std::int64_t number) {
  return fmt::format(R"({{"author":{{"S":"user-{}"}},"id":{{"S":"article-{:07}"}}}})",
                     number / kPerPartition, number);
}

void GetItem(benchmark::State& state) {
  Repeat(state, "GetItem", [](const std::string& table, std::int64_t number) {
    return fmt::format(R"({{"TableName":"{}","Key":{}}})", table, Key(number));
  });
}
BENCHMARK(GetItem)->Arg(kSmall)->Arg(kLarge)->UseRealTime();

void PutItem(benchmark::State& state) {
  Repeat(state, "PutItem", [](const std::string& table, std::int64_t number) {
    return fmt::format(R"({{"TableName":"{}","Item":{}}})", table, ItemText(number));
  });
}
BENCHMARK(PutItem)->Arg(kSmall)->Arg(kLarge)->UseRealTime();

void UpdateItem(benchmark::State& state) {
  Repeat(state, "UpdateItem", [](const std::string& table, std::int64_t number) {
    return fmt::format(R"({{"TableName":"{}","Key":{},"UpdateExpression":"SET likes = likes + :n",)"
                       R"("ExpressionAttributeValues":{{":n":{{"N":"1"}}}}}})",
                       table, Key(number));
  });
}
BENCHMARK(UpdateItem)->Arg(kSmall)->Arg(kLarge)->UseRealTime();

void Query(benchmark::State& state) {
  Repeat(state, "Query", [](const std::string& table, std::int64_t number) {
    return fmt::format(R"({{"TableName":"{}","KeyConditionExpression":"author = :a","Limit":20,)"
                       R"("ExpressionAttributeValues":{{":a":{{"S":"user-{}"}}}}}})",
                       table, number / kPerPartition);
  });
}
BENCHMARK(Query)->Arg(kSmall)->Arg(kLarge)->UseRealTime();

void ScanPage(benchmark::State& state) {
  Repeat(state, "Scan", [](const std::string& table, std::int64_t) {
    return fmt::format(R"({{"TableName":"{}","Limit":100}})", table);
  });
}
BENCHMARK(ScanPage)->Arg(kSmall)->Arg(kLarge)->UseRealTime();

}  // namespace
}  // namespace offstage::dynamodb

BENCHMARK_MAIN();
