#include "lambda/interpreter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lambda/runtimes.h"
#include "support/temp_dir.h"

namespace offstage::lambda {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Runtimes, UnknownNamesAreRefusedWithTheNearest) {
  EXPECT_TRUE(FindRuntime("python3.8").ok());
  EXPECT_THAT(FindRuntime("nodejs20").error().message, HasSubstr("did you mean nodejs20.x?"));
  EXPECT_THAT(FindRuntime("java17").error().message, HasSubstr("java17 is not emulated"));
}

TEST(RequiredPackages, ReadsNamesWithoutVersionsAndOptions) {
  EXPECT_THAT(RequiredPackages("boto3==1.2\n# note\n-r other.txt\nPython-Dateutil>=2 ; x\n"
                               "simplejson # c\nrequests[security]\nhttps://example.com/a.whl\n"),
              ElementsAre("boto3", "python_dateutil", "simplejson", "requests"));
}

class InterpreterTest : public testing::Test {
 protected:
  InterpreterTest() : host_(std::move(process::Host::Start()).value()) {}

  // A pretended interpreter below prefix/bin, whose name tells its version.
  void Install(const std::string& prefix, const std::string& name) {
    const fs::path path = folder_.Write(prefix + "/bin/" + name, "#!/bin/sh\nexit 1\n");
    fs::permissions(path, fs::perms::owner_all);
  }
  std::string Path(const std::string& prefix) { return (folder_.path() / prefix / "bin").string(); }
  InterpreterChoice Choose(const std::string& runtime, const std::string& search_path) {
    InterpreterFinder finder(options_, *host_, search_path);
    auto choice = finder.Choose(*FindRuntime(runtime), function_);
    EXPECT_TRUE(choice.ok()) << (choice.ok() ? "" : choice.error().message);
    return choice.ok() ? *choice : InterpreterChoice{};
  }

  test::TempDir folder_;
  Options options_;
  FunctionConfig function_;
  std::unique_ptr<process::Host> host_;
};

TEST_F(InterpreterTest, PrefersTheOneThatHasWhatTheFunctionNeeds) {
  Install("exact", "python3.8");
  Install("other", "python3.9");
  folder_.Write("exact/lib/python3.8/site-packages/boto3/__init__.py", "");
  folder_.Write("other/lib/python3.9/site-packages/boto3/__init__.py", "");
  folder_.Write("other/lib/python3.9/site-packages/zebra.py", "");
  const std::string path = Path("exact") + ":" + Path("other");
  EXPECT_EQ(Choose("python3.8", path).interpreter.path, folder_.path() / "exact/bin/python3.8");

  folder_.Write("code/requirements.txt", "zebra\n");
  function_.code = folder_.path() / "code";
  const InterpreterChoice choice = Choose("python3.8", path);
  EXPECT_EQ(choice.interpreter.path, folder_.path() / "other/bin/python3.9");
  EXPECT_THAT(choice.note, HasSubstr("lacks packages that the function needs"));

  folder_.Write("code/zebra/__init__.py", "");
  EXPECT_EQ(Choose("python3.8", path).note, "") << "the function brings the package itself";
}

TEST_F(InterpreterTest, ExactVersionOnlyWhenStrict) {
  options_.runtime_match = RuntimeMatch::kExact;
  InterpreterFinder finder(options_, *host_, Path("none"));
  const auto choice = finder.Choose(
      {.id = "python3.99", .language = Language::kPython, .version = {3, 99}}, function_);
  ASSERT_FALSE(choice.ok());
  EXPECT_THAT(choice.error().message, HasSubstr("python3.99"));
}

TEST_F(InterpreterTest, AnExplicitPathWins) {
  Install("mine", "python3.10");
  options_.interpreters["python"] = Path("mine") + "/python3.10";
  const InterpreterChoice choice = Choose("python3.12", "/usr/bin");
  EXPECT_EQ(choice.interpreter.path, Path("mine") + "/python3.10");
  EXPECT_THAT(choice.note, HasSubstr("as asked for"));
}

}  // namespace
}  // namespace offstage::lambda
