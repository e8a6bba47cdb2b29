// Renders a parsed template.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "gateway/vtl/methods.h"
#include "gateway/vtl/parser.h"
#include "gateway/vtl/template.h"

namespace offstage::gateway::vtl {

namespace {

using Kind = Expression::Kind;

// limits.html: iterations in a #foreach loop.
constexpr std::size_t kMaxRounds = 1000;
// Nested loops, and texts that double, must end.
constexpr int kMaxSteps = 1'000'000;
constexpr int kMaxCalls = 30;
constexpr std::size_t kMaxWork = 256 * 1024 * 1024;

enum class Flow { kGoOn, kBreak, kStop };

class Evaluator {
 public:
  Evaluator(const Syntax& syntax, Environment& environment)
      : syntax_(syntax), environment_(environment) {}

  Result<std::string> Run() {
    std::string out;
    OFFSTAGE_TRY_VOID(RunBlock(syntax_.body, out));
    return out;
  }

 private:
  Result<Flow> RunBlock(const Block& block, std::string& out);
  Result<Flow> RunNode(const Node& node, std::string& out);
  Result<Flow> RunIf(const Node& node, std::string& out);
  Result<Flow> RunForeach(const Node& node, std::string& out);
  Result<Flow> RunMacro(const Node& node, std::string& out);
  Status RunSet(const Node& node);
  Status Append(const Value& value, std::string& out);

  Result<Value> Evaluate(const Expression& expression);
  Result<Value> EvaluateReference(const Reference& reference, std::size_t steps);
  Result<Value> EvaluateStep(const Value& target, const Step& step);
  Result<Value> EvaluateBinary(const Expression& expression);
  Result<Value> EvaluateList(const Expression& expression);
  Result<Value> EvaluateMap(const Expression& expression);
  Result<Value> EvaluateRange(const Expression& expression);
  Value Calculate(Kind kind, const Value& left, const Value& right);
  Result<std::string> RenderText(const Block& block);
  // The text of anything, of a #define too.
  Result<std::string> TextOf(const Value& value);

  Status Count(std::size_t work = 1) {
    work_ += work;
    if (++steps_ > kMaxSteps || work_ > kMaxWork)
      return Fail(Error{"the template does too much: it was stopped"});
    return Ok();
  }

  static bool IsTrue(const Value& value) {
    return value.AsBool() != nullptr ? *value.AsBool() : !value.IsNull();
  }

