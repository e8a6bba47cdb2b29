// Child processes: started in a process group of their own with nothing inherited but what is named
// here, their output read as it comes, ended group and all, and always reaped.
//
//   auto host = process::Host::Start();
//   auto child = (*host)->Spawn({.arguments = {"/bin/echo", "hi"}}, listener);
//   (*child)->WaitForExit(deadline);
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace offstage::process {

using Deadline = std::chrono::steady_clock::time_point;

// Something of the file system that the child alone sees elsewhere.
struct Mount {
  enum class Kind {
    kBind,  // `source` (a folder or file, with what is mounted below it) at `target`.
    kReadOnlyBind,
    kOverlay,  // `source` is "upper:lower:...", folders laid over each other, read-only.
  };
  Kind kind = Kind::kBind;
  std::string source = {};
  // Must exist.
  std::string target = {};
};

// Where a child and all that it starts may connect to. Loopback always.
struct ConnectionRules {
  // Other machines as well: only the redirects matter then.
  bool allow_all = false;
  // A connection to the address and port ends at a port of this machine instead.
  struct Redirect {
    std::string address;
    std::uint16_t port = 0;
    std::uint16_t to_port = 0;
  };
  std::vector<Redirect> redirects = {};
};

struct Command {
  // The program's path, then its arguments.
  std::vector<std::string> arguments = {};
  // "NAME=value"; the child sees nothing else.
  std::vector<std::string> environment = {};
  // Working directory; empty: the parent's.
  std::filesystem::path folder = {};
  // Done in this order in a mount namespace of the child's own (without privileges in a user
  // namespace). Only on Linux, and only where the system allows it: else Spawn fails.
  std::vector<Mount> mounts = {};
  // What is refused fails with ECONNREFUSED, and the listener hears of it. Null: not watched. Only
  // on Linux, and only where the system allows it: else Spawn fails.
  std::optional<ConnectionRules> connections = {};
};

struct ExitStatus {
  // Of exit(); 0 when a signal ended the process.
  int code = 0;
  // 0: the process exited by itself.
  int signal = 0;

  bool success() const { return code == 0 && signal == 0; }
  // "exit status 1" or "signal: killed", in the words of Lambda's own messages.
  std::string Describe() const;
};

// Why a program could not be started.
struct SpawnError {
  // errno of the step that failed.
  int code = 0;
  // "cannot run /code/bootstrap: Permission denied".
  std::string message;
};

// Called on the host's thread or on a thread inside Process::DrainOutput, never on two at once.
// Must return quickly and must not destroy the process.
class Listener {
 public:
  virtual ~Listener() = default;
  // Standard output and standard error, in the order written.
  virtual void OnOutput(std::string_view bytes) = 0;
  // A connection was refused: "192.0.2.1:443".
  virtual void OnRefusedConnection(std::string_view) {}
  // The last call: all output has been delivered, the process is reaped, its group is gone.
  virtual void OnExit(const ExitStatus& status) = 0;
};

class HostState;
struct Child;

// One child. Thread-safe, but for the destructor.
class Process {
 public:
  Process(std::shared_ptr<HostState> host, std::shared_ptr<Child> child);
  // Kills the whole group if need be and waits for OnExit to have returned.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const;
  // SIGTERM to the group now, SIGKILL after `grace`. Does not wait.
  void Terminate(std::chrono::milliseconds grace);
  // SIGKILL to the group. Does not wait.
  void Kill();
  // Null: still running at the deadline.
  std::optional<ExitStatus> WaitForExit(Deadline deadline);
  // Delivers to the listener what the child has written so far.
  void DrainOutput();

 private:
  const std::shared_ptr<HostState> host_;  // Shared with the host's thread, which may end first.
  const std::shared_ptr<Child> child_;     // Shared with the host's thread, which polls it.
};

// Starts and watches children on one thread of its own, so that a child on Linux is killed with the
// emulator even if that is killed by SIGKILL (a child's parent-death signal follows the thread that
// forked it). Thread-safe.
class Host {
 public:
  static Result<std::unique_ptr<Host>> Start();
  // Kills what is left.
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // Returns once the program has replaced the child (execve succeeded). `listener` must outlive the
  // process.
  Result<std::unique_ptr<Process>, SpawnError> Spawn(const Command& command, Listener& listener);

 private:
  explicit Host(std::shared_ptr<HostState> state);
  std::shared_ptr<HostState> state_;  // Shared with processes, which may outlive the host.
};

// Standard output and error of a short command, or null when it fails or is not done in time.
std::optional<std::string> Capture(Host& host, const Command& command,
                                   std::chrono::milliseconds timeout);

// The most memory that a process has had in use, or null where the platform does not tell (only
// Linux does).
std::optional<std::size_t> PeakMemoryBytes(pid_t pid);
// What a process and all that it has started have in memory now, pages that they share counted
// for each; or null where the platform does not tell.
std::optional<std::size_t> MemoryBytes(pid_t pid);

}  // namespace offstage::process
