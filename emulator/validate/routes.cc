// The paths of SAM's API events: their syntax, and the parameters that events declare.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "validate/checks.h"

namespace offstage::validate {
namespace {

using templates::Entry;

// The parameters of "/users/{id}/{proxy+}"; `wrong` says what API Gateway refuses, if anything.
std::vector<std::string> PathParameters(std::string_view path, std::string& wrong) {
  std::vector<std::string> names;
  const auto parts = Split(path, '/');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string_view part = parts[i];
    const bool braces = part.find_first_of("{}") != std::string_view::npos;
    if (!braces) {
      continue;
    }
    if (part.front() != '{' || part.back() != '}' ||
        part.substr(1, part.size() - 2).find_first_of("{}") != std::string_view::npos) {
      wrong = fmt::format("'{}': a parameter takes a whole segment, as in /users/{{id}}", part);
      return names;
    }
    std::string_view name = part.substr(1, part.size() - 2);
    if (!name.empty() && name.back() == '+') {
      name.remove_suffix(1);
      if (i + 1 != parts.size()) {
        wrong =
            fmt::format("'{}' takes the rest of the path, so it must be the last segment", part);
      }
    }
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      wrong = fmt::format("the parameter '{}' is there twice", name);
    }
    names.emplace_back(name);
  }
  return names;
}

void CheckDeclared(Checks& checks, const Node& declared, const std::vector<std::string>& names,
                   const std::string& path_text, const std::string& at) {
  constexpr std::string_view kPrefix = "method.request.path.";
  std::set<std::string> found;
  bool any = false;
  const auto take = [&](std::string_view text, const Position& position) {
    if (text.rfind(kPrefix, 0) != 0) {
      return;
    }
    any = true;
    const std::string name(text.substr(kPrefix.size()));
    found.insert(name);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      checks.Add(Severity::kWarning, "path-parameter", position, at + ".RequestParameters",
                 fmt::format("the path {} has no parameter '{}'", path_text, name),
                 DidYouMean(name, names));
    }
  };
  for (const Node& item : declared.items()) {
    if (item.IsString()) {
      take(item.text(), item.position());
    }
    for (const Entry& entry : item.entries()) {
      take(entry.key, entry.key_position);
    }
  }
  for (const std::string& name : names) {
    if (any && found.count(name) == 0) {
      checks.Add(Severity::kWarning, "path-parameter", declared.position(),
                 at + ".RequestParameters",
                 fmt::format("the path {} has the parameter '{}', which RequestParameters does not "
                             "declare",
                             path_text, name),
                 fmt::format("add method.request.path.{}", name));
    }
  }
}

void CheckEvent(Checks& checks, const Entry& event, const std::string& at) {
  const std::string type = event.value.TextOf("Type");
  const Node* properties = event.value.Find("Properties");
  if ((type != "Api" && type != "HttpApi") || properties == nullptr) {
    return;
  }
  const Node* path = properties->Find("Path");
  if (path == nullptr || !path->IsString()) {
    return;
  }
  if (path->text().empty() || (path->text().front() != '/' && path->text() != "$default")) {
    checks.Add(Severity::kError, "route-path", path->position(), at + ".Path",
               fmt::format("the path '{}' does not start with /", path->text()),
               fmt::format("write /{}", path->text()));
    return;
  }
  std::string wrong;
  const std::vector<std::string> names = PathParameters(path->text(), wrong);
  if (!wrong.empty()) {
    checks.Add(Severity::kError, "route-path", path->position(), at + ".Path", wrong);
  }
  if (const Node* declared = properties->Find("RequestParameters"); declared != nullptr) {
    CheckDeclared(checks, *declared, names, path->text(), at);
  }
}

}  // namespace

void CheckRoutes(Checks& checks, const Source& source) {
  for (const Entry& resource : source.Section("Resources").entries()) {
    const Node* events = resource.value.FindPath("Properties", "Events");
    if (resource.value.TextOf("Type") != "AWS::Serverless::Function" || events == nullptr) {
      continue;
    }
    for (const Entry& event : events->entries()) {
      CheckEvent(checks, event,
                 fmt::format("{}.Properties.Events.{}", source.PathOf(resource.key), event.key));
    }
  }
}

}  // namespace offstage::validate
