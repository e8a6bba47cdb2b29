#include "dynamodb/expressions/update.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dynamodb/expressions/cached_parse.h"
#include "dynamodb/expressions/parser.h"
#include "dynamodb/expressions/projection.h"
#include "dynamodb/expressions/update_program.h"
#include "dynamodb/value/invalid.h"

namespace offstage::dynamodb {

namespace {

// ADD and DELETE name types in their own way.
TextOutcome<Unit> CheckVerbOperand(const UpdateAction& action) {
  const bool add = action.verb == UpdateVerb::kAdd;
  if (!add && action.verb != UpdateVerb::kDelete) return Ok();
  const AttributeValue& value = *action.value.value;
  if (value.is_set() || (add && value.is_number())) return Ok();
  const std::string_view verb = add ? "ADD" : "DELETE";
  return Fail(fmt::format(
      "Incorrect operand type for operator or function; operator: {}, operand type: {}, typeSet: "
      "ALLOWED_FOR_{}_OPERAND",
      verb, LongTypeName(value.type()), verb));
}

// The first name that is not defined, of a path or of what is assigned to it.
TextOutcome<Unit> CheckNames(const OperandSyntax& syntax, Placeholders& placeholders) {
  if (syntax.kind == OperandSyntax::Kind::kPath) {
    OFFSTAGE_TRY_VOID(ResolvePath(syntax.path, placeholders));
    return Ok();
  }
  for (const OperandSyntax& argument : syntax.arguments) {
    OFFSTAGE_TRY_VOID(CheckNames(argument, placeholders));
  }
  return Ok();
}

bool HasValue(const UpdateActionSyntax& action) {
  return action.verb != UpdateVerb::kRemove;
}

// The service looks at the paths in order, at their overlaps, and then at the actions from the last
// to the first: all names, then the values and their types.
TextOutcome<Unit> ResolveActions(const std::vector<UpdateActionSyntax>& syntax,
                                 Placeholders& placeholders, UpdateProgram& program) {
  for (const UpdateActionSyntax& action : syntax) {
    OFFSTAGE_TRY(Path path, ResolvePath(action.path, placeholders));
    program.paths.push_back(std::move(path));
  }
  std::string overlap = OverlapText(program.paths);
  if (!overlap.empty()) return Fail(std::move(overlap));
  for (std::size_t i = syntax.size(); i-- > 0;) {
    if (HasValue(syntax[i])) OFFSTAGE_TRY_VOID(CheckNames(syntax[i].value, placeholders));
  }
  program.actions.resize(syntax.size());
  for (std::size_t i = syntax.size(); i-- > 0;) {
    UpdateAction& action = program.actions[i];
    action.verb = syntax[i].verb;
    action.section = syntax[i].section;
    action.path = program.paths[i];
    if (!HasValue(syntax[i])) continue;
    OFFSTAGE_TRY(action.value, ResolveOperand(syntax[i].value, placeholders));
    OFFSTAGE_TRY_VOID(CheckVerbOperand(action));
  }
  return Ok();
}

}  // namespace

aws::Outcome<Update> Update::Compile(std::string_view text, Placeholders& placeholders,
                                     ExpressionCache* cache) {
  const auto parsed = ParseCached('u', text, cache, &ParseUpdate);
  if (!parsed->error.empty()) {
    return Invalid(fmt::format("Invalid UpdateExpression: {}", parsed->error));
  }
  auto program = std::make_shared<UpdateProgram>();
  const auto resolved = ResolveActions(parsed->tree, placeholders, *program);
  if (!resolved.ok()) return Invalid(fmt::format("Invalid UpdateExpression: {}", resolved.error()));
  return Update(std::move(program));
}

Update::Update(std::shared_ptr<const UpdateProgram> program) : program_(std::move(program)) {}
Update::Update(const Update&) = default;
Update::Update(Update&&) noexcept = default;
Update& Update::operator=(const Update&) = default;
Update& Update::operator=(Update&&) noexcept = default;
Update::~Update() = default;

aws::Outcome<Item> Update::Apply(const Item& item) const {
  return ApplyUpdate(*program_, item);
}

bool Update::OnlyRemoves() const {
  return std::ranges::all_of(program_->actions, [](const UpdateAction& action) {
    return action.verb == UpdateVerb::kRemove || action.verb == UpdateVerb::kDelete;
  });
}

Item Update::Touched(const Item& item) const {
  return Projection::OfPaths(program_->paths).Apply(item);
}

std::vector<std::string> Update::AttributeNames() const {
  return Projection::OfPaths(program_->paths).AttributeNames();
}

namespace {

void AddNested(const Operand& operand, std::vector<std::string>& names) {
  if (operand.kind == Operand::Kind::kPath && operand.path.steps.size() > 1)
    names.push_back(operand.path.attribute());
  for (const Operand& argument : operand.arguments)
    AddNested(argument, names);
}

// Of if_not_exists the service takes the type of what stands in for the attribute.
std::optional<AttributeType> TypeToWrite(const Operand& value) {
  if (value.kind == Operand::Kind::kFunction && value.function == OperandFunction::kIfNotExists)
    return StaticType(value.arguments[1]);
  return StaticType(value);
}

}  // namespace

std::vector<std::string> Update::NestedAttributeNames() const {
  std::vector<std::string> names;
  for (const UpdateAction& action : program_->actions) {
    if (action.path.steps.size() > 1) names.push_back(action.path.attribute());
    if (action.verb != UpdateVerb::kRemove) AddNested(action.value, names);
  }
  return names;
}

std::optional<AttributeType> Update::StaticTypeOf(std::string_view attribute) const {
  for (const UpdateAction& action : program_->actions) {
    if (action.path.steps.size() != 1 || action.path.attribute() != attribute) continue;
    if (action.verb == UpdateVerb::kRemove) return std::nullopt;
    return TypeToWrite(action.value);
  }
  return std::nullopt;
}

const std::vector<Path>& Update::paths() const {
  return program_->paths;
}

}  // namespace offstage::dynamodb
