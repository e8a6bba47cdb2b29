#include "gateway/vtl/json_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "gateway/vtl/cursor.h"

namespace offstage::gateway::vtl {

namespace {

// What one filter may look at, so that "$..*[?(...)]" over a large body ends.
constexpr std::size_t kMaxVisits = 2'000'000;

struct Slice {
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;
};

Value JsonList(std::vector<Value> items) {
  Value list = Value::NewList();
  list.AsList()->origin = List::Origin::kJson;
  list.AsList()->items = std::move(items);
  return list;
}

class Evaluation {
 public:
  explicit Evaluation(std::string_view path) : cursor_(path) {}

  Result<Value> Run(const Value& root) {
    found_ = {root};
    if (!cursor_.Take("$")) cursor_.Take("@");
    while (!cursor_.AtEnd()) {
      OFFSTAGE_TRY_VOID(Step());
      if (visits_ > kMaxVisits) return Fail(Error{"the path finds too much"});
    }
    if (!definite_) return JsonList(std::move(found_));
    return found_.empty() ? Value() : found_.front();
  }

 private:
  Status Unreadable() const {
    return Fail(Error{fmt::format("the JSONPath {} cannot be read at character {}", cursor_.text(),
                                  cursor_.position() + 1)});
  }

  Status Step() {
    if (cursor_.Take("..")) {
      Descend();
      if (cursor_.Peek() == '[') return Ok();
      return Name();
    }
    if (cursor_.Peek() == '[') return Bracket();
    // "name" without "$." in front is the same.
    if (!cursor_.Take(".") && cursor_.position() != 0) return Unreadable();
    return Name();
  }

  Status Name() {
    if (cursor_.Take("*")) {
      All();
      return Ok();
    }
    const std::size_t start = cursor_.position();
    while (!cursor_.AtEnd() && cursor_.Peek() != '.' && cursor_.Peek() != '[' &&
           cursor_.Peek() != '(')
      cursor_.Advance();
    const std::string name(cursor_.Since(start));
    if (name.empty()) return Unreadable();
    if (cursor_.Peek() == '(') {
      if ((name == "length" || name == "size") && cursor_.Take("()")) {
        Length();
        return Ok();
      }
      return Fail(Error{fmt::format("the JSONPath function {}() is not emulated", name)});
    }
    Members({name});
    return Ok();
  }

  Status Bracket() {
    cursor_.Advance();
    cursor_.SkipBlanks();
    if (cursor_.Take("*")) {
      All();
      return Close();
    }
    if (cursor_.Take("?")) return Filter();
    if (cursor_.Peek() == '\'' || cursor_.Peek() == '"') return QuotedNames();
    return Numbers();
  }

  Status Close() {
    cursor_.SkipBlanks();
    return cursor_.Take("]") ? Ok() : Unreadable();
  }

  std::optional<std::string> Quoted() {
    const char quote = cursor_.Peek();
    if (quote != '\'' && quote != '"') return std::nullopt;
    cursor_.Advance();
    std::string text;
    while (cursor_.Peek() != quote) {
      if (cursor_.AtEnd()) return std::nullopt;
      if (cursor_.Peek() == '\\') cursor_.Advance();
      text.push_back(cursor_.Peek());
      cursor_.Advance();
    }
    cursor_.Advance();
    return text;
  }

  std::optional<std::int64_t> Number() {
    const std::size_t start = cursor_.position();
    cursor_.Take("-");
    while (IsDigit(cursor_.Peek()))
      cursor_.Advance();
    const std::string_view text = cursor_.Since(start);
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || text.empty()) {
      cursor_.set_position(start);
      return std::nullopt;
    }
    return number;
  }

  Status QuotedNames() {
    std::vector<std::string> names;
    do {
      cursor_.SkipBlanks();
      std::optional<std::string> name = Quoted();
      if (!name.has_value()) return Unreadable();
      names.push_back(*std::move(name));
      cursor_.SkipBlanks();
    } while (cursor_.Take(","));
    if (names.size() > 1) definite_ = false;
    Members(names);
    return Close();
  }

