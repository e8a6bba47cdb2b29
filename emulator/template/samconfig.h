// SAM's configuration file (samconfig.toml, samconfig.yaml, samconfig.yml) and the syntax of
// `sam deploy --parameter-overrides`.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "template/stack.h"

namespace offstage::templates {

struct SamConfig {
  // Where the values came from; empty when there is no file.
  std::filesystem::path file;
  std::string environment = "default";
  std::optional<std::string> stack_name;
  std::optional<std::string> region;
  // `template_file` or `template`, relative to the file's folder.
  std::optional<std::filesystem::path> template_file;
  TextPairs parameters;
};

// Reads the tables [ENV.global.parameters] and [ENV.deploy.parameters] (the latter wins).
// Fails for a file that cannot be read or parsed, and for an `environment` other than "default"
// that the file does not have (naming those it has).
Result<SamConfig> ReadSamConfig(const std::filesystem::path& file,
                                std::string_view environment = "default");

// samconfig.toml, samconfig.yaml or samconfig.yml in `folder`; an empty SamConfig when there is
// none and `environment` is "default".
Result<SamConfig> FindSamConfig(const std::filesystem::path& folder,
                                std::string_view environment = "default");

// `Key=Value Other="a b"` and `ParameterKey=Key,ParameterValue=Value ...`; one text may hold
// several. Values may be quoted, with backslash escapes. Fails naming the piece that is neither.
Result<TextPairs> ParseParameterOverrides(const std::vector<std::string>& texts);

}  // namespace offstage::templates
