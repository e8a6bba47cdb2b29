#include "dynamodb/partiql/where.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "dynamodb/expressions/condition_program.h"
#include "dynamodb/value/invalid.h"

namespace offstage::dynamodb::partiql {

namespace {

using Kind = Expression::Kind;

std::optional<ConditionTest> CompareTest(std::string_view sign) {
  if (sign == "=") return ConditionTest::kEqual;
  if (sign == "<>") return ConditionTest::kNotEqual;
  if (sign == "<") return ConditionTest::kLess;
  if (sign == "<=") return ConditionTest::kLessOrEqual;
  if (sign == ">") return ConditionTest::kGreater;
  if (sign == ">=") return ConditionTest::kGreaterOrEqual;
  return std::nullopt;
}

struct WhereFunction {
  std::string_view name;
  ConditionTest test;
  std::size_t operands;
};
constexpr WhereFunction kFunctions[] = {{"attribute_exists", ConditionTest::kExists, 1},
                                        {"attribute_not_exists", ConditionTest::kNotExists, 1},
                                        {"attribute_type", ConditionTest::kHasType, 2},
                                        {"begins_with", ConditionTest::kBeginsWith, 2},
                                        {"contains", ConditionTest::kContains, 2}};

const WhereFunction* FindFunction(const Expression& expression) {
  if (expression.kind != Kind::kCall) return nullptr;
  const std::string name = ToLower(expression.text);
  for (const WhereFunction& function : kFunctions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

// The types that IS names; several for bags, which are sets.
std::vector<std::string_view> TypesOf(std::string_view name) {
  if (name == "null") return {"NULL"};
  if (name == "bool" || name == "boolean") return {"BOOL"};
  if (name == "string" || name == "char" || name == "character" || name == "varchar" ||
      name == "symbol") {
    return {"S"};
  }
  if (name == "blob" || name == "clob") return {"B"};
  if (name == "list" || name == "sexp") return {"L"};
  if (name == "struct" || name == "tuple") return {"M"};
  if (name == "bag") return {"SS", "NS", "BS"};
  if (name == "any") return {"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"};
  if (name == "date" || name == "time" || name == "timestamp") return {};
  return {"N"};
}

aws::ApiError ToError(const std::string& text) {
  return {.type = "ValidationException", .message = text};
}

class WhereCompiler {
 public:
  WhereCompiler(ConditionProgram& program, const Parameters& parameters)
      : program_(program), parameters_(parameters) {}

  aws::Outcome<ConditionNode> Compile(const Expression& expression) {
    switch (expression.kind) {
      case Kind::kAnd:
      case Kind::kOr:
      case Kind::kNot:
        return CompileJoined(expression);
      case Kind::kCompare:
        return CompileComparison(expression);
      case Kind::kBetween:
        return CompileBetween(expression);
      case Kind::kIn:
        return CompileIn(expression);
      case Kind::kIs:
        return CompileIs(expression);
      case Kind::kCall:
        return CompileCall(expression);
      default:
        return Invalid(fmt::format("Unsupported operation: {}", NameOf(expression)));
    }
  }

 private:
  static std::string_view NameOf(const Expression& expression) {
    switch (expression.kind) {
      case Kind::kPath:
        return expression.parts.size() == 1 ? "Id" : "Path";
      case Kind::kArithmetic:
        return expression.text == "like" ? "Like" : "Plus";
      case Kind::kExists:
        return "Exists";
      case Kind::kParameter:
        return "Parameter";
      default:
        return "Lit";
    }
  }

  aws::Outcome<ConditionNode> CompileJoined(const Expression& expression) {
    ConditionNode node;
    node.test = expression.kind == Kind::kAnd  ? ConditionTest::kAnd
                : expression.kind == Kind::kOr ? ConditionTest::kOr
                                               : ConditionTest::kNot;
    for (const Expression& part : expression.parts) {
      OFFSTAGE_TRY(ConditionNode inner, Compile(part));
      node.conditions.push_back(std::move(inner));
    }
    return node;
  }

  aws::Outcome<ConditionNode> CompileComparison(const Expression& expression) {
    const Expression& left = expression.parts[0];
    const Expression& right = expression.parts[1];
    const std::optional<ConditionTest> test = CompareTest(expression.text);
    if (!test) return Invalid(fmt::format("Unsupported operation: {}", NameOf(expression)));
    // attribute_exists(a) = true
    const bool truth = right.kind == Kind::kTrue || right.kind == Kind::kFalse;
    if (FindFunction(left) != nullptr && truth &&
        (*test == ConditionTest::kEqual || *test == ConditionTest::kNotEqual)) {
      OFFSTAGE_TRY(ConditionNode node, CompileCall(left));
      const bool wanted = (right.kind == Kind::kTrue) == (*test == ConditionTest::kEqual);
      return wanted ? node : Negated(std::move(node));
    }
    ConditionNode node;
    node.test = *test;
    OFFSTAGE_TRY_VOID(AddOperand(left, node));
    OFFSTAGE_TRY_VOID(AddOperand(right, node));
    if (*test != ConditionTest::kEqual && *test != ConditionTest::kNotEqual)
      OFFSTAGE_TRY_VOID(CheckOrdered(expression.text, node));
    return node;
  }

  aws::Outcome<ConditionNode> CompileBetween(const Expression& expression) {
    ConditionNode node;
    node.test = ConditionTest::kBetween;
    for (const Expression& part : expression.parts)
      OFFSTAGE_TRY_VOID(AddOperand(part, node));
    OFFSTAGE_TRY_VOID(CheckOrdered("BETWEEN", node));
    return node;
  }

  aws::Outcome<ConditionNode> CompileIn(const Expression& expression) {
    ConditionNode node;
    node.test = ConditionTest::kIn;
    OFFSTAGE_TRY_VOID(AddOperand(expression.parts[0], node));
    const Expression& candidates = expression.parts[1];
    if (candidates.kind == Kind::kList || candidates.kind == Kind::kBag) {
      for (const Expression& candidate : candidates.parts)
        OFFSTAGE_TRY_VOID(AddOperand(candidate, node));
      return node;
    }
    OFFSTAGE_TRY(const AttributeValue list, ToValue(candidates, parameters_));
    if (!list.is_list()) {
      node.operands.push_back(Stored(list));
      return node;
    }
    for (const AttributeValue& candidate : list.list())
      node.operands.push_back(Stored(candidate));
    return node;
  }

  aws::Outcome<ConditionNode> CompileIs(const Expression& expression) {
    ConditionNode node;
    if (expression.text == "missing") {
      node.test = ConditionTest::kNotExists;
      OFFSTAGE_TRY_VOID(AddOperand(expression.parts[0], node));
      return node;
    }
    node.test = ConditionTest::kOr;
    for (const std::string_view type : TypesOf(expression.text)) {
      ConditionNode test;
      test.test = ConditionTest::kHasType;
      OFFSTAGE_TRY_VOID(AddOperand(expression.parts[0], test));
      test.operands.push_back(Stored(AttributeValue::String(std::string(type))));
      node.conditions.push_back(std::move(test));
    }
    return node;
  }

  aws::Outcome<ConditionNode> CompileCall(const Expression& expression) {
    const WhereFunction* function = FindFunction(expression);
    if (function == nullptr) return Unrecognized(expression);
    OFFSTAGE_TRY_VOID(CheckCount(expression, function->name, function->operands));
    ConditionNode node;
    node.test = function->test;
    for (const Expression& part : expression.parts)
      OFFSTAGE_TRY_VOID(AddOperand(part, node));
    const bool wants_path =
        node.test != ConditionTest::kBeginsWith && node.test != ConditionTest::kContains;
    if (wants_path && node.operands[0].kind != Operand::Kind::kPath) {
      return Invalid(
          fmt::format("Operator or function requires a document path; operator or function: {}",
                      function->name));
    }
    if (node.test == ConditionTest::kHasType) OFFSTAGE_TRY_VOID(CheckTypeName(node.operands[1]));
    if (node.test == ConditionTest::kBeginsWith) {
      for (const Operand& operand : node.operands) {
        const auto checked = CheckOperandType(function->name, operand,
                                              {AttributeType::kString, AttributeType::kBinary});
        if (!checked.ok()) return Fail(ToError(checked.error()));
      }
    }
    return node;
  }

  static aws::Outcome<Unit> CheckCount(const Expression& call, std::string_view name,
                                       std::size_t wanted) {
    if (call.parts.size() == wanted) return Ok();
    return Invalid(
        fmt::format("Incorrect number of operands for operator or function; operator or function: "
                    "{}, number of operands: {}",
                    name, call.parts.size()));
  }

  static aws::Outcome<Unit> CheckTypeName(const Operand& operand) {
    const auto checked = CheckOperandType("attribute_type", operand, {AttributeType::kString});
    if (!checked.ok()) return Fail(ToError(checked.error()));
    if (operand.kind != Operand::Kind::kValue) return Ok();
    for (int i = 0; i < 10; ++i) {
      if (TypeName(static_cast<AttributeType>(i)) == operand.value->text()) return Ok();
    }
    return Invalid(
        fmt::format("Invalid attribute type name found; type: {}, valid types: "
                    "{{N,BS,L,B,NULL,M,S,SS,NS,BOOL}}",
                    operand.value->text()));
  }

  static aws::Outcome<Unit> CheckOrdered(std::string_view sign, const ConditionNode& node) {
    for (const Operand& operand : node.operands) {
      const auto checked = CheckOperandType(
          sign, operand, {AttributeType::kString, AttributeType::kNumber, AttributeType::kBinary});
      if (!checked.ok()) return Fail(ToError(checked.error()));
    }
    return Ok();
  }

  static Failure<aws::ApiError> Unrecognized(const Expression& call) {
    return Invalid(
        fmt::format("Unrecognized function: {} at {}", ToLower(call.text), ToText(call.position)));
  }

  static ConditionNode Negated(ConditionNode inner) {
    ConditionNode node;
    node.test = ConditionTest::kNot;
    node.conditions.push_back(std::move(inner));
    return node;
  }

  Operand Stored(AttributeValue value) {
    Operand operand;
    operand.kind = Operand::Kind::kValue;
    operand.value = &program_.values.emplace_back(std::move(value));
    return operand;
  }

  aws::Outcome<Unit> AddOperand(const Expression& expression, ConditionNode& node) {
    if (expression.kind == Kind::kPath) {
      Operand operand;
      operand.path = ToPath(expression);
      node.operands.push_back(std::move(operand));
      return Ok();
    }
    if (expression.kind == Kind::kCall) {
      if (ToLower(expression.text) != "size") return Unrecognized(expression);
      OFFSTAGE_TRY_VOID(CheckCount(expression, "size", 1));
      ConditionNode inner;
      OFFSTAGE_TRY_VOID(AddOperand(expression.parts[0], inner));
      Operand operand;
      operand.kind = Operand::Kind::kFunction;
      operand.function = OperandFunction::kSize;
      operand.arguments = std::move(inner.operands);
      node.operands.push_back(std::move(operand));
      return Ok();
    }
    if (!IsValue(expression)) {
      return Invalid(fmt::format("Unsupported operation: {}", NameOf(expression)));
    }
    OFFSTAGE_TRY(AttributeValue value, ToValue(expression, parameters_));
    node.operands.push_back(Stored(std::move(value)));
    return Ok();
  }

  ConditionProgram& program_;
  const Parameters& parameters_;
};

void Flatten(const Expression& expression, Kind kind, std::vector<const Expression*>& out) {
  if (expression.kind != kind) {
    out.push_back(&expression);
    return;
  }
  for (const Expression& part : expression.parts)
    Flatten(part, kind, out);
}

void AddOnce(AttributeValue value, std::vector<AttributeValue>& values) {
  if (std::find(values.begin(), values.end(), value) == values.end())
    values.push_back(std::move(value));
}

// The value that the attribute is compared with, either way round. Null: none, or no value.
std::optional<AttributeValue> ComparedValue(const Expression& comparison,
                                            std::string_view attribute,
                                            const Parameters& parameters, bool& turned) {
  for (const std::size_t side : {0U, 1U}) {
    if (!IsAttribute(comparison.parts[side], attribute)) continue;
    const Expression& other = comparison.parts[1 - side];
    if (!IsValue(other)) continue;
    auto value = ToValue(other, parameters);
    if (!value.ok()) return std::nullopt;
    turned = side == 1;
    return std::move(value).value();
  }
  return std::nullopt;
}

KeyOperator TurnedAround(KeyOperator op) {
  switch (op) {
    case KeyOperator::kLess:
      return KeyOperator::kGreater;
    case KeyOperator::kLessOrEqual:
      return KeyOperator::kGreaterOrEqual;
    case KeyOperator::kGreater:
      return KeyOperator::kLess;
    case KeyOperator::kGreaterOrEqual:
      return KeyOperator::kLessOrEqual;
    default:
      return op;
  }
}

std::optional<KeyOperator> OperatorOf(std::string_view sign) {
  if (sign == "=") return KeyOperator::kEqual;
  if (sign == "<") return KeyOperator::kLess;
  if (sign == "<=") return KeyOperator::kLessOrEqual;
  if (sign == ">") return KeyOperator::kGreater;
  if (sign == ">=") return KeyOperator::kGreaterOrEqual;
  return std::nullopt;
}

void AddAttributes(const Expression& expression, std::vector<std::string>& names) {
  if (expression.kind == Kind::kPath) {
    const std::string& name = expression.parts[0].text;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return;
  }
  for (const Expression& part : expression.parts)
    AddAttributes(part, names);
}

bool Names(const Expression& expression, std::string_view attribute) {
  const std::vector<std::string> names = AttributesIn(expression);
  return std::find(names.begin(), names.end(), attribute) != names.end();
}

// One branch of an OR: its partitions and what it says about the sort key.
struct Branch {
  std::vector<AttributeValue> partitions;
  std::vector<KeyTerm> sort;
  // Its sort key is compared in a way that is not looked at (NOT, <>, IN, ...).
  bool is_open = false;
};

// Whether some value lies in both. Only what is certain counts as apart.
bool Meet(const KeyTerm& a, const KeyTerm& b) {
  if (a.value.type() != b.value.type() || !a.value.is_scalar_key()) return false;
  const auto low = [](const KeyTerm& term) -> const AttributeValue* {
    return term.op == KeyOperator::kLess || term.op == KeyOperator::kLessOrEqual ? nullptr
                                                                                 : &term.value;
  };
  const auto high = [](const KeyTerm& term) -> const AttributeValue* {
    if (term.op == KeyOperator::kBetween) return &term.upper;
    if (term.op == KeyOperator::kGreater || term.op == KeyOperator::kGreaterOrEqual ||
        term.op == KeyOperator::kBeginsWith) {
      return nullptr;
    }
    return &term.value;
  };
  const auto below = [&](const KeyTerm& first, const KeyTerm& second) {
    const AttributeValue* end = high(first);
    const AttributeValue* begin = low(second);
    if (end == nullptr || begin == nullptr) return false;
    const int order = CompareScalars(*end, *begin);
    return order < 0 ||
           (order == 0 && (first.op == KeyOperator::kLess || second.op == KeyOperator::kGreater));
  };
  if (below(a, b) || below(b, a)) return false;
  const auto apart = [](const KeyTerm& prefix, const KeyTerm& other) {
    if (prefix.op != KeyOperator::kBeginsWith || other.op != KeyOperator::kEqual) return false;
    return !other.value.text().starts_with(prefix.value.text());
  };
  return !apart(a, b) && !apart(b, a);
}

bool Overlap(const Branch& a, const Branch& b) {
  if (a.is_open || b.is_open) return false;
  const bool shared = std::any_of(a.partitions.begin(), a.partitions.end(), [&](const auto& value) {
    return std::find(b.partitions.begin(), b.partitions.end(), value) != b.partitions.end();
  });
  if (!shared) return false;
  for (const KeyTerm& first : a.sort) {
    for (const KeyTerm& second : b.sort) {
      if (!Meet(first, second)) return false;
    }
  }
  return true;
}

Branch ToBranch(const Expression& expression, const KeySchema& schema,
                const Parameters& parameters) {
  Branch branch;
  branch.partitions = PinnedValues(expression, schema.partition[0].name, parameters);
  const std::string& sort = schema.sort[0].name;
  for (const Expression* part : Conjuncts(expression)) {
    if (auto term = AsKeyTerm(*part, sort, parameters)) {
      branch.sort.push_back(*std::move(term));
    } else if (Names(*part, sort)) {
      branch.is_open = true;
    }
  }
  return branch;
}

}  // namespace

aws::Outcome<Condition> CompileWhere(const Expression& where, const Parameters& parameters) {
  auto program = std::make_shared<ConditionProgram>();
  OFFSTAGE_TRY(program->root, WhereCompiler(*program, parameters).Compile(where));
  return Condition(std::move(program));
}

bool IsAttribute(const Expression& expression, std::string_view name) {
  return expression.kind == Kind::kPath && expression.parts.size() == 1 &&
         expression.parts[0].text == name;
}

std::vector<const Expression*> Conjuncts(const Expression& where) {
  std::vector<const Expression*> out;
  Flatten(where, Kind::kAnd, out);
  return out;
}

std::vector<const Expression*> Disjuncts(const Expression& where) {
  std::vector<const Expression*> out;
  Flatten(where, Kind::kOr, out);
  return out;
}

std::vector<AttributeValue> PinnedValues(const Expression& where, std::string_view attribute,
                                         const Parameters& parameters) {
  std::vector<AttributeValue> values;
  switch (where.kind) {
    case Kind::kCompare: {
      bool turned = false;
      if (where.text != "=") break;
      if (auto value = ComparedValue(where, attribute, parameters, turned))
        values.push_back(*std::move(value));
      break;
    }
    case Kind::kIn: {
      if (!IsAttribute(where.parts[0], attribute) || !IsValue(where.parts[1])) break;
      const auto list = ToValue(where.parts[1], parameters);
      if (!list.ok() || !list->is_list()) break;
      for (const AttributeValue& value : list->list())
        AddOnce(value, values);
      break;
    }
    case Kind::kAnd:
      for (const Expression& part : where.parts) {
        values = PinnedValues(part, attribute, parameters);
        if (!values.empty()) break;
      }
      break;
    case Kind::kOr:
      for (const Expression& part : where.parts) {
        std::vector<AttributeValue> more = PinnedValues(part, attribute, parameters);
        if (more.empty()) return {};
        for (AttributeValue& value : more)
          AddOnce(std::move(value), values);
      }
      break;
    default:
      break;
  }
  return values;
}

std::optional<KeyTerm> AsKeyTerm(const Expression& expression, std::string_view attribute,
                                 const Parameters& parameters) {
  KeyTerm term;
  term.attribute = attribute;
  if (expression.kind == Kind::kCompare) {
    const std::optional<KeyOperator> op = OperatorOf(expression.text);
    bool turned = false;
    auto value = ComparedValue(expression, attribute, parameters, turned);
    if (!op || !value) return std::nullopt;
    term.op = turned ? TurnedAround(*op) : *op;
    term.value = *std::move(value);
    return term;
  }
  const bool between = expression.kind == Kind::kBetween;
  const bool begins = expression.kind == Kind::kCall && ToLower(expression.text) == "begins_with" &&
                      expression.parts.size() == 2;
  if ((!between && !begins) || !IsAttribute(expression.parts[0], attribute)) return std::nullopt;
  for (std::size_t i = 1; i < expression.parts.size(); ++i) {
    if (!IsValue(expression.parts[i])) return std::nullopt;
    auto value = ToValue(expression.parts[i], parameters);
    if (!value.ok()) return std::nullopt;
    (i == 1 ? term.value : term.upper) = std::move(value).value();
  }
  term.op = between ? KeyOperator::kBetween : KeyOperator::kBeginsWith;
  return term;
}

aws::Outcome<std::optional<KeyedWhere>> SplitKey(const Expression& where, const KeySchema& schema,
                                                 const Parameters& parameters) {
  KeyedWhere out;
  std::vector<const Expression*> rest = Conjuncts(where);
  std::vector<std::string> names;
  for (const KeyAttribute& attribute : schema.partition)
    names.push_back(attribute.name);
  for (const KeyAttribute& attribute : schema.sort)
    names.push_back(attribute.name);
  for (const std::string& name : names) {
    const auto found = std::find_if(rest.begin(), rest.end(), [&](const Expression* part) {
      const auto term = AsKeyTerm(*part, name, parameters);
      return term && term->op == KeyOperator::kEqual;
    });
    if (found == rest.end()) return std::optional<KeyedWhere>();
    out.key.Set(name, AsKeyTerm(**found, name, parameters)->value);
    rest.erase(found);
  }
  if (rest.empty()) return std::optional<KeyedWhere>(std::move(out));
  Expression others;
  others.kind = Kind::kAnd;
  for (const Expression* part : rest)
    others.parts.push_back(*part);
  OFFSTAGE_TRY(out.condition, CompileWhere(others, parameters));
  return std::optional<KeyedWhere>(std::move(out));
}

std::vector<std::string> AttributesIn(const Expression& where) {
  std::vector<std::string> names;
  AddAttributes(where, names);
  return names;
}

bool HasOverlappingBranches(const Expression& where, const KeySchema& schema,
                            const Parameters& parameters) {
  if (schema.sort.empty()) return false;
  const std::vector<const Expression*> parts = Disjuncts(where);
  if (parts.size() < 2 || PinnedValues(where, schema.partition[0].name, parameters).empty())
    return false;
  std::vector<Branch> branches;
  bool any_sort = false;
  for (const Expression* part : parts) {
    branches.push_back(ToBranch(*part, schema, parameters));
    any_sort = any_sort || !branches.back().sort.empty();
  }
  if (!any_sort) return false;
  for (std::size_t i = 1; i < branches.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (Overlap(branches[i], branches[j])) return true;
    }
  }
  return false;
}

}  // namespace offstage::dynamodb::partiql
