#include "events/stream_poller.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/temp_dir.h"

namespace offstage::events {
namespace {

using namespace std::chrono_literals;

class FakeRecords : public RecordSource {
 public:
  Result<StreamPage> Read(const std::string& table, std::int64_t after, int limit) override {
    const MutexLock lock(mutex_);
    StreamPage page{.arn = "arn:" + table, .shard = "shard-1"};
    for (const StreamRecord& record : records_) {
      if (record.position > after && static_cast<int>(page.records.size()) < limit)
        page.records.push_back(record);
    }
    return page;
  }
  Result<std::int64_t> Last() override {
    const MutexLock lock(mutex_);
    return static_cast<std::int64_t>(records_.size());
  }
  void Add(const std::string& name, TimePoint time) {
    const MutexLock lock(mutex_);
    const auto position = static_cast<std::int64_t>(records_.size()) + 1;
    records_.push_back({.position = position,
                        .sequence_number = std::string("0000") + std::to_string(position),
                        .created_ms = ToEpochMillis(time),
                        .json = Json{{"name", name}}.dump()});
  }

 private:
  Mutex mutex_;
  std::vector<StreamRecord> records_;
};

// Answers by the names in the batch: one that contains "bad" fails.
class FakeFunction : public Invoker {
 public:
  InvokeResult Invoke(const InvokeRequest& request) override {
    std::string names;
    const Json event = Json::parse(request.payload);
    for (const Json& record : event.at("Records"))
      names += (names.empty() ? "" : " ") + record.at("name").get<std::string>();
    const MutexLock lock(mutex_);
    batches_.push_back(names);
    changed_.notify_all();
    if (answer) return answer(names);
    if (names.find("bad") == std::string::npos) return {.payload = "null"};
    return {.status = InvokeStatus::kFunctionError, .payload = "{}"};
  }
  // Of batches.
  std::vector<std::string> WaitFor(std::size_t count) {
    MutexLock lock(mutex_);
    changed_.wait_for(lock, 20s, [&] { return batches_.size() >= count; });
    return batches_;
  }
  std::function<InvokeResult(const std::string&)> answer;

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::string> batches_;
};

class StreamPollerTest : public ::testing::Test {
 protected:
  void Start(StreamMapping mapping, const std::filesystem::path& checkpoints = {}) {
    poller_.reset();
    mapping.name = "S/F/Changed";
    mapping.function = "f-1";
    mapping.table = "t-1";
    checkpoints_ = std::make_unique<Checkpoints>(checkpoints, log_);
    poller_ = std::make_unique<StreamPoller>(
        std::move(mapping), PollerContext{clock_, log_, function_, records_, *checkpoints_});
    const Status started = poller_->Start();
    EXPECT_TRUE(started.ok());
  }

  void Add(const std::vector<std::string>& names) {
    for (const std::string& name : names)
      records_.Add(name, clock_.Now());
  }

  // Lets time pass until nothing is pending.
  void Drain() {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!poller_->Pending().empty() && std::chrono::steady_clock::now() < end) {
      clock_.Advance(1s);
      poller_->Wake();
      std::this_thread::sleep_for(1ms);
    }
    EXPECT_EQ(poller_->Pending(), "");
  }

  bool Logged(const std::string& words) const {
    for (const std::string& line : log_.Lines()) {
      if (line.find(words) != std::string::npos) return true;
    }
    return false;
  }

