#include "lambda/network.h"

#include <fmt/format.h>

namespace offstage::lambda {

namespace {

// Loopback addresses that nothing else uses: who connects there has looked up an AWS host's name.
constexpr std::string_view kServices = "127.65.87.83";
constexpr std::string_view kApis = "127.65.87.84";
constexpr std::string_view kServiceNames[] = {"cognito-idp", "dynamodb", "lambda",
                                              "streams.dynamodb"};

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
  // A name's addresses are nobody's to know: they change from one answer of a name server to the
  // next. Names are looked at where they are, in the bootstraps.
  rules.allow_all = !network.allowed.empty();
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
