#include "cli/test_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace offstage::cli {

namespace {

constexpr std::size_t kBarWidth = 30;
// Shorter runs are over before anybody reads a bar.
constexpr std::size_t kWorthABar = 30;

bool ColourWanted(bool terminal) {
  const char* no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): no-color.org
  return terminal && (no_color == nullptr || *no_color == '\0');
}

}  // namespace

Progress::Progress(std::size_t total, bool quiet)
    : total_(total),
      quiet_(quiet),
      terminal_(::isatty(STDOUT_FILENO) == 1),
      colour_(ColourWanted(terminal_) ? scenario::Colour::kOn : scenario::Colour::kOff) {}

void Progress::ClearBar() {
  if (terminal_ && total_ >= kWorthABar) fmt::print("\r\x1b[K");
}

void Progress::DrawBar() {
  if (!terminal_ || total_ < kWorthABar) return;
  const std::size_t filled = kBarWidth * done_ / total_;
  fmt::print("\r[{}{}] {}/{}{}\x1b[K", std::string(filled, '='),
             std::string(kBarWidth - filled, ' '), done_, total_,
             bad_ == 0 ? "" : fmt::format("  {} failed", bad_));
  std::fflush(stdout);
}

void Progress::Add(const scenario::ScenarioResult& result) {
  ++done_;
  const bool bad =
      result.outcome == scenario::Outcome::kFailed || result.outcome == scenario::Outcome::kError;
  if (bad) ++bad_;
  ClearBar();
  const bool bar = terminal_ && total_ >= kWorthABar;
  if (bad || (!quiet_ && !bar)) fmt::print("{}\n", scenario::ResultLine(result, colour_));
  DrawBar();
  std::fflush(stdout);
}

void Progress::Finish(const scenario::RunSummary& summary) {
  ClearBar();
  for (const scenario::ScenarioResult& result : summary.results) {
    if (result.outcome == scenario::Outcome::kSkipped && !quiet_)
      fmt::print("{}\n", scenario::ResultLine(result, colour_));
  }
  for (const scenario::ScenarioResult& result : summary.results)
    fmt::print("{}", scenario::FailureText(result, colour_));
  fmt::print("{}", scenario::SummaryText(summary, colour_));
  std::fflush(stdout);
}

}  // namespace offstage::cli
