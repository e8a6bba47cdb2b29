// The host's thread: forks, reads output, notices exits, keeps kill deadlines, reaps.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT: kill is POSIX
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <map>
#include <thread>

#include "base/mutex.h"
#include "process/connection_guard.h"
#include "process/process.h"
#include "process/spawn.h"

#if defined(__linux__)
#include <sys/syscall.h>
#endif

namespace offstage::process {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How often exits are looked for where the platform cannot announce them.
constexpr milliseconds kExitPollInterval{20};

// A descriptor that becomes readable when the process ends; invalid where there is none (Linux
// before 5.3, other systems).
Descriptor OpenExitDescriptor([[maybe_unused]] pid_t pid) {
#if defined(__linux__) && defined(SYS_pidfd_open)
  return Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
#else
  return Descriptor();
#endif
}

}  // namespace

struct Child {
  Child(SpawnedChild spawned, const Command& command, Listener& output_listener)
      : pid(spawned.pid),
        connections(std::move(spawned.connections)),
        rules(command.connections.value_or(ConnectionRules())),
        exit(OpenExitDescriptor(spawned.pid)),
        listener(output_listener),
        output(std::move(spawned.output)) {}

  const pid_t pid;
  // Both used only on the host's thread. Invalid: not watched, or nobody is left who may ask.
  Descriptor connections;
  const ConnectionRules rules;
  // Used only on the host's thread.
  Descriptor exit;
  Listener& listener;  // Outlives the Process, whose destructor waits for OnExit.

  // Held while output is read and delivered: keeps it in order.
  Mutex output_mutex;
  Descriptor output OFFSTAGE_GUARDED_BY(output_mutex);

  Mutex mutex;
  Condition changed;
  // From then on the pid may belong to somebody else.
  bool reaped OFFSTAGE_GUARDED_BY(mutex) = false;
  // OnExit has returned.
  bool finished OFFSTAGE_GUARDED_BY(mutex) = false;
  ExitStatus status OFFSTAGE_GUARDED_BY(mutex);
  std::optional<Deadline> kill_at OFFSTAGE_GUARDED_BY(mutex);

  void Signal(int number) OFFSTAGE_EXCLUDES(mutex) {
    const MutexLock lock(mutex);
    if (!reaped) ::kill(-pid, number);
  }
};

namespace {

enum class ReadOutcome { kEmptyForNow, kEnd };

// Delivers all there is.
ReadOutcome ReadAvailable(Child& child) OFFSTAGE_EXCLUDES(child.output_mutex) {
  const MutexLock lock(child.output_mutex);
  char buffer[16 * 1024];
  while (child.output.valid()) {
    const ssize_t count = read(child.output.get(), buffer, sizeof buffer);
    if (count > 0) {
      child.listener.OnOutput(std::string_view(buffer, static_cast<std::size_t>(count)));
    } else if (count == 0) {
      return ReadOutcome::kEnd;
    } else if (errno != EINTR) {
      return ReadOutcome::kEmptyForNow;
    }
  }
  return ReadOutcome::kEnd;
}

void AnswerConnection(Child& child, short events) {
  if ((events & POLLIN) == 0) {
    child.connections.Close();
    return;
  }
  const auto refused = AnswerConnectionFilter(child.connections, child.rules);
  if (!refused) return;
  const MutexLock lock(child.output_mutex);
  child.listener.OnRefusedConnection(*refused);
}

bool HasExited(pid_t pid) {
  siginfo_t info = {};
  return waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid;
}

ExitStatus Reap(pid_t pid) {
  int raw = 0;
  while (waitpid(pid, &raw, 0) < 0 && errno == EINTR) {
  }
  ExitStatus status;
  if (WIFSIGNALED(raw)) status.signal = WTERMSIG(raw);
  if (WIFEXITED(raw)) status.code = WEXITSTATUS(raw);
  return status;
}

}  // namespace

