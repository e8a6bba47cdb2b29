// The parse tree of a mapping template. Internal to vtl/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace offstage::gateway::vtl {

struct Expression;
struct Node;
using ExpressionPtr = std::unique_ptr<Expression>;

// A run of text, references and directives.
struct Block {
  std::vector<std::unique_ptr<Node>> nodes;
};

// ".name", ".name(arguments)" or "[index]".
struct Step {
  enum class Kind { kProperty, kMethod, kIndex } kind = Kind::kProperty;
  std::string name = {};
  std::vector<ExpressionPtr> arguments;
};

// "$!{root.step.step}".
struct Reference {
  std::string root = {};
  std::vector<Step> steps;
};

struct Expression {
  enum class Kind {
    kNull,
    kBool,
    kInteger,
    kDouble,
    kText,
    kInterpolated,
    kList,
    kMap,
    kRange,
    kReference,
    kNot,
    kNegate,
    kAnd,
    kOr,
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kRemainder,
  } kind = Kind::kNull;
  bool flag = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string text = {};
  // kInterpolated.
  Block block = {};
  // kReference.
  Reference reference = {};
  // Operands; items of a list; keys and values of a map in turn.
  std::vector<ExpressionPtr> operands;
};

// `condition` is null for #else.
struct Branch {
  ExpressionPtr condition;
  Block body = {};
};

struct Node {
  enum class Kind {
    kText,
    kReference,
    kSet,
    kIf,
    kForeach,
    kBreak,
    kStop,
    kMacroCall,
    kDefine,
  } kind = Kind::kText;
  // kText: the text. kMacroCall and kReference: the source. kForeach: the variable's name.
  std::string text = {};
  // kReference; kSet's target; kDefine's name as root.
  Reference reference = {};
  // kSet's value; kForeach's list.
  ExpressionPtr expression;
  std::vector<Branch> branches;
  Block body = {};
  // kMacroCall.
  std::string macro = {};
  std::vector<ExpressionPtr> arguments;
};

struct Macro {
  std::vector<std::string> parameters = {};
  Block body = {};
};

}  // namespace offstage::gateway::vtl
