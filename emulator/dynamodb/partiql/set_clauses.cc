#include "dynamodb/partiql/set_clauses.h"

#include <fmt/format.h>

#include <memory>

#include "base/text.h"
#include "dynamodb/expressions/update_program.h"
#include "dynamodb/value/invalid.h"

namespace offstage::dynamodb::partiql {

namespace {

using Kind = Expression::Kind;

class SetCompiler {
 public:
  SetCompiler(UpdateProgram& program, const Parameters& parameters)
      : program_(program), parameters_(parameters) {}

  aws::Outcome<Unit> Add(const UpdateClause& clause) {
    UpdateAction action;
    action.path = ToPath(clause.path);
    action.section = static_cast<int>(program_.actions.size());
    if (clause.removes) {
      action.verb = UpdateVerb::kRemove;
    } else if (const auto verb = SetVerb(clause.value)) {
      action.verb = *verb;
      OFFSTAGE_TRY(action.value, CompileSetCall(clause));
    } else {
      OFFSTAGE_TRY(action.value, CompileOperand(clause.value));
    }
    program_.paths.push_back(action.path);
    program_.actions.push_back(std::move(action));
    return Ok();
  }

 private:
  static std::optional<UpdateVerb> SetVerb(const Expression& value) {
    if (value.kind != Kind::kCall) return std::nullopt;
    if (EqualsIgnoreCase(value.text, "set_add")) return UpdateVerb::kAdd;
    if (EqualsIgnoreCase(value.text, "set_delete")) return UpdateVerb::kDelete;
    return std::nullopt;
  }

  Operand Stored(AttributeValue value) {
    Operand operand;
    operand.kind = Operand::Kind::kValue;
    operand.value = &program_.values.emplace_back(std::move(value));
    return operand;
  }

  // a = set_add(a, <<1>>)
  aws::Outcome<Operand> CompileSetCall(const UpdateClause& clause) {
    const Expression& call = clause.value;
    const std::string name = ToUpper(call.text);
    if (call.parts.size() != 2) {
      return Invalid(
          fmt::format("{} must have exactly two arguments at {}", name, ToText(call.position)));
    }
    const Expression& target = call.parts[0];
    if (target.kind != Kind::kPath || ToPath(target) != ToPath(clause.path)) {
      return Invalid(fmt::format("The first argument to {} must equal the assignment value at {}",
                                 name, ToText(call.position)));
    }
    const auto no_set = [&] {
      return Invalid(fmt::format("The second argument to {} must be a value with type SET at {}",
                                 name, ToText(target.position)));
    };
    if (!IsValue(call.parts[1])) return no_set();
    OFFSTAGE_TRY(AttributeValue set, ToValue(call.parts[1], parameters_));
    if (!set.is_set()) return no_set();
    return Stored(std::move(set));
  }

  aws::Outcome<Operand> CompileFunction(OperandFunction function, const Expression& expression) {
    Operand operand;
    operand.kind = Operand::Kind::kFunction;
    operand.function = function;
    for (const Expression& part : expression.parts) {
      OFFSTAGE_TRY(Operand argument, CompileOperand(part));
      operand.arguments.push_back(std::move(argument));
    }
    return operand;
  }

  aws::Outcome<Operand> CompileOperand(const Expression& expression) {
    if (expression.kind == Kind::kPath) {
      Operand operand;
      operand.path = ToPath(expression);
      return operand;
    }
    if (expression.kind == Kind::kArithmetic && expression.text == "+")
      return CompileFunction(OperandFunction::kPlus, expression);
    if (expression.kind == Kind::kArithmetic && expression.text == "-")
      return CompileFunction(OperandFunction::kMinus, expression);
    if (expression.kind == Kind::kCall && EqualsIgnoreCase(expression.text, "list_append")) {
      if (expression.parts.size() != 2) {
        return Invalid(fmt::format("LIST_APPEND must have exactly two arguments at {}",
                                   ToText(expression.position)));
      }
      return CompileFunction(OperandFunction::kListAppend, expression);
    }
    if (expression.kind == Kind::kCall) {
      return Invalid(fmt::format("Unrecognized function: {} at {}", ToLower(expression.text),
                                 ToText(expression.position)));
    }
    OFFSTAGE_TRY(AttributeValue value, ToValue(expression, parameters_));
    return Stored(std::move(value));
  }

  UpdateProgram& program_;
  const Parameters& parameters_;
};

}  // namespace

aws::Outcome<Update> CompileClauses(const std::vector<UpdateClause>& clauses,
                                    const Parameters& parameters) {
  auto program = std::make_shared<UpdateProgram>();
  SetCompiler compiler(*program, parameters);
  for (const UpdateClause& clause : clauses)
    OFFSTAGE_TRY_VOID(compiler.Add(clause));
  if (std::string overlap = OverlapText(program->paths); !overlap.empty())
    return Invalid(std::move(overlap));
  return Update(std::move(program));
}

}  // namespace offstage::dynamodb::partiql
