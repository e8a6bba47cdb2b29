#include "dynamodb/expressions/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dynamodb/expressions/cached_parse.h"
#include "dynamodb/expressions/condition_program.h"
#include "dynamodb/expressions/parser.h"
#include "dynamodb/value/invalid.h"

namespace offstage::dynamodb {

namespace {

void AddName(const Path& path, std::vector<std::string>& names) {
  const std::string& name = path.attribute();
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

void AddNames(const Operand& operand, std::vector<std::string>& names) {
  if (operand.kind == Operand::Kind::kPath) AddName(operand.path, names);
  for (const Operand& argument : operand.arguments)
    AddNames(argument, names);
}

void AddNames(const ConditionNode& node, std::vector<std::string>& names) {
  for (const Operand& operand : node.operands)
    AddNames(operand, names);
  for (const ConditionNode& condition : node.conditions)
    AddNames(condition, names);
}

void AddNestedNames(const Operand& operand, std::vector<std::string>& names) {
  if (operand.kind == Operand::Kind::kPath && operand.path.steps.size() > 1) {
    AddName(operand.path, names);
  }
  for (const Operand& argument : operand.arguments)
    AddNestedNames(argument, names);
}

void AddNestedNames(const ConditionNode& node, std::vector<std::string>& names) {
  for (const Operand& operand : node.operands)
    AddNestedNames(operand, names);
  for (const ConditionNode& condition : node.conditions)
    AddNestedNames(condition, names);
}

}  // namespace

aws::Outcome<Condition> Condition::Compile(std::string_view text, Kind kind,
                                           Placeholders& placeholders, ExpressionCache* cache) {
  const std::string_view member =
      kind == Kind::kCondition ? "ConditionExpression" : "FilterExpression";
  const auto parsed = ParseCached('c', text, cache, &ParseCondition);
  if (!parsed->error.empty()) return Invalid(fmt::format("Invalid {}: {}", member, parsed->error));
  auto root = ResolveCondition(parsed->tree, placeholders);
  if (!root.ok()) return Invalid(fmt::format("Invalid {}: {}", member, root.error()));
  auto program = std::make_shared<ConditionProgram>();
  program->root = std::move(root).value();
  return Condition(std::move(program));
}

Condition::Condition(std::shared_ptr<const ConditionProgram> program)
    : program_(std::move(program)) {}
Condition::Condition(const Condition&) = default;
Condition::Condition(Condition&&) noexcept = default;
Condition& Condition::operator=(const Condition&) = default;
Condition& Condition::operator=(Condition&&) noexcept = default;
Condition::~Condition() = default;

bool Condition::Matches(const Item& item) const {
  return Holds(program_->root, item);
}

std::vector<std::string> Condition::AttributeNames() const {
  std::vector<std::string> names;
  AddNames(program_->root, names);
  return names;
}

std::vector<std::string> Condition::NestedAttributeNames() const {
  std::vector<std::string> names;
  AddNestedNames(program_->root, names);
  return names;
}

}  // namespace offstage::dynamodb
