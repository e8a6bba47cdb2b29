// Where what a function starts may connect to, whatever it is written in: the bootstraps explain
// refusals in the handler's own language, this reaches what they do not (custom runtimes, child
// processes, libraries that go to the system by themselves).
#pragma once

#include <string>

#include "lambda/launch.h"
#include "lambda/options.h"
#include "process/process.h"

namespace offstage::lambda {

// Null: connections are not guarded. Where some hosts are allowed, all addresses are.
std::optional<process::ConnectionRules> ConnectionRulesOf(const NetworkOptions& network,
                                                          const Endpoints& endpoints);

// Lines for /etc/hosts that lead AWS's host names to addresses which the rules redirect to the
// deployment: "127.65.87.83 dynamodb.us-east-1.amazonaws.com".
std::string AwsHostLines(const NetworkOptions& network, const std::string& region);

}  // namespace offstage::lambda
