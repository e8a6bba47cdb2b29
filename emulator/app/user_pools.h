// The user pools of a stack, opened with or without a running emulator.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/result.h"
#include "cognito/service.h"
#include "interfaces/data_keys.h"
#include "interfaces/invoker.h"
#include "template/stack.h"

namespace offstage::app {

// All outlive the service.
struct UserPoolContext {
  const Clock& clock;
  IdSource& ids;
  Log& log;
  // Runs triggers; null: none run (`offstage token`).
  Invoker* invoker = nullptr;
  // See cognito::Options.
  std::function<InvokeResult(const InvokeRequest&)> invoke_later = {};
  DataKeys* data_keys = nullptr;
  // Told of each message; may be empty.
  std::function<void(const cognito::Message&)> on_message = {};
  // See cognito::Options.
  std::set<std::string> local_issuer_clients = {};
};

// Fails when the file cannot be opened; what the template has wrong goes to the log. `database`:
// the deployment's file, beside which cognito.db lies; empty: in memory.
Result<std::unique_ptr<cognito::Service>> OpenUserPools(const templates::Stack& stack,
                                                        const std::filesystem::path& database,
                                                        const UserPoolContext& context);

}  // namespace offstage::app
