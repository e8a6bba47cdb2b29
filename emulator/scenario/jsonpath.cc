#include "scenario/jsonpath.h"

#include <charconv>

#include "base/text.h"

namespace offstage::scenario {

class JsonPath::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<JsonPath> Run() {
    if (!Take("$")) return Fail(At("a path begins with $"));
    while (place_ < text_.size()) {
      OFFSTAGE_TRY_VOID(ReadSegment());
    }
    return std::move(path_);
  }

 private:
  Error At(std::string_view what) const {
    return {fmt::format("{}: {}, at character {}", text_, what, place_ + 1)};
  }
  bool Take(std::string_view token) {
    if (text_.substr(place_, token.size()) != token) return false;
    place_ += token.size();
    return true;
  }
  void SkipBlanks() {
    while (place_ < text_.size() && text_[place_] == ' ')
      ++place_;
  }
  void Add(Segment segment) {
    using enum Segment::Kind;
    if (segment.kind != kName && segment.kind != kIndex) path_.singular_ = false;
    path_.segments_.push_back(std::move(segment));
  }

  Status ReadSegment() {
    if (Take("..")) {
      Add({.kind = Segment::Kind::kDescend});
      if (text_.substr(place_, 1) == "[") return ReadBrackets();
      return ReadName();
    }
    if (Take(".")) return ReadName();
    if (text_.substr(place_, 1) == "[") return ReadBrackets();
    return Fail(At("expected . or ["));
  }

  Result<std::string> Name() {
    const std::size_t begin = place_;
    while (place_ < text_.size() &&
           std::string_view(".[]()=<>!&@ '\"").find(text_[place_]) == std::string_view::npos) {
      ++place_;
    }
    if (place_ == begin) return Fail(At("expected a name"));
    return std::string(text_.substr(begin, place_ - begin));
  }

  Status ReadName() {
    if (Take("*")) {
      Add({.kind = Segment::Kind::kWildcard});
      return Ok();
    }
    OFFSTAGE_TRY(std::string name, Name());
    Add({.kind = Segment::Kind::kName, .name = std::move(name)});
    return Ok();
  }

  Result<std::string> Quoted() {
    const char quote = text_[place_++];
    std::string out;
    while (place_ < text_.size() && text_[place_] != quote) {
      if (text_[place_] == '\\' && place_ + 1 < text_.size()) ++place_;
      out.push_back(text_[place_++]);
    }
    if (place_ == text_.size()) return Fail(At("this quote has no end"));
    ++place_;
    return out;
  }

  bool AtQuote() const {
    return place_ < text_.size() && (text_[place_] == '\'' || text_[place_] == '"');
  }

  Result<std::optional<std::int64_t>> Number() {
    SkipBlanks();
    std::int64_t value = 0;
    const auto [end, error] =
        std::from_chars(text_.data() + place_, text_.data() + text_.size(), value);
    if (error != std::errc()) return std::optional<std::int64_t>();
    place_ = static_cast<std::size_t>(end - text_.data());
    SkipBlanks();
    return std::optional(value);
  }

  Status ReadBrackets() {
    Take("[");
    SkipBlanks();
    if (AtQuote()) {
      OFFSTAGE_TRY(std::string name, Quoted());
      Add({.kind = Segment::Kind::kName, .name = std::move(name)});
    } else if (Take("*")) {
      Add({.kind = Segment::Kind::kWildcard});
    } else if (Take("?")) {
      OFFSTAGE_TRY_VOID(ReadFilter());
    } else {
      OFFSTAGE_TRY(const auto first, Number());
      if (Take(":")) {
        OFFSTAGE_TRY(const auto end, Number());
        Add({.kind = Segment::Kind::kSlice, .first = first.value_or(0), .end = end});
      } else if (first) {
        Add({.kind = Segment::Kind::kIndex, .first = *first});
      } else {
        return Fail(At("expected a number, *, ? or a name in quotes"));
      }
    }
    SkipBlanks();
    if (!Take("]")) return Fail(At("expected ]"));
    return Ok();
  }

  Status ReadFilter() {
    Segment segment{.kind = Segment::Kind::kFilter};
    SkipBlanks();
    const bool round = Take("(");
    do {
      SkipBlanks();
      OFFSTAGE_TRY(Condition condition, ReadCondition());
      segment.conditions.push_back(std::move(condition));
      SkipBlanks();
    } while (Take("&&"));
    if (round && !Take(")")) return Fail(At("expected )"));
    Add(std::move(segment));
    return Ok();
  }

