#include "scenario/matcher.h"

#include <algorithm>
#include <cmath>

#include "base/regex.h"
#include "base/text.h"
#include "scenario/value_type.h"

namespace offstage::scenario {

namespace {

using Mismatches = std::vector<Mismatch>;

constexpr std::size_t kLongText = 160;

std::string Cut(std::string text) {
  if (text.size() <= kLongText) return text;
  std::size_t end = kLongText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  text.resize(end);
  return text + "…";
}

Mismatches One(const std::string& path, std::string expected, const Json* actual) {
  return {{.path = path,
           .expected = std::move(expected),
           .actual = actual == nullptr ? "nothing" : Describe(*actual)}};
}

bool IsOperatorMap(const Node& node) {
  return node.IsMap() && !node.entries().empty() &&
         std::all_of(node.entries().begin(), node.entries().end(), [](const templates::Entry& e) {
           return e.key.size() > 1 && e.key[0] == '$' && e.key[1] != '{';
         });
}

// Numbers by value (5 equals 5.0); anything else by kind and content.
bool SameScalar(const Node& expected, const Json& actual) {
  const Json value = templates::ToJson(expected);
  if (value.is_number() && actual.is_number()) {
    return value.is_number_float() || actual.is_number_float()
               ? value.get<double>() == actual.get<double>()
               : value == actual;
  }
  return value == actual;
}

bool Matches(const Node& matcher, const Json* actual, const MatchContext& context) {
  return Match(matcher, actual, "", context).empty();
}

// ---- Operators -------------------------------------------------------------------------------

struct Operand {
  const Node& value;
  const Json* actual;
  const std::string& path;
  const MatchContext& context;
  const std::string& name;

  Mismatches Fails() const {
    return One(path, fmt::format("{} {}", name, Describe(value)), actual);
  }
};

Mismatches MatchExactly(const Operand& o);

Mismatches ExactMap(const Operand& o) {
  Mismatches all;
  for (const auto& [key, member] : o.actual->items()) {
    if (!o.value.Contains(key)) {
      all.push_back(
          {.path = o.path + "." + key, .expected = "nothing", .actual = Describe(member)});
    }
  }
  for (const templates::Entry& entry : o.value.entries()) {
    const auto found = o.actual->find(entry.key);
    const std::string path = o.path + "." + entry.key;
    if (found == o.actual->end()) {
      all.push_back({.path = path, .expected = Describe(entry.value), .actual = "nothing"});
      continue;
    }
    for (Mismatch& mismatch : MatchExactly({entry.value, &*found, path, o.context, o.name}))
      all.push_back(std::move(mismatch));
  }
  return all;
}

// Every member counts, and nothing is a pattern: also for texts that look like one.
Mismatches MatchExactly(const Operand& o) {
  if (o.actual == nullptr) return One(o.path, Describe(o.value), nullptr);
  if (o.value.IsMap() && o.actual->is_object()) return ExactMap(o);
  if (!o.value.IsList() || !o.actual->is_array()) {
    return o.value.IsScalar() && SameScalar(o.value, *o.actual)
               ? Mismatches{}
               : One(o.path, Describe(o.value), o.actual);
  }
  Mismatches all;
  if (o.value.items().size() != o.actual->size()) {
    all.push_back({.path = o.path,
                   .expected = fmt::format("{} elements", o.value.items().size()),
                   .actual = fmt::format("{}", o.actual->size())});
  }
  for (std::size_t i = 0; i < std::min(o.value.items().size(), o.actual->size()); ++i) {
    const std::string path = fmt::format("{}[{}]", o.path, i);
    for (Mismatch& mismatch :
         MatchExactly({o.value.items()[i], &(*o.actual)[i], path, o.context, o.name}))
      all.push_back(std::move(mismatch));
  }
  return all;
}

bool ContainsOne(const Node& wanted, const Json& actual, const MatchContext& context) {
  if (actual.is_string()) {
    return wanted.IsScalar() &&
           actual.get_ref<const std::string&>().find(wanted.text()) != std::string::npos;
  }
  return actual.is_array() && std::any_of(actual.begin(), actual.end(), [&](const Json& element) {
           return Matches(wanted, &element, context);
         });
}

Mismatches MatchContains(const Operand& o) {
  if (o.actual == nullptr) return o.Fails();
  if (!o.value.IsList()) {
    return ContainsOne(o.value, *o.actual, o.context) ? Mismatches{} : o.Fails();
  }
  Mismatches all;
  for (const Node& wanted : o.value.items()) {
    if (ContainsOne(wanted, *o.actual, o.context)) continue;
    all.push_back({.path = o.path,
                   .expected = "$contains " + Describe(wanted),
                   .actual = Describe(*o.actual)});
  }
  return all;
}

// Finds for each wanted element one of its own (augmenting paths: a greedy choice may be wrong when
// an element fits several).
class Pairing {
 public:
  Pairing(const std::vector<Node>& wanted, const Json& actual, const MatchContext& context)
      : fits_(wanted.size(), std::vector<bool>(actual.size())), taken_(actual.size(), kFree) {
    for (std::size_t w = 0; w < wanted.size(); ++w) {
      for (std::size_t a = 0; a < actual.size(); ++a)
        fits_[w][a] = Matches(wanted[w], &actual[a], context);
    }
  }
  bool Place(std::size_t wanted) {
    std::vector<bool> seen(taken_.size());
    return Try(wanted, seen);
  }

