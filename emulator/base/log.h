// The program's own log: one line an event, `message key=value ...`, on stderr
// by default. No passwords, tokens or codes in it; an error says what to do
// next.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace offstage {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Thread-safe.
class Log {
 public:
  using Field = std::pair<std::string_view, std::string>;
  using Fields = std::initializer_list<Field>;

  virtual ~Log() = default;

  void Debug(std::string_view message, Fields fields = {}) {
    Write(LogLevel::kDebug, message, fields);
  }
  void Info(std::string_view message, Fields fields = {}) {
    Write(LogLevel::kInfo, message, fields);
  }
  void Warn(std::string_view message, Fields fields = {}) {
    Write(LogLevel::kWarning, message, fields);
  }
  void Error(std::string_view message, Fields fields = {}) {
    Write(LogLevel::kError, message, fields);
  }

 protected:
  virtual void Write(LogLevel level, std::string_view message, Fields fields) = 0;
};

// Lines of `level` and above on stderr.
class StderrLog : public Log {
 public:
  explicit StderrLog(LogLevel level = LogLevel::kInfo) : level_(level) {}

 protected:
  void Write(LogLevel level, std::string_view message, Fields fields) override;

 private:
  const LogLevel level_;
  Mutex mutex_;
};

// Keeps the lines, for tests.
class MemoryLog : public Log {
 public:
  std::vector<std::string> Lines() const;

 protected:
  void Write(LogLevel level, std::string_view message, Fields fields) override;

 private:
  mutable Mutex mutex_;
  std::vector<std::string> lines_ OFFSTAGE_GUARDED_BY(mutex_);
};

// "message key=value key=\"value with blanks\"".
std::string FormatLogLine(std::string_view message, Log::Fields fields);

}  // namespace offstage
