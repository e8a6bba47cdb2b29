// Observer: what is told of everything that happens in a deployment: the log of `start`, the record
// that scenarios look at.
#pragma once

#include <string_view>

#include "interfaces/trace.h"

namespace offstage::app {

// A line that a handler, or the platform for it (START, END, REPORT), wrote.
struct HandlerLine {
  // Logical id.
  std::string_view function = {};
  // Empty during init.
  std::string_view request_id = {};
  std::string_view text = {};
  enum class Origin { kHandler, kPlatform } origin = Origin::kHandler;
};

// Thread-safe; called on the request's path, so it must return quickly.
class Observer : public TraceSink {
 public:
  virtual void Write(const HandlerLine& line) = 0;
  // For the person at the terminal: a message that a user pool has sent.
  virtual void Line(std::string_view line) = 0;
};

}  // namespace offstage::app
