// StopSignal: Ctrl-C and SIGTERM as something that a command can wait for.
#pragma once

namespace offstage::cli {

// From construction on, SIGINT, SIGTERM and SIGHUP do not end the process but Wait(). A second one
// ends it at once. One per process; made before any other thread.
class StopSignal {
 public:
  StopSignal();
  // Blocks until a signal comes; returns its number.
  int Wait();
  // Makes Wait return 0, now or when it is next called.
  void Cancel();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
};

}  // namespace offstage::cli
