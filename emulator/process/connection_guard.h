// Watches where a process and all that it starts connect to, whatever language or library does it:
// each connect, sendto and sendmsg with an address of the internet is decided here first. Linux
// only, by a seccomp filter whose questions the emulator answers (seccomp_unotify(2)); needs no
// privileges. No security boundary: it keeps programs that mean no harm from reaching out by
// mistake. Internal to process/.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "process/process.h"
#include "process/spawn.h"

namespace offstage::process {

// In the child, between fork and execve: only system calls. The number of the descriptor on which
// the filter asks, or -1 with errno.
int InstallConnectionFilter();

// The parent's own copy of a descriptor of the process `pid`; invalid with errno where the system
// does not give it.
Descriptor TakeDescriptor(pid_t pid, int number);

// Answers one question of the filter. What was refused, as "192.0.2.1:443" or "[2001:db8::1]:443";
// null: nothing was, or the process is gone. Never waits.
std::optional<std::string> AnswerConnectionFilter(const Descriptor& filter,
                                                  const ConnectionRules& rules);

}  // namespace offstage::process
