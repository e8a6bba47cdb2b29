#include "streams/requests.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace offstage::streams {

namespace {

// Characters, as the service counts: UTF-16 units are near enough for names and tokens.
std::int64_t LengthOf(const std::string& text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::string PathOf(std::string_view name) {
  std::string path(name);
  path[0] = static_cast<char>(path[0] - 'A' + 'a');
  return path;
}

std::string Violation(const Member& member, const Json* value) {
  const auto violates = [&](std::string_view shown, std::string_view constraint) {
    return fmt::format("Value {} at '{}' failed to satisfy constraint: {}", shown,
                       PathOf(member.name), constraint);
  };
  if (value == nullptr) return member.required ? violates("null", "Member must not be null") : "";
  const bool text = member.kind == Member::Kind::kString;
  const std::string shown = fmt::format("'{}'", text ? value->get<std::string>() : value->dump());
  const std::int64_t size =
      text ? LengthOf(value->get_ref<const std::string&>()) : value->get<std::int64_t>();
  const std::string_view what = text ? "length" : "value";
  if (size < member.min) {
    return violates(
        shown, fmt::format("Member must have {} greater than or equal to {}", what, member.min));
  }
  if (size > member.max) {
    return violates(shown,
                    fmt::format("Member must have {} less than or equal to {}", what, member.max));
  }
  if (member.values.empty()) return "";
  const std::string chosen = value->get<std::string>();
  if (std::find(member.values.begin(), member.values.end(), chosen) != member.values.end())
    return "";
  return violates(shown, fmt::format("Member must satisfy enum value set: [{}]",
                                     fmt::join(member.values, ", ")));
}

aws::ApiError SerializationError(std::string message) {
  return {.type = "SerializationException", .message = std::move(message)};
}

}  // namespace

aws::Outcome<Json> ParseRequest(std::string_view body, const std::vector<Member>& members) {
  auto parsed = ParseJson(body);
  if (!parsed.ok() || !parsed->is_object()) return Fail(SerializationError(""));
  std::vector<std::string> violations;
  for (const Member& member : members) {
    const auto found = parsed->find(member.name);
    const bool given = found != parsed->end() && !found->is_null();
    const bool text = member.kind == Member::Kind::kString;
    if (given && text && !found->is_string()) {
      return Fail(SerializationError(
          fmt::format("{} cannot be converted to String",
                      found->is_boolean() ? (found->get<bool>() ? "TRUE_VALUE" : "FALSE_VALUE")
                                          : "NUMBER_VALUE")));
    }
    if (given && !text && !found->is_number()) {
      return Fail(SerializationError("STRING_VALUE cannot be converted to Integer"));
    }
    std::string violation = Violation(member, given ? &*found : nullptr);
    if (!violation.empty()) violations.push_back(std::move(violation));
  }
  if (violations.empty()) return std::move(parsed).value();
  return Fail(
      ValidationError(fmt::format("{} validation error{} detected: {}", violations.size(),
                                  violations.size() > 1 ? "s" : "", Join(violations, "; "))));
}

std::string StringOf(const Json& request, const char* name) {
  const auto found = request.find(name);
  return found != request.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t IntegerOf(const Json& request, const char* name, std::int64_t otherwise) {
  const auto found = request.find(name);
  return found != request.end() && found->is_number() ? found->get<std::int64_t>() : otherwise;
}

aws::ApiError ValidationError(std::string message) {
  return {.type = "ValidationException", .message = std::move(message)};
}

aws::ApiError NotFound(std::string message) {
  return {.type = "ResourceNotFoundException", .message = std::move(message)};
}

}  // namespace offstage::streams
