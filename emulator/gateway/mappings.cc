#include "gateway/mappings.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace offstage::gateway {

namespace {

std::string ParseTemplates(const Pairs& written, std::string_view what, ContentTemplates& out) {
  for (const auto& [type, text] : written) {
    // An empty template is none: the body passes as it is.
    if (text.empty()) continue;
    auto parsed = vtl::Template::Parse(text);
    if (!parsed.ok()) {
      return fmt::format("its {} template for {}: {}", what, type, parsed.error().message);
    }
    out.emplace_back(type, std::move(parsed).value());
  }
  return {};
}

// "statusCode", 'statusCode' or bare; null when the quotes do not match.
std::optional<std::string_view> MemberName(std::string_view text) {
  text = Trim(text);
  if (text.empty() || (text.front() != '"' && text.front() != '\'')) return text;
  if (text.size() < 2 || text.back() != text.front()) return std::nullopt;
  return text.substr(1, text.size() - 2);
}

std::optional<int> ParseWhole(std::string_view text) {
  text = Trim(text);
  int number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string PrepareMappings(const MappedIntegration& integration, Mappings& mappings) {
  std::string problem =
      ParseTemplates(integration.request_templates, "request", mappings.request_templates);
  for (const ResponseRule& response : integration.responses) {
    Mappings::Rule rule;
    if (problem.empty()) problem = ParseTemplates(response.templates, "response", rule.templates);
    if (!response.pattern.empty()) {
      auto pattern = Regex::Compile(response.pattern);
      if (!pattern.ok()) return pattern.error().message;
      rule.pattern = std::move(pattern).value();
    }
    mappings.rules.push_back(std::move(rule));
  }
  return problem;
}

const vtl::Template* FindTemplate(const ContentTemplates& templates, std::string_view media_type) {
  const std::string_view type = Trim(media_type.substr(0, media_type.find(';')));
  for (const std::string_view wanted : {type, std::string_view("$default")}) {
    for (const auto& [name, found] : templates) {
      if (EqualsIgnoreCase(name, wanted)) return &found;
    }
  }
  return nullptr;
}

std::optional<std::size_t> ChooseRule(const Mappings& mappings, const std::string& answered) {
  std::optional<std::size_t> fallback;
  for (std::size_t i = 0; i < mappings.rules.size(); ++i) {
    const Mappings::Rule& rule = mappings.rules[i];
    if (!rule.pattern.has_value()) {
      if (!fallback.has_value()) fallback = i;
    } else if (rule.pattern->Matches(answered)) {
      return i;
    }
  }
  return fallback;
}

std::optional<int> ParseMockStatus(std::string_view text) {
  const auto json = ParseJson(text);
  if (json.ok()) {
    const auto found = json->is_object() ? json->find("statusCode") : json->end();
    if (!json->is_object() || found == json->end() || !found->is_number_integer())
      return std::nullopt;
    return found->get<int>();
  }
  text = Trim(text);
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return std::nullopt;
  std::optional<int> status;
  for (const std::string_view member : Split(text.substr(1, text.size() - 2), ',')) {
    if (Trim(member).empty()) continue;
    const std::size_t colon = member.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::optional<std::string_view> name = MemberName(member.substr(0, colon));
    if (!name.has_value() || name->starts_with('{') || name->starts_with('[')) return std::nullopt;
    if (*name == "statusCode") {
      status = ParseWhole(member.substr(colon + 1));
      if (!status.has_value()) return std::nullopt;
    }
  }
  return status;
}

}  // namespace offstage::gateway