  Result<Condition> ReadCondition() {
    Condition condition;
    if (!Take("@")) return Fail(At("a filter compares a member of @"));
    while (Take(".")) {
      OFFSTAGE_TRY(std::string name, Name());
      condition.member.push_back(std::move(name));
    }
    SkipBlanks();
    for (const std::string_view operation : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!Take(operation)) continue;
      condition.operation = operation;
      SkipBlanks();
      OFFSTAGE_TRY(condition.value, Literal());
      break;
    }
    return condition;
  }

  Result<Json> Literal() {
    if (AtQuote()) {
      OFFSTAGE_TRY(std::string text, Quoted());
      return Json(std::move(text));
    }
    const std::size_t begin = place_;
    while (place_ < text_.size() &&
           std::string_view(" )]&").find(text_[place_]) == std::string_view::npos) {
      ++place_;
    }
    auto value = ParseJson(text_.substr(begin, place_ - begin));
    if (value.ok()) return std::move(value).value();
    place_ = begin;
    return Fail(At("expected a number, true, false, null or a text in quotes"));
  }

  std::string_view text_;
  std::size_t place_ = 0;
  JsonPath path_;
};

Result<JsonPath> JsonPath::Parse(std::string_view text) {
  return Parser(Trim(text)).Run();
}

bool JsonPath::Holds(const Condition& condition, const Json& value) {
  const Json* member = &value;
  for (const std::string& name : condition.member) {
    if (!member->is_object()) return false;
    const auto found = member->find(name);
    if (found == member->end()) return false;
    member = &*found;
  }
  const std::string& operation = condition.operation;
  if (operation.empty()) return true;
  if (operation == "==") return *member == condition.value;
  if (operation == "!=") return *member != condition.value;
  const bool comparable = (member->is_number() && condition.value.is_number()) ||
                          (member->is_string() && condition.value.is_string());
  if (!comparable) return false;
  if (operation == "<") return *member < condition.value;
  if (operation == "<=") return *member <= condition.value;
  if (operation == ">") return *member > condition.value;
  return *member >= condition.value;
}

namespace {

void Descend(const Json& value, std::vector<const Json*>& out) {
  out.push_back(&value);
  if (!value.is_structured()) return;
  for (const Json& child : value)
    Descend(child, out);
}

}  // namespace

void JsonPath::Apply(const Segment& segment, const Json& value, std::vector<const Json*>& out) {
  const auto size = static_cast<std::int64_t>(value.size());
  switch (segment.kind) {
    case Segment::Kind::kName:
      if (value.is_object()) {
        if (const auto found = value.find(segment.name); found != value.end())
          out.push_back(&*found);
      }
      return;
    case Segment::Kind::kIndex: {
      const std::int64_t index = segment.first < 0 ? size + segment.first : segment.first;
      if (value.is_array() && index >= 0 && index < size)
        out.push_back(&value[static_cast<std::size_t>(index)]);
      return;
    }
    case Segment::Kind::kSlice: {
      if (!value.is_array()) return;
      const auto clamp = [size](std::int64_t i) {
        return std::clamp(i < 0 ? size + i : i, std::int64_t{0}, size);
      };
      for (auto i = clamp(segment.first); i < clamp(segment.end.value_or(size)); ++i)
        out.push_back(&value[static_cast<std::size_t>(i)]);
      return;
    }
    case Segment::Kind::kWildcard:
      if (value.is_structured()) {
        for (const Json& child : value)
          out.push_back(&child);
      }
      return;
    case Segment::Kind::kDescend:
      return Descend(value, out);
    case Segment::Kind::kFilter:
      if (!value.is_structured()) return;
      for (const Json& child : value) {
        if (std::all_of(segment.conditions.begin(), segment.conditions.end(),
                        [&](const Condition& condition) { return Holds(condition, child); }))
          out.push_back(&child);
      }
      return;
  }
}

std::vector<const Json*> JsonPath::Find(const Json& root) const {
  std::vector<const Json*> found = {&root};
  for (const Segment& segment : segments_) {
    std::vector<const Json*> next;
    for (const Json* value : found)
      Apply(segment, *value, next);
    found = std::move(next);
  }
  return found;
}

std::optional<Json> JsonPath::Value(const Json& root) const {
  const auto found = Find(root);
  if (singular_) return found.empty() ? std::nullopt : std::optional<Json>(*found.front());
  Json list = Json::array();
  for (const Json* value : found)
    list.push_back(*value);
  return list;
}

}  // namespace offstage::scenario