  ManualClock clock_{TimePoint(std::chrono::seconds(1795608000))};
  MemoryLog log_;
  FakeRecords records_;
  FakeFunction function_;
  std::unique_ptr<Checkpoints> checkpoints_;
  std::unique_ptr<StreamPoller> poller_;
};

using Names = std::vector<std::string>;

TEST_F(StreamPollerTest, BatchesAreInOrderAndOfTheirSize) {
  Add({"a", "b", "c", "d", "e"});
  Start({.batch_size = 2});
  Drain();
  EXPECT_EQ(function_.WaitFor(3), (Names{"a b", "c d", "e"}));
}

TEST_F(StreamPollerTest, LatestBeginsBehindWhatIsThere) {
  Add({"a", "b"});
  Start({.start = StreamMapping::Start::kLatest});
  Add({"c"});
  Drain();
  EXPECT_EQ(function_.WaitFor(1), Names{"c"});
}

TEST_F(StreamPollerTest, GoesOnWhereTheLastRunEnded) {
  const test::TempDir folder;
  Add({"a"});
  Start({}, folder.path() / "c.json");
  Drain();
  Start({}, folder.path() / "c.json");
  Add({"b"});
  Drain();
  EXPECT_EQ(function_.WaitFor(2), (Names{"a", "b"}));
}

TEST_F(StreamPollerTest, OnlyWhatTheFilterLetsThroughIsDelivered) {
  Add({"x1", "y1", "x2"});
  StreamMapping mapping;
  mapping.filters.push_back(*Filter::Parse(R"({"name": [{"prefix": "x"}]})"));
  Start(std::move(mapping));
  Drain();
  EXPECT_EQ(function_.WaitFor(1), Names{"x1 x2"});
}

TEST_F(StreamPollerTest, AFailedBatchIsTriedAgainThenGivenUp) {
  Add({"bad"});
  Start({.batch_size = 1, .max_retries = 2, .on_failure = "arn:aws:sqs:us-east-1:1:q"});
  Add({"good"});
  Drain();
  EXPECT_EQ(function_.WaitFor(4), (Names{"bad", "bad", "bad", "good"}));
  EXPECT_TRUE(Logged("RetryAttemptsExhausted"));
  EXPECT_TRUE(Logged("SQS is not emulated, so that its destination does not get the record"));
  EXPECT_TRUE(Logged("arn:aws:sqs:us-east-1:1:q"));
}

TEST_F(StreamPollerTest, WithoutALimitItIsTriedOnAndSaysSo) {
  Add({"bad"});
  Start({});
  EXPECT_EQ(function_.WaitFor(1), Names{"bad"});
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (poller_->Pending().find("again") == std::string::npos &&
         std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(1ms);
  EXPECT_EQ(poller_->Pending(), "S/F/Changed tries 1 records again in 0.1 s (failed 1 times)");
}

TEST_F(StreamPollerTest, BisectingFindsTheBadRecord) {
  Add({"a", "b", "bad", "d"});
  Start({.max_retries = 0, .bisect = true});
  Drain();
  EXPECT_EQ(function_.WaitFor(5), (Names{"a b bad d", "a b", "bad d", "bad", "d"}));
}

TEST_F(StreamPollerTest, ReportedItemFailuresBeginTheNextTry) {
  function_.answer = [this](const std::string& names) -> InvokeResult {
    if (names == "a b c")
      return {.payload = R"({"batchItemFailures":[{"itemIdentifier":"00002"}]})"};
    return {.payload = R"({"batchItemFailures":[]})"};
  };
  Add({"a", "b", "c"});
  Start({.reports_item_failures = true});
  Drain();
  EXPECT_EQ(function_.WaitFor(2), (Names{"a b c", "b c"}));
}

TEST_F(StreamPollerTest, AnAnswerThatNamesNoRecordFailsTheBatch) {
  int calls = 0;
  function_.answer = [&calls](const std::string&) -> InvokeResult {
    if (++calls == 1) return {.payload = R"({"batchItemFailures":[{"itemIdentifier":"9"}]})"};
    return {.payload = "{}"};
  };
  Add({"a", "b"});
  Start({.reports_item_failures = true});
  Drain();
  EXPECT_EQ(function_.WaitFor(2), (Names{"a b", "a b"}));
}

TEST_F(StreamPollerTest, OldRecordsAreLeftOut) {
  Add({"old"});
  clock_.Advance(10min);
  Add({"new"});
  Start({.max_age = 60s});
  Drain();
  EXPECT_EQ(function_.WaitFor(1), Names{"new"});
  EXPECT_TRUE(Logged("RecordAgeExceeded"));
}

TEST_F(StreamPollerTest, ABatchingWindowIsWaitedForOnTheDeploymentsClock) {
  Start({.batch_size = 3, .window = 30s});
  Add({"a"});
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (poller_->Pending().find("window") == std::string::npos &&
         std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(1ms);
  EXPECT_EQ(poller_->Pending(),
            "records wait for the batching window of S/F/Changed, which closes in 30.0 s "
            "(`advance` moves the clock)");
  Add({"b"});
  clock_.Advance(30s);
  EXPECT_EQ(function_.WaitFor(1), Names{"a b"});
  Add({"c", "d", "e"});
  EXPECT_EQ(function_.WaitFor(2), (Names{"a b", "c d e"}));
}

TEST_F(StreamPollerTest, APauseForgetsWhatWasUnderWay) {
  Add({"bad"});
  Start({});
  function_.WaitFor(1);
  poller_->Pause();
  Add({"c"});
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (!poller_->Parked() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(1ms);
  ASSERT_TRUE(poller_->Resume().ok());
  EXPECT_EQ(poller_->Pending(), "");
  Add({"d"});
  Drain();
  EXPECT_EQ(function_.WaitFor(2), (Names{"bad", "d"}));
}

}  // namespace
}  // namespace offstage::events
