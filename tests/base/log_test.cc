#include "base/log.h"

#include <gtest/gtest.h>

namespace offstage {
namespace {

TEST(Log, WritesOneLineAnEvent) {
  MemoryLog log;
  log.Warn("handler exited", {{"function", "users"}, {"hint", "see \"stderr\"\nabove"}});
  ASSERT_EQ(log.Lines().size(), 1u);
  EXPECT_EQ(log.Lines()[0],
            "warning: handler exited function=users hint=\"see \\\"stderr\\\"\\nabove\"");
}

}  // namespace
}  // namespace offstage
