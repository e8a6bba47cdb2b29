#include "gateway/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace offstage::gateway {

namespace {

constexpr std::string_view kInvoke = "execute-api:invoke";

// A text, or a list of texts.
Result<std::vector<std::string>> ParseTexts(const Json& value, std::string_view key) {
  if (value.is_string()) return std::vector<std::string>{value.get<std::string>()};
  if (!value.is_array()) return Fail(Error{fmt::format("{} is neither text nor list", key)});
  std::vector<std::string> texts;
  for (const Json& item : value) {
    if (!item.is_string())
      return Fail(Error{fmt::format("{} holds something else than text", key)});
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

struct Listed {
  std::vector<std::string> texts = {};
  PolicyStatement::Sense sense = PolicyStatement::Sense::kListed;
};

Result<Listed> ParseListed(const Json& statement, const std::string& key) {
  if (const auto found = statement.find(key); found != statement.end()) {
    OFFSTAGE_TRY(std::vector<std::string> texts, ParseTexts(*found, key));
    return Listed{std::move(texts), PolicyStatement::Sense::kListed};
  }
  if (const auto found = statement.find("Not" + key); found != statement.end()) {
    OFFSTAGE_TRY(std::vector<std::string> texts, ParseTexts(*found, "Not" + key));
    return Listed{std::move(texts), PolicyStatement::Sense::kNotListed};
  }
  return Fail(Error{fmt::format("a statement has no {}", key)});
}

Result<PolicyStatement> ParseStatement(const Json& json) {
  if (!json.is_object()) return Fail(Error{"a statement is not an object"});
  PolicyStatement statement;
  const auto effect = json.find("Effect");
  if (effect == json.end() || (*effect != "Allow" && *effect != "Deny")) {
    return Fail(Error{"a statement's Effect is neither Allow nor Deny"});
  }
  using Effect = PolicyStatement::Effect;
  statement.effect = *effect == "Allow" ? Effect::kAllow : Effect::kDeny;
  OFFSTAGE_TRY(Listed actions, ParseListed(json, "Action"));
  OFFSTAGE_TRY(Listed resources, ParseListed(json, "Resource"));
  statement.actions = std::move(actions.texts);
  statement.action_sense = actions.sense;
  for (std::string& action : statement.actions)
    action = ToLower(action);
  statement.resources = std::move(resources.texts);
  statement.resource_sense = resources.sense;
  const auto condition = json.find("Condition");
  if (condition != json.end() && !condition->empty()) {
    statement.condition = PolicyStatement::Condition::kPresent;
  }
  return statement;
}

bool Covers(const std::vector<std::string>& patterns, PolicyStatement::Sense sense,
            std::string_view text) {
  const bool listed =
      std::any_of(patterns.begin(), patterns.end(),
                  [text](const std::string& pattern) { return MatchesWildcard(text, pattern); });
  return listed == (sense == PolicyStatement::Sense::kListed);
}

}  // namespace

bool MatchesWildcard(std::string_view text, std::string_view pattern) {
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++t;
      ++p;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

Result<Policy> Policy::Parse(const Json& document) {
  const auto statements = document.is_object() ? document.find("Statement") : document.end();
  if (!document.is_object() || statements == document.end()) {
    return Fail(Error{"policyDocument has no Statement"});
  }
  Policy policy;
  if (statements->is_object()) {
    OFFSTAGE_TRY(PolicyStatement statement, ParseStatement(*statements));
    policy.statements_.push_back(std::move(statement));
    return policy;
  }
  if (!statements->is_array()) return Fail(Error{"Statement is neither object nor list"});
  for (const Json& json : *statements) {
    OFFSTAGE_TRY(PolicyStatement statement, ParseStatement(json));
    policy.statements_.push_back(std::move(statement));
  }
  return policy;
}

Verdict Policy::Evaluate(std::string_view method_arn) const {
  Verdict verdict = Verdict::kImplicitDeny;
  for (const PolicyStatement& statement : statements_) {
    if (!Covers(statement.actions, statement.action_sense, kInvoke) ||
        !Covers(statement.resources, statement.resource_sense, method_arn)) {
      continue;
    }
    if (statement.effect == PolicyStatement::Effect::kDeny) return Verdict::kExplicitDeny;
    if (statement.condition == PolicyStatement::Condition::kNone) verdict = Verdict::kAllowed;
  }
  return verdict;
}

}  // namespace offstage::gateway
