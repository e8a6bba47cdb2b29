#include "scenario/evidence.h"

#include <algorithm>

#include "base/text.h"

namespace offstage::scenario {

namespace {

constexpr std::size_t kMaxAnswer = 4000;
constexpr std::size_t kMaxLogLines = 60;
constexpr std::size_t kMaxHops = 60;

std::string FactsOf(const Span& span) {
  std::string facts;
  for (const auto& [name, value] : span.attributes) {
    if (name == "api" || name == "route" || name == "method" || name == "target") continue;
    if (name.ends_with("_us") || value.empty()) continue;
    facts += fmt::format("{}{}={}", facts.empty() ? "" : " ", name, value);
  }
  return facts;
}

std::string AnswerOf(const Effect& effect) {
  if (effect.reply) {
    std::string text = fmt::format("{}", effect.reply->status);
    for (const auto& [name, value] : effect.reply->headers) {
      if (EqualsIgnoreCase(name, "content-type") || name.starts_with("x-offstage") ||
          EqualsIgnoreCase(name, "x-amzn-errortype"))
        text += fmt::format("\n{}: {}", name, value);
    }
    return text + "\n\n" + Shortened(effect.reply->body);
  }
  if (effect.invocation) return Shortened(effect.invocation->payload);
  return effect.value ? Shortened(DumpJson(*effect.value)) : "";
}

}  // namespace

std::string Shortened(const std::string& text) {
  if (!IsValidUtf8(text)) return fmt::format("({} bytes that are no text)", text.size());
  if (text.size() <= kMaxAnswer) return text;
  std::size_t end = kMaxAnswer;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  return text.substr(0, end) + fmt::format("… ({} bytes)", text.size());
}

void KeepEvidence(const Effect& effect, const Record& record, const std::string& url,
                  std::chrono::steady_clock::time_point start, StepResult& result) {
  if (effect.request) result.curl = ToCurl(*effect.request, url);
  result.answer = AnswerOf(effect);
  result.hops.clear();
  result.log.clear();
  std::vector<const Span*> spans;
  for (const Span& span : record.spans)
    spans.push_back(&span);
  std::stable_sort(spans.begin(), spans.end(),
                   [](const Span* a, const Span* b) { return a->start < b->start; });
  for (const Span* span : spans) {
    if (result.hops.size() == kMaxHops) break;
    result.hops.push_back(
        {.name = span->name,
         .start_ms = std::chrono::duration<double, std::milli>(span->start - start).count(),
         .duration_ms = std::chrono::duration<double, std::milli>(span->duration).count(),
         .facts = FactsOf(*span)});
  }
  const std::size_t skipped =
      record.lines.size() > kMaxLogLines ? record.lines.size() - kMaxLogLines : 0;
  if (skipped > 0) result.log.push_back(fmt::format("({} earlier lines)", skipped));
  for (std::size_t i = skipped; i < record.lines.size(); ++i)
    result.log.push_back(
        fmt::format("{} | {}", record.lines[i].function, Shortened(record.lines[i].text)));
}

void ForgetEvidence(StepResult& result) {
  result.hops.clear();
  result.log.clear();
  result.curl.clear();
  result.answer.clear();
}

}  // namespace offstage::scenario
