#include "process/connection_guard.h"

#include <cerrno>

#if defined(__linux__)

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <vector>

namespace offstage::process {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0;
#endif
// Calls of the x32 ABI have this bit.
constexpr std::uint32_t kOtherAbi = 0x40000000;

constexpr sock_filter Load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
constexpr sock_filter Return(std::uint32_t action) {
  return BPF_STMT(BPF_RET | BPF_K, action);
}
// Skips the next instruction unless the accumulator is `value`.
constexpr sock_filter OnlyIf(std::uint32_t value) {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
}
constexpr std::size_t ArgumentLow(int number) {
  return offsetof(seccomp_data, args) + static_cast<std::size_t>(number) * 8;
}
constexpr std::uint32_t Refuse(int code) {
  return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(code);
}

// The low word of an argument is its first on both architectures.
constexpr sock_filter kFilter[] = {
    Load(offsetof(seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
    Return(Refuse(ENOSYS)),
    Load(offsetof(seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kOtherAbi, 0, 1),
    Return(Refuse(ENOSYS)),
    OnlyIf(SYS_connect),
    Return(SECCOMP_RET_USER_NOTIF),
    OnlyIf(SYS_sendmsg),
    Return(SECCOMP_RET_USER_NOTIF),
    OnlyIf(SYS_sendmmsg),
    Return(SECCOMP_RET_USER_NOTIF),
    // It would connect past every filter; programs that know it do without.
    OnlyIf(SYS_io_uring_setup),
    Return(Refuse(ENOSYS)),
    // sendto with an address.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendto, 0, 6),
    Load(ArgumentLow(4)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2),
    Load(ArgumentLow(4) + 4),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
    Return(SECCOMP_RET_USER_NOTIF),
    Return(SECCOMP_RET_ALLOW),
    // Frames of one's own making.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
    Load(ArgumentLow(0)),
    OnlyIf(AF_PACKET),
    Return(Refuse(EPERM)),
    Return(SECCOMP_RET_ALLOW),
};

struct Address {
  sockaddr_storage storage = {};
  std::size_t size = 0;

  int family() const { return storage.ss_family; }
  bool is_internet() const {
    return (family() == AF_INET && size >= sizeof(sockaddr_in)) ||
           (family() == AF_INET6 && size >= sizeof(sockaddr_in6));
  }
};

std::optional<std::size_t> ReadMemory(pid_t pid, std::uint64_t from, void* to, std::size_t size) {
  iovec local = {to, size};
  iovec remote = {reinterpret_cast<void*>(from), size};  // NOLINT: an address of another process
  const ssize_t count = process_vm_readv(pid, &local, 1, &remote, 1, 0);
  if (count < 0) return std::nullopt;
  return static_cast<std::size_t>(count);
}

std::optional<Address> ReadAddress(pid_t pid, std::uint64_t from, std::uint64_t size) {
  Address address;
  if (from == 0 || size < sizeof(sa_family_t)) return std::nullopt;
  const auto count = ReadMemory(pid, from, &address.storage,
                                std::min<std::uint64_t>(size, sizeof address.storage));
  if (!count) return std::nullopt;
  address.size = *count;
  return address;
}

// Where the call would send to; several for sendmmsg. Empty: nowhere new.
std::vector<Address> TargetsOf(const seccomp_notif& question) {
  const auto pid = static_cast<pid_t>(question.pid);
  const auto& arguments = question.data.args;
  std::vector<Address> targets;
  const auto add = [&](std::uint64_t from, std::uint64_t size) {
    if (auto address = ReadAddress(pid, from, size); address && address->is_internet())
      targets.push_back(*address);
  };
  switch (question.data.nr) {
    case SYS_connect:
      add(arguments[1], arguments[2]);
      break;
    case SYS_sendto:
      add(arguments[4], arguments[5]);
      break;
    default: {
      const bool many = question.data.nr == SYS_sendmmsg;
      const std::size_t step = many ? sizeof(mmsghdr) : sizeof(msghdr);
      const std::uint64_t count = many ? std::min<std::uint64_t>(arguments[2], UIO_MAXIOV) : 1;
      for (std::uint64_t i = 0; i < count; ++i) {
        msghdr message = {};
        if (!ReadMemory(pid, arguments[1] + i * step, &message, sizeof message)) break;
        add(reinterpret_cast<std::uint64_t>(message.msg_name), message.msg_namelen);  // NOLINT
      }
    }
  }
  return targets;
}

// "192.0.2.1", also of an address that IPv6 carries.
std::string HostOf(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.family() == AF_INET) {
    sockaddr_in v4 = {};
    std::memcpy(&v4, &address.storage, sizeof v4);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return text;
  }
  sockaddr_in6 v6 = {};
  std::memcpy(&v6, &address.storage, sizeof v6);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, sizeof text);
  } else {
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  }
  return text;
}

std::uint16_t PortOf(const Address& address) {
  sockaddr_in v4 = {};  // The port is at the same place in both.
  std::memcpy(&v4, &address.storage, sizeof v4);
  return ntohs(v4.sin_port);
}

// Addresses that mean this machine.
bool IsLocal(const std::string& host) {
  return host.starts_with("127.") || host == "0.0.0.0" || host == "::1" || host == "::";
}

// A thread's process, since descriptors are taken from processes.
pid_t ProcessOf(pid_t thread) {
  const std::string path = "/proc/" + std::to_string(thread) + "/status";
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return thread;
  char line[256];
  int process = thread;
  while (std::fgets(line, sizeof line, file) != nullptr) {
    if (std::sscanf(line, "Tgid: %d", &process) == 1) break;
  }
  std::fclose(file);
  return process;
}

// 127.0.0.1 in the form that a socket of the family takes.
Address Loopback(int family, std::uint16_t port) {
  Address address;
  if (family == AF_INET6) {
    sockaddr_in6 v6 = {};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &v6.sin6_addr);
    std::memcpy(&address.storage, &v6, sizeof v6);
    address.size = sizeof v6;
    return address;
  }
  sockaddr_in v4 = {};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::memcpy(&address.storage, &v4, sizeof v4);
  address.size = sizeof v4;
  return address;
}

