#include "template/document.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace offstage::templates {
namespace {

Json Read(std::string_view text) {
  const auto document = ParseDocument(text, "t.yaml");
  EXPECT_TRUE(document.ok()) << document.error().message;
  return document.ok() ? ToJson(document->root) : Json();
}

std::string ErrorOf(std::string_view text) {
  const auto document = ParseDocument(text, "t.yaml");
  EXPECT_FALSE(document.ok());
  return document.ok() ? "" : document.error().message;
}

TEST(Document, ShortTagsBecomeLongForms) {
  EXPECT_EQ(Read("a: !Ref B"), Json::parse(R"({"a": {"Ref": "B"}})"));
  EXPECT_EQ(Read("a: !GetAtt B.Outputs.C"),
            Json::parse(R"({"a": {"Fn::GetAtt": ["B", "Outputs.C"]}})"));
  EXPECT_EQ(Read("a: !Sub '${B}'"), Json::parse(R"({"a": {"Fn::Sub": "${B}"}})"));
  EXPECT_EQ(Read("a: !If [B, !Ref C, !Ref 'AWS::NoValue']"),
            Json::parse(R"({"a": {"Fn::If": ["B", {"Ref": "C"}, {"Ref": "AWS::NoValue"}]}})"));
  EXPECT_EQ(Read("a: !Not\n  - !Condition B\n"),
            Json::parse(R"({"a": {"Fn::Not": [{"Condition": "B"}]}})"));
  EXPECT_EQ(Read("a: !Sub\n  - '${x}'\n  - x: !GetAtt B.C\n"),
            Json::parse(R"({"a": {"Fn::Sub": ["${x}", {"x": {"Fn::GetAtt": ["B", "C"]}}]}})"));
}

TEST(Document, ScalarsAreTypedAsYaml11) {
  EXPECT_EQ(
      Read("[yes, 'yes', off, 12, -3, '12', 1.5, 012345, 2010-09-09, ~, null, 1e3, 0x1F, '']"),
      Json::parse(
          R"([true, "yes", false, 12, -3, "12", 1.5, "012345", "2010-09-09", null, null, "1e3", "0x1F", ""])"));
  EXPECT_EQ(Read("{yes: 1, 200: a, on: b}"), Json::parse(R"({"yes": 1, "200": "a", "on": "b"})"));
}

TEST(Document, NumbersKeepTheirText) {
  const auto document = ParseDocument("v: 1.0", "t.yaml");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(document->root.Find("v")->text(), "1.0");
}

TEST(Document, NodesKnowTheirPlace) {
  const auto document =
      ParseDocument("Resources:\n  A:\n    Type: X\n    List:\n      - !Ref B\n", "sub/t.yaml");
  ASSERT_TRUE(document.ok());
  const Node* type = document->root.FindPath("Resources", "A", "Type");
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(type->position().Text(), "sub/t.yaml:3:11");
  EXPECT_EQ(document->root.FindPath("Resources", "A", "List")->items()[0].position().Text(),
            "sub/t.yaml:5:9");
  EXPECT_EQ(document->root.Find("Resources")->entries()[0].key_position.Text(), "sub/t.yaml:2:3");
}

TEST(Document, JsonKnowsItsPlaceToo) {
  const auto document =
      ParseDocument("{\n  \"A\": {\"B\": [1, true, \"x\\u00e9\", null, 1.50]}\n}\n", "t.json");
  ASSERT_TRUE(document.ok()) << document.error().message;
  EXPECT_EQ(ToJson(document->root), Json::parse(R"({"A": {"B": [1, true, "xé", null, 1.5]}})"));
  EXPECT_EQ(document->root.FindPath("A", "B")->items()[2].position().Text(), "t.json:2:24");
  EXPECT_EQ(document->root.FindPath("A", "B")->items()[4].text(), "1.50");
}

TEST(Document, JsonErrorsNameThePlace) {
  EXPECT_EQ(ErrorOf("{\n \"A\": 1,\n \"B\" 2\n}"),
            "t.yaml:3:6: not valid JSON: expected ':' after the key 'B'");
  EXPECT_EQ(ErrorOf("{\"A\": [1, 2"), "t.yaml:1:12: not valid JSON: expected ',' or ']' in a list");
}

TEST(Document, YamlErrorsNameThePlace) {
  EXPECT_EQ(ErrorOf("a: 1\nb: [1, 2\nc: 3\n").rfind("t.yaml:", 0), 0U);
  EXPECT_EQ(ErrorOf("a:\n  - b\n c: d\n").rfind("t.yaml:3:", 0), 0U);
  const std::string tab = ErrorOf("a:\n\tb: 1\n");
  EXPECT_EQ(tab.rfind("t.yaml:2:", 0), 0U) << tab;
  EXPECT_NE(tab.find("blanks"), std::string::npos) << tab;
  EXPECT_EQ(ErrorOf("a: *nowhere\n").rfind("t.yaml:1:", 0), 0U);
  EXPECT_EQ(ErrorOf("? [a, b]\n: c\n").rfind("t.yaml:1:", 0), 0U);
  EXPECT_EQ(ErrorOf(""), "t.yaml: the file is empty");
}

TEST(Document, WindowsFilesAreFine) {
  EXPECT_EQ(Read("\xEF\xBB\xBF"
                 "a: 1\r\nb:\r\n  - x\r\n"),
            Json::parse(R"({"a": 1, "b": ["x"]})"));
}

TEST(Document, OtherEncodingsAreRefused) {
  EXPECT_EQ(ErrorOf("a: b\nc: caf\xE9\n").rfind("t.yaml:2:1: the file is not UTF-8", 0), 0U);
  EXPECT_NE(ErrorOf(std::string("a: b\0c", 6)).find("UTF-8"), std::string::npos);
}

TEST(Document, AliasesAndMergeKeys) {
  EXPECT_EQ(
      Read("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\ncopy: *b\n"),
      Json::parse(
          R"({"base": {"x": 1, "y": 2}, "use": {"x": 1, "y": 3}, "copy": {"x": 1, "y": 2}})"));
}

TEST(Document, BillionLaughsAreRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    text += fmt::format(
        "a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  }
  EXPECT_NE(ErrorOf(text).find("too large"), std::string::npos);
  // Few values, much text.
  text = "a0: &a0 " + std::string(100'000, 'x') + "\n";
  for (int i = 1; i < 9; ++i) {
    text += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  }
  EXPECT_NE(ErrorOf(text).find("too large"), std::string::npos);
}

TEST(Document, CyclicAnchorsAreRefused) {
  EXPECT_NE(ErrorOf("a: &a\n  b: *a\n").find("inside the value"), std::string::npos);
}

TEST(Document, DepthIsBounded) {
  EXPECT_NE(ErrorOf(std::string(5000, '[')).find("t.yaml:1:"), std::string::npos);
  EXPECT_NE(ErrorOf("{\"a\":" + std::string(5000, '[')).find("levels deep"), std::string::npos);
}

TEST(Document, LargeFilesAreRefusedUnread) {
  const test::TempDir folder;
  const auto file = folder.Write("big.yaml", std::string(5 * 1024 * 1024, 'x'));
  const auto document = ReadDocument(file, "big.yaml");
  ASSERT_FALSE(document.ok());
  EXPECT_NE(document.error().message.find("larger than 4 MB"), std::string::npos);
}

TEST(Document, WideMapsAreRefused) {
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    text += fmt::format("k{}: 1\n", i);
  }
  EXPECT_NE(ErrorOf(text).find("more than 4000 keys"), std::string::npos);
}

TEST(Document, KeysWrittenTwiceAreNoted) {
  const auto document = ParseDocument("a: 1\nb: 2\na: 3\n", "t.yaml");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(ToJson(document->root), Json::parse(R"({"a": 3, "b": 2})"));
  ASSERT_EQ(document->warnings.size(), 1U);
  EXPECT_EQ(document->warnings[0].position.Text(), "t.yaml:3:1");
}

}  // namespace
}  // namespace offstage::templates