  const Syntax& syntax_;
  Environment& environment_;
  int steps_ = 0;
  int calls_ = 0;
  std::size_t work_ = 0;
};

Result<Flow> Evaluator::RunBlock(const Block& block, std::string& out) {
  for (const std::unique_ptr<Node>& node : block.nodes) {
    OFFSTAGE_TRY_VOID(Count());
    OFFSTAGE_TRY(const Flow flow, RunNode(*node, out));
    if (flow != Flow::kGoOn) return flow;
    if (out.size() > kMaxTextBytes) return Fail(Error{"the template writes more than 12 MB"});
  }
  return Flow::kGoOn;
}

Result<Flow> Evaluator::RunNode(const Node& node, std::string& out) {
  switch (node.kind) {
    case Node::Kind::kText:
      out += node.text;
      return Flow::kGoOn;
    case Node::Kind::kReference: {
      OFFSTAGE_TRY(const Value value,
                   EvaluateReference(node.reference, node.reference.steps.size()));
      OFFSTAGE_TRY_VOID(Append(value, out));
      return Flow::kGoOn;
    }
    case Node::Kind::kSet:
      OFFSTAGE_TRY_VOID(RunSet(node));
      return Flow::kGoOn;
    case Node::Kind::kIf:
      return RunIf(node, out);
    case Node::Kind::kForeach:
      return RunForeach(node, out);
    case Node::Kind::kBreak:
      return Flow::kBreak;
    case Node::Kind::kStop:
      return Flow::kStop;
    case Node::Kind::kMacroCall:
      return RunMacro(node, out);
    case Node::Kind::kDefine:
      environment_.Set(node.reference.root, Value::Of(&node.body));
      return Flow::kGoOn;
  }
  return Flow::kGoOn;
}

Status Evaluator::Append(const Value& value, std::string& out) {
  OFFSTAGE_TRY(const std::string text, TextOf(value));
  OFFSTAGE_TRY_VOID(Count(text.size()));
  out += text;
  return Ok();
}

Result<std::string> Evaluator::TextOf(const Value& value) {
  if (const Block* block = value.AsBlock()) return RenderText(*block);
  std::string text = ToText(value);
  if (text.size() > kMaxTextBytes) return Fail(Error{"a text of the template passes 12 MB"});
  return text;
}

Result<std::string> Evaluator::RenderText(const Block& block) {
  if (++calls_ > kMaxCalls) return Fail(Error{"a #define or #macro that calls itself"});
  std::string out;
  OFFSTAGE_TRY_VOID(RunBlock(block, out));
  --calls_;
  OFFSTAGE_TRY_VOID(Count(out.size()));
  return out;
}

Result<Flow> Evaluator::RunIf(const Node& node, std::string& out) {
  for (const Branch& branch : node.branches) {
    bool taken = branch.condition == nullptr;
    if (!taken) {
      OFFSTAGE_TRY(const Value condition, Evaluate(*branch.condition));
      taken = IsTrue(condition);
    }
    if (taken) return RunBlock(branch.body, out);
  }
  return Flow::kGoOn;
}

Result<Flow> Evaluator::RunForeach(const Node& node, std::string& out) {
  OFFSTAGE_TRY(const Value value, Evaluate(*node.expression));
  std::vector<Value> items;
  if (const List* list = value.AsList()) {
    items = list->items;  // the body may change the list
  } else if (const Map* map = value.AsMap()) {
    for (const auto& [key, member] : map->entries())
      items.push_back(member);
  }
  OFFSTAGE_TRY_VOID(Count(items.size()));
  if (items.size() > kMaxRounds) {
    environment_.Warn(
        fmt::format("#foreach over {} items ends after {}, as deployed", items.size(), kMaxRounds));
    items.resize(kMaxRounds);
  }
  const Value* before = environment_.Find("foreach");
  const Value outer = before == nullptr ? Value() : *before;
  const Value* hidden = environment_.Find(node.text);
  const std::optional<Value> shadowed = hidden == nullptr ? std::nullopt : std::optional(*hidden);
  Flow flow = Flow::kGoOn;
  for (std::size_t i = 0; i < items.size() && flow == Flow::kGoOn; ++i) {
    Value loop = Value::NewMap();
    loop.AsMap()->Put("index", Value::Integer(static_cast<std::int64_t>(i)));
    loop.AsMap()->Put("count", Value::Integer(static_cast<std::int64_t>(i + 1)));
    loop.AsMap()->Put("hasNext", Value::Bool(i + 1 < items.size()));
    loop.AsMap()->Put("first", Value::Bool(i == 0));
    loop.AsMap()->Put("last", Value::Bool(i + 1 == items.size()));
    loop.AsMap()->Put("parent", outer);
    environment_.Set("foreach", std::move(loop));
    environment_.Set("velocityCount", Value::Integer(static_cast<std::int64_t>(i + 1)));
    environment_.Set("velocityHasNext", Value::Bool(i + 1 < items.size()));
    environment_.Set(node.text, items[i]);
    OFFSTAGE_TRY_VOID(Count());
    OFFSTAGE_TRY(flow, RunBlock(node.body, out));
  }
  environment_.Set("foreach", outer);
  if (shadowed.has_value()) {
    environment_.Set(node.text, *shadowed);
  } else {
    environment_.Unset(node.text);
  }
  return flow == Flow::kStop ? Flow::kStop : Flow::kGoOn;
}

Result<Flow> Evaluator::RunMacro(const Node& node, std::string& out) {
  const auto found = syntax_.macros.find(node.macro);
  if (found == syntax_.macros.end()) {
    out += node.text;
    return Flow::kGoOn;
  }
  if (++calls_ > kMaxCalls) return Fail(Error{"a #define or #macro that calls itself"});
  const Macro& macro = found->second;
  std::vector<std::pair<std::string, std::optional<Value>>> hidden;
  std::vector<Value> values(macro.parameters.size());
  for (std::size_t i = 0; i < std::min(values.size(), node.arguments.size()); ++i) {
    OFFSTAGE_TRY(values[i], Evaluate(*node.arguments[i]));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Value* before = environment_.Find(macro.parameters[i]);
    hidden.emplace_back(macro.parameters[i],
                        before == nullptr ? std::nullopt : std::optional(*before));
    environment_.Set(macro.parameters[i], values[i]);
  }
  OFFSTAGE_TRY(const Flow flow, RunBlock(macro.body, out));
  for (auto& [name, value] : hidden) {
    if (value.has_value()) {
      environment_.Set(name, *std::move(value));
    } else {
      environment_.Unset(name);
    }
  }
  --calls_;
  return flow;
}

Status Evaluator::RunSet(const Node& node) {
  OFFSTAGE_TRY(Value value, Evaluate(*node.expression));
  const Reference& target = node.reference;
  if (target.steps.empty()) {
    environment_.Set(target.root, std::move(value));
    return Ok();
  }
  OFFSTAGE_TRY(const Value holder, EvaluateReference(target, target.steps.size() - 1));
  const Step& last = target.steps.back();
  if (last.kind == Step::Kind::kMethod) return Fail(Error{"#set on a method's result"});
  Value key = Value::Text(last.name);
  if (last.kind == Step::Kind::kIndex) {
    OFFSTAGE_TRY(key, Evaluate(*last.arguments[0]));
  }
  if (Map* map = holder.AsMap()) {
    environment_.Remember(holder);
    map->Put(ToText(key), std::move(value));
  } else if (holder.AsList() != nullptr) {
    OFFSTAGE_TRY_VOID(CallList(holder, "set", {key, std::move(value)}, environment_));
  } else {
    environment_.Warn(fmt::format("#set on a part of {}: nothing happens", holder.KindName()));
  }
  return Ok();
}

Result<Value> Evaluator::Evaluate(const Expression& expression) {
  OFFSTAGE_TRY_VOID(Count());
  switch (expression.kind) {
    case Kind::kNull:
      return Value();
    case Kind::kBool:
      return Value::Bool(expression.flag);
    case Kind::kInteger:
      return Value::Integer(expression.integer);
    case Kind::kDouble:
      return Value::Double(expression.number);
    case Kind::kText:
      return Value::Text(expression.text);
    case Kind::kInterpolated: {
      OFFSTAGE_TRY(std::string text, RenderText(expression.block));
      return Value::Text(std::move(text));
    }
    case Kind::kList:
      return EvaluateList(expression);
    case Kind::kMap:
      return EvaluateMap(expression);
    case Kind::kRange:
      return EvaluateRange(expression);
    case Kind::kReference:
      return EvaluateReference(expression.reference, expression.reference.steps.size());
    case Kind::kNot: {
      OFFSTAGE_TRY(const Value operand, Evaluate(*expression.operands[0]));
      return Value::Bool(!IsTrue(operand));
    }
    case Kind::kNegate: {
      OFFSTAGE_TRY(const Value operand, Evaluate(*expression.operands[0]));
      return Calculate(Kind::kSubtract, Value::Integer(0), operand);
    }
    default:
      return EvaluateBinary(expression);
  }
}

Result<Value> Evaluator::EvaluateReference(const Reference& reference, std::size_t steps) {
  const Value* found = environment_.Find(reference.root);
  Value value;
  if (found != nullptr) {
    value = *found;
  } else if (reference.root == "input") {
    value = Value::Of(Special::kInput);
  } else if (reference.root == "util") {
    value = Value::Of(Special::kUtil);
  }
  for (std::size_t i = 0; i < steps && !value.IsNull(); ++i) {
    OFFSTAGE_TRY_VOID(Count());
    OFFSTAGE_TRY(value, EvaluateStep(value, reference.steps[i]));
  }
  return value;
}

Result<Value> Evaluator::EvaluateStep(const Value& target, const Step& step) {
  if (step.kind == Step::Kind::kProperty) return GetProperty(target, step.name, environment_);
  Arguments arguments;
  for (const ExpressionPtr& argument : step.arguments) {
    OFFSTAGE_TRY(Value value, Evaluate(*argument));
    if (value.AsBlock() != nullptr) {
      OFFSTAGE_TRY(std::string text, TextOf(value));
      value = Value::Text(std::move(text));
    }
    arguments.push_back(std::move(value));
  }
  if (step.kind == Step::Kind::kMethod) {
    OFFSTAGE_TRY(Value result, CallMethod(target, step.name, arguments, environment_));
    if (result.AsText() != nullptr) OFFSTAGE_TRY_VOID(Count(result.AsText()->size()));
    return result;
  }
  if (target.AsList() != nullptr) return CallList(target, "get", arguments, environment_);
  if (target.AsMap() != nullptr) return CallMap(target, "get", arguments, environment_);
  return Value();
}

Result<Value> Evaluator::EvaluateList(const Expression& expression) {
  Value list = Value::NewList();
  environment_.Remember(list);
  for (const ExpressionPtr& item : expression.operands) {
    OFFSTAGE_TRY(Value value, Evaluate(*item));
    list.AsList()->items.push_back(std::move(value));
  }
  return list;
}

Result<Value> Evaluator::EvaluateMap(const Expression& expression) {
  Value map = Value::NewMap();
  environment_.Remember(map);
  for (std::size_t i = 0; i + 1 < expression.operands.size(); i += 2) {
    OFFSTAGE_TRY(const Value key, Evaluate(*expression.operands[i]));
    OFFSTAGE_TRY(Value value, Evaluate(*expression.operands[i + 1]));
    map.AsMap()->Put(ToText(key), std::move(value));
  }
  return map;
}

Result<Value> Evaluator::EvaluateRange(const Expression& expression) {
  OFFSTAGE_TRY(const Value first, Evaluate(*expression.operands[0]));
  OFFSTAGE_TRY(const Value last, Evaluate(*expression.operands[1]));
  if (first.AsInteger() == nullptr || last.AsInteger() == nullptr) return Value();
  Value list = Value::NewList();
  const std::int64_t from = *first.AsInteger();
  const std::int64_t to = *last.AsInteger();
  // A little more than a loop ever sees.
  const auto span = static_cast<std::uint64_t>(from > to ? from : to) -
                    static_cast<std::uint64_t>(from > to ? to : from);
  if (span > 100'000) return Fail(Error{"a range of more than 100,000 numbers"});
  OFFSTAGE_TRY_VOID(Count(span));
  for (std::uint64_t i = 0; i <= span; ++i) {
    const auto step = static_cast<std::int64_t>(i);
    list.AsList()->items.push_back(Value::Integer(from > to ? from - step : from + step));
  }
  return list;
}

double ToDouble(const Value& value) {
  return value.AsInteger() != nullptr ? static_cast<double>(*value.AsInteger()) : *value.AsDouble();
}

// Whole numbers wrap as Java's do; a division by zero gives nothing.
Value CalculateWhole(Kind kind, std::int64_t left, std::int64_t right) {
  const auto a = static_cast<std::uint64_t>(left);
  const auto b = static_cast<std::uint64_t>(right);
  switch (kind) {
    case Kind::kAdd:
      return Value::Integer(static_cast<std::int64_t>(a + b));
    case Kind::kSubtract:
      return Value::Integer(static_cast<std::int64_t>(a - b));
    case Kind::kMultiply:
      return Value::Integer(static_cast<std::int64_t>(a * b));
    default:
      break;
  }
  if (right == 0) return {};
  if (right == -1)
    return Value::Integer(kind == Kind::kDivide ? static_cast<std::int64_t>(0 - a) : 0);
  return Value::Integer(kind == Kind::kDivide ? left / right : left % right);
}

Value Evaluator::Calculate(Kind kind, const Value& left, const Value& right) {
  if (left.AsInteger() != nullptr && right.AsInteger() != nullptr)
    return CalculateWhole(kind, *left.AsInteger(), *right.AsInteger());
  if (left.IsNumber() && right.IsNumber()) {
    const double a = ToDouble(left);
    const double b = ToDouble(right);
    if (kind == Kind::kAdd) return Value::Double(a + b);
    if (kind == Kind::kSubtract) return Value::Double(a - b);
    if (kind == Kind::kMultiply) return Value::Double(a * b);
    if (b == 0) return {};
    return Value::Double(kind == Kind::kDivide ? a / b : std::fmod(a, b));
  }
  if (kind == Kind::kAdd && (left.AsText() != nullptr || right.AsText() != nullptr))
    return Value::Text(ToText(left) + ToText(right));
  environment_.Warn(fmt::format("the template calculates with {} and {}: it gives nothing",
                                left.KindName(), right.KindName()));
  return {};
}

// Values of different kinds are compared by their texts; nothing is equal to "".
bool AreEqual(const Value& left, const Value& right) {
  const auto is_nothing = [](const Value& value) {
    return value.IsNull() || (value.AsText() != nullptr && value.AsText()->empty());
  };
  if (left.IsNull() || right.IsNull()) return is_nothing(left) && is_nothing(right);
  if (Equal(left, right)) return true;
  const bool same_kind = left.KindName() == right.KindName();
  return !same_kind && ToText(left) == ToText(right);
}

bool Compare(Kind kind, const Value& left, const Value& right) {
  if (!left.IsNumber() || !right.IsNumber()) return false;
  const double a = ToDouble(left);
  const double b = ToDouble(right);
  if (kind == Kind::kLess) return a < b;
  if (kind == Kind::kLessOrEqual) return a <= b;
  return kind == Kind::kGreater ? a > b : a >= b;
}

Result<Value> Evaluator::EvaluateBinary(const Expression& expression) {
  const Kind kind = expression.kind;
  OFFSTAGE_TRY(const Value left, Evaluate(*expression.operands[0]));
  if (kind == Kind::kAnd && !IsTrue(left)) return Value::Bool(false);
  if (kind == Kind::kOr && IsTrue(left)) return Value::Bool(true);
  OFFSTAGE_TRY(const Value right, Evaluate(*expression.operands[1]));
  switch (kind) {
    case Kind::kAnd:
    case Kind::kOr:
      return Value::Bool(IsTrue(right));
    case Kind::kEqual:
      return Value::Bool(AreEqual(left, right));
    case Kind::kNotEqual:
      return Value::Bool(!AreEqual(left, right));
    case Kind::kLess:
    case Kind::kLessOrEqual:
    case Kind::kGreater:
    case Kind::kGreaterOrEqual:
      if (!left.IsNumber() || !right.IsNumber()) {
        environment_.Warn(fmt::format("the template compares {} with {}: that is never true",
                                      left.KindName(), right.KindName()));
      }
      return Value::Bool(Compare(kind, left, right));
    default: {
      Value result = Calculate(kind, left, right);
      if (result.AsText() != nullptr) OFFSTAGE_TRY_VOID(Count(result.AsText()->size()));
      return result;
    }
  }
}

}  // namespace

Result<std::string> Render(const Template& what, Environment& environment) {
  return Evaluator(what.syntax(), environment).Run();
}

}  // namespace offstage::gateway::vtl
