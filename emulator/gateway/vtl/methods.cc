#include "gateway/vtl/methods.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace offstage::gateway::vtl {

namespace {

double AsNumber(const Value& value) {
  return value.AsInteger() != nullptr ? static_cast<double>(*value.AsInteger()) : *value.AsDouble();
}

std::optional<std::int64_t> ParseInteger(const Value& value) {
  const std::string text = ToText(value);
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const char* begin = text.data();
  if (begin != end && *begin == '+') ++begin;
  const auto parsed = std::from_chars(begin, end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || text.empty()) return std::nullopt;
  return number;
}

Result<Value> Parse(std::string_view name, const Value& value) {
  const bool whole = name != "parseDouble" && name != "parseFloat";
  if (whole) {
    const std::optional<std::int64_t> number = ParseInteger(value);
    if (number.has_value()) return Value::Integer(*number);
  } else {
    const std::string text = ToText(value);
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && !text.empty())
      return Value::Double(number);
  }
  return Fail(Error{fmt::format("{}(\"{}\"): not a number", name, ToText(value))});
}

Result<Value> CallNumber(const Value& target, std::string_view name, const Arguments& arguments,
                         Environment& environment) {
  if (arguments.empty()) {
    if (name == "toString") return Value::Text(ToText(target));
    if (name == "intValue" || name == "longValue") {
      return target.AsInteger() != nullptr ? target
                                           : Value::Integer(static_cast<std::int64_t>(std::min(
                                                 std::max(*target.AsDouble(), -9.2e18), 9.2e18)));
    }
    if (name == "doubleValue" || name == "floatValue") return Value::Double(AsNumber(target));
  }
  if (arguments.size() == 1) {
    const Value& other = arguments[0];
    if (name == "equals") return Value::Bool(Equal(target, other));
    if (name == "compareTo" && other.IsNumber()) {
      return Value::Integer(AsNumber(target) < AsNumber(other)    ? -1
                            : AsNumber(target) == AsNumber(other) ? 0
                                                                  : 1);
    }
    if (name == "toString") return Value::Text(ToText(other));
    // Static methods of Integer and Double, which templates reach through any number.
    if (name == "parseInt" || name == "parseLong" || name == "parseDouble" ||
        name == "parseFloat" || name == "valueOf")
      return Parse(name, other);
  }
  if (name == "hashCode" || name == "getClass" || name == "byteValue" || name == "shortValue")
    return Fail(NotEmulated("a number", name));
  return NoSuchMethod("a number", name, environment);
}

Result<Value> CallBool(const Value& target, std::string_view name, const Arguments& arguments,
                       Environment& environment) {
  if (name == "toString" && arguments.empty()) return Value::Text(ToText(target));
  if (name == "booleanValue" && arguments.empty()) return target;
  if (name == "equals" && arguments.size() == 1) return Value::Bool(Equal(target, arguments[0]));
  if (name == "parseBoolean" && arguments.size() == 1)
    return Value::Bool(EqualsIgnoreCase(ToText(arguments[0]), "true"));
  return NoSuchMethod("a boolean", name, environment);
}

}  // namespace

Value NoSuchMethod(std::string_view type, std::string_view name, Environment& environment) {
  environment.Warn(
      fmt::format("{} has no method {}() of these arguments: it gives nothing", type, name));
  return {};
}

Error NotEmulated(std::string_view type, std::string_view name) {
  return Error{fmt::format("the method {}() of {} is not emulated", name, type)};
}

Result<Value> CallMethod(const Value& target, std::string_view name, const Arguments& arguments,
                         Environment& environment) {
  if (target.IsNull()) return Value();
  if (const Special* special = target.AsSpecial()) {
    return *special == Special::kInput ? CallInput(name, arguments, environment)
                                       : CallUtil(name, arguments, environment);
  }
  if (const std::string* text = target.AsText())
    return CallText(*text, name, arguments, environment);
  if (target.AsList() != nullptr) return CallList(target, name, arguments, environment);
  if (target.AsMap() != nullptr) return CallMap(target, name, arguments, environment);
  if (target.IsNumber()) return CallNumber(target, name, arguments, environment);
  if (target.AsBool() != nullptr) return CallBool(target, name, arguments, environment);
  return Value();
}

Value GetProperty(const Value& target, std::string_view name, Environment& environment) {
  if (const Map* map = target.AsMap()) {
    const Value* member = map->Find(name);
    if (member != nullptr) return *member;
    return name == "empty" ? Value::Bool(map->entries().empty()) : Value();
  }
  if (const List* list = target.AsList())
    return name == "empty" ? Value::Bool(list->items.empty()) : Value();
  if (const std::string* text = target.AsText())
    return name == "empty" ? Value::Bool(text->empty()) : Value();
  const Special* special = target.AsSpecial();
  if (special != nullptr && *special == Special::kInput && name == "body")
    return Value::Text(environment.body());
  return {};
}

}  // namespace offstage::gateway::vtl
