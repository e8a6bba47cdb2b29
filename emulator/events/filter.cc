#include "events/filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace offstage::events {

namespace {

constexpr const char* kOr = "$or";

bool IsOperator(const std::string& name) {
  static constexpr std::string_view kOperators[] = {"prefix", "suffix",  "anything-but",
                                                    "exists", "numeric", "equals-ignore-case"};
  return std::ranges::find(kOperators, name) != std::end(kOperators);
}

Status CheckRules(const Json& rules, const std::string& at) {
  for (const Json& rule : rules) {
    if (!rule.is_object()) {
      if (rule.is_array()) return Fail(Error{fmt::format("`{}` has a list within a list", at)});
      continue;
    }
    if (rule.size() != 1 || !IsOperator(rule.begin().key())) {
      return Fail(Error{fmt::format(
          "`{}` has the unknown operator `{}`; there are prefix, suffix, anything-but, exists, "
          "numeric and equals-ignore-case",
          at, rule.empty() ? "" : rule.begin().key())});
    }
  }
  return Ok();
}

Status CheckPattern(const Json& pattern, const std::string& at) {
  for (const auto& [key, value] : pattern.items()) {
    const std::string place = at.empty() ? key : at + "." + key;
    if (key == kOr) {
      if (!value.is_array()) return Fail(Error{"`$or` takes a list of patterns"});
      for (const Json& one : value)
        OFFSTAGE_TRY_VOID(CheckPattern(one, at));
    } else if (value.is_object()) {
      OFFSTAGE_TRY_VOID(CheckPattern(value, place));
    } else if (value.is_array() && !value.empty()) {
      OFFSTAGE_TRY_VOID(CheckRules(value, place));
    } else {
      return Fail(Error{fmt::format("`{}` takes a list of values or a map", place)});
    }
  }
  return Ok();
}

bool StartsWith(const Json& value, const Json& text) {
  return value.is_string() && text.is_string() &&
         value.get_ref<const std::string&>().starts_with(text.get_ref<const std::string&>());
}

bool EndsWith(const Json& value, const Json& text) {
  return value.is_string() && text.is_string() &&
         value.get_ref<const std::string&>().ends_with(text.get_ref<const std::string&>());
}

// ["=", 5], [">", 0, "<=", 100].
bool FitsNumbers(const Json& value, const Json& rule) {
  if (!value.is_number() || !rule.is_array() || rule.size() % 2 != 0) return false;
  const double number = value.get<double>();
  for (std::size_t i = 0; i + 1 < rule.size(); i += 2) {
    if (!rule[i].is_string() || !rule[i + 1].is_number()) return false;
    const std::string& comparison = rule[i].get_ref<const std::string&>();
    const double limit = rule[i + 1].get<double>();
    const bool fits = comparison == "="    ? number == limit
                      : comparison == "<"  ? number < limit
                      : comparison == "<=" ? number <= limit
                      : comparison == ">"  ? number > limit
                                           : comparison == ">=" && number >= limit;
    if (!fits) return false;
  }
  return true;
}

bool IsAnythingBut(const Json& value, const Json& rule) {
  if (rule.is_object()) {
    if (rule.contains("prefix")) return !StartsWith(value, rule.at("prefix"));
    return !(rule.contains("suffix") && EndsWith(value, rule.at("suffix")));
  }
  if (!rule.is_array()) return value != rule;
  return std::none_of(rule.begin(), rule.end(), [&](const Json& one) { return one == value; });
}

bool FitsOperator(const Json& value, const std::string& name, const Json& rule) {
  if (name == "prefix") return StartsWith(value, rule);
  if (name == "suffix") return EndsWith(value, rule);
  if (name == "numeric") return FitsNumbers(value, rule);
  if (name == "anything-but") return !value.is_structured() && IsAnythingBut(value, rule);
  if (name == "equals-ignore-case")
    return value.is_string() && rule.is_string() &&
           EqualsIgnoreCase(value.get<std::string>(), rule.get<std::string>());
  return name == "exists" && rule == Json(true) && !value.is_structured();
}

bool FitsRule(const Json& value, const Json& rule) {
  if (!rule.is_object()) return value == rule;
  return FitsOperator(value, rule.begin().key(), rule.begin().value());
}

// Of a list in the record any element may fit.
bool FitsRules(const Json* value, const Json& rules) {
  return std::any_of(rules.begin(), rules.end(), [value](const Json& rule) {
    if (value == nullptr) {
      return rule.is_object() && rule.begin().key() == "exists" &&
             rule.begin().value() == Json(false);
    }
    if (!value->is_array()) return FitsRule(*value, rule);
    return std::any_of(value->begin(), value->end(),
                       [&rule](const Json& one) { return FitsRule(one, rule); });
  });
}

bool Fits(const Json* record, const Json& pattern) {
  for (const auto& [key, rules] : pattern.items()) {
    if (key == kOr) {
      const bool any = std::any_of(rules.begin(), rules.end(),
                                   [record](const Json& one) { return Fits(record, one); });
      if (!any) return false;
      continue;
    }
    const Json* value = nullptr;
    if (record != nullptr && record->is_object()) {
      const auto found = record->find(key);
      if (found != record->end()) value = &*found;
    }
    if (rules.is_object() ? !Fits(value, rules) : !FitsRules(value, rules)) return false;
  }
  return true;
}

}  // namespace

Result<Filter> Filter::Parse(const std::string& pattern) {
  auto json = ParseJson(pattern);
  if (!json.ok() || !json->is_object())
    return Fail(Error{fmt::format("the filter pattern is no JSON object: {}", pattern)});
  OFFSTAGE_TRY_VOID(CheckPattern(*json, ""));
  return Filter(*std::move(json));
}

bool Filter::Matches(const Json& record) const {
  return Fits(&record, pattern_);
}

bool MatchesAny(const std::vector<Filter>& filters, const Json& record) {
  return filters.empty() || std::any_of(filters.begin(), filters.end(), [&](const Filter& filter) {
           return filter.Matches(record);
         });
}

}  // namespace offstage::events
