#include "lambda/debugging.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace offstage::lambda {

Result<int> FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof name;
  const bool found = fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &length) == 0;
  if (fd >= 0) ::close(fd);
  if (!found) return Fail(Error{"no port is free for a debugger"});
  return ntohs(name.sin_port);
}

std::string AttachHelp(Language language, int port, const std::string& code_folder) {
  switch (language) {
    case Language::kPython:
      return fmt::format(
          "attach a debugger to 127.0.0.1:{0} (needs debugpy in the function's Python; VS Code: "
          R"({{"type":"debugpy","request":"attach","connect":{{"host":"127.0.0.1","port":{0}}},)"
          R"("justMyCode":false}}))",
          port);
    case Language::kNode:
      return fmt::format(
          "attach a debugger to 127.0.0.1:{0} (chrome://inspect, or VS Code: "
          R"({{"type":"node","request":"attach","address":"127.0.0.1","port":{0},"cwd":"{1}"}}))",
          port, code_folder);
    case Language::kRuby:
    case Language::kProvided:
      break;
  }
  return "no debugger can be attached to this runtime by offstage; its timeouts are suspended";
}

}  // namespace offstage::lambda
