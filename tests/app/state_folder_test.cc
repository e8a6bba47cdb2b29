#include "app/state_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temp_dir.h"

namespace offstage::app {
namespace {

TEST(StateFolder, OneEmulatorAtATime) {
  const test::TempDir data;
  auto first = StateFolder::Lock(data.path(), "stack");
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(first->Announce({.pid = 42, .api_port = 3000, .aws_port = 4566}).ok());
  const auto second = StateFolder::Lock(data.path(), "stack");
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message.find("process 42"), std::string::npos) << second.error().message;
  EXPECT_TRUE(StateFolder::Lock(data.path(), "other").ok());
}

TEST(StateFolder, OthersFindTheRunningEmulatorOnlyWhileItLives) {
  const test::TempDir data;
  {
    auto folder = StateFolder::Lock(data.path(), "stack");
    ASSERT_TRUE(folder->Announce({.pid = 1, .api_port = 2, .aws_port = 3}).ok());
    const auto running = FindRunning(data.path(), "stack");
    ASSERT_TRUE(running.has_value());
    EXPECT_EQ(running->aws_port, 3);
  }
  EXPECT_FALSE(FindRunning(data.path(), "stack").has_value());
}

// A killed emulator leaves its note; without its lock nobody believes it.
TEST(StateFolder, AStaleNoteMeansNothing) {
  const test::TempDir data;
  data.Write("stack/running.json", R"({"pid":1,"api_port":2,"aws_port":3})");
  data.Write("stack/lock", "");
  EXPECT_FALSE(FindRunning(data.path(), "stack").has_value());
}

TEST(StateFolder, KeepsNames) {
  const test::TempDir data;
  auto folder = StateFolder::Lock(data.path(), "stack");
  EXPECT_EQ(*folder->ReadNames(), "");
  ASSERT_TRUE(folder->WriteNames("{\"a\":\"b\"}").ok());
  EXPECT_EQ(*folder->ReadNames(), "{\"a\":\"b\"}");
}

TEST(StateFolder, AFolderThatCannotBeMadeIsNamed) {
  const test::TempDir data;
  const auto file = data.Write("file", "");
  const auto folder = StateFolder::Lock(file, "stack");
  ASSERT_FALSE(folder.ok());
  EXPECT_NE(folder.error().message.find("--data"), std::string::npos) << folder.error().message;
}

}  // namespace
}  // namespace offstage::app
