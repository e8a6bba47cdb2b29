// Each component includes only itself and what its offstage_component() names in DEPS, directly or
// through those; foreign libraries are included by the component that wraps them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace offstage {
namespace {

namespace fs = std::filesystem;
using Layers = std::map<std::string, std::set<std::string>>;

// "aws: base http" lines that CMake wrote, with the dependencies of dependencies added.
Layers ReadLayers() {
  Layers layers;
  std::ifstream file(std::string(OFFSTAGE_BINARY_DIR) + "/layers.txt");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(':');
    std::string names = line.substr(colon + 1);
    for (char& c : names)
      c = c == ';' ? ' ' : c;
    std::set<std::string>& allowed = layers[line.substr(0, colon)];
    std::istringstream words(line.substr(colon + 1));
    for (std::string name; words >> name;) {
      allowed.insert(name);
      allowed.insert(layers[name].begin(), layers[name].end());
    }
    allowed.insert(line.substr(0, colon));
  }
  return layers;
}

std::string ReadText(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

template <typename Check>
void ForEachSource(Check check) {
  const fs::path root = fs::path(OFFSTAGE_SOURCE_DIR) / "emulator";
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".h" && extension != ".cc") continue;
    const fs::path relative = fs::relative(entry.path(), root);
    check(relative.begin()->string(), relative.string(), ReadText(entry.path()));
  }
}

TEST(Layers, EveryIncludeIsAllowed) {
  const Layers layers = ReadLayers();
  ASSERT_GT(layers.size(), 5u);
  const std::regex include("#include \"([a-z_]+)/");
  ForEachSource(
      [&](const std::string& component, const std::string& file, const std::string& text) {
        const auto allowed = layers.find(component);
        if (allowed == layers.end()) return;
        for (std::sregex_iterator it(text.begin(), text.end(), include), end; it != end; ++it) {
          EXPECT_TRUE(allowed->second.count((*it)[1]) == 1)
              << "emulator/" << file << " includes " << (*it)[1] << ", which " << component
              << " does not name in its DEPS";
        }
      });
}

TEST(Layers, ServicesNeverIncludeEachOther) {
  const Layers layers = ReadLayers();
  const std::set<std::string> services = {"dynamodb", "streams", "ssm",    "kms",
                                          "cognito",  "lambda",  "gateway"};
  for (const std::string& service : services) {
    const auto row = layers.find(service);
    if (row == layers.end()) continue;
    for (const std::string& other : services) {
      EXPECT_TRUE(other == service || row->second.count(other) == 0)
          << service << " depends on " << other;
    }
  }
}

TEST(Layers, ForeignLibrariesStayInTheirWrapper) {
  const std::map<std::string, std::string> owners = {{"<httplib.h>", "http"},
                                                     {"<sqlite3.h>", "sqlite"},
                                                     {"<yaml-cpp/yaml.h>", "template"},
                                                     {"<CLI/", "cli"}};
  ForEachSource(
      [&](const std::string& component, const std::string& file, const std::string& text) {
        for (const auto& [header, owner] : owners) {
          EXPECT_TRUE(component == owner || text.find("#include " + header) == std::string::npos)
              << "emulator/" << file << " includes " << header << ", which belongs to " << owner;
        }
      });
}

}  // namespace
}  // namespace offstage
