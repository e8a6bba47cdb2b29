#include "app/request_log.h"

#include <fmt/format.h>

#include "gateway/gateway.h"

namespace offstage::app {

void RequestLog::Record(Span span) {
  if (verbosity_ == Verbosity::kQuiet) return;
  if (const auto line = gateway::FormatRequestLine(span)) {
    Line(*line);
    return;
  }
  if (verbosity_ != Verbosity::kVerbose) return;
  std::string line = fmt::format("  {}  {:.1f} ms", span.name,
                                 static_cast<double>(span.duration.count()) / 1000.0);
  for (const auto& [name, value] : span.attributes)
    line += fmt::format("  {}={}", name, value);
  Line(line);
}

void RequestLog::Write(const HandlerLine& line) {
  if (verbosity_ == Verbosity::kQuiet) return;
  Line(fmt::format("  {} | {}", line.function, line.text));
}

void RequestLog::Line(std::string_view line) {
  const MutexLock lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), out_);
  std::fputc('\n', out_);
  std::fflush(out_);
}

}  // namespace offstage::app
