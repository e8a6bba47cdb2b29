// IAM policy statements: actions that IAM refuses or that grant nothing.
#include <algorithm>

#include "base/text.h"
#include "validate/checks.h"
#include "validate/iam_actions.h"

namespace offstage::validate {
namespace {

using templates::Entry;

bool HasWildcard(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

void CheckAction(Checks& checks, const Node& action, const std::string& path) {
  const std::string& text = action.text();
  if (!action.IsString() || text == "*" || text.find("${") != std::string::npos) {
    return;
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
    checks.Add(Severity::kError, "iam-action", action.position(), path,
               fmt::format("the action '{}' is not of the form service:Action; IAM refuses the "
                           "policy",
                           text));
    return;
  }
  const std::string service = ToLower(std::string_view(text).substr(0, colon));
  const std::string name = text.substr(colon + 1);
  const std::vector<std::string>* actions = FindServiceActions(service);
  if (actions == nullptr || HasWildcard(name)) {
    return;
  }
  const bool known = std::any_of(actions->begin(), actions->end(), [&](const std::string& other) {
    return EqualsIgnoreCase(other, name);
  });
  // A list may be older than a service's newest action: only a likely slip is reported.
  const std::string near = known ? "" : DidYouMean(name, *actions);
  if (!near.empty()) {
    checks.Add(Severity::kWarning, "iam-action", action.position(), path,
               fmt::format("{} has no action '{}'; it grants nothing", service, name), near);
  }
}

void CheckStatement(Checks& checks, const Node& statement, const std::string& path) {
  if (const Node* effect = statement.Find("Effect");
      effect->IsString() && effect->text() != "Allow" && effect->text() != "Deny") {
    checks.Add(Severity::kError, "iam-effect", effect->position(), path,
               fmt::format("Effect is '{}'; it is Allow or Deny", effect->text()));
  }
  for (const std::string_view key : {"Action", "NotAction"}) {
    const Node* actions = statement.Find(key);
    if (actions == nullptr || IsFunctionCall(*actions)) {
      continue;
    }
    if (actions->IsString()) {
      CheckAction(checks, *actions, path);
    }
    for (const Node& action : actions->items()) {
      CheckAction(checks, action, path);
    }
  }
}

}  // namespace

void CheckPolicies(Checks& checks, const Source& source) {
  for (const Entry& resource : source.Section("Resources").entries()) {
    const Node* properties = resource.value.Find("Properties");
    if (properties == nullptr || resource.value.TextOf("Type").rfind("AWS::", 0) != 0) {
      continue;
    }
    const std::string path = source.PathOf(resource.key) + ".Properties";
    Walk(*properties, [&](const Node& node) {
      const bool statement = node.IsMap() && node.Contains("Effect") &&
                             (node.Contains("Action") || node.Contains("NotAction"));
      if (statement) {
        CheckStatement(checks, node, path);
      }
      return !statement;
    });
  }
}

}  // namespace offstage::validate
