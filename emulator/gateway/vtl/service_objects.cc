// $input and $util.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "gateway/request_parts.h"
#include "gateway/vtl/json_path.h"
#include "gateway/vtl/methods.h"

namespace offstage::gateway::vtl {

namespace {

// The first of path, query string and headers that has the parameter; "" when none has.
Value Parameter(const Environment& environment, const Value& name) {
  const Map* places = environment.params().AsMap();
  if (places == nullptr) return Value::Text("");
  for (const std::string_view place : {"path", "querystring", "header"}) {
    const Value* values = places->Find(place);
    const Map* map = values == nullptr ? nullptr : values->AsMap();
    const Value* found = map == nullptr ? nullptr : map->Find(ToText(name));
    if (found != nullptr) return *found;
  }
  return Value::Text("");
}

void AppendUtf16(unsigned unit, std::string& out) {
  out += fmt::format("\\u{:04X}", unit);
}

// The code point at the front of valid UTF-8, and how many bytes it takes.
std::pair<unsigned, std::size_t> CodePoint(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {byte(0), 1};
  if (byte(0) < 0xe0) return {(byte(0) & 0x1fU) << 6 | (byte(1) & 0x3fU), 2};
  if (byte(0) < 0xf0)
    return {(byte(0) & 0x0fU) << 12 | (byte(1) & 0x3fU) << 6 | (byte(2) & 0x3fU), 3};
  return {(byte(0) & 0x07U) << 18 | (byte(1) & 0x3fU) << 12 | (byte(2) & 0x3fU) << 6 |
              (byte(3) & 0x3fU),
          4};
}

// StringEscapeUtils.escapeEcmaScript of Apache Commons, which the reference's note on single quotes
// describes.
std::string EscapeJavaScript(const std::string& raw) {
  const std::string text = ToValidUtf8(raw);
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto [point, length] = CodePoint(std::string_view(text).substr(i));
    i += length;
    if (point == '\'' || point == '"' || point == '\\' || point == '/') {
      out.push_back('\\');
      out.push_back(static_cast<char>(point));
    } else if (point >= 0x20 && point < 0x7f) {
      out.push_back(static_cast<char>(point));
    } else if (point == '\b') {
      out += "\\b";
    } else if (point == '\n') {
      out += "\\n";
    } else if (point == '\t') {
      out += "\\t";
    } else if (point == '\f') {
      out += "\\f";
    } else if (point == '\r') {
      out += "\\r";
    } else if (point < 0x10000) {
      AppendUtf16(point, out);
    } else {
      AppendUtf16(0xd800 + ((point - 0x10000) >> 10), out);
      AppendUtf16(0xdc00 + ((point - 0x10000) & 0x3ff), out);
    }
  }
  return out;
}

// java.net.URLEncoder: forms, so a blank is '+', and '*' stays while '~' does not.
std::string UrlEncode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '*';
    if (plain) {
      out.push_back(c);
    } else if (c == ' ') {
      out.push_back('+');
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace

Result<Value> CallInput(std::string_view name, const Arguments& arguments,
                        Environment& environment) {
  if (name == "params" && arguments.size() <= 1)
    return arguments.empty() ? environment.params() : Parameter(environment, arguments[0]);
  if ((name == "path" || name == "json") && arguments.size() == 1) {
    OFFSTAGE_TRY(Value found, FindByPath(environment.BodyJson(), ToText(arguments[0])));
    if (name == "path") return found;
    if (found.IsNull()) return Value::Text("\"\"");
    std::string json;
    AppendJson(found, json);
    return Value::Text(std::move(json));
  }
  return Fail(
      Error{fmt::format("$input has json(path), path(path), params(), params(name) and "
                        "body, but no {}() of {} arguments",
                        name, arguments.size())});
}

Result<Value> CallUtil(std::string_view name, const Arguments& arguments,
                       Environment& /*environment*/) {
  static constexpr std::array<std::string_view, 6> kFunctions = {
      "escapeJavaScript", "parseJson", "urlEncode", "urlDecode", "base64Encode", "base64Decode"};
  if (std::find(kFunctions.begin(), kFunctions.end(), name) == kFunctions.end() ||
      arguments.size() != 1) {
    return Fail(Error{fmt::format("API Gateway's $util has no {}() of {} arguments; it has {}",
                                  name, arguments.size(), fmt::join(kFunctions, ", "))});
  }
  const Value& argument = arguments[0];
  if (argument.IsNull()) return Value();
  const std::string text = ToText(argument);
  if (name == "escapeJavaScript") return Value::Text(EscapeJavaScript(text));
  if (name == "urlEncode") return Value::Text(UrlEncode(text));
  if (name == "urlDecode") return Value::Text(FormDecode(text));
  if (name == "base64Encode") return Value::Text(Base64Encode(text));
  if (name == "base64Decode") {
    std::optional<std::string> bytes = Base64Decode(text);
    if (!bytes.has_value()) return Fail(Error{"$util.base64Decode() of what is no base64"});
    return Value::Text(*std::move(bytes));
  }
  auto parsed = ParseJsonValue(text);
  if (!parsed.ok())
    return Fail(Error{fmt::format("$util.parseJson(): {}", parsed.error().message)});
  return parsed;
}

}  // namespace offstage::gateway::vtl
