#include "dynamodb/ops/partiql_statement.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>

#include "dynamodb/errors.h"
#include "dynamodb/partiql/parser.h"
#include "dynamodb/value/attribute_json.h"

namespace offstage::dynamodb {

namespace shape {

Shape StatementText() {
  return String({.min = 1, .max = static_cast<std::int64_t>(partiql::kMaxStatementBytes)});
}

Shape StatementParameters() {
  return List(Value(), {.min = 1, .max = std::nullopt});
}

}  // namespace shape

namespace {

// A number whose exponent is no 32-bit integer is none here, while other operations call it out of
// range.
bool IsReadable(std::string_view number) {
  const auto e = number.find_first_of("eE");
  if (e == std::string_view::npos) return true;
  std::string_view digits = number.substr(e + 1);
  if (!digits.empty() && (digits[0] == '+' || digits[0] == '-')) digits.remove_prefix(1);
  std::int64_t exponent = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return true;
    exponent = exponent * 10 + (c - '0');
    if (exponent > std::numeric_limits<std::int32_t>::max()) return false;
  }
  return true;
}

// The first number in a value that cannot be read; empty: none. The value's nesting is known to be
// within limits.
std::string_view FirstUnreadable(Node value) {
  for (const NodeMember member : value.members()) {
    if (member.name == "N" && !IsReadable(member.value.text())) return member.value.text();
    const bool numbers = member.name == "NS";
    if (!numbers && member.name != "L" && member.name != "M") continue;
    for (const Node element : member.value.elements()) {
      if (numbers && !IsReadable(element.text())) return element.text();
      if (const auto found = FirstUnreadable(element); !found.empty()) return found;
    }
    for (const NodeMember inner : member.value.members()) {
      if (const auto found = FirstUnreadable(inner.value); !found.empty()) return found;
    }
  }
  return {};
}

aws::Outcome<AttributeValue> ReadParameter(Node node) {
  auto value = ParseAttributeValue(node.raw(), ValueLayer::kOlder);
  if (!value.ok() && !value.error().message.starts_with("Number ")) return value;
  const std::string_view unreadable = FirstUnreadable(node);
  if (unreadable.empty()) return value;
  return Fail(ValidationError(
      fmt::format("The parameter cannot be converted to a numeric value: {}", unreadable)));
}

}  // namespace

aws::Outcome<PartiqlStatement> ReadPartiql(Node node, std::string_view prefix) {
  PartiqlStatement out;
  auto parsed = partiql::Parse(node["Statement"].text());
  if (!parsed.ok()) {
    aws::ApiError error = std::move(parsed).error();
    error.message.insert(0, prefix);
    return Fail(std::move(error));
  }
  out.statement = std::move(parsed).value();
  for (const Node parameter : node["Parameters"].elements()) {
    OFFSTAGE_TRY(AttributeValue value, ReadParameter(parameter));
    out.parameters.push_back(std::move(value));
  }
  if (out.parameters.size() < out.statement.parameters) {
    return Fail(ValidationError(
        fmt::format("{}Number of parameters in request and statement don't match.", prefix)));
  }
  return out;
}

std::string ShortCode(const aws::ApiError& error) {
  if (error.type == "ValidationException") return "ValidationError";
  if (error.type == "InternalServerError") return error.type;
  constexpr std::string_view kSuffix = "Exception";
  std::string code = error.type;
  if (code.ends_with(kSuffix)) code.resize(code.size() - kSuffix.size());
  return code;
}

}  // namespace offstage::dynamodb
