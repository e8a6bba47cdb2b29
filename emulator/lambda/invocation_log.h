// InvocationLog: one environment's output, split into lines for people and kept as the tail that
// LogType=Tail returns; and Lambda's own START, END and REPORT lines.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "lambda/options.h"

namespace offstage::lambda {

// What a REPORT line says.
struct Report {
  std::string request_id = {};
  double duration_millis = 0;
  // Only for a cold start.
  std::optional<double> init_millis = {};
  int memory_mb = 128;
  std::optional<std::size_t> max_memory_bytes = {};
  // "timeout" or "error"; empty when the handler answered.
  std::string status = {};
  // "Runtime.ExitError"; only with status "error".
  std::string error_type = {};
};

// "START RequestId: 1-2-3 Version: $LATEST\n" and so on, with tabs, as Lambda prints them.
std::string StartLine(std::string_view request_id, std::string_view version = "$LATEST");
std::string EndLine(std::string_view request_id);
std::string ReportLine(const Report& report);

// The end of a log, at most this many bytes, is what LogType=Tail returns.
inline constexpr std::size_t kLogTailBytes = 4096;

// Thread-safe.
class InvocationLog {
 public:
  // `output` may be null; it outlives this.
  InvocationLog(std::string function, std::string version, FunctionOutput* output);

  // Starts a new tail with the START line.
  void Begin(std::string_view request_id);
  // What the handler printed, cut anywhere.
  void AppendHandlerOutput(std::string_view bytes);
  // A text of Lambda's own; must end its last line.
  void AppendPlatformText(std::string_view text);
  // The END and REPORT lines; an unfinished line of the handler's is ended first. Returns the tail.
  std::string Finish(const Report& report);
  // Gives out an unfinished line.
  void Flush();

 private:
  void Emit(std::string_view line, OutputLine::Origin origin) OFFSTAGE_REQUIRES(mutex_);
  void EmitLines(std::string_view text, OutputLine::Origin origin) OFFSTAGE_REQUIRES(mutex_);
  void EndPartialLine() OFFSTAGE_REQUIRES(mutex_);
  void AddToTail(std::string_view text) OFFSTAGE_REQUIRES(mutex_);

  const std::string function_;
  const std::string version_;
  FunctionOutput* const output_;
  Mutex mutex_;
  std::string request_id_ OFFSTAGE_GUARDED_BY(mutex_);
  std::string partial_line_ OFFSTAGE_GUARDED_BY(mutex_);
  std::string tail_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::lambda
