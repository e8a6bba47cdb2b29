// A Lambda service over the conformance handlers, with everything it needs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/mutex.h"
#include "lambda/lambda.h"
#include "support/temp_dir.h"

namespace offstage::lambda {

// Keeps every line. Thread-safe.
class RecordingOutput : public FunctionOutput {
 public:
  void Write(const OutputLine& line) override {
    const MutexLock lock(mutex_);
    lines_.emplace_back(line.text);
  }
  std::vector<std::string> Lines() const {
    const MutexLock lock(mutex_);
    return lines_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<std::string> lines_ OFFSTAGE_GUARDED_BY(mutex_);
};

// fixtures/handlers/<name>
std::filesystem::path HandlerFolder(std::string_view name);

// A function of the family "python", "nodejs", "ruby" or "provided" over its conformance handler.
FunctionConfig ConformanceFunction(std::string_view family);

// Why handlers of the family cannot run on this machine; empty: they can.
std::string WhyAbsent(std::string_view family);

struct Fixture {
  explicit Fixture(std::vector<FunctionConfig> functions, Options options = {});

  InvokeResult Invoke(const std::string& function, const std::string& payload) {
    return service->Invoke({.function = function, .payload = payload});
  }

  test::TempDir folder;
  SystemClock clock;
  RandomIds ids;
  MemoryLog log;
  RecordingOutput output;
  std::unique_ptr<Service> service;
};

}  // namespace offstage::lambda
