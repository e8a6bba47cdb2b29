#include "bench/round.h"

#include <fmt/format.h>

#include <algorithm>

namespace offstage::bench {

namespace {

using namespace std::chrono_literals;

// A version's block is cut into so many, in turn with the other's: load that comes and goes meets
// both.
constexpr int kPieces = 4;
// Of different requests; more than this many are sent again.
constexpr std::size_t kMostRequests = 20'000;
constexpr std::size_t kFirstRequests = 4000;

}  // namespace

CaseRun::CaseRun(const Case& subject, LoadShape shape, Side& now, Side* before,
                 const SessionOptions& options, const std::atomic<bool>& stop)
    : subject_(subject), shape_(shape), now_(now), before_(before), options_(options), stop_(stop) {
  result_.name = subject.name;
  result_.source = subject.source;
  result_.shape = shape;
  if (before != nullptr) result_.before.emplace();
}

std::size_t CaseRun::RequestsNeeded() const {
  if (per_block_ <= 0) return kFirstRequests;
  // Blocks differ in how many they send; the warm-up takes its part.
  const double needed = per_block_ * 1.5 + options_.warm_up * std::max(1, shape_.concurrency) + 200;
  return std::min<std::size_t>(kMostRequests, static_cast<std::size_t>(needed));
}

// Fresh data, new processes, one checked request, warm.
Status CaseRun::Ready(Turn& turn, bool fresh) {
  Side& side = *turn.side;
  turn.cold_before = turn.measured->cold_starts.size();
  turn.seconds_before = turn.measured->seconds;
  turn.cpu_before = turn.measured->generator_cpu_seconds;
  // Both versions get the same requests; each round others.
  OFFSTAGE_TRY_VOID(side.Prepare(subject_, RequestsNeeded(),
                                 options_.seed + static_cast<std::uint64_t>(rounds_)));
  if (fresh) OFFSTAGE_TRY_VOID(side.Restart());
  OFFSTAGE_TRY_VOID(side.First(subject_, *turn.measured));
  if (stop_.load()) return Ok();
  OFFSTAGE_TRY_VOID(side.WarmUp(subject_, shape_, options_.warm_up));
  if (rounds_ == 0) OFFSTAGE_TRY_VOID(side.NoteCapacity(subject_, *turn.measured));
  return Ok();
}

Status CaseRun::Blocks(std::vector<Turn*>& turns) {
  const int pieces = turns.size() > 1 ? kPieces : 1;
  for (int piece = 0; piece < pieces && !stop_.load(); ++piece) {
    for (Turn* turn : turns) {
      OFFSTAGE_TRY(const auto latencies,
                   turn->side->Block(subject_, shape_, options_.block / pieces, *turn->measured));
      turn->latencies.insert(turn->latencies.end(), latencies.begin(), latencies.end());
    }
    std::reverse(turns.begin(), turns.end());
  }
  return Ok();
}

// A figure is one only when every request was answered as it should.
Status CaseRun::Judge() const {
  const auto judge = [this](const Measured& measured, const std::string& who) -> Status {
    if (measured.failures > 0) {
      return Fail(Error{fmt::format(
          "{}{}: {} of {} requests failed; the first {}", subject_.name, who, measured.failures,
          measured.failures + measured.latencies.size(), measured.first_failure)});
    }
    if (measured.latencies.empty()) {
      return Fail(Error{fmt::format(
          "{}{}: not one request was answered within {:g} ms, so there is nothing to report "
          "(--block takes a longer time)",
          subject_.name, who, ToMillis(options_.block))});
    }
    return Ok();
  };
  OFFSTAGE_TRY_VOID(judge(result_.now, ""));
  if (result_.before) OFFSTAGE_TRY_VOID(judge(*result_.before, " (baseline)"));
  return Ok();
}

Status CaseRun::RunRound() {
  Turn now{.side = &now_, .measured = &result_.now};
  Turn before{.side = before_, .measured = result_.before ? &*result_.before : nullptr};
  std::vector<Turn*> turns = {&now};
  // A B in one round, B A in the next.
  if (before_ != nullptr) turns.insert(rounds_ % 2 == 0 ? turns.begin() : turns.end(), &before);
  // One connection meets one process: new ones each round, so that the cold start is measured too
  // and what a process happens to be like does not decide a comparison.
  const bool plain = !shape_.open() && shape_.concurrency == 1;
  const bool fresh = rounds_ == 0 || before_ != nullptr || plain;
  for (Turn* turn : turns) {
    OFFSTAGE_TRY_VOID(Ready(*turn, fresh));
    if (stop_.load()) return Ok();
  }
  OFFSTAGE_TRY_VOID(Blocks(turns));
  if (!stop_.load()) OFFSTAGE_TRY_VOID(Judge());
  const auto conclude = [](Turn& turn) {
    RoundFigures figures;
    if (!turn.latencies.empty()) turn.measured->round_medians.push_back(Median(turn.latencies));
    if (turn.measured->cold_starts.size() > turn.cold_before)
      figures.cold = turn.measured->cold_starts[turn.cold_before];
    figures.seconds = turn.measured->seconds - turn.seconds_before;
    figures.generator_cpu_seconds = turn.measured->generator_cpu_seconds - turn.cpu_before;
    figures.latencies = std::move(turn.latencies);
    return figures;
  };
  per_block_ = std::max(per_block_, static_cast<double>(now.latencies.size()));
  const bool paired = before_ != nullptr && !now.latencies.empty() && !before.latencies.empty();
  // Half a pair compares nothing.
  if (before_ != nullptr && !paired) return Ok();
  now_figures_ = conclude(now);
  if (before_ != nullptr) before_rounds_.push_back(conclude(before));
  return Ok();
}

bool CaseRun::Round() {
  now_figures_ = {};
  if (!result_.error.empty()) return false;
  if (stop_.load()) {
    result_.interrupted = true;
    return false;
  }
  const Status ran = RunRound();
  ++rounds_;
  if (stop_.load()) {
    // Errors are those of a deployment that is being stopped.
    result_.interrupted = true;
  } else if (!ran.ok()) {
    result_.error = ran.error().message;
    if (!result_.error.starts_with(subject_.name))
      result_.error = subject_.name + ": " + result_.error;
  }
  return result_.error.empty() && !now_figures_.latencies.empty();
}

// Closed loop with more and more connections for the most that is possible; then arrival rates up
// to that for the highest which is kept up with.
void CaseRun::Saturate() {
  constexpr nanoseconds kStep = 2s;
  constexpr double kGain = 1.05;
  constexpr int kMostConnections = 64;
  Saturation found;
  found.unloaded_p50 = Median(result_.now.latencies);
  double most = 0;
  for (int connections = 1; connections <= kMostConnections && !stop_.load(); connections *= 2) {
    const LoadShape shape{.concurrency = connections};
    if (!now_.WarmUp(subject_, shape, 5).ok()) return;
    const auto load = now_.Probe(subject_, shape, kStep / 2);
    if (!load.ok() || load->samples.empty()) break;
    const double rate =
        static_cast<double>(load->samples.size()) / (ToMillis(load->elapsed) / 1000);
    found.closed.emplace_back(connections, rate);
    const bool gained = rate > most * kGain;
    most = std::max(most, rate);
    if (!gained) break;
  }
  double low = 0;
  double high = most * 1.2;
  double rate = most * 0.5;
  constexpr int kSearch = 7;
  for (int i = 0; i < kSearch && rate > 0 && !stop_.load(); ++i) {
    const LoadShape shape{.concurrency = 1, .rate = rate};
    const auto load = now_.Probe(subject_, shape, kStep);
    if (!load.ok() || stop_.load()) break;
    SaturationStep step{.rate = rate, .failures = load->failures};
    std::vector<double> latencies;
    for (const Sample& sample : load->samples)
      latencies.push_back(ToMillis(sample.latency()));
    if (const auto summary = Summarize(latencies)) {
      step.achieved = static_cast<double>(load->samples.size()) / (ToMillis(load->elapsed) / 1000);
      step.p50 = summary->p50;
      step.p99 = summary->p99;
    }
    // Answers keep pace with arrivals, and the typical request waits no longer than it works.
    step.kept_up = step.failures == 0 && load->unanswered == 0 && step.achieved > 0.95 * rate &&
                   step.p50 < 2 * found.unloaded_p50;
    (step.kept_up ? low : high) = rate;
    found.steps.push_back(step);
    rate = (low + high) / 2;
  }
  found.knee = low;
  std::sort(found.steps.begin(), found.steps.end(),
            [](const SaturationStep& a, const SaturationStep& b) { return a.rate < b.rate; });
  result_.saturation = std::move(found);
}

}  // namespace offstage::bench