// Shared by the host, its thread and its processes.
class HostState {
 public:
  Status Begin();
  void End();
  Result<std::unique_ptr<Process>, SpawnError> Spawn(const std::shared_ptr<HostState>& self,
                                                     const Command& command, Listener& listener);
  void Wake();

 private:
  struct Order {
    const Command& command;
    Listener& listener;
    std::optional<Result<std::shared_ptr<Child>, SpawnError>> outcome;
  };
  // One row of the poll set: a child and what about it is watched.
  struct Watch {
    std::shared_ptr<Child> child;  // Null: the wake pipe.
  };

  void Run();
  void FillOrders();
  bool PollOnce();
  milliseconds KillOverdue();
  void Finish(const std::shared_ptr<Child>& child);

  Pipe wake_;
  Mutex mutex_;
  Condition ordered_;
  std::deque<Order*> orders_ OFFSTAGE_GUARDED_BY(mutex_);
  bool stopping_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  // Used only on the host's thread.
  std::vector<std::shared_ptr<Child>> children_;
  std::thread thread_;
};

Status HostState::Begin() {
  auto pipe = MakePipe();
  if (!pipe.ok()) return Fail(Error{pipe.error().message});
  wake_ = std::move(pipe).value();
  SetNonBlocking(wake_.read);
  SetNonBlocking(wake_.write);
  thread_ = std::thread([this] { Run(); });
  return Ok();
}

void HostState::End() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  Wake();
  thread_.join();
}

void HostState::Wake() {
  const char byte = 0;
  [[maybe_unused]] const ssize_t written = write(wake_.write.get(), &byte, 1);
}

Result<std::unique_ptr<Process>, SpawnError> HostState::Spawn(
    const std::shared_ptr<HostState>& self, const Command& command, Listener& listener) {
  Order order{command, listener, std::nullopt};
  {
    MutexLock lock(mutex_);
    if (stopping_) return Fail(SpawnError{ECANCELED, "the process host is shutting down"});
    orders_.push_back(&order);
    Wake();
    while (!order.outcome.has_value())
      ordered_.wait(lock);
  }
  if (!order.outcome->ok()) return Fail(order.outcome->error());
  return std::make_unique<Process>(self, order.outcome->value());
}

void HostState::FillOrders() {
  for (;;) {
    Order* order = nullptr;
    {
      const MutexLock lock(mutex_);
      if (orders_.empty()) return;
      order = orders_.front();
      orders_.pop_front();
    }
    auto spawned = ForkAndExecute(order->command);
    std::optional<Result<std::shared_ptr<Child>, SpawnError>> outcome;
    if (spawned.ok()) {
      children_.push_back(
          std::make_shared<Child>(std::move(*spawned), order->command, order->listener));
      outcome.emplace(children_.back());
    } else {
      outcome.emplace(Fail(spawned.error()));
    }
    const MutexLock lock(mutex_);
    order->outcome = std::move(outcome);
    ordered_.notify_all();
  }
}

milliseconds HostState::KillOverdue() {
  const auto now = steady_clock::now();
  milliseconds next = std::chrono::hours(1);
  for (const auto& child : children_) {
    const MutexLock lock(child->mutex);
    if (!child->exit.valid()) next = std::min(next, kExitPollInterval);
    if (!child->kill_at.has_value()) continue;
    if (*child->kill_at <= now) {
      ::kill(-child->pid, SIGKILL);
      child->kill_at.reset();
      continue;
    }
    next = std::min(next, std::chrono::ceil<milliseconds>(*child->kill_at - now));
  }
  return next;
}

