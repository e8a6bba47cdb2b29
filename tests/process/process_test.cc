// Children: output, exits, groups, and that nothing is left behind.
#include "process/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT: kill is POSIX
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "support/temp_dir.h"

namespace offstage::process {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

Deadline Soon() {
  return steady_clock::now() + seconds(20);
}

class Recorder : public Listener {
 public:
  void OnOutput(std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    text_.append(bytes);
    changed_.notify_all();
  }
  void OnExit(const ExitStatus& status) override {
    const std::lock_guard lock(mutex_);
    exit_ = status;
    changed_.notify_all();
  }
  std::string Text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  bool WaitForText(std::string_view text) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, Soon(), [&] { return text_.find(text) != std::string::npos; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  std::optional<ExitStatus> exit_;
};

class ProcessTest : public testing::Test {
 protected:
  ProcessTest() : host_(std::move(Host::Start()).value()) {}

  std::unique_ptr<Process> Shell(const std::string& script) {
    auto child = host_->Spawn({.arguments = {"/bin/sh", "-c", script}}, recorder_);
    EXPECT_TRUE(child.ok()) << child.error().message;
    return std::move(child).value();
  }

  Recorder recorder_;
  std::unique_ptr<Host> host_;
};

// A process that is gone or only waits to be reaped by init.
bool IsGone(pid_t pid) {
  if (kill(pid, 0) != 0) return true;
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  const auto close = text.rfind(')');
  return close != std::string::npos && close + 2 < text.size() && text[close + 2] == 'Z';
}

bool WaitUntilGone(pid_t pid) {
  const auto deadline = Soon();
  while (!IsGone(pid)) {
    if (steady_clock::now() > deadline) return false;
    usleep(1000);
  }
  return true;
}

std::size_t OpenDescriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    ++count;
  return count;
}

TEST_F(ProcessTest, DeliversOutputOfBothStreamsInOrderBeforeTheExit) {
  auto child = Shell("echo one; echo two >&2; printf three");
  const auto status = child->WaitForExit(Soon());
  ASSERT_TRUE(status.has_value());
  EXPECT_TRUE(status->success());
  EXPECT_EQ(recorder_.Text(), "one\ntwo\nthree");
}

TEST_F(ProcessTest, TellsExitCodesAndSignals) {
  EXPECT_EQ(Shell("exit 3")->WaitForExit(Soon())->Describe(), "exit status 3");
  EXPECT_EQ(Shell("kill -KILL $$")->WaitForExit(Soon())->Describe(), "signal: killed");
  EXPECT_EQ(Shell("kill -SEGV $$")->WaitForExit(Soon())->Describe(), "signal: segmentation fault");
}

TEST_F(ProcessTest, GivesTheChildOnlyTheNamedEnvironmentAndFolder) {
  const test::TempDir folder;
  auto child =
      host_->Spawn({.arguments = {"/usr/bin/env"}, .environment = {"A=1", "B=x y"}}, recorder_);
  ASSERT_TRUE(child.ok());
  child.value()->WaitForExit(Soon());
  EXPECT_EQ(recorder_.Text(), "A=1\nB=x y\n");

  Recorder second;
  auto pwd = host_->Spawn({.arguments = {"/bin/pwd"}, .folder = folder.path()}, second);
  ASSERT_TRUE(pwd.ok());
  pwd.value()->WaitForExit(Soon());
  EXPECT_EQ(second.Text(), std::filesystem::canonical(folder.path()).string() + "\n");
}

TEST_F(ProcessTest, SaysWhyAProgramCannotRun) {
  auto missing = host_->Spawn({.arguments = {"/nonexistent/program"}}, recorder_);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ENOENT);
  EXPECT_THAT(missing.error().message, testing::HasSubstr("/nonexistent/program"));
  auto folder = host_->Spawn({.arguments = {"/bin/sh"}, .folder = "/nonexistent"}, recorder_);
  EXPECT_FALSE(folder.ok());
}

TEST_F(ProcessTest, TerminateEscalatesToKillAfterTheGrace) {
  auto child = Shell("trap '' TERM; echo ready; while :; do sleep 1; done");
  ASSERT_TRUE(recorder_.WaitForText("ready"));
  child->Terminate(milliseconds(50));
  const auto status = child->WaitForExit(Soon());
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->signal, SIGKILL);
}

