#include "lambda/network.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <fstream>
#include <memory>
#include <sstream>

#include "base/text.h"

namespace offstage::lambda {

namespace {

// Loopback addresses that nothing else uses: who connects there has looked up an AWS host's name.
constexpr std::string_view kServices = "127.65.87.83";
constexpr std::string_view kApis = "127.65.87.84";
constexpr std::string_view kServiceNames[] = {"cognito-idp", "dynamodb", "lambda",
                                              "streams.dynamodb"};

std::string AddressText(const addrinfo& found) {
  char text[INET6_ADDRSTRLEN] = "";
  const void* address = nullptr;
  if (found.ai_family == AF_INET)
    address = &reinterpret_cast<const sockaddr_in*>(found.ai_addr)->sin_addr;
  if (found.ai_family == AF_INET6)
    address = &reinterpret_cast<const sockaddr_in6*>(found.ai_addr)->sin6_addr;
  if (address == nullptr) return {};
  inet_ntop(found.ai_family, address, text, sizeof text);
  return text;
}

void AddAddresses(const std::string& host, std::vector<std::string>& addresses) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, freeaddrinfo);
  for (const addrinfo* found = list; found != nullptr; found = found->ai_next)
    addresses.push_back(AddressText(*found));
}

// Whoever may reach a host by name must be able to ask for its address.
void AddNameServers(std::vector<std::string>& addresses) {
  std::ifstream file("/etc/resolv.conf");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    std::string server;
    if (words >> word >> server && word == "nameserver") addresses.push_back(server);
  }
}

void AddRedirect(std::string_view address, std::uint16_t port, int to_port,
                 process::ConnectionRules& rules) {
  if (to_port == 0) return;
  rules.redirects.push_back({std::string(address), port, static_cast<std::uint16_t>(to_port)});
}

}  // namespace

std::optional<process::ConnectionRules> ConnectionRulesOf(const NetworkOptions& network,
                                                          const Endpoints& endpoints) {
  if (!network.guarded) return std::nullopt;
  process::ConnectionRules rules;
  for (const std::string& host : network.allowed) {
    // Any address may be that of a name below a wildcard: the bootstraps look at names.
    if (host.starts_with('*')) rules.allow_all = true;
    AddAddresses(host, rules.allowed_addresses);
  }
  if (!network.allowed.empty()) AddNameServers(rules.allowed_addresses);
  AddRedirect(kServices, 443, endpoints.tls_port, rules);
  AddRedirect(kServices, 80, endpoints.aws_port(), rules);
  AddRedirect(kApis, 443, endpoints.tls_port, rules);
  AddRedirect(kApis, 80, endpoints.api_port, rules);
  return rules;
}

std::string AwsHostLines(const NetworkOptions& network, const std::string& region) {
  std::string lines;
  for (const std::string_view service : kServiceNames)
    lines += fmt::format("{} {}.{}.amazonaws.com\n", kServices, service, region);
  for (const std::string& host : network.api_hosts)
    lines += fmt::format("{} {}\n", kApis, host);
  return lines;
}

}  // namespace offstage::lambda
