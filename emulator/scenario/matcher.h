// Matcher: how a scenario says what a value must be like. A plain value is compared: a map by the
// members it names (at every depth), a list element by element, anything else exactly. Beside that:
//
//   <string> <integer> <number> <boolean> <list> <object> <null> <any> <absent> <present>
//   <uuid> <date-time> <date> <email> <url>          what kind of value it is
//   <integer 0..100> <string 1..39> <list 3> <..250> ... and how large or how long
//   </regular expression/>                           found in the text
//   {$contains: x} {$each: x} ...                    operators; a map whose keys begin with `$`
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "scenario/shapes.h"

namespace offstage::scenario {

// One difference.
struct Mismatch {
  // "body.users[0].name"
  std::string path = {};
  // "<integer 0..100>", "\"Ada\"".
  std::string expected = {};
  // What was there; "nothing" when the member is missing.
  std::string actual = {};
};

// Checks a value against a JSON Schema; given by the program, since the validator lies elsewhere.
using SchemaCheck = std::function<Status(const Json& schema, const Json& value)>;

struct MatchContext {
  SchemaCheck check_schema = {};
};

// Reports unknown operators, types and expressions in `matcher`. Values with variables in them are
// left for later.
void CheckMatcher(const Node& matcher, Problems& problems);

// The differences; empty: it matches. `actual` null: there is no such value.
std::vector<Mismatch> Match(const Node& matcher, const Json* actual, const std::string& path,
                            const MatchContext& context);

// The matcher as a person would write it on one line; long ones are cut.
std::string Describe(const Node& matcher);
// A value on one line; long ones are cut.
std::string Describe(const Json& value);

}  // namespace offstage::scenario
