#include "process/spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT: sigaction and NSIG are POSIX
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "process/connection_guard.h"

#if defined(__linux__)
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

namespace offstage::process {
namespace {

// Numbers of the child's standard descriptors and of the pipe that reports a failed execve.
constexpr int kErrorDescriptor = 3;
// The parent says here that it has taken the connection filter's descriptor.
constexpr int kGoDescriptor = 4;
constexpr int kFirstOther = 5;
// Descriptors that must survive the moves above are kept out of their way.
constexpr int kLowestOwn = 10;
// A just-written program is busy while any other process between fork and execve still holds it
// open.
constexpr int kBusyAttempts = 20;
constexpr int kBusyPauseMillis = 5;

std::string ErrorText(int code) {
  return std::generic_category().message(code);
}

// Everything the child needs, prepared before the fork: after it only async-signal-safe calls are
// allowed, since other threads may have held any lock.
struct Plan {
  const char* program = nullptr;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder = nullptr;
  int input = -1;
  int output = -1;
  int error = -1;
  // -1: connections are not watched.
  int go = -1;
  pid_t parent = 0;
  int descriptor_limit = 1024;
  // One row a mount; the strings belong to the command and to `overlay_options`.
  struct PlannedMount {
    Mount::Kind kind = Mount::Kind::kBind;
    const char* source = nullptr;
    const char* target = nullptr;
  };
  std::vector<PlannedMount> mounts;
  // "1000 1000 1\n"
  std::string uid_map;
  std::string gid_map;
};

void CloseOthers(int descriptor_limit) {
#if defined(__linux__) && defined(SYS_close_range)
  if (syscall(SYS_close_range, static_cast<unsigned>(kFirstOther), ~0U, 0U) == 0) return;
#endif
  for (int fd = kFirstOther; fd < descriptor_limit; ++fd)
    close(fd);
}

// Ignored signals and the mask survive execve: a handler must not inherit our SIGPIPE setting.
void ResetSignals() {
  struct sigaction defaults = {};
  defaults.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number)
    sigaction(number, &defaults, nullptr);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

// What a child tells its parent before execve.
struct Report {
  // errno of the step that failed; 0: the filter of connections is there.
  int code = 0;
  // The filter's descriptor in the child.
  int filter = -1;
};

[[noreturn]] void ReportAndExit(int descriptor) {
  const Report report{.code = errno};
  [[maybe_unused]] const ssize_t written = write(descriptor, &report, sizeof report);
  _exit(127);
}

// From here on the child may not connect, nor send to an address, until its parent answers.
void WatchConnections() {
  const Report report{.filter = InstallConnectionFilter()};
  if (report.filter < 0) ReportAndExit(kErrorDescriptor);
  char byte = 0;
  if (write(kErrorDescriptor, &report, sizeof report) != static_cast<ssize_t>(sizeof report) ||
      read(kGoDescriptor, &byte, 1) != 1) {
    _exit(127);
  }
  close(report.filter);
}

#if defined(__linux__)

// Between fork and execve only system calls may be used.
void WriteAll(const char* path, const char* text, std::size_t length) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] const ssize_t written = write(fd, text, length);
  close(fd);
}

bool EnterNamespace(const Plan& plan) {
  if (unshare(CLONE_NEWNS) == 0) return true;
  if (unshare(CLONE_NEWNS | CLONE_NEWUSER) != 0) return false;
  constexpr char kDeny[] = "deny";
  WriteAll("/proc/self/setgroups", kDeny, sizeof kDeny - 1);
  WriteAll("/proc/self/uid_map", plan.uid_map.c_str(), plan.uid_map.size());
  WriteAll("/proc/self/gid_map", plan.gid_map.c_str(), plan.gid_map.size());
  return true;
}

bool DoMounts(const Plan& plan) {
  if (!EnterNamespace(plan)) return false;
  // Nothing that is mounted here reaches the machine.
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  for (const Plan::PlannedMount& row : plan.mounts) {
    if (row.kind == Mount::Kind::kOverlay) {
      if (mount("overlay", row.target, "overlay", MS_RDONLY, row.source) != 0) return false;
      continue;
    }
    if (mount(row.source, row.target, nullptr, MS_BIND | MS_REC, nullptr) != 0) return false;
    if (row.kind == Mount::Kind::kReadOnlyBind) {
      // Flags of the original mount may be locked; the bind alone is good enough then.
      mount(nullptr, row.target, nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr);
    }
  }
  // A change of credentials clears it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  return getppid() == plan.parent;
}

#else

bool DoMounts(const Plan&) {
  errno = ENOTSUP;
  return false;
}

#endif

[[noreturn]] void RunChild(const Plan& plan) {
  setpgid(0, 0);
#if defined(__linux__)
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != plan.parent) _exit(127);
#endif
  ResetSignals();
  if (dup2(plan.error, kErrorDescriptor) < 0) _exit(127);
  fcntl(kErrorDescriptor, F_SETFD, FD_CLOEXEC);
  if (dup2(plan.input, STDIN_FILENO) < 0 || dup2(plan.output, STDOUT_FILENO) < 0 ||
      dup2(plan.output, STDERR_FILENO) < 0) {
    ReportAndExit(kErrorDescriptor);
  }
  if (plan.go >= 0) {
    if (dup2(plan.go, kGoDescriptor) < 0) ReportAndExit(kErrorDescriptor);
    fcntl(kGoDescriptor, F_SETFD, FD_CLOEXEC);
  } else {
    close(kGoDescriptor);
  }
  CloseOthers(plan.descriptor_limit);
  if (!plan.mounts.empty() && !DoMounts(plan)) ReportAndExit(kErrorDescriptor);
  if (plan.folder != nullptr && chdir(plan.folder) != 0) ReportAndExit(kErrorDescriptor);
  if (plan.go >= 0) WatchConnections();
  execve(plan.program, plan.arguments.data(), plan.environment.data());
  ReportAndExit(kErrorDescriptor);
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts)
    pointers.push_back(const_cast<char*>(text.c_str()));  // NOLINT: execve does not write to them
  pointers.push_back(nullptr);
  return pointers;
}

