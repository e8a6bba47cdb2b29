// Progress: what `offstage test` prints while it runs. Internal to cli/.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenario/report.h"

namespace offstage::cli {

// Plain lines; on a terminal a bar with counts, and a line for each failure. Used by one thread.
class Progress {
 public:
  Progress(std::size_t total, bool quiet);
  void Add(const scenario::ScenarioResult& result);
  // Failures in full, then the summary.
  void Finish(const scenario::RunSummary& summary);

 private:
  void DrawBar();
  void ClearBar();

  const std::size_t total_;
  const bool quiet_;
  const bool terminal_;
  const scenario::Colour colour_;
  std::size_t done_ = 0;
  std::size_t bad_ = 0;
};

}  // namespace offstage::cli
