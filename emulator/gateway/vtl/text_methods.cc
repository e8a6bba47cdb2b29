// java.lang.String, as far as templates use it. Offsets count UTF-8 bytes where Java counts UTF-16
// units: the same for ASCII.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/regex.h"
#include "base/text.h"
#include "gateway/vtl/methods.h"

namespace offstage::gateway::vtl {

namespace {

Error OutOfBounds(std::string_view name, std::size_t size) {
  return Error{fmt::format("{}() reaches beyond the text of {} characters", name, size)};
}

Value Position(std::size_t place) {
  return Value::Integer(place == std::string::npos ? -1 : static_cast<std::int64_t>(place));
}

// Java's replacement syntax: $1 is a group, a backslash takes the next character as it is.
void AppendReplacement(const RegexMatch& match, std::string_view replacement, std::string& out) {
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    const char c = replacement[i];
    const char next = i + 1 < replacement.size() ? replacement[i + 1] : '\0';
    if (c == '\\' && next != '\0') {
      out.push_back(next);
      ++i;
    } else if (c == '$' && next >= '0' && next <= '9') {
      const auto group = static_cast<std::size_t>(next - '0');
      if (group < match.groups.size()) out += match.groups[group];
      ++i;
    } else {
      out.push_back(c);
    }
  }
}

Result<Value> ReplaceByRegex(const std::string& text, const Value& pattern,
                             const Value& replacement, std::size_t limit) {
  OFFSTAGE_TRY(const Regex regex, Regex::Compile(ToText(pattern)));
  const std::string with = ToText(replacement);
  std::string out;
  std::size_t done = 0;
  for (const RegexMatch& match : regex.FindAll(text, limit)) {
    out.append(text, done, match.offset - done);
    AppendReplacement(match, with, out);
    done = match.offset + match.groups[0].size();
    if (out.size() > kMaxTextBytes) return Fail(Error{"replaceAll() makes too long a text"});
  }
  out.append(text, done);
  return Value::Text(std::move(out));
}

// Java drops empty parts at the end when no limit is given.
Result<Value> Split(const std::string& text, const Arguments& arguments) {
  OFFSTAGE_TRY(const Regex regex, Regex::Compile(ToText(arguments[0])));
  std::int64_t limit = 0;
  if (arguments.size() > 1 && arguments[1].AsInteger() != nullptr)
    limit = *arguments[1].AsInteger();
  Value parts = Value::NewList();
  std::vector<Value>& items = parts.AsList()->items;
  std::size_t start = 0;
  const std::size_t matches = limit > 0 ? static_cast<std::size_t>(limit) - 1 : std::string::npos;
  for (const RegexMatch& match : regex.FindAll(text, matches)) {
    const std::size_t end = match.offset + match.groups[0].size();
    // A match of nothing at the very front makes no part.
    if (end == 0 || (match.groups[0].empty() && match.offset >= text.size())) continue;
    items.push_back(Value::Text(text.substr(start, match.offset - start)));
    start = end;
  }
  items.push_back(Value::Text(text.substr(start)));
  while (limit == 0 && items.size() > 1 && items.back().AsText()->empty())
    items.pop_back();
  return parts;
}

Result<Value> Substring(const std::string& text, const Arguments& arguments) {
  const std::int64_t* from = arguments[0].AsInteger();
  const std::int64_t* to = arguments.size() > 1 ? arguments[1].AsInteger() : nullptr;
  const auto size = static_cast<std::int64_t>(text.size());
  const std::int64_t end = to == nullptr ? size : *to;
  if (from == nullptr || (arguments.size() > 1 && to == nullptr)) return Value();
  if (*from < 0 || end > size || *from > end) return Fail(OutOfBounds("substring", text.size()));
  return Value::Text(
      text.substr(static_cast<std::size_t>(*from), static_cast<std::size_t>(end - *from)));
}

Result<Value> WithoutArguments(const std::string& text, std::string_view name,
                               Environment& environment) {
  if (name == "length") return Value::Integer(static_cast<std::int64_t>(text.size()));
  if (name == "isEmpty") return Value::Bool(text.empty());
  if (name == "isBlank") return Value::Bool(Trim(text).empty());
  if (name == "toString") return Value::Text(text);
  if (name == "toLowerCase") return Value::Text(ToLower(text));
  if (name == "toUpperCase") return Value::Text(ToUpper(text));
  if (name == "trim" || name == "strip") return Value::Text(std::string(Trim(text)));
  static constexpr std::array<std::string_view, 9> kOthers = {
      "hashCode", "getClass", "getBytes",   "toCharArray", "chars",
      "lines",    "intern",   "codePoints", "stripLeading"};
  if (std::find(kOthers.begin(), kOthers.end(), name) != kOthers.end())
    return Fail(NotEmulated("a text", name));
  return NoSuchMethod("a text", name, environment);
}

std::int64_t Compare(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    const int difference = static_cast<unsigned char>(a[i]) - static_cast<unsigned char>(b[i]);
    if (difference != 0) return difference;
  }
  return static_cast<std::int64_t>(a.size()) - static_cast<std::int64_t>(b.size());
}

