// Parse trees of expressions: what was written, placeholders not resolved. Immutable once parsed,
// so that requests share them (expression_cache.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace offstage::dynamodb {

struct PathPart {
  enum class Kind : std::uint8_t { kName, kPlaceholder, kIndex };
  Kind kind = Kind::kName;
  // The name, the placeholder with its '#', or the index's digits.
  std::string text;
  std::size_t index = 0;
};

struct PathSyntax {
  std::vector<PathPart> parts;
};

struct OperandSyntax {
  enum class Kind : std::uint8_t {
    kPath,
    // ":v"
    kValue,
    kCall,
    // Of SET: `a + b`, `a - b`. `name` is the sign.
    kArithmetic,
  };
  Kind kind = Kind::kPath;
  PathSyntax path;
  // The value placeholder, or the function's name.
  std::string name;
  std::vector<OperandSyntax> arguments;
};

struct ConditionSyntax {
  enum class Kind : std::uint8_t {
    kOr,
    kAnd,
    kNot,
    // `name` is the sign; two operands.
    kCompare,
    // Three operands.
    kBetween,
    // The operand, then the list.
    kIn,
    // One operand, a call.
    kCall,
  };
  Kind kind = Kind::kAnd;
  std::string name;
  std::vector<ConditionSyntax> conditions;
  std::vector<OperandSyntax> operands;
};

enum class UpdateVerb : std::uint8_t { kSet, kRemove, kAdd, kDelete };

struct UpdateActionSyntax {
  UpdateVerb verb = UpdateVerb::kSet;
  PathSyntax path;
  // Not of kRemove.
  OperandSyntax value;
  // Counts the sections as written: "SET a=:a SET b=:b" has two.
  int section = 0;
};

// What a parse came to. `error`: what is wrong with the text alone, as the service says it behind
// "Invalid ...Expression: "; empty when nothing is.
template <typename Tree>
struct Parsed {
  Tree tree;
  std::string error;
};

using ParsedCondition = Parsed<ConditionSyntax>;
using ParsedUpdate = Parsed<std::vector<UpdateActionSyntax>>;
using ParsedProjection = Parsed<std::vector<PathSyntax>>;

}  // namespace offstage::dynamodb
