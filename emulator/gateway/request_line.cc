#include <fmt/format.h>

#include "base/text.h"
#include "gateway/gateway.h"

namespace offstage::gateway {

namespace {

double Millis(std::chrono::microseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

std::optional<std::string> FormatRequestLine(const Span& span) {
  if (!span.name.starts_with("gateway ")) return std::nullopt;
  constexpr std::size_t kMaxTarget = 120;
  std::string target(FindAttribute(span, "target"));
  if (target.size() > kMaxTarget) target.replace(kMaxTarget, std::string::npos, "...");
  std::string line = fmt::format("{} {}  {}  {:.1f} ms", FindAttribute(span, "method"), target,
                                 FindAttribute(span, "status"), Millis(span.duration));
  const std::string_view function = FindAttribute(span, "function");
  if (!function.empty()) line += fmt::format("  {}", function);
  if (FindAttribute(span, "start") == "cold") {
    const std::chrono::microseconds init(
        std::strtoll(std::string(FindAttribute(span, "init_us")).c_str(), nullptr, 10));
    line += fmt::format(" (cold, init {:.1f} ms)", Millis(init));
  }
  const std::string_view explanation = FindAttribute(span, "explain");
  if (!explanation.empty()) line += fmt::format("  {}", explanation);
  return line;
}

}  // namespace offstage::gateway