  Status Numbers() {
    std::vector<std::int64_t> indexes;
    const std::optional<std::int64_t> first = Number();
    cursor_.SkipBlanks();
    if (cursor_.Take(":")) {
      cursor_.SkipBlanks();
      Cut({first, Number()});
      return Close();
    }
    if (!first.has_value()) return Unreadable();
    indexes.push_back(*first);
    while (cursor_.Take(",")) {
      cursor_.SkipBlanks();
      const std::optional<std::int64_t> next = Number();
      if (!next.has_value()) return Unreadable();
      indexes.push_back(*next);
      cursor_.SkipBlanks();
    }
    if (indexes.size() > 1) definite_ = false;
    Items(indexes);
    return Close();
  }

  // "(@.price < 10 && @.tag == 'x')"
  Status Filter();
  struct Condition {
    std::string path;
    std::string sign;
    Value operand;
    // Joined to the one before by && or ||.
    enum class Join { kAnd, kOr } join = Join::kAnd;
  };
  Result<std::vector<Condition>> Conditions();
  Result<Value> Literal();
  static bool Holds(const Condition& condition, const Value& item);

  void Members(const std::vector<std::string>& names) {
    std::vector<Value> next;
    for (const Value& value : found_) {
      const Map* map = value.AsMap();
      if (map == nullptr) continue;
      for (const std::string& name : names) {
        if (const Value* member = map->Find(name)) next.push_back(*member);
      }
    }
    Take(std::move(next));
  }

  void Items(const std::vector<std::int64_t>& indexes) {
    std::vector<Value> next;
    for (const Value& value : found_) {
      const List* list = value.AsList();
      if (list == nullptr) continue;
      const auto size = static_cast<std::int64_t>(list->items.size());
      for (const std::int64_t index : indexes) {
        const std::int64_t place = index < 0 ? index + size : index;
        if (place >= 0 && place < size)
          next.push_back(list->items[static_cast<std::size_t>(place)]);
      }
    }
    Take(std::move(next));
  }

  void Cut(const Slice& slice) {
    definite_ = false;
    std::vector<Value> next;
    for (const Value& value : found_) {
      const List* list = value.AsList();
      if (list == nullptr) continue;
      const auto size = static_cast<std::int64_t>(list->items.size());
      const auto place = [size](std::int64_t index) {
        return std::clamp<std::int64_t>(index < 0 ? index + size : index, 0, size);
      };
      const std::int64_t to = place(slice.to.value_or(size));
      for (std::int64_t i = place(slice.from.value_or(0)); i < to; ++i)
        next.push_back(list->items[static_cast<std::size_t>(i)]);
    }
    Take(std::move(next));
  }

  void All() {
    definite_ = false;
    std::vector<Value> next;
    for (const Value& value : found_)
      AddChildren(value, next);
    Take(std::move(next));
  }

  void Length() {
    std::vector<Value> next;
    for (const Value& value : found_) {
      if (const List* list = value.AsList())
        next.push_back(Value::Integer(static_cast<std::int64_t>(list->items.size())));
      else if (const Map* map = value.AsMap())
        next.push_back(Value::Integer(static_cast<std::int64_t>(map->entries().size())));
      else if (const std::string* text = value.AsText())
        next.push_back(Value::Integer(static_cast<std::int64_t>(text->size())));
    }
    Take(std::move(next));
  }

  // Every value at and below those found, outer ones first.
  void Descend() {
    definite_ = false;
    std::vector<Value> all;
    std::vector<Value> open(found_.rbegin(), found_.rend());
    while (!open.empty() && visits_ + all.size() <= kMaxVisits) {
      Value value = std::move(open.back());
      open.pop_back();
      std::vector<Value> children;
      AddChildren(value, children);
      open.insert(open.end(), children.rbegin(), children.rend());
      all.push_back(std::move(value));
    }
    Take(std::move(all));
  }

  static void AddChildren(const Value& value, std::vector<Value>& children) {
    if (const List* list = value.AsList()) {
      children.insert(children.end(), list->items.begin(), list->items.end());
    } else if (const Map* map = value.AsMap()) {
      for (const auto& [key, member] : map->entries())
        children.push_back(member);
    }
  }

