// Mappings: the templates and rules of a MappedIntegration, ready to use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/regex.h"
#include "gateway/api_config.h"
#include "gateway/vtl/template.h"

namespace offstage::gateway {

using ContentTemplates = std::vector<std::pair<std::string, vtl::Template>>;

// Thread-safe once made.
struct Mappings {
  struct Rule {
    // Null: the default.
    std::optional<Regex> pattern = {};
    ContentTemplates templates = {};
  };
  ContentTemplates request_templates = {};
  // One for each of MappedIntegration::responses.
  std::vector<Rule> rules = {};
};

// Returns why the integration cannot be served, or "".
std::string PrepareMappings(const MappedIntegration& integration, Mappings& mappings);

// The template for a media type, parameters of which do not count: the type's own, else "$default",
// else null.
const vtl::Template* FindTemplate(const ContentTemplates& templates, std::string_view media_type);

// Index of the rule for what was answered: the first whose pattern fits it all, else the default;
// null when there is neither.
std::optional<std::size_t> ChooseRule(const Mappings& mappings, const std::string& answered);

// What a MOCK's request template says: {"statusCode": 200}. The service takes less than JSON here:
// names without quotes, as the CDK writes them (recorded: test_integration_mock_with_path_param).
// Null when there is no whole number.
std::optional<int> ParseMockStatus(std::string_view text);

}  // namespace offstage::gateway
