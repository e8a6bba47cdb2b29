// RequestLog: what `start` prints while it runs: one line a request, handler output with its
// function's name, and with -v each AWS call beneath its request.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "app/observer.h"
#include "base/mutex.h"

namespace offstage::app {

enum class Verbosity { kQuiet, kNormal, kVerbose };

// Thread-safe.
class RequestLog : public Observer {
 public:
  // `out` is borrowed and must outlive this (stdout, or stderr where stdout carries data).
  RequestLog(std::FILE* out, Verbosity verbosity) : out_(out), verbosity_(verbosity) {}

  void Record(Span span) override;
  void Write(const HandlerLine& line) override;
  void Line(std::string_view line) override;

 private:
  std::FILE* const out_;
  const Verbosity verbosity_;
  Mutex mutex_;
};

}  // namespace offstage::app
