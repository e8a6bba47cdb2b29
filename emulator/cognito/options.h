// What the Cognito component needs from whoever starts it.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "cognito/store/records.h"
#include "interfaces/data_keys.h"
#include "interfaces/invoker.h"

namespace offstage::cognito {

enum class Persistence {
  kFile,
  // Gone at the end.
  kInMemory,
};

struct Options {
  // Not used with kInMemory; its folder must exist.
  std::string database_file = {};
  Persistence persistence = Persistence::kFile;
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  // The three below must outlive the service.
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  Log* log = nullptr;
  // Runs Lambda triggers; null: pools with triggers fail where one would run.
  Invoker* invoker = nullptr;
  // Queues the custom senders' functions, whose answers nobody waits for; empty: as without
  // invoker.
  std::function<InvokeResult(const InvokeRequest&)> invoke_later = {};
  // Keys for the codes that custom senders get; null: pools with them fail where one would run.
  DataKeys* data_keys = nullptr;
  // Told of each message that the service would have sent. May be empty.
  std::function<void(const Message&)> on_message = {};
  // Client ids (or "*") whose tokens carry the local issuer, {endpoint}/{pool id}, instead of the
  // service's (design, decision 11).
  std::set<std::string> local_issuer_clients = {};
};

}  // namespace offstage::cognito