 private:
  static constexpr std::size_t kFree = static_cast<std::size_t>(-1);
  bool Try(std::size_t wanted, std::vector<bool>& seen) {
    for (std::size_t a = 0; a < taken_.size(); ++a) {
      if (!fits_[wanted][a] || seen[a]) continue;
      seen[a] = true;
      if (taken_[a] == kFree || Try(taken_[a], seen)) {
        taken_[a] = wanted;
        return true;
      }
    }
    return false;
  }
  std::vector<std::vector<bool>> fits_;
  std::vector<std::size_t> taken_;
};

Mismatches MatchUnordered(const Operand& o) {
  if (o.actual == nullptr || !o.actual->is_array()) return o.Fails();
  Mismatches all;
  if (o.actual->size() != o.value.items().size()) {
    all.push_back({.path = o.path,
                   .expected = fmt::format("{} elements", o.value.items().size()),
                   .actual = fmt::format("{}", o.actual->size())});
  }
  Pairing pairing(o.value.items(), *o.actual, o.context);
  for (std::size_t i = 0; i < o.value.items().size(); ++i) {
    if (pairing.Place(i)) continue;
    all.push_back({.path = o.path,
                   .expected = "an element like " + Describe(o.value.items()[i]),
                   .actual = Describe(*o.actual)});
  }
  return all;
}

Mismatches MatchEach(const Operand& o) {
  if (o.actual == nullptr || !o.actual->is_array()) return o.Fails();
  Mismatches all;
  for (std::size_t i = 0; i < o.actual->size(); ++i) {
    const std::string path = fmt::format("{}[{}]", o.path, i);
    for (Mismatch& mismatch : Match(o.value, &(*o.actual)[i], path, o.context))
      all.push_back(std::move(mismatch));
  }
  return all;
}

Mismatches MatchAny(const Operand& o) {
  const bool found = o.actual != nullptr && o.actual->is_array() &&
                     std::any_of(o.actual->begin(), o.actual->end(), [&](const Json& element) {
                       return Matches(o.value, &element, o.context);
                     });
  return found ? Mismatches{} : o.Fails();
}

Mismatches MatchLength(const Operand& o) {
  const auto length = o.actual == nullptr ? std::nullopt : LengthOf(*o.actual);
  if (!length) return o.Fails();
  const Json value = *length;
  return Match(o.value, &value, o.path + ".length", o.context);
}

// Numbers by value, texts (dates among them) by order. Null: they cannot be compared.
std::optional<int> Compare(const Json& actual, const Node& bound) {
  const auto number = bound.AsNumber();
  if (actual.is_number() && number) {
    const double value = actual.get<double>();
    return value < *number ? -1 : value > *number ? 1 : 0;
  }
  if (!actual.is_string() || !bound.IsScalar()) return std::nullopt;
  const int order = actual.get_ref<const std::string&>().compare(bound.text());
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

template <typename Accept>
Mismatches MatchOrder(const Operand& o, Accept accept) {
  const auto order = o.actual == nullptr ? std::nullopt : Compare(*o.actual, o.value);
  return order && accept(*order) ? Mismatches{} : o.Fails();
}

Mismatches MatchRegex(const Operand& o) {
  const auto regex = Regex::Compile(o.value.text());
  const bool found = regex.ok() && o.actual != nullptr && o.actual->is_string() &&
                     regex->Finds(o.actual->get_ref<const std::string&>());
  return found ? Mismatches{} : One(o.path, "text matching /" + o.value.text() + "/", o.actual);
}

Mismatches MatchIn(const Operand& o) {
  const auto& items = o.value.items();
  const bool found = std::any_of(items.begin(), items.end(), [&](const Node& item) {
    return Matches(item, o.actual, o.context);
  });
  return found ? Mismatches{} : One(o.path, "one of " + Describe(o.value), o.actual);
}

Mismatches MatchAll(const Operand& o) {
  Mismatches all;
  for (const Node& item : o.value.items()) {
    for (Mismatch& mismatch : Match(item, o.actual, o.path, o.context))
      all.push_back(std::move(mismatch));
  }
  return all;
}

Mismatches MatchNot(const Operand& o) {
  return Matches(o.value, o.actual, o.context)
             ? One(o.path, "anything but " + Describe(o.value), o.actual)
             : Mismatches{};
}

Mismatches MatchJson(const Operand& o) {
  if (o.actual == nullptr || !o.actual->is_string())
    return One(o.path, "text that is JSON", o.actual);
  const auto parsed = ParseJson(o.actual->get_ref<const std::string&>());
  if (!parsed.ok()) return One(o.path, "text that is JSON", o.actual);
  return Match(o.value, &*parsed, o.path, o.context);
}

Mismatches MatchSchema(const Operand& o) {
  if (o.actual == nullptr) return One(o.path, "a value that fits the schema", nullptr);
  const Status fits = o.context.check_schema
                          ? o.context.check_schema(templates::ToJson(o.value), *o.actual)
                          : Status(Fail(Error{"there is no validator"}));
  if (fits.ok()) return {};
  return {{.path = o.path,
           .expected = "a value that fits the schema (" + fits.error().message + ")",
           .actual = Describe(*o.actual)}};
}

bool TextIs(const Operand& o, bool (*test)(std::string_view, std::string_view)) {
  return o.actual != nullptr && o.actual->is_string() &&
         test(o.actual->get_ref<const std::string&>(), o.value.text());
}

using OperatorFunction = Mismatches (*)(const Operand&);
enum class Of { kAny, kList, kText, kNumberOrText };
struct Operator {
  std::string_view name;
  Of takes;
  // What stands below it is itself a matcher (or a list of them).
  bool nested;
  OperatorFunction run;
};

const Operator kOperators[] = {
    {"$above", Of::kNumberOrText, false,
     [](const Operand& o) { return MatchOrder(o, [](int order) { return order > 0; }); }},
    {"$after", Of::kText, false,
     [](const Operand& o) { return MatchOrder(o, [](int order) { return order > 0; }); }},
    {"$all", Of::kList, true, MatchAll},
    {"$any", Of::kAny, true, MatchAny},
    {"$before", Of::kText, false,
     [](const Operand& o) { return MatchOrder(o, [](int order) { return order < 0; }); }},
    {"$below", Of::kNumberOrText, false,
     [](const Operand& o) { return MatchOrder(o, [](int order) { return order < 0; }); }},
    {"$contains", Of::kAny, true, MatchContains},
    {"$each", Of::kAny, true, MatchEach},
    {"$ends-with", Of::kText, false,
     [](const Operand& o) {
       return TextIs(o, [](std::string_view a, std::string_view b) { return a.ends_with(b); })
                  ? Mismatches{}
                  : o.Fails();
     }},
    {"$exactly", Of::kAny, false, MatchExactly},
    {"$in", Of::kList, true, MatchIn},
    {"$json", Of::kAny, true, MatchJson},
    {"$length", Of::kAny, true, MatchLength},
    {"$max", Of::kNumberOrText, false,
     [](const Operand& o) { return MatchOrder(o, [](int order) { return order <= 0; }); }},
    {"$min", Of::kNumberOrText, false,
     [](const Operand& o) { return MatchOrder(o, [](int order) { return order >= 0; }); }},
    {"$not", Of::kAny, true, MatchNot},
    {"$regex", Of::kText, false, MatchRegex},
    {"$schema", Of::kAny, false, MatchSchema},
    {"$starts-with", Of::kText, false,
     [](const Operand& o) {
       return TextIs(o, [](std::string_view a, std::string_view b) { return a.starts_with(b); })
                  ? Mismatches{}
                  : o.Fails();
     }},
    {"$unordered", Of::kList, true, MatchUnordered},
};

const Operator* FindOperator(std::string_view name) {
  for (const Operator& row : kOperators) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

Mismatches MatchOperators(const Node& matcher, const Json* actual, const std::string& path,
                          const MatchContext& context) {
  Mismatches all;
  for (const templates::Entry& entry : matcher.entries()) {
    const Operator* row = FindOperator(entry.key);
    Mismatches found = row == nullptr ? One(path, "(unknown operator " + entry.key + ")", actual)
                                      : row->run({entry.value, actual, path, context, entry.key});
    std::move(found.begin(), found.end(), std::back_inserter(all));
  }
  return all;
}

// ---- Plain values ----------------------------------------------------------------------------

Mismatches MatchMap(const Node& matcher, const Json* actual, const std::string& path,
                    const MatchContext& context) {
  if (actual == nullptr || !actual->is_object()) return One(path, Describe(matcher), actual);
  Mismatches all;
  for (const templates::Entry& entry : matcher.entries()) {
    const auto found = actual->find(entry.key);
    const Json* member = found == actual->end() ? nullptr : &*found;
    Mismatches differences = Match(entry.value, member, path + "." + entry.key, context);
    std::move(differences.begin(), differences.end(), std::back_inserter(all));
  }
  return all;
}

Mismatches MatchList(const Node& matcher, const Json* actual, const std::string& path,
                     const MatchContext& context) {
  if (actual == nullptr || !actual->is_array()) return One(path, Describe(matcher), actual);
  Mismatches all;
  const std::size_t wanted = matcher.items().size();
  if (wanted != actual->size()) {
    all.push_back({.path = path,
                   .expected = fmt::format("{} element{}", wanted, wanted == 1 ? "" : "s"),
                   .actual = fmt::format("{}: {}", actual->size(), Describe(*actual))});
  }
  for (std::size_t i = 0; i < std::min(wanted, actual->size()); ++i) {
    Mismatches differences =
        Match(matcher.items()[i], &(*actual)[i], fmt::format("{}[{}]", path, i), context);
    std::move(differences.begin(), differences.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace

std::vector<Mismatch> Match(const Node& matcher, const Json* actual, const std::string& path,
                            const MatchContext& context) {
  if (IsOperatorMap(matcher)) return MatchOperators(matcher, actual, path, context);
  if (matcher.IsMap()) return MatchMap(matcher, actual, path, context);
  if (matcher.IsList()) return MatchList(matcher, actual, path, context);
  if (matcher.IsString() && LooksLikeValueType(matcher.text())) {
    const auto type = ValueType::Parse(matcher.text());
    const bool fits = type.ok() && type->Fits(actual);
    return fits ? Mismatches{} : One(path, matcher.text(), actual);
  }
  if (actual != nullptr && SameScalar(matcher, *actual)) return {};
  return One(path, Describe(matcher), actual);
}

namespace {

void CheckOperator(const templates::Entry& entry, Problems& problems) {
  const Operator* row = FindOperator(entry.key);
  if (row == nullptr) {
    std::vector<std::string> names;
    for (const Operator& known : kOperators)
      names.emplace_back(known.name);
    const auto nearest = NearestName(entry.key, names);
    problems.Add(entry.key_position, fmt::format("there is no operator {}; {}", entry.key,
                                                 nearest ? fmt::format("did you mean {}?", *nearest)
                                                         : "there are: " + Join(names, ", ")));
    return;
  }
  const bool variable =
      entry.value.IsString() && entry.value.text().find("${") != std::string::npos;
  if (row->takes == Of::kList && !entry.value.IsList() && !variable)
    problems.Add(entry.value.position(), entry.key + " takes a list");
  if ((row->takes == Of::kText || row->takes == Of::kNumberOrText) && !entry.value.IsScalar())
    problems.Add(entry.value.position(), entry.key + " takes a text");
  if (entry.key == "$regex" && !variable) {
    const auto regex = Regex::Compile(entry.value.text());
    if (!regex.ok()) problems.Add(entry.value.position(), regex.error().message);
  }
  if (!row->nested) return;
  CheckMatcher(entry.value, problems);
}

}  // namespace

void CheckMatcher(const Node& matcher, Problems& problems) {
  const bool has_operator =
      std::any_of(matcher.entries().begin(), matcher.entries().end(), [](const auto& entry) {
        return entry.key.size() > 1 && entry.key[0] == '$' && entry.key[1] != '{';
      });
  if (has_operator && !IsOperatorMap(matcher)) {
    problems.Add(matcher.position(),
                 "operators ($...) and plain members cannot stand in one map; put the members "
                 "under $all, or compare a member called $... with $exactly");
    return;
  }
  if (has_operator) {
    for (const templates::Entry& entry : matcher.entries())
      CheckOperator(entry, problems);
    return;
  }
  for (const templates::Entry& entry : matcher.entries())
    CheckMatcher(entry.value, problems);
  for (const Node& item : matcher.items())
    CheckMatcher(item, problems);
  if (!matcher.IsString() || !LooksLikeValueType(matcher.text())) return;
  if (matcher.text().find("${") != std::string::npos) return;
  const auto type = ValueType::Parse(matcher.text());
  if (!type.ok()) problems.Add(matcher.position(), type.error().message);
}

std::string Describe(const Node& matcher) {
  if (matcher.IsString() && LooksLikeValueType(matcher.text())) return matcher.text();
  return Cut(DumpJson(templates::ToOrderedJson(matcher)));
}

std::string Describe(const Json& value) {
  return Cut(DumpJson(value));
}

}  // namespace offstage::scenario
