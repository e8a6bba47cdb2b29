#include "lambda/runtimes.h"

#include <array>
#include <vector>

#include "base/text.h"

namespace offstage::lambda {
namespace {

// docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, with those that are past their end of
// life: old templates name them still.
constexpr std::array kRuntimes = {
    Runtime{"python3.6", Language::kPython, {3, 6}},
    Runtime{"python3.7", Language::kPython, {3, 7}},
    Runtime{"python3.8", Language::kPython, {3, 8}},
    Runtime{"python3.9", Language::kPython, {3, 9}},
    Runtime{"python3.10", Language::kPython, {3, 10}},
    Runtime{"python3.11", Language::kPython, {3, 11}},
    Runtime{"python3.12", Language::kPython, {3, 12}},
    Runtime{"python3.13", Language::kPython, {3, 13}},
    Runtime{"python3.14", Language::kPython, {3, 14}},
    Runtime{"nodejs6.10", Language::kNode, {6, 0}},
    Runtime{"nodejs8.10", Language::kNode, {8, 0}},
    Runtime{"nodejs10.x", Language::kNode, {10, 0}},
    Runtime{"nodejs12.x", Language::kNode, {12, 0}},
    Runtime{"nodejs14.x", Language::kNode, {14, 0}},
    Runtime{"nodejs16.x", Language::kNode, {16, 0}},
    Runtime{"nodejs18.x", Language::kNode, {18, 0}},
    Runtime{"nodejs20.x", Language::kNode, {20, 0}},
    Runtime{"nodejs22.x", Language::kNode, {22, 0}},
    Runtime{"nodejs24.x", Language::kNode, {24, 0}},
    Runtime{"ruby2.5", Language::kRuby, {2, 5}},
    Runtime{"ruby2.7", Language::kRuby, {2, 7}},
    Runtime{"ruby3.2", Language::kRuby, {3, 2}},
    Runtime{"ruby3.3", Language::kRuby, {3, 3}},
    Runtime{"ruby3.4", Language::kRuby, {3, 4}},
    Runtime{"provided", Language::kProvided, {1, 0}},
    Runtime{"provided.al2", Language::kProvided, {2, 0}},
    Runtime{"provided.al2023", Language::kProvided, {2023, 0}},
};

// Exist, or existed, but have no bootstrap here.
constexpr std::array<std::string_view, 19> kNotEmulated = {
    "java8",         "java8.al2",     "java11",        "java17",         "java21",
    "java25",        "dotnet6",       "dotnet8",       "dotnet10",       "dotnet5.0",
    "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1",  "go1.x",
    "python2.7",     "nodejs",        "nodejs4.3",     "nodejs4.3-edge",
};

}  // namespace

Result<Runtime> FindRuntime(std::string_view id) {
  std::vector<std::string> names;
  for (const Runtime& runtime : kRuntimes) {
    if (runtime.id == id) return runtime;
    names.emplace_back(runtime.id);
  }
  for (const std::string_view name : kNotEmulated) {
    if (name != id) continue;
    return Fail(Error{"runtime " + std::string(id) +
                      " is not emulated: supported are python3.*, nodejs*, ruby* and provided.*"});
  }
  if (id.empty()) return Fail(Error{"Runtime is missing: valid are " + Join(names, ", ")});
  const auto nearest = NearestName(id, names);
  return Fail(Error{"there is no Lambda runtime " + std::string(id) +
                    (nearest.has_value() ? ": did you mean " + *nearest + "?"
                                         : ": valid are " + Join(names, ", "))});
}

std::string_view LanguageName(Language language) {
  switch (language) {
    case Language::kPython:
      return "Python";
    case Language::kNode:
      return "Node.js";
    case Language::kRuby:
      return "Ruby";
    case Language::kProvided:
      break;
  }
  return "custom runtime";
}

std::string_view FamilyName(Language language) {
  switch (language) {
    case Language::kPython:
      return "python";
    case Language::kNode:
      return "nodejs";
    case Language::kRuby:
      return "ruby";
    case Language::kProvided:
      break;
  }
  return "provided";
}

}  // namespace offstage::lambda
