#include "scenario/selection.h"

#include <algorithm>
#include <random>

#include "base/text.h"

namespace offstage::scenario {

namespace {

bool HasTag(const Scenario& scenario, std::string_view tag) {
  return std::find(scenario.tags.begin(), scenario.tags.end(), tag) != scenario.tags.end();
}

bool TagsFit(const Scenario& scenario, const std::vector<std::string>& tags) {
  bool any_wanted = false;
  bool has_one = false;
  for (const std::string& tag : tags) {
    if (tag.starts_with("!")) {
      if (HasTag(scenario, tag.substr(1))) return false;
      continue;
    }
    any_wanted = true;
    has_one = has_one || HasTag(scenario, tag);
  }
  return has_one || !any_wanted;
}

bool Wanted(const Scenario& scenario, const SelectionOptions& options) {
  if (options.only &&
      std::find(options.only->begin(), options.only->end(), scenario.id) == options.only->end()) {
    return false;
  }
  if (!TagsFit(scenario, options.tags)) return false;
  if (options.filters.empty()) return true;
  const std::string id = ToLower(scenario.id);
  return std::any_of(options.filters.begin(), options.filters.end(), [&](const std::string& part) {
    return id.find(ToLower(part)) != std::string::npos ||
           scenario.file.find(part) != std::string::npos;
  });
}

struct Shard {
  std::size_t index = 0;
  std::size_t count = 1;
};

Result<Shard> ParseShard(const std::string& text) {
  if (text.empty()) return Shard{};
  const auto slash = text.find('/');
  const auto number = [](const std::string& digits) -> std::size_t {
    const bool good = !digits.empty() && digits.size() < 6 &&
                      digits.find_first_not_of("0123456789") == std::string::npos;
    return good ? std::stoul(digits) : 0;
  };
  const std::size_t index = slash == std::string::npos ? 0 : number(text.substr(0, slash));
  const std::size_t count = slash == std::string::npos ? 0 : number(text.substr(slash + 1));
  if (index == 0 || count == 0 || index > count)
    return Fail(Error{fmt::format("--shard takes i/n with 1 <= i <= n, not '{}'", text)});
  return Shard{index - 1, count};
}

}  // namespace

Result<std::vector<Assignment>> Select(const std::vector<Scenario>& scenarios,
                                       const SelectionOptions& options) {
  OFFSTAGE_TRY(const Shard shard, ParseShard(options.shard));
  std::vector<Assignment> chosen;
  std::size_t place = 0;
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    if (!Wanted(scenarios[i], options)) continue;
    if (place++ % shard.count != shard.index) continue;
    for (int run = 1; run <= std::max(options.repeat, 1); ++run)
      chosen.push_back({.scenario = i, .run = run});
  }
  if (options.order == SelectionOptions::Order::kShuffled) {
    // Not std::shuffle: its result differs between standard libraries, and a seed shall be worth
    // the same everywhere.
    std::mt19937_64 generator(options.seed);
    for (std::size_t i = chosen.size(); i > 1; --i)
      std::swap(chosen[i - 1], chosen[generator() % i]);
  }
  return chosen;
}

}  // namespace offstage::scenario
