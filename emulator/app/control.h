// Control: how a second command (`invoke`, `data`) works with a running emulator: a few paths below
// /_offstage/ on the AWS endpoint. Every request must carry the header `x-offstage-control`, which
// a web page cannot send across origins without a preflight that is never granted.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "app/state_folder.h"
#include "app/tables.h"
#include "base/result.h"
#include "cognito/service.h"
#include "http/message.h"
#include "interfaces/invoker.h"

namespace offstage::app {

class Deployment;

// The server's side: null when the path is not below /_offstage/. Thread-safe.
std::optional<http::Reply> HandleControl(Deployment& deployment, const http::Request& request);

// The client's side. Each call fails with the running emulator's own words. Thread-compatible.
class RemoteControl {
 public:
  explicit RemoteControl(const RunningEmulator& running) : running_(running) {}

  Result<InvokeResult> Invoke(const std::string& function, const std::string& payload) const;
  Result<std::vector<ImportCount>> Import(const std::vector<SeedTable>& seed) const;
  Status Export(const std::vector<std::string>& tables, DataFormat format, std::ostream& out) const;
  Status Reset() const;
  Result<cognito::OrderedToken> MakeToken(const cognito::TokenOrder& order) const;

 private:
  Result<std::string> Post(const std::string& path, std::string body) const;

  RunningEmulator running_;
};

}  // namespace offstage::app