  void Take(std::vector<Value> next) {
    visits_ += next.size() + 1;
    found_ = std::move(next);
  }

  Cursor cursor_;
  std::vector<Value> found_;
  bool definite_ = true;
  std::size_t visits_ = 0;
};

Result<Value> Evaluation::Literal() {
  if (std::optional<std::string> text = Quoted()) return Value::Text(*std::move(text));
  const std::size_t start = cursor_.position();
  while (!cursor_.AtEnd() && cursor_.Peek() != ')' && cursor_.Peek() != '&' &&
         cursor_.Peek() != '|' && cursor_.Peek() != ' ')
    cursor_.Advance();
  return ParseJsonValue(cursor_.Since(start));
}

Result<std::vector<Evaluation::Condition>> Evaluation::Conditions() {
  std::vector<Condition> conditions;
  Condition condition;
  while (true) {
    cursor_.SkipBlanks();
    const std::size_t start = cursor_.position();
    while (!cursor_.AtEnd() &&
           cursor_.text().substr(cursor_.position(), 1).find_first_of(" =!<>)&|") ==
               std::string_view::npos)
      cursor_.Advance();
    condition.path = std::string(cursor_.Since(start));
    if (!condition.path.starts_with('@')) return Fail(Unreadable().error());
    cursor_.SkipBlanks();
    for (const std::string_view sign : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!condition.sign.empty() || !cursor_.Take(sign)) continue;
      condition.sign = std::string(sign);
      cursor_.SkipBlanks();
      OFFSTAGE_TRY(condition.operand, Literal());
    }
    conditions.push_back(std::move(condition));
    condition = {};
    cursor_.SkipBlanks();
    if (cursor_.Take(")")) return conditions;
    if (cursor_.Take("||")) {
      condition.join = Condition::Join::kOr;
    } else if (!cursor_.Take("&&")) {
      return Fail(Unreadable().error());
    }
  }
}

bool Evaluation::Holds(const Condition& condition, const Value& item) {
  const auto found = Evaluation(condition.path).Run(item);
  if (!found.ok()) return false;
  if (condition.sign.empty()) return !found->IsNull();
  if (condition.sign == "==") return Equal(*found, condition.operand);
  if (condition.sign == "!=") return !Equal(*found, condition.operand);
  const auto number = [](const Value& value) -> std::optional<double> {
    if (const std::int64_t* integer = value.AsInteger()) return static_cast<double>(*integer);
    return value.AsDouble() == nullptr ? std::nullopt : std::optional(*value.AsDouble());
  };
  const std::optional<double> left = number(*found);
  const std::optional<double> right = number(condition.operand);
  if (!left.has_value() || !right.has_value()) return false;
  if (condition.sign == "<") return *left < *right;
  if (condition.sign == "<=") return *left <= *right;
  return condition.sign == ">" ? *left > *right : *left >= *right;
}

Status Evaluation::Filter() {
  definite_ = false;
  cursor_.SkipBlanks();
  if (!cursor_.Take("(")) return Unreadable();
  OFFSTAGE_TRY(const std::vector<Condition> conditions, Conditions());
  std::vector<Value> candidates;
  for (const Value& value : found_)
    AddChildren(value, candidates);
  std::vector<Value> next;
  for (Value& item : candidates) {
    visits_ += conditions.size();
    if (visits_ > kMaxVisits) break;
    bool holds = Holds(conditions.front(), item);
    for (std::size_t i = 1; i < conditions.size(); ++i) {
      const bool other = Holds(conditions[i], item);
      holds = conditions[i].join == Condition::Join::kAnd ? holds && other : holds || other;
    }
    if (holds) next.push_back(std::move(item));
  }
  Take(std::move(next));
  return Close();
}

}  // namespace

Result<Value> FindByPath(const Value& root, std::string_view path) {
  return Evaluation(path).Run(root);
}

}  // namespace offstage::gateway::vtl
