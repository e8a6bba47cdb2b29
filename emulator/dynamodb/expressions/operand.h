// Operands with their placeholders resolved, and how they are evaluated: what conditions and
// updates are made of.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/expressions/path.h"
#include "dynamodb/expressions/placeholders.h"
#include "dynamodb/expressions/syntax.h"
#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb {

enum class OperandFunction : std::uint8_t { kSize, kIfNotExists, kListAppend, kPlus, kMinus };

// Thread-compatible. `value` belongs to the request's Placeholders or to the program.
struct Operand {
  enum class Kind : std::uint8_t { kPath, kValue, kFunction };
  Kind kind = Kind::kPath;
  Path path;
  const AttributeValue* value = nullptr;
  OperandFunction function = OperandFunction::kSize;
  std::vector<Operand> arguments;
};

// The type that is known without an item: a value's, a function's. Null for paths.
std::optional<AttributeType> StaticType(const Operand& operand);

// An error is the text behind "Invalid ...Expression: ".
template <typename T>
using TextOutcome = Result<T, std::string>;

TextOutcome<Path> ResolvePath(const PathSyntax& syntax, Placeholders& placeholders);
TextOutcome<Operand> ResolveOperand(const OperandSyntax& syntax, Placeholders& placeholders);

// "Incorrect operand type for operator or function; ..." unless `operand`'s type is open or one of
// `allowed`.
TextOutcome<Unit> CheckOperandType(std::string_view function, const Operand& operand,
                                   std::initializer_list<AttributeType> allowed);
// "The first operand must be distinct from the remaining operands ...".
TextOutcome<Unit> CheckDistinct(std::string_view function, const std::vector<Operand>& operands);

// A condition's operand: null when the item has nothing there. `computed` holds what is not stored
// anywhere (size).
const AttributeValue* Evaluate(const Operand& operand, const Item& item, AttributeValue& computed);

// As size() counts: UTF-16 units of text, bytes of binary, elements of the others. Null for types
// that have no size.
std::optional<std::size_t> SizeFunction(const AttributeValue& value);

}  // namespace offstage::dynamodb
