// Spans: what happened during a request, hop by hop. The log, the console page,
// scenario expectations and benchmarks read them.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace offstage {

struct Span {
  // The invocation's request id, or the gateway's for hops outside an
  // invocation; empty: none.
  std::string request_id = {};
  // "gateway GET /users", "lambda hdoc-...", "dynamodb.GetItem".
  std::string name = {};
  std::chrono::steady_clock::time_point start = {};
  std::chrono::microseconds duration{0};
  // Facts: table, status, error type, consumed capacity ...
  std::vector<std::pair<std::string, std::string>> attributes = {};
};

// The value of an attribute; empty when there is none.
inline std::string_view FindAttribute(const Span& span, std::string_view name) {
  for (const auto& [key, value] : span.attributes) {
    if (key == name) return value;
  }
  return {};
}

// Thread-safe; must return quickly: it is on every request's path.
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void Record(Span span) = 0;
};

}  // namespace offstage
