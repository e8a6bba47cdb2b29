// What `offstage validate` found: what would fail at or after a deployment, and what becomes of
// each resource when it is emulated. Plain data; Thread-compatible.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "template/stack.h"

namespace offstage::validate {

enum class Severity { kError, kWarning, kNote };
std::string_view SeverityName(Severity severity);

struct Finding {
  Severity severity = Severity::kError;
  // "unknown-property": the same for all findings of one check.
  std::string rule = {};
  templates::Position position = {};
  // "APIs/getUsersFunction.Properties.Handler"; "" for whole files.
  std::string path = {};
  // What is wrong and why that fails.
  std::string message = {};
  // What to do; may be empty.
  std::string fix = {};
};

enum class Outcome { kHonoured, kIgnored, kRefused, kNotCreated };
std::string_view OutcomeName(Outcome outcome);

// What becomes of a resource, or of one property that has another fate than its resource.
struct FateLine {
  Outcome outcome = Outcome::kHonoured;
  templates::Position position = {};
  std::string path = {};
  std::string type = {};
  std::string why = {};
};

struct Report {
  std::filesystem::path template_file = {};
  // In the order of files and lines.
  std::vector<Finding> findings = {};
  std::vector<FateLine> fates = {};

  int Count(Severity severity) const;
};

// One line a finding, then the fates, then a summary. `with_fates` false: no list of fates.
std::string TextReport(const Report& report, bool with_fates);
// {"template", "summary", "findings": [...], "fates": [...]}
std::string JsonReport(const Report& report);
// SARIF 2.1.0, as code scanning services read it. `version` is the program's.
std::string SarifReport(const Report& report, std::string_view version);
// GitHub's workflow commands: "::error file=...,line=...,col=...::...".
std::string GithubReport(const Report& report);

}  // namespace offstage::validate
