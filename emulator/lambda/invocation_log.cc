#include "lambda/invocation_log.h"

#include <fmt/format.h>

#include <cmath>

namespace offstage::lambda {
namespace {

// A line longer than this is given out in pieces.
constexpr std::size_t kMaxLineBytes = 256 * 1024;

}  // namespace

std::string StartLine(std::string_view request_id, std::string_view version) {
  return fmt::format("START RequestId: {} Version: {}\n", request_id, version);
}

std::string EndLine(std::string_view request_id) {
  return fmt::format("END RequestId: {}\n", request_id);
}

// docs.aws.amazon.com/lambda/latest/dg/configuration-logging.html. Since August 2025 the init phase
// is billed with the invocation that it made wait.
std::string ReportLine(const Report& report) {
  constexpr std::size_t kMegabyte = 1024 * 1024;
  std::string line = fmt::format(
      "REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {:.0f} ms\tMemory Size: {} MB\t"
      "Max Memory Used: {} MB\t",
      report.request_id, report.duration_millis,
      std::ceil(report.duration_millis + report.init_millis.value_or(0)), report.memory_mb,
      (report.max_memory_bytes.value_or(0) + kMegabyte - 1) / kMegabyte);
  if (report.init_millis.has_value()) {
    line += fmt::format("Init Duration: {:.2f} ms\t", *report.init_millis);
  }
  if (!report.status.empty()) {
    line += "Status: " + report.status;
    if (!report.error_type.empty()) line += "\tError Type: " + report.error_type;
  }
  return line + "\n";
}

InvocationLog::InvocationLog(std::string function, std::string version, FunctionOutput* output)
    : function_(std::move(function)), version_(std::move(version)), output_(output) {}

void InvocationLog::Begin(std::string_view request_id) {
  const MutexLock lock(mutex_);
  EndPartialLine();
  request_id_ = request_id;
  tail_.clear();
  const std::string line = StartLine(request_id, version_);
  AddToTail(line);
  EmitLines(line, OutputLine::Origin::kPlatform);
}

void InvocationLog::AppendHandlerOutput(std::string_view bytes) {
  const MutexLock lock(mutex_);
  AddToTail(bytes);
  for (;;) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) break;
    partial_line_.append(bytes.substr(0, end));
    Emit(partial_line_, OutputLine::Origin::kHandler);
    partial_line_.clear();
    bytes.remove_prefix(end + 1);
  }
  partial_line_.append(bytes);
  if (partial_line_.size() > kMaxLineBytes) {
    Emit(partial_line_, OutputLine::Origin::kHandler);
    partial_line_.clear();
  }
}

void InvocationLog::AppendPlatformText(std::string_view text) {
  const MutexLock lock(mutex_);
  EndPartialLine();
  AddToTail(text);
  EmitLines(text, OutputLine::Origin::kPlatform);
}

std::string InvocationLog::Finish(const Report& report) {
  const MutexLock lock(mutex_);
  EndPartialLine();
  const std::string text = EndLine(report.request_id) + ReportLine(report);
  AddToTail(text);
  EmitLines(text, OutputLine::Origin::kPlatform);
  request_id_.clear();
  return std::move(tail_);
}

void InvocationLog::Flush() {
  const MutexLock lock(mutex_);
  EndPartialLine();
}

void InvocationLog::Emit(std::string_view line, OutputLine::Origin origin) {
  if (output_ == nullptr) return;
  output_->Write(
      {.function = function_, .request_id = request_id_, .text = line, .origin = origin});
}

void InvocationLog::EmitLines(std::string_view text, OutputLine::Origin origin) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty()) Emit(line, origin);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// The tail gets the missing line end too: Lambda's lines are events of their own.
void InvocationLog::EndPartialLine() {
  if (partial_line_.empty()) return;
  Emit(partial_line_, OutputLine::Origin::kHandler);
  partial_line_.clear();
  AddToTail("\n");
}

void InvocationLog::AddToTail(std::string_view text) {
  if (text.size() >= kLogTailBytes) {
    tail_ = text.substr(text.size() - kLogTailBytes);
    return;
  }
  tail_.append(text);
  if (tail_.size() > kLogTailBytes) tail_.erase(0, tail_.size() - kLogTailBytes);
}

}  // namespace offstage::lambda
