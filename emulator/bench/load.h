// Load: requests sent over kept connections by one event loop, and the time that each took.
//
// Closed loop: every connection sends its next request when it has the last one's answer. Open
// loop: request i is due at i / rate seconds, whatever became of the others; its latency counts
// from then, also when no connection was free (no coordinated omission).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace offstage::bench {

using std::chrono::nanoseconds;
using Steady = std::chrono::steady_clock;

// What a load is like. Closed at `concurrency` unless there is a `rate` (requests a second).
struct LoadShape {
  int concurrency = 1;
  double rate = 0;

  bool open() const { return rate > 0; }
  // "concurrency:4", "rate:250".
  std::string Text() const;
};

// When an open loop's requests are due, from its start.
class Schedule {
 public:
  explicit Schedule(double rate) : rate_(rate) {}
  nanoseconds DueAt(std::uint64_t index) const;
  // How many are due before `end`.
  std::uint64_t CountBefore(nanoseconds end) const;

 private:
  double rate_;
};

struct LoadOptions {
  std::string host = "127.0.0.1";
  int port = 0;
  LoadShape shape = {};
  // An open loop opens more connections up to this.
  int most_connections = 512;
  // Ends after so many requests (0: no such end) or so long, whichever is first; what is under way
  // is waited for at most `patience`.
  std::uint64_t requests = 0;
  nanoseconds duration{std::chrono::seconds(1)};
  nanoseconds patience{std::chrono::seconds(35)};
  // Which of the requests is sent first.
  std::uint64_t first_request = 0;
  // Answers with another status are failures. 0: any of 2xx and 3xx is good.
  int expected_status = 0;
  // Set from another thread: ends now, with what was measured so far. May be null.
  const std::atomic<bool>* stop = nullptr;
};

struct Sample {
  // From the start of the load: when it should begin, when it did, and when its answer was there.
  nanoseconds due{0};
  nanoseconds sent{0};
  nanoseconds end{0};
  int status = 0;

  nanoseconds latency() const { return end - due; }
};

struct LoadResult {
  // Good answers, in the order in which they came.
  std::vector<Sample> samples = {};
  // Requests sent, whatever became of them.
  std::uint64_t begun = 0;
  std::uint64_t failures = 0;
  // "answered 502", "no answer: connection closed"; of the first failure.
  std::string first_failure = {};
  // Due but not answered when the load ended.
  std::uint64_t unanswered = 0;
  Steady::time_point start = {};
  nanoseconds elapsed{0};
  // Processor time that the generator itself took.
  nanoseconds cpu{0};
  std::size_t reply_bytes = 0;
  int connections = 0;
};

// A request as it goes over the wire. Host and Content-Length are added where missing.
struct WireRequest {
  std::string bytes = {};
  bool head = false;
};
WireRequest ToWire(const http::Request& request, const std::string& host);

// Sends `requests` in turn, over and over. Fails when the server cannot be reached at all.
Result<LoadResult> RunLoad(const std::vector<WireRequest>& requests, const LoadOptions& options);

}  // namespace offstage::bench