Result<Value> WithOneText(const std::string& text, std::string_view name, const Value& argument,
                          Environment& environment) {
  const std::string other = ToText(argument);
  if (name == "equals") return Value::Bool(argument.AsText() != nullptr && text == other);
  if (name == "equalsIgnoreCase") return Value::Bool(EqualsIgnoreCase(text, other));
  if (name == "contains") return Value::Bool(text.find(other) != std::string::npos);
  if (name == "startsWith") return Value::Bool(text.starts_with(other));
  if (name == "endsWith") return Value::Bool(text.ends_with(other));
  if (name == "indexOf") return Position(text.find(other));
  if (name == "lastIndexOf") return Position(text.rfind(other));
  if (name == "concat") return Value::Text(text + other);
  if (name == "compareTo") return Value::Integer(Compare(text, other));
  if (name == "compareToIgnoreCase") return Value::Integer(Compare(ToLower(text), ToLower(other)));
  // Static, reached through any text.
  if (name == "valueOf") return Value::Text(other);
  if (name == "matches") {
    OFFSTAGE_TRY(const Regex regex, Regex::Compile(other));
    return Value::Bool(regex.Matches(text));
  }
  const std::int64_t* number = argument.AsInteger();
  if (name == "charAt" && number != nullptr) {
    if (*number < 0 || static_cast<std::size_t>(*number) >= text.size())
      return Fail(OutOfBounds(name, text.size()));
    return Value::Text(text.substr(static_cast<std::size_t>(*number), 1));
  }
  if (name == "repeat" && number != nullptr) {
    if (*number < 0 || static_cast<double>(*number) * static_cast<double>(text.size()) >
                           static_cast<double>(kMaxTextBytes))
      return Fail(Error{"repeat() makes too long a text"});
    std::string out;
    for (std::int64_t i = 0; i < *number && !text.empty(); ++i)
      out += text;
    return Value::Text(std::move(out));
  }
  if (name == "format" || name == "formatted" || name == "codePointAt" || name == "getBytes")
    return Fail(NotEmulated("a text", name));
  return NoSuchMethod("a text", name, environment);
}

}  // namespace

Result<Value> CallText(const std::string& text, std::string_view name, const Arguments& arguments,
                       Environment& environment) {
  if (arguments.empty()) return WithoutArguments(text, name, environment);
  if (name == "substring" && arguments.size() <= 2) return Substring(text, arguments);
  if (name == "split" && arguments.size() <= 2) return Split(text, arguments);
  if (arguments.size() == 1) return WithOneText(text, name, arguments[0], environment);
  if (arguments.size() == 2) {
    if (name == "replace") {
      const std::string from = ToText(arguments[0]);
      if (from.empty()) return Value::Text(text);
      return Value::Text(ReplaceAll(text, from, ToText(arguments[1])));
    }
    if (name == "replaceAll")
      return ReplaceByRegex(text, arguments[0], arguments[1], std::string::npos);
    if (name == "replaceFirst") return ReplaceByRegex(text, arguments[0], arguments[1], 1);
    const std::int64_t* from = arguments[1].AsInteger();
    if (from != nullptr) {
      const auto start = static_cast<std::size_t>(std::max<std::int64_t>(*from, 0));
      if (name == "indexOf") return Position(text.find(ToText(arguments[0]), start));
      if (name == "lastIndexOf") return Position(text.rfind(ToText(arguments[0]), start));
      if (name == "startsWith" && start <= text.size())
        return Value::Bool(std::string_view(text).substr(start).starts_with(ToText(arguments[0])));
    }
    const List* list = arguments[1].AsList();
    if (name == "join" && list != nullptr) {
      std::vector<std::string> parts;
      for (const Value& item : list->items)
        parts.push_back(item.IsNull() ? "null" : ToText(item));
      return Value::Text(Join(parts, ToText(arguments[0])));
    }
  }
  if (name == "format" || name == "regionMatches" || name == "join")
    return Fail(NotEmulated("a text", name));
  return NoSuchMethod("a text", name, environment);
}

}  // namespace offstage::gateway::vtl
