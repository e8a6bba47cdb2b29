// Runs fixtures/vectors/template/*.json: templates in, what the stack says about them out.
//
// A case: "files" (name -> text, list of lines, or JSON), "parameters", "stack", "region", "ssm",
// "secrets", "imports"; then "expect" (a part of Describe's JSON: members that are named must
// match, null means absent, '*' in a text matches anything), "notes" (globs, each of which some
// note matches), "no_notes" (globs that none may match), or "error" (a glob for the load's error).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "support/temp_dir.h"
#include "template/describe.h"
#include "template/loader.h"

namespace offstage::templates {
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
      std::filesystem::path(OFFSTAGE_SOURCE_DIR) / "fixtures/vectors/template";
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

// "" when `actual` has what `expected` names, else the first difference.
std::string Difference(const json& expected, const json& actual, const std::string& at) {
  if (expected.is_object() && actual.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      const bool present = actual.contains(key);
      if (value.is_null() && (!present || actual[key].is_null())) {
        continue;
      }
      if (!present) {
        return at + "/" + key + " is missing; there is " + actual.dump();
      }
      const std::string difference = Difference(value, actual[key], at + "/" + key);
      if (!difference.empty()) {
        return difference;
      }
    }
    return "";
  }
  if (expected.is_array() && actual.is_array() && expected.size() == actual.size()) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const std::string difference =
          Difference(expected[i], actual[i], at + "/" + std::to_string(i));
      if (!difference.empty()) {
        return difference;
      }
    }
    return "";
  }
  if (expected.is_string() && actual.is_string() &&
      Glob(expected.get_ref<const std::string&>(), actual.get_ref<const std::string&>())) {
    return "";
  }
  return expected == actual ? "" : at + ": expected " + expected.dump() + ", got " + actual.dump();
}

std::string FileText(const json& content) {
  if (content.is_string()) {
    return content.get<std::string>();
  }
  if (!content.is_array()) {
    return content.dump(1);
  }
  std::string text;
  for (const json& line : content) {
    text += line.get<std::string>() + "\n";
  }
  return text;
}

std::map<std::string, std::string> Texts(const json& object) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : object.items()) {
    texts[key] = value.get<std::string>();
  }
  return texts;
}

class Vectors : public testing::TestWithParam<Case> {};

TEST_P(Vectors, Resolve) {
  const json& given = GetParam().content;
  const test::TempDir folder;
  for (const auto& [name, content] : given.at("files").items()) {
    folder.Write(name, FileText(content));
  }
  SeededIds seeded(7);
  IdRegistry ids(seeded);
  LoadOptions options;
  options.template_file = folder.path() / given.value("template", "template.yaml");
  options.stack_name = given.value("stack", "app");
  options.region = given.value("region", "us-east-1");
  for (const auto& [name, value] : Texts(given.value("ssm", json::object())))
    options.ssm_parameters[name] = {.value = value};
  options.secrets = Texts(given.value("secrets", json::object()));
  options.imports = Texts(given.value("imports", json::object()));
  const json parameters = given.value("parameters", json::object());
  for (const auto& [name, value] : parameters.items()) {
    options.parameters.emplace_back(name, value.get<std::string>());
  }
  const auto stack = LoadStack(options, ids);
  if (given.contains("error")) {
    ASSERT_FALSE(stack.ok());
    EXPECT_TRUE(Glob(given["error"].get<std::string>(), stack.error().message))
        << stack.error().message;
    return;
  }
  ASSERT_TRUE(stack.ok()) << stack.error().message;
  json described = test::Describe(*stack);
  const std::string text = ReplaceAll(described.dump(), folder.path().string(), "TEMP");
  described = json::parse(text);
  EXPECT_EQ(Difference(given.value("expect", json::object()), described, ""), "")
      << described["notes"].dump(1);
  const auto noted = [&](const json& glob) {
    return std::any_of(described["notes"].begin(), described["notes"].end(), [&](const json& note) {
      return Glob(glob.get<std::string>(), note.get<std::string>());
    });
  };
  for (const json& glob : given.value("notes", json::array())) {
    EXPECT_TRUE(noted(glob)) << glob << " is not among " << described["notes"].dump(1);
  }
  for (const json& glob : given.value("no_notes", json::array())) {
    EXPECT_FALSE(noted(glob)) << glob << " is among " << described["notes"].dump(1);
  }
}

INSTANTIATE_TEST_SUITE_P(Template, Vectors, testing::ValuesIn(AllCases()),
                         [](const testing::TestParamInfo<Case>& one) {
                           return one.param.content.at("name").get<std::string>();
                         });

}  // namespace
}  // namespace offstage::templates
