#include "lambda/code_facts.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace offstage::lambda {
namespace {

FunctionConfig CodeAt(const std::filesystem::path& path) {
  FunctionConfig function;
  function.code = path;
  return function;
}

TEST(CodeFacts, OfAZipAreThoseOfItsBytes) {
  test::TempDir folder;
  folder.Write("code.zip", "abc");
  const CodeFacts facts = FactsOfCode(CodeAt(folder.path() / "code.zip"));
  EXPECT_EQ(facts.size, 3u);
  // printf abc | openssl sha256 -binary | base64
  EXPECT_EQ(facts.sha256, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

TEST(CodeFacts, OfAFolderChangeWithNamesAndContents) {
  test::TempDir folder;
  folder.Write("app.py", "abc");
  folder.Write("lib/util.py", "d");
  const FunctionConfig function = CodeAt(folder.path());
  const CodeFacts before = FactsOfCode(function);
  EXPECT_EQ(before.size, 4u);
  EXPECT_EQ(FactsOfCode(function).sha256, before.sha256);
  std::filesystem::rename(folder.path() / "app.py", folder.path() / "main.py");
  const CodeFacts renamed = FactsOfCode(function);
  EXPECT_NE(renamed.sha256, before.sha256);
  folder.Write("main.py", "abd");
  EXPECT_NE(FactsOfCode(function).sha256, renamed.sha256);
}

TEST(CodeFacts, OfInlineCodeAreThoseOfItsText) {
  FunctionConfig function = CodeAt("/nowhere");
  function.inline_code = "abc";
  EXPECT_EQ(FactsOfCode(function).sha256, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

TEST(CodeFacts, OfNothingAreEmpty) {
  EXPECT_EQ(FactsOfCode(CodeAt("/nowhere")).size, 0u);
}

}  // namespace
}  // namespace offstage::lambda
