// Shapes: which keys a scenario file may have, where, and what they take. One table: the loader
// checks files against it, and the published JSON Schema is made from it, so the two agree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "template/node.h"

namespace offstage::scenario {

using templates::Node;
using templates::Position;

enum class Takes {
  kAny,           // Any value.
  kText,          // Text or a number.
  kTextOrList,    // A text, or a list of texts.
  kBool,          //
  kDuration,      // "500ms", "5s", "2m", "1h", "3d".
  kMap,           // A map of any values.
  kTextMap,       // A map of texts and numbers.
  kList,          // A list of any values.
  kMatcher,       // A value to compare with; see matcher.h.
  kMatcherMap,    // Names to matchers.
  kMatcherList,   // A matcher, or a list of them.
  kShape,         // One map of `shape`.
  kShapeList,     // A list of maps of `shape`.
  kShapeOrList,   // One, or a list.
  kShapeMap,      // Names to maps of `shape`.
  kStepsMap,      // Names to lists of steps.
  kParameterMap,  // Names to texts, lists of texts or maps of `shape`.
  kDurationOrShape,
  kTextOrShape,
};

// Steps that a key belongs to; a key of another kind is an error that says so.
enum class StepKind {
  kAny,
  kHttp,
  kInvoke,
  kPutItem,
  kGetItem,
  kUpdateItem,
  kDeleteItem,
  kQuery,
  kScan,
  kSet,
  kSettle,
  kAdvance,
  kColdStart,
  kFault,
  kUse,
  kCheck,
  kSignUp,
  kConfirm,
  kSignIn,
  kMailbox,
  kCognito
};

struct Shape;

struct Field {
  std::string_view name;
  Takes takes = Takes::kAny;
  // What an editor shows.
  std::string_view doc;
  const Shape* shape = nullptr;
  // Steps only: the kind that the key makes a step (`is_kind`) or belongs to.
  StepKind step = StepKind::kAny;
  bool is_kind = false;
  bool required = false;
};

struct Shape {
  // "a step", as messages name it.
  std::string_view name;
  // Name in the JSON Schema's definitions.
  std::string_view definition;
  std::string_view doc;
  std::vector<Field> fields;

  const Field* Find(std::string_view key) const;
  std::vector<std::string> Names() const;
};

const Shape& FileShape();
const Shape& ScenarioShape();
const Shape& BenchShape();
const Shape& StepShape();
const Shape& ExpectShape();

// What is wrong with a file, each "file:line:column: text"; in the order found.
class Problems {
 public:
  void Add(const Position& position, const std::string& text);
  // One that names its place itself.
  void AddLine(std::string line) { list_.push_back(std::move(line)); }
  bool empty() const { return list_.empty(); }
  const std::vector<std::string>& list() const { return list_; }

 private:
  std::vector<std::string> list_;
};

// Checks keys and types of `node` all the way down, matchers included.
void CheckShape(const Node& node, const Shape& shape, Problems& problems);

// The kind of a step; kAny: it has none, or several (CheckShape says so).
StepKind KindOf(const Node& step);
// The key that makes it one: "get", "put-item"; empty when there is none.
std::string_view KindKeyOf(const Node& step);

// "5s" and the like; a plain number is seconds. Null: not a duration.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

// "2026-01-31T12:00:00Z"; a date alone is midnight. Fails naming the place.
Result<TimePoint> ParseClock(const Node& node);

// The JSON Schema (draft-07) of scenario files.
OrderedJson MakeSchema();

}  // namespace offstage::scenario
