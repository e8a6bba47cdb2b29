// The store without HTTP: items of 600 bytes put and read by one thread and by sixteen at once, on
// a file as `offstage start` uses it. What group commit and kept snapshots are worth:
//   build/release/bench/dynamodb_store_bench --benchmark_filter=threads:16
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "dynamodb/store/store.h"

namespace offstage::dynamodb {
namespace {

constexpr int kItems = 10'000;

ItemKey KeyOf(int number) {
  std::string bytes = fmt::format("item-{:06}", number);
  const auto hash = static_cast<std::uint32_t>(std::hash<std::string>()(bytes)) >> 1;
  return {.hash = hash, .partition = std::move(bytes), .sort = {}};
}

// A store with kItems items in a folder that is gone at the end.
class SeededStore {
 public:
  SeededStore() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "offstage-bench-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    store_ = Store::Open({.path = folder_ / "dynamodb.db"}).value();
    Table table;
    table.definition.name = "bench";
    table.definition.key = {.partition = {{.name = "id"}}, .sort = {}};
    table_ = store_->CreateTable(std::move(table)).value();
    for (int i = 0; i < kItems; ++i)
      Put(i);
  }
  ~SeededStore() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  SeededStore(const SeededStore&) = delete;
  SeededStore& operator=(const SeededStore&) = delete;

  bool Put(int number) {
    const ItemKey key = KeyOf(number);
    return store_
        ->Write([&](WriteSession& session) -> aws::Outcome<Unit> {
          OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> old,
                                session.Find(*table_, key, ReadSession::Want::kSize));
          OFFSTAGE_TRY_INTERNAL(
              [[maybe_unused]] const Unit put,
              session.Put(*table_, key, old, text_, static_cast<std::int64_t>(text_.size()), {}));
          return Ok();
        })
        .ok();
  }
  std::size_t Get(int number) {
    auto reader = store_->Read();
    const auto item = (*reader)->Find(*table_, KeyOf(number));
    return item.ok() && *item ? (*item)->text.size() : 0;
  }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
  TablePtr table_;
  const std::string text_ = std::string(600, 'x');
};

SeededStore& Seeded() {
  static SeededStore store;
  return store;
}

int Next(int& state) {
  state = (state * 7919 + 13) % kItems;
  return state;
}

void PutItem(benchmark::State& state) {
  SeededStore& store = Seeded();
  int number = state.thread_index();
  for (auto _ : state) {
    if (!store.Put(Next(number))) state.SkipWithError("a write has failed");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(PutItem)->Threads(1)->Threads(16)->UseRealTime();

void GetItem(benchmark::State& state) {
  SeededStore& store = Seeded();
  int number = state.thread_index();
  for (auto _ : state) {
    if (store.Get(Next(number)) == 0) state.SkipWithError("an item is missing");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(GetItem)->Threads(1)->Threads(16)->UseRealTime();

}  // namespace
}  // namespace offstage::dynamodb

BENCHMARK_MAIN();
