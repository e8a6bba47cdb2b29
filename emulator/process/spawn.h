// fork and execve with everything that must happen between the two. Internal to process/.
#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "process/process.h"

namespace offstage::process {

// A file descriptor that closes itself. Thread-compatible.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { Close(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void Close();

 private:
  int fd_ = -1;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
};

// Both ends close on exec and are numbered above those that a child uses.
Result<Pipe, SpawnError> MakePipe();
void SetNonBlocking(const Descriptor& descriptor);

struct SpawnedChild {
  pid_t pid = 0;
  // Reading end of the child's standard output and error.
  Descriptor output;
  // Where its filter asks about connections (connection_guard.h); invalid without one.
  Descriptor connections = {};
};

// To be called on a thread that lives as long as the child should.
Result<SpawnedChild, SpawnError> ForkAndExecute(const Command& command);

}  // namespace offstage::process
