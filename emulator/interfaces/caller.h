// Who made a call to the AWS endpoint. Every execution environment has its own
// fake access key id (design, decision 1), so the credential scope of a request
// names its function and invocation.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace offstage {

struct Caller {
  // Physical name of the calling function; empty for the developer at the
  // keyboard.
  std::string function;
  // Request id of the invocation that the environment was running, if any.
  std::string request_id;
};

// Thread-safe.
class CallerDirectory {
 public:
  virtual ~CallerDirectory() = default;
  // Null: not an environment's key, so the developer.
  virtual std::optional<Caller> FindCaller(std::string_view access_key_id) const = 0;
};

}  // namespace offstage
