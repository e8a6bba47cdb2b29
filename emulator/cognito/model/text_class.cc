#include "cognito/model/text_class.h"

#include <bitset>
#include <map>
#include <optional>
#include <regex>
#include <string>

#include "base/mutex.h"

namespace offstage::cognito {

namespace {

using Class = std::bitset<256>;

void AddRange(Class& set, int first, int last) {
  for (int c = first; c <= last; ++c)
    set.set(static_cast<std::size_t>(c));
}

void AddEscape(Class& set, char escape) {
  switch (escape) {
    case 'w':
      AddRange(set, 'a', 'z');
      AddRange(set, 'A', 'Z');
      AddRange(set, '0', '9');
      set.set('_');
      break;
    case 's':
      for (const char c : std::string_view(" \t\n\r\f\v"))
        set.set(static_cast<unsigned char>(c));
      break;
    case 'S':
      AddRange(set, 0, 255);
      for (const char c : std::string_view(" \t\n\r\f\v"))
        set.reset(static_cast<unsigned char>(c));
      break;
    case 't':
      set.set('\t');
      break;
    case 'n':
      set.set('\n');
      break;
    case 'r':
      set.set('\r');
      break;
    default:
      set.set(static_cast<unsigned char>(escape));
  }
}

// "\p{L}": letters, marks, symbols, numbers and punctuation are together all that is visible.
void AddProperty(Class& set, char property) {
  if (property == 'Z') {
    set.set(' ');
    return;
  }
  AddRange(set, 0x21, 0x7e);
  AddRange(set, 0x80, 0xff);
}

// One member of a class at `at`, which moves behind it: the character, or -1 when it was a set.
int ReadMember(std::string_view body, std::size_t& at, Class& set) {
  const char c = body[at++];
  if (c != '\\' || at >= body.size()) return static_cast<unsigned char>(c);
  const char escape = body[at++];
  if (escape == 'p' && at + 2 < body.size()) {
    AddProperty(set, body[at + 1]);
    at += 3;
    return -1;
  }
  if (escape == 'x' && at + 1 < body.size()) {
    const int value = std::stoi(std::string(body.substr(at, 2)), nullptr, 16);
    at += 2;
    return value;
  }
  if (std::string_view("wsStnr").find(escape) != std::string_view::npos) {
    AddEscape(set, escape);
    return -1;
  }
  return static_cast<unsigned char>(escape);
}

Class ReadClass(std::string_view body) {
  Class set;
  std::size_t at = 0;
  while (at < body.size()) {
    const int first = ReadMember(body, at, set);
    if (first < 0) continue;
    if (at + 1 < body.size() && body[at] == '-') {
      ++at;
      const int last = ReadMember(body, at, set);
      if (last >= first) {
        AddRange(set, first, last);
        continue;
      }
      set.set('-');
      if (last >= 0) set.set(static_cast<std::size_t>(last));
    }
    set.set(static_cast<std::size_t>(first));
  }
  return set;
}

// "[...]+" or "[...]*", perhaps between ^ and $.
std::optional<Class> SimpleClass(std::string_view pattern, bool& may_be_empty) {
  if (pattern.starts_with('^')) pattern.remove_prefix(1);
  if (pattern.ends_with('$')) pattern.remove_suffix(1);
  if (pattern.size() < 4 || pattern.front() != '[' || pattern[1] == '^') return std::nullopt;
  const char last = pattern.back();
  if ((last != '+' && last != '*') || pattern[pattern.size() - 2] != ']') return std::nullopt;
  const std::string_view body = pattern.substr(1, pattern.size() - 3);
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '\\') {
      ++i;
    } else if (body[i] == ']') {
      return std::nullopt;
    }
  }
  may_be_empty = last == '*';
  return ReadClass(body);
}

bool MatchesEngine(std::string_view pattern, std::string_view text) {
  // Its matcher recurses; what the model limits to more is not matched by it.
  constexpr std::size_t kMaxLength = 2048;
  if (text.size() > kMaxLength) return false;
  try {
    return std::regex_match(text.begin(), text.end(),
                            std::regex(pattern.begin(), pattern.end(), std::regex::ECMAScript));
  } catch (const std::regex_error&) {
    return true;
  }
}

}  // namespace

std::size_t CountCharacters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text)
    count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return count;
}

bool MatchesPattern(std::string_view pattern, std::string_view text) {
  if (pattern.find("{####") != std::string_view::npos) {
    return text.find("{####}") != std::string_view::npos;
  }
  if (pattern.find("{##") != std::string_view::npos) {
    const auto begin = text.find("{##");
    return begin != std::string_view::npos && text.find("##}", begin) != std::string_view::npos;
  }
  if (pattern == "(?s).*") return true;
  if (pattern.find("]+@[") != std::string_view::npos) {
    const auto at = text.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < text.size();
  }
  if (pattern == R"([^_\p{Z}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}]+)") {
    // An identity provider's name: no blanks, and underscores in the second place only.
    const auto underscore = text.find('_', 2);
    return text.size() >= 3 && text.find(' ') == std::string_view::npos && text[0] != '_' &&
           underscore == std::string_view::npos;
  }
  bool may_be_empty = false;
  if (const auto set = SimpleClass(pattern, may_be_empty)) {
    if (text.empty()) return may_be_empty;
    for (const char c : text) {
      if (!set->test(static_cast<unsigned char>(c))) return false;
    }
    return true;
  }
  // The rest is plain ECMAScript but for look-behinds and properties, which the engine refuses.
  return MatchesEngine(pattern, text);
}

}  // namespace offstage::cognito