// Connects the process's socket to a port of this machine in its stead: 0 or an errno.
int ConnectInstead(const seccomp_notif& question, int family, std::uint16_t port) {
  const Descriptor socket = TakeDescriptor(ProcessOf(static_cast<pid_t>(question.pid)),
                                           static_cast<int>(question.data.args[0]));
  if (!socket.valid()) return ECONNREFUSED;
  const Address address = Loopback(family, port);
  // This machine accepts at once, so a socket that waits does not wait either.
  const int done = connect(socket.get(), reinterpret_cast<const sockaddr*>(&address.storage),
                           static_cast<socklen_t>(address.size));
  return done == 0 ? 0 : errno;
}

std::optional<std::uint16_t> RedirectOf(const seccomp_notif& question, const std::string& host,
                                        std::uint16_t port, const ConnectionRules& rules) {
  if (question.data.nr != SYS_connect) return std::nullopt;
  for (const ConnectionRules::Redirect& row : rules.redirects) {
    if (row.address == host && row.port == port) return row.to_port;
  }
  return std::nullopt;
}

void Answer(const Descriptor& filter, std::uint64_t id, int error, std::uint32_t flags) {
  seccomp_notif_resp answer = {};
  answer.id = id;
  answer.error = -error;
  answer.flags = flags;
  // Fails when the process is gone: nobody waits then.
  ioctl(filter.get(), SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

}  // namespace

int InstallConnectionFilter() {
  if (kArchitecture == 0) {
    errno = ENOSYS;
    return -1;
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  const sock_fprog program = {static_cast<unsigned short>(std::size(kFilter)),
                              const_cast<sock_filter*>(kFilter)};  // NOLINT: only read
  return static_cast<int>(
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
}

Descriptor TakeDescriptor(pid_t pid, int number) {
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0U)));
  if (!process.valid()) return {};
  return Descriptor(static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), number, 0U)));
}

std::optional<std::string> AnswerConnectionFilter(const Descriptor& filter,
                                                  const ConnectionRules& rules) {
  seccomp_notif question = {};
  if (ioctl(filter.get(), SECCOMP_IOCTL_NOTIF_RECV, &question) != 0) return std::nullopt;
  const std::vector<Address> targets = TargetsOf(question);
  // While its memory was read it may have gone, and its number be another's.
  if (ioctl(filter.get(), SECCOMP_IOCTL_NOTIF_ID_VALID, &question.id) != 0) return std::nullopt;
  for (const Address& target : targets) {
    const std::string host = HostOf(target);
    const std::uint16_t port = PortOf(target);
    if (const auto instead = RedirectOf(question, host, port, rules)) {
      Answer(filter, question.id, ConnectInstead(question, target.family(), *instead), 0);
      return std::nullopt;
    }
    if (IsLocal(host) || rules.allow_all) continue;
    Answer(filter, question.id, ECONNREFUSED, 0);
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
  }
  Answer(filter, question.id, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
  return std::nullopt;
}

}  // namespace offstage::process

#else

namespace offstage::process {

int InstallConnectionFilter() {
  errno = ENOSYS;
  return -1;
}
Descriptor TakeDescriptor(pid_t, int) {
  return {};
}
std::optional<std::string> AnswerConnectionFilter(const Descriptor&, const ConnectionRules&) {
  return std::nullopt;
}

}  // namespace offstage::process

#endif