// The leader is still a zombie, so its group id is still its own: whatever it left behind dies
// first.
void HostState::Finish(const std::shared_ptr<Child>& child) {
  ExitStatus status;
  {
    const MutexLock lock(child->mutex);
    ::kill(-child->pid, SIGKILL);
    status = Reap(child->pid);
    child->reaped = true;
    child->kill_at.reset();
  }
  ReadAvailable(*child);
  {
    const MutexLock lock(child->output_mutex);
    child->output.Close();
  }
  child->exit.Close();
  child->connections.Close();
  child->listener.OnExit(status);
  const MutexLock lock(child->mutex);
  child->status = status;
  child->finished = true;
  child->changed.notify_all();
}

// False when the host should stop and no child is left.
bool HostState::PollOnce() {
  std::vector<pollfd> polled{{wake_.read.get(), POLLIN, 0}};
  std::vector<Watch> watches{{nullptr}};
  for (const auto& child : children_) {
    if (child->exit.valid()) {
      polled.push_back({child->exit.get(), POLLIN, 0});
      watches.push_back({child});
    }
    if (child->connections.valid()) {
      polled.push_back({child->connections.get(), POLLIN, 0});
      watches.push_back({child});
    }
    const MutexLock lock(child->output_mutex);
    if (!child->output.valid()) continue;
    polled.push_back({child->output.get(), POLLIN, 0});
    watches.push_back({child});
  }
  poll(polled.data(), static_cast<nfds_t>(polled.size()), static_cast<int>(KillOverdue().count()));

  char drained[64];
  while (read(wake_.read.get(), drained, sizeof drained) > 0) {
  }
  for (std::size_t i = 1; i < polled.size(); ++i) {
    Child& child = *watches[i].child;
    if (polled[i].revents == 0 || polled[i].fd == child.exit.get()) continue;
    if (polled[i].fd == child.connections.get()) {
      AnswerConnection(child, polled[i].revents);
      continue;
    }
    if (ReadAvailable(child) == ReadOutcome::kEnd) {
      const MutexLock lock(child.output_mutex);
      child.output.Close();
    }
  }
  std::erase_if(children_, [this](const std::shared_ptr<Child>& child) {
    if (!HasExited(child->pid)) return false;
    Finish(child);
    return true;
  });
  FillOrders();
  const MutexLock lock(mutex_);
  if (!stopping_) return true;
  for (const auto& child : children_)
    child->Signal(SIGKILL);
  return !children_.empty();
}

void HostState::Run() {
  while (PollOnce()) {
  }
}

Process::Process(std::shared_ptr<HostState> host, std::shared_ptr<Child> child)
    : host_(std::move(host)), child_(std::move(child)) {}

Process::~Process() {
  Kill();
  MutexLock lock(child_->mutex);
  while (!child_->finished)
    child_->changed.wait(lock);
}

pid_t Process::pid() const {
  return child_->pid;
}

void Process::Terminate(milliseconds grace) {
  {
    const MutexLock lock(child_->mutex);
    if (child_->reaped) return;
    ::kill(-child_->pid, SIGTERM);
    child_->kill_at = steady_clock::now() + grace;
  }
  host_->Wake();
}

void Process::Kill() {
  child_->Signal(SIGKILL);
}

std::optional<ExitStatus> Process::WaitForExit(Deadline deadline) {
  MutexLock lock(child_->mutex);
  while (!child_->finished) {
    if (child_->changed.wait_until(lock, deadline) == std::cv_status::timeout &&
        !child_->finished) {
      return std::nullopt;
    }
  }
  return child_->status;
}

void Process::DrainOutput() {
  ReadAvailable(*child_);
}

Host::Host(std::shared_ptr<HostState> state) : state_(std::move(state)) {}

Result<std::unique_ptr<Host>> Host::Start() {
  auto state = std::make_shared<HostState>();
  OFFSTAGE_TRY_VOID(state->Begin());
  return std::unique_ptr<Host>(new Host(std::move(state)));
}

Host::~Host() {
  state_->End();
}

Result<std::unique_ptr<Process>, SpawnError> Host::Spawn(const Command& command,
                                                         Listener& listener) {
  return state_->Spawn(state_, command, listener);
}

}  // namespace offstage::process
