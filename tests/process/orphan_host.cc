// Starts a child that would live for minutes, prints its pid and waits to be killed.
#include <unistd.h>

#include <cstdio>

#include "process/process.h"

namespace {

class Silent : public offstage::process::Listener {
 public:
  void OnOutput(std::string_view) override {}
  void OnExit(const offstage::process::ExitStatus&) override {}
};

}  // namespace

int main() {
  Silent silent;
  auto host = offstage::process::Host::Start();
  if (!host.ok()) return 1;
  auto child = host.value()->Spawn({.arguments = {"/bin/sleep", "300"}}, silent);
  if (!child.ok()) return 1;
  std::printf("%d\n", static_cast<int>(child.value()->pid()));
  std::fflush(stdout);
  pause();
  return 0;
}