TEST_F(ProcessTest, TheWholeGroupDiesWithItsLeader) {
  auto child = Shell("sleep 300 & echo pid=$!; exit 0");
  ASSERT_TRUE(child->WaitForExit(Soon()).has_value());
  const std::string text = recorder_.Text();
  const auto pid = static_cast<pid_t>(std::stoi(text.substr(text.find('=') + 1)));
  EXPECT_TRUE(WaitUntilGone(pid));
}

TEST_F(ProcessTest, DestroyingAProcessKillsIt) {
  auto child = Shell("echo ready; sleep 300");
  ASSERT_TRUE(recorder_.WaitForText("ready"));
  const pid_t pid = child->pid();
  child.reset();
  EXPECT_NE(kill(pid, 0), 0) << "reaped, so the pid is nobody's";
}

TEST_F(ProcessTest, ChildrenInheritNeitherIgnoredSignalsNorDescriptors) {
  signal(SIGPIPE, SIG_IGN);  // As cpp-httplib does.
  const int leak = open("/dev/null", O_RDONLY);
  auto child = Shell("grep SigIgn /proc/$$/status; ls /proc/$$/fd | tr '\\n' ' '");
  child->WaitForExit(Soon());
  close(leak);
  EXPECT_THAT(recorder_.Text(), testing::HasSubstr("SigIgn:\t0000000000000000"));
  EXPECT_THAT(recorder_.Text(), testing::HasSubstr("0 1 2 "));
  EXPECT_THAT(recorder_.Text(), testing::Not(testing::HasSubstr(" 3 4")));
}

TEST_F(ProcessTest, LeavesNoDescriptorOpen) {
  Shell("true")->WaitForExit(Soon());
  const std::size_t before = OpenDescriptors();
  for (int i = 0; i < 20; ++i)
    Shell("echo x; echo y >&2")->WaitForExit(Soon());
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST_F(ProcessTest, CapturesShortCommands) {
  EXPECT_EQ(Capture(*host_, {.arguments = {"/bin/echo", "hi"}}, seconds(20)), "hi\n");
  EXPECT_EQ(Capture(*host_, {.arguments = {"/bin/false"}}, seconds(20)), std::nullopt);
  EXPECT_EQ(Capture(*host_, {.arguments = {"/bin/sleep", "300"}}, milliseconds(20)), std::nullopt);
}

TEST_F(ProcessTest, NoChildOutlivesAHostKilledBySigkill) {
#if !defined(__linux__)
  GTEST_SKIP() << "only Linux has a parent-death signal";
#endif
  auto emulator = host_->Spawn({.arguments = {OFFSTAGE_ORPHAN_HOST}}, recorder_);
  ASSERT_TRUE(emulator.ok());
  ASSERT_TRUE(recorder_.WaitForText("\n"));
  const auto orphan = static_cast<pid_t>(std::stoi(recorder_.Text()));
  ASSERT_FALSE(IsGone(orphan));
  kill(emulator.value()->pid(), SIGKILL);
  EXPECT_TRUE(WaitUntilGone(orphan));
}

TEST_F(ProcessTest, MemoryIsThatOfChildrenToo) {
#if !defined(__linux__)
  GTEST_SKIP() << "only Linux tells";
#endif
  const auto child = Shell(
      "/usr/bin/python3 -c 'x = bytearray(b\"x\") * (64 << 20); print(\"there\", flush=True); "
      "import time; time.sleep(60)'; true");
  ASSERT_TRUE(recorder_.WaitForText("there"));
  EXPECT_GT(MemoryBytes(child->pid()).value_or(0), 64U << 20);
  child->Kill();
}

TEST(Memory, PeakOfThisProcessIsPlausible) {
#if defined(__linux__)
  const auto peak = PeakMemoryBytes(getpid());
  ASSERT_TRUE(peak.has_value());
  EXPECT_GT(*peak, 1024u * 1024u);
#endif
}

}  // namespace
}  // namespace offstage::process
