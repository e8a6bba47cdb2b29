#include "base/log.h"

#include <cstdio>

#include "base/json.h"

namespace offstage {

namespace {

const char* Prefix(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug: ";
    case LogLevel::kInfo:
      return "";
    case LogLevel::kWarning:
      return "warning: ";
    case LogLevel::kError:
      return "error: ";
  }
  return "";
}

}  // namespace

std::string FormatLogLine(std::string_view message, Log::Fields fields) {
  std::string line(message);
  for (const auto& [key, value] : fields) {
    line += ' ';
    line += key;
    line += '=';
    const bool plain = !value.empty() && value.find_first_of(" \t\r\n\"=") == std::string::npos;
    if (plain) {
      line += value;
    } else {
      AppendJsonString(value, line);
    }
  }
  return line;
}

void StderrLog::Write(LogLevel level, std::string_view message, Fields fields) {
  if (level < level_) return;
  const std::string line = Prefix(level) + FormatLogLine(message, fields) + '\n';
  const MutexLock lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void MemoryLog::Write(LogLevel level, std::string_view message, Fields fields) {
  const MutexLock lock(mutex_);
  lines_.push_back(Prefix(level) + FormatLogLine(message, fields));
}

std::vector<std::string> MemoryLog::Lines() const {
  const MutexLock lock(mutex_);
  return lines_;
}

}  // namespace offstage