// `overlay_options` keeps what the plan points to.
void PlanMounts(const Command& command, std::vector<std::string>& overlay_options, Plan& plan) {
  overlay_options.reserve(command.mounts.size());
  for (const Mount& wanted : command.mounts) {
    const char* source = wanted.source.c_str();
    if (wanted.kind == Mount::Kind::kOverlay) {
      overlay_options.push_back("lowerdir=" + wanted.source);
      source = overlay_options.back().c_str();
    }
    plan.mounts.push_back({wanted.kind, source, wanted.target.c_str()});
  }
  plan.uid_map = std::to_string(getuid()) + " " + std::to_string(getuid()) + " 1\n";
  plan.gid_map = std::to_string(getgid()) + " " + std::to_string(getgid()) + " 1\n";
}

// Null when the descriptor was closed, as execve does.
std::optional<Report> ReadReport(const Descriptor& descriptor) {
  Report report;
  ssize_t count = 0;
  do {
    count = read(descriptor.get(), &report, sizeof report);
  } while (count < 0 && errno == EINTR);
  if (count != static_cast<ssize_t>(sizeof report)) return std::nullopt;
  return report;
}

// 0 when execve succeeded, else the errno of what did not. Takes the connection filter on the way.
int AwaitExec(pid_t pid, const Descriptor& reports, Pipe& go, Descriptor& connections) {
  go.read.Close();
  while (const std::optional<Report> report = ReadReport(reports)) {
    if (report->code != 0) return report->code;
    connections = TakeDescriptor(pid, report->filter);
    if (!connections.valid()) {
      const int code = errno;
      go.write.Close();  // The child ends.
      return code;
    }
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = write(go.write.get(), &byte, 1);
  }
  return 0;
}

void ReapFailedChild(pid_t pid) {
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<SpawnedChild, SpawnError> ForkOnce(const Command& command) {
  OFFSTAGE_TRY(Pipe output, MakePipe());
  OFFSTAGE_TRY(Pipe error, MakePipe());
  const Descriptor low_null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Descriptor null_device(fcntl(low_null.get(), F_DUPFD_CLOEXEC, kLowestOwn));
  if (!null_device.valid()) {
    return Fail(SpawnError{errno, "cannot open /dev/null: " + ErrorText(errno)});
  }
  Plan plan;
  plan.program = command.arguments.front().c_str();
  plan.arguments = Pointers(command.arguments);
  plan.environment = Pointers(command.environment);
  const std::string folder = command.folder.string();
  plan.folder = folder.empty() ? nullptr : folder.c_str();
  plan.input = null_device.get();
  plan.output = output.write.get();
  plan.error = error.write.get();
  Pipe go;
  if (command.connections) {
    OFFSTAGE_TRY(go, MakePipe());
    plan.go = go.read.get();
  }
  plan.parent = getpid();
  plan.descriptor_limit = static_cast<int>(sysconf(_SC_OPEN_MAX));
  std::vector<std::string> overlay_options;
  PlanMounts(command, overlay_options, plan);

  const pid_t pid = fork();
  if (pid < 0) return Fail(SpawnError{errno, "cannot start a process: " + ErrorText(errno)});
  if (pid == 0) RunChild(plan);
  setpgid(pid, pid);  // The child does it too: whoever is first.
  output.write.Close();
  error.write.Close();
  Descriptor connections;
  const int code = AwaitExec(pid, error.read, go, connections);
  if (code != 0) {
    ReapFailedChild(pid);
    return Fail(
        SpawnError{code, "cannot run " + command.arguments.front() + ": " + ErrorText(code)});
  }
  SetNonBlocking(output.read);
  return SpawnedChild{pid, std::move(output.read), std::move(connections)};
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Descriptor::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

Result<Pipe, SpawnError> MakePipe() {
  int ends[2] = {-1, -1};
#if defined(__linux__)
  const int made = pipe2(ends, O_CLOEXEC);
#else
  const int made = pipe(ends);
#endif
  if (made != 0) return Fail(SpawnError{errno, "cannot make a pipe: " + ErrorText(errno)});
  const Descriptor low_read(ends[0]);
  const Descriptor low_write(ends[1]);
  Pipe result{Descriptor(fcntl(ends[0], F_DUPFD_CLOEXEC, kLowestOwn)),
              Descriptor(fcntl(ends[1], F_DUPFD_CLOEXEC, kLowestOwn))};
  if (!result.read.valid() || !result.write.valid()) {
    return Fail(SpawnError{errno, "cannot make a pipe: " + ErrorText(errno)});
  }
  return result;
}

void SetNonBlocking(const Descriptor& descriptor) {
  const int flags = fcntl(descriptor.get(), F_GETFL);
  fcntl(descriptor.get(), F_SETFL, flags | O_NONBLOCK);
}

Result<SpawnedChild, SpawnError> ForkAndExecute(const Command& command) {
  OFFSTAGE_CHECK(!command.arguments.empty(), "a command names its program");
  for (int attempt = 1;; ++attempt) {
    auto child = ForkOnce(command);
    if (child.ok() || child.error().code != ETXTBSY || attempt == kBusyAttempts) return child;
    poll(nullptr, 0, kBusyPauseMillis);
  }
}

}  // namespace offstage::process
