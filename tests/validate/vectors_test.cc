// Runs fixtures/vectors/validate/*.json: templates and files in, findings out.
//
// A case: "files" (name -> text, list of lines, or JSON), "parameters"; then "findings", globs of
// all lines of the text report but notes ("file:line:column: severity: path: message [rule]"), in
// order, or "some" (globs that some line matches), and "fates" (globs that some fate line matches).
// "left_out": path -> why, as the emulator would say it of events and routes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "support/temp_dir.h"
#include "validate/validate.h"

namespace offstage::validate {
namespace {

using nlohmann::json;

struct Case {
  std::string file;
  json content;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.file;
}

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  const std::filesystem::path folder =
      std::filesystem::path(OFFSTAGE_SOURCE_DIR) / "fixtures/vectors/validate";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream stream(file);
    for (const json& content : json::parse(stream)) {
      cases.push_back({file.stem().string(), content});
    }
  }
  return cases;
}

bool Glob(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) {
    return pattern == text;
  }
  if (text.substr(0, star) != pattern.substr(0, star)) {
    return false;
  }
  for (std::size_t at = star; at <= text.size(); ++at) {
    if (Glob(pattern.substr(star + 1), text.substr(at))) {
      return true;
    }
  }
  return false;
}

std::string FileText(const json& content) {
  if (!content.is_array()) {
    return content.is_string() ? content.get<std::string>() : content.dump(1);
  }
  std::string text;
  for (const json& line : content) {
    text += line.get<std::string>() + "\n";
  }
  return text;
}

// The report's lines: findings, then (after an empty line) fates.
void SplitReport(const std::string& text, std::vector<std::string>& findings,
                 std::vector<std::string>& fates) {
  for (const std::string_view line : Split(Trim(text), '\n')) {
    if (line.find(" [") != std::string_view::npos && line.back() == ']') {
      findings.emplace_back(line);
    } else if (!line.empty()) {
      fates.emplace_back(line);
    }
  }
}

class Vectors : public testing::TestWithParam<Case> {};

TEST_P(Vectors, Report) {
  const json& given = GetParam().content;
  const test::TempDir folder;
  for (const auto& [name, content] : given.at("files").items()) {
    folder.Write(name, FileText(content));
  }
  SeededIds seeded(7);
  templates::IdRegistry ids(seeded);
  ValidateOptions options;
  options.today = "2026-01-01";
  options.load.template_file = folder.path() / given.value("template", "template.yaml");
  options.load.stack_name = "app";
  const json parameters = given.value("parameters", json::object());
  for (const auto& [name, value] : parameters.items()) {
    options.load.parameters.emplace_back(name, value.get<std::string>());
  }
  const json left_out = given.value("left_out", json::object());
  options.left_out = [&](const templates::Stack&) {
    std::vector<templates::Note> notes;
    for (const auto& [path, why] : left_out.items()) {
      notes.push_back(
          {.fate = templates::Fate::kRefused, .path = path, .message = why.get<std::string>()});
    }
    return notes;
  };
  const auto report = Validate(options, ids);
  ASSERT_TRUE(report.ok()) << report.error().message;
  std::vector<std::string> findings;
  std::vector<std::string> fates;
  SplitReport(TextReport(*report, true), findings, fates);
  const auto expect_some = [](const json& globs, const std::vector<std::string>& lines) {
    for (const json& glob : globs) {
      EXPECT_TRUE(
          std::any_of(lines.begin(), lines.end(),
                      [&](const std::string& line) { return Glob(glob.get<std::string>(), line); }))
          << glob << " is not among\n"
          << Join(lines, "\n");
    }
  };
  if (given.contains("findings")) {
    const json& expected = given["findings"];
    ASSERT_EQ(findings.size(), expected.size()) << Join(findings, "\n");
    for (std::size_t i = 0; i < findings.size(); ++i) {
      EXPECT_TRUE(Glob(expected[i].get<std::string>(), findings[i])) << findings[i];
    }
  }
  expect_some(given.value("some", json::array()), findings);
  expect_some(given.value("fates", json::array()), fates);
}

INSTANTIATE_TEST_SUITE_P(Validate, Vectors, testing::ValuesIn(AllCases()),
                         [](const testing::TestParamInfo<Case>& one) {
                           return one.param.content.at("name").get<std::string>();
                         });

}  // namespace
}  // namespace offstage::validate
