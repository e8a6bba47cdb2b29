#include "bench/load.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "bench/statistics.h"
#include "http/server.h"

namespace offstage::bench {
namespace {

using namespace std::chrono_literals;

http::Request Request(const std::string& method, const std::string& target,
                      http::Headers headers = {}, const std::string& body = "") {
  http::Request request;
  request.method = method;
  request.target = target;
  request.headers = std::move(headers);
  request.body = body;
  return request;
}

std::vector<WireRequest> Get(const std::string& target) {
  return {ToWire(Request("GET", target), "localhost")};
}

class Load : public testing::Test {
 protected:
  void Serve(http::Handler handler) {
    auto server = http::Server::Start({}, std::move(handler));
    ASSERT_TRUE(server.ok());
    server_ = std::move(server).value();
  }
  LoadOptions Options() const {
    LoadOptions options;
    options.port = server_->port();
    options.duration = 10s;
    return options;
  }
  std::unique_ptr<http::Server> server_;
};

TEST(Schedule, IsEvenAndDoesNotDrift) {
  const Schedule schedule(3);
  EXPECT_EQ(schedule.DueAt(0), 0ns);
  EXPECT_EQ(schedule.DueAt(1), 333'333'333ns);
  EXPECT_EQ(schedule.DueAt(3'000'000), 1'000'000s);
  EXPECT_EQ(schedule.CountBefore(1s), 3U);
  EXPECT_EQ(schedule.CountBefore(1s + 1ns), 4U);
  EXPECT_EQ(schedule.CountBefore(0s), 0U);
  EXPECT_EQ(Schedule(1000).CountBefore(2500ms), 2500U);
}

TEST(Wire, AddsWhatIsMissingAlone) {
  EXPECT_EQ(ToWire(Request("GET", "/x?y=1"), "h:1").bytes,
            "GET /x?y=1 HTTP/1.1\r\nHost: h:1\r\n\r\n");
  EXPECT_EQ(ToWire(Request("POST", "/x", {{"host", "other"}}, "{}"), "h").bytes,
            "POST /x HTTP/1.1\r\nhost: other\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_TRUE(ToWire(Request("HEAD", "/"), "h").head);
}

TEST_F(Load, AClosedLoopSendsAsManyAsAskedFor) {
  std::atomic<int> served{0};
  Serve([&](const http::Request&) {
    ++served;
    return http::Reply{.status = 200, .body = "hello"};
  });
  LoadOptions options = Options();
  options.requests = 200;
  options.shape.concurrency = 4;
  const auto load = RunLoad(Get("/"), options);
  ASSERT_TRUE(load.ok());
  EXPECT_EQ(load->samples.size(), 200U);
  EXPECT_EQ(served, 200);
  EXPECT_EQ(load->failures, 0U);
  EXPECT_EQ(load->reply_bytes, 1000U);
  EXPECT_EQ(load->connections, 4);
  for (const Sample& sample : load->samples)
    EXPECT_GT(sample.latency(), 0ns);
}

TEST_F(Load, RequestsTakeTurns) {
  std::mutex mutex;
  std::multiset<std::string> seen;
  Serve([&](const http::Request& request) {
    const std::lock_guard lock(mutex);
    seen.insert(request.target);
    return http::Reply{};
  });
  std::vector<WireRequest> requests = {Get("/a")[0], Get("/b")[0], Get("/c")[0]};
  LoadOptions options = Options();
  options.requests = 9;
  ASSERT_TRUE(RunLoad(requests, options).ok());
  EXPECT_EQ(seen.count("/a"), 3U);
  EXPECT_EQ(seen.count("/c"), 3U);
}

TEST_F(Load, GoesOnWithTheRequestThatIsAskedFor) {
  std::mutex mutex;
  std::vector<std::string> seen;
  Serve([&](const http::Request& request) {
    const std::lock_guard lock(mutex);
    seen.push_back(request.target);
    return http::Reply{};
  });
  std::vector<WireRequest> requests = {Get("/a")[0], Get("/b")[0], Get("/c")[0]};
  LoadOptions options = Options();
  options.requests = 2;
  options.first_request = 5;
  const auto load = RunLoad(requests, options);
  EXPECT_EQ(seen, (std::vector<std::string>{"/c", "/a"}));
  EXPECT_EQ(load->begun, 2U);
}

TEST_F(Load, OtherAnswersAreFailuresAndNoSamples) {
  std::atomic<int> number{0};
  Serve([&](const http::Request&) { return http::Reply{.status = ++number % 4 == 0 ? 502 : 200}; });
  LoadOptions options = Options();
  options.requests = 40;
  const auto load = RunLoad(Get("/"), options);
  ASSERT_TRUE(load.ok());
  EXPECT_EQ(load->samples.size(), 30U);
  EXPECT_EQ(load->failures, 10U);
  EXPECT_EQ(load->first_failure, "answered 502");
}

TEST_F(Load, AnExpectedStatusIsGood) {
  Serve([](const http::Request&) { return http::Reply{.status = 404}; });
  LoadOptions options = Options();
  options.requests = 3;
  options.expected_status = 404;
  const auto load = RunLoad(Get("/"), options);
  EXPECT_EQ(load->samples.size(), 3U);
}

// The defining test of an open loop: the server stops for a while, and every request that was due
// meanwhile has waited, also those that could not be sent.
TEST_F(Load, AnOpenLoopCountsFromTheIntendedStart) {
  std::mutex mutex;
  std::condition_variable changed;
  bool stalled = false;
  std::atomic<int> number{0};
  const auto stall = 200ms;
  Serve([&](const http::Request&) {
    std::unique_lock lock(mutex);
    if (++number == 20) {
      stalled = true;
      changed.wait_for(lock, stall, [] { return false; });
      stalled = false;
      changed.notify_all();
    }
    changed.wait(lock, [&] { return !stalled; });
    return http::Reply{};
  });
  LoadOptions options = Options();
  options.shape.rate = 200;
  options.duration = 500ms;
  options.most_connections = 2;  // So that requests queue in the generator.
  const auto load = RunLoad(Get("/"), options);
  ASSERT_TRUE(load.ok());
  ASSERT_EQ(load->samples.size(), 100U);
  // 200 requests a second for 200 ms: some 40 were due while it stood still, half of them for more
  // than 100 ms. A generator that waits for its answers would have two.
  int waited = 0;
  for (const Sample& sample : load->samples) {
    waited += sample.latency() > 100ms ? 1 : 0;
    EXPECT_GE(sample.sent, sample.due);
  }
  EXPECT_GE(waited, 15);
}

TEST_F(Load, AnOpenLoopOpensConnectionsAsItNeedsThem) {
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  Serve([&](const http::Request&) {
    const int now = ++inside;
    int seen = most.load();
    while (now > seen && !most.compare_exchange_weak(seen, now)) {
    }
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable().wait_for(lock, 50ms, [] { return false; });
    --inside;
    return http::Reply{};
  });
  LoadOptions options = Options();
  options.shape.rate = 100;
  options.duration = 300ms;
  const auto load = RunLoad(Get("/"), options);
  EXPECT_EQ(load->samples.size(), 30U);
  EXPECT_GE(most.load(), 2);
  EXPECT_EQ(load->unanswered, 0U);
}

TEST_F(Load, StopsSoonWhenAsked) {
  std::atomic<bool> stop{false};
  std::atomic<int> served{0};
  Serve([&](const http::Request&) {
    if (++served == 5) stop = true;
    return http::Reply{};
  });
  LoadOptions options = Options();
  options.duration = 60s;
  options.stop = &stop;
  const auto load = RunLoad(Get("/"), options);
  ASSERT_TRUE(load.ok());
  EXPECT_LE(load->samples.size(), 5U);
  EXPECT_GE(load->samples.size(), 3U);
  EXPECT_EQ(load->failures, 0U);
}

TEST_F(Load, AConnectionThatTheServerClosesIsOpenedAgain) {
  Serve([](const http::Request&) { return http::Reply{.status = 200, .body = "x"}; });
  std::vector<WireRequest> requests = {ToWire(Request("GET", "/", {{"Connection", "close"}}), "h")};
  LoadOptions options = Options();
  options.requests = 10;
  const auto load = RunLoad(requests, options);
  ASSERT_TRUE(load.ok());
  EXPECT_EQ(load->samples.size(), 10U);
  EXPECT_EQ(load->failures, 0U) << load->first_failure;
}

TEST(LoadWithoutServer, SaysSo) {
  LoadOptions options;
  options.port = 1;
  const auto load = RunLoad(Get("/"), options);
  ASSERT_FALSE(load.ok());
  EXPECT_NE(load.error().message.find("cannot connect to 127.0.0.1:1"), std::string::npos);
}

}  // namespace
}  // namespace offstage::bench
