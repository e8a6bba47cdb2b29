#include "cli/stop_signal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <initializer_list>

namespace offstage::cli {

namespace {

// A signal handler may only touch what is async-signal-safe: it writes to a pipe.
int signal_pipe[2] = {-1, -1};
volatile std::sig_atomic_t signals_seen = 0;

extern "C" void OnSignal(int number) {
  signals_seen = signals_seen + 1;
  if (signals_seen > 1) _exit(128 + number);
  const int saved = errno;
  const char byte = static_cast<char>(number);
  if (::write(signal_pipe[1], &byte, 1) < 0) _exit(128 + number);
  errno = saved;
}

}  // namespace

StopSignal::StopSignal() {
  if (::pipe(signal_pipe) != 0) return;
  for (const int fd : signal_pipe)
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  struct sigaction action {};
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP})
    ::sigaction(number, &action, nullptr);
}

void StopSignal::Cancel() {
  const char nothing = 0;
  (void)!::write(signal_pipe[1], &nothing, 1);
}

int StopSignal::Wait() {
  char number = 0;
  while (::read(signal_pipe[0], &number, 1) < 0 && errno == EINTR) {
  }
  return number;
}

}  // namespace offstage::cli
