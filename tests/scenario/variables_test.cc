#include "scenario/variables.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "scenario/yaml.h"

namespace offstage::scenario {
namespace {

constexpr TimePoint kNow{std::chrono::seconds(1'767'225'600)};  // 2026-01-01T00:00:00Z

class VariablesTest : public testing::Test {
 protected:
  std::string Resolved(const std::string& yaml) {
    const auto node = variables_.Resolve(Yaml(yaml));
    return node.ok() ? DumpJson(templates::ToOrderedJson(*node)) : node.error().message;
  }
  Variables variables_{7, [] { return kNow; }};
};

TEST_F(VariablesTest, ATextThatIsOneVariableBecomesItsValue) {
  variables_.Set("ada", Yaml("{name: Ada, tags: [a, b]}"));
  variables_.Set("limit", Yaml("3"));
  EXPECT_EQ(Resolved("${ada}"), R"({"name":"Ada","tags":["a","b"]})");
  EXPECT_EQ(Resolved("{q: '${limit}', text: 'max ${limit}'}"), R"({"q":3,"text":"max 3"})");
  EXPECT_EQ(Resolved("${ada.tags[1]}"), R"("b")");
  EXPECT_EQ(Resolved("{'${ada.name}': 1}"), R"({"Ada":1})");
  EXPECT_EQ(Resolved("costs $${limit}"), R"("costs ${limit}")");
}

TEST_F(VariablesTest, TimesAreTheDeployments) {
  EXPECT_EQ(Resolved("${now}"), R"("2026-01-01T00:00:00.000Z")");
  EXPECT_EQ(Resolved("${now-1d}"), R"("2025-12-31T00:00:00.000Z")");
  EXPECT_EQ(Resolved("${now.epoch+1h}"), "1767229200");
  EXPECT_EQ(Resolved("${today}"), R"("2026-01-01")");
}

TEST_F(VariablesTest, GeneratedValuesRepeatWithTheSeed) {
  Variables other(7, [] { return kNow; });
  const std::string text = "${uuid} ${random-name} ${random-email} ${random-int 5 9}";
  EXPECT_EQ(Resolved(text), DumpJson(templates::ToOrderedJson(*other.Resolve(Yaml(text)))));
}

TEST_F(VariablesTest, AnUnknownOneIsNamedWithItsPlaceAndTheNearest) {
  variables_.Set("username", Yaml("ada"));
  EXPECT_EQ(Resolved("{a: 1, b: '${usrname}'}"),
            "test.yml:1:11: there is no variable ${usrname}; did you mean ${username}?");
  EXPECT_EQ(Resolved("${username.name}"),
            "test.yml:1:1: ${username.name}: there is no such member");
  EXPECT_EQ(Resolved("x${username"), "test.yml:1:1: `${` has no `}`");
}

}  // namespace
}  // namespace offstage::scenario
