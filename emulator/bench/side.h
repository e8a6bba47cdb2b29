// Side: one version of the code under measurement: a target and what is done to it in a round.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "bench/case.h"
#include "bench/results.h"

namespace offstage::bench {

// One line a measured request: what was due when, for those who want to check the percentiles.
class RequestLog;

// Used by one thread.
class Side {
 public:
  // `target` and `stop` outlive this. `label`: "", or "baseline".
  Side(scenario::Target& target, std::string label, const std::atomic<bool>& stop)
      : target_(target), label_(std::move(label)), stop_(stop) {}

  // Where requests go; fails when the target has no routes that can be reached by plain HTTP.
  Status Locate();

  // Fresh data, and the requests of `subject` made: up to `count` different ones.
  Status Prepare(const Case& subject, std::size_t count, std::uint64_t seed);
  // The next request meets new processes. No-op for targets without an inside.
  Status Restart();
  // One request, checked: fails with what is wrong when it is not answered as expected. Its cold
  // start, if it was one, goes to `measured`.
  Status First(const Case& subject, Measured& measured);
  // Unmeasured requests under this load until its environments are warm.
  Status WarmUp(const Case& subject, const LoadShape& shape, int requests);
  // A few requests of which each AWS call's capacity is noted.
  Status NoteCapacity(const Case& subject, Measured& measured);
  // A measured block, added to `measured`; the latencies of its requests in milliseconds. Fails
  // when the server is gone.
  Result<std::vector<double>> Block(const Case& subject, const LoadShape& shape,
                                    nanoseconds duration, Measured& measured);
  // Loads the function's modules in a target whose Python processes tell how long each took.
  Result<std::vector<ImportTime>> Imports(const Case& subject);
  // Without the inside being looked at: for searches.
  Result<LoadResult> Probe(const Case& subject, const LoadShape& shape, nanoseconds duration);

  // Every measured request is written to it; null: none is.
  void set_log(RequestLog* log) { log_ = log; }
  const std::string& label() const { return label_; }
  bool has_inside() const { return target_.inside() != nullptr; }

 private:
  LoadOptions Options(const Case& subject, const LoadShape& shape, nanoseconds duration) const;
  // Goes on behind the last request that was sent: one that signs somebody up works once.
  Result<LoadResult> Send(const LoadOptions& options);
  void Digest(const scenario::Record& record, Measured& measured);

  scenario::Target& target_;
  const std::string label_;
  const std::atomic<bool>& stop_;
  RequestLog* log_ = nullptr;
  std::string host_;
  int port_ = 0;
  std::string base_;
  std::vector<http::Request> requests_;
  std::vector<WireRequest> wire_;
  std::uint64_t next_request_ = 0;
};

class RequestLog {
 public:
  virtual ~RequestLog() = default;
  virtual void Write(const std::string& name, const std::string& side,
                     const LoadResult& result) = 0;
};

}  // namespace offstage::bench
