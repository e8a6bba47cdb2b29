// Variables: `${name}` and `${name.member[0]}` in any value of a scenario, and values made anew:
//
//   ${uuid} ${now} ${now-7d} ${now+1h} ${today} ${now.epoch} ${random-int 1 100} ${random-text 12}
//   ${random-name} ${random-email} ${env.NAME}
//
// A text that is nothing but one variable becomes the variable's value, whatever that is; inside a
// longer text it is written out. `$${` stands for `${` itself. Generated values come from the
// scenario's seed, so that a failure repeats.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "template/node.h"

namespace offstage::scenario {

using templates::Node;

// Thread-compatible.
class Variables {
 public:
  // `now` gives the deployment's time.
  Variables(std::uint64_t seed, std::function<TimePoint()> now)
      : generator_(seed), now_(std::move(now)) {}

  // A value may refer to variables set before.
  void Set(const std::string& name, Node value) { values_[name] = std::move(value); }
  const std::map<std::string, Node>& values() const { return values_; }
  void Replace(std::map<std::string, Node> values) { values_ = std::move(values); }

  // `node` with every variable in it replaced, in keys too. Fails with the position of a variable
  // that is not set, and the nearest name.
  Result<Node> Resolve(const Node& node);

 private:
  Result<Node> ResolveText(const Node& node);
  Result<Node> Lookup(const std::string& expression, const templates::Position& position);
  Result<Node> Generate(const std::string& expression, const templates::Position& position);
  Result<Node> FromValues(const std::string& expression, const templates::Position& position);

  std::map<std::string, Node> values_;
  std::mt19937_64 generator_;
  std::function<TimePoint()> now_;
};

}  // namespace offstage::scenario
