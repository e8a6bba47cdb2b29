// Deployment: one running instance of a stack: its tables, functions, APIs and the AWS endpoint.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/faults.h"
#include "app/observer.h"
#include "app/seed.h"
#include "app/state_folder.h"
#include "app/tables.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/result.h"
#include "cognito/service.h"
#include "events/service.h"
#include "gateway/gateway.h"
#include "interfaces/invoker.h"
#include "kms/service.h"
#include "lambda/service.h"
#include "ssm/service.h"
#include "template/stack.h"

namespace offstage::app {

// Something to know about how a function runs.
struct FunctionNote {
  // Its path in the stack.
  std::string function;
  std::string text;
  enum class About { kDifference, kDebugging } about = About::kDifference;
};

// The data of one moment, to come back to. Whatever else has state joins in here.
struct SavedState {
  std::unique_ptr<dynamodb::SavedTables> tables = {};
  std::unique_ptr<cognito::SavedPools> pools = {};
  kms::SavedKeys keys = {};
};

struct DeploymentOptions {
  // Address of both servers. Anything but loopback is the user's explicit wish.
  std::string bind = "127.0.0.1";
  // 0: a free one.
  int aws_port = 0;
  // The APIs' port; null: APIs are not served (`invoke`).
  std::optional<int> api_port;
  // Of https on 127.0.0.1, for handlers and for browsers at the sign-in pages; 0: a free one.
  int https_port = 0;
  // Runtime name to interpreter path ("python3.8" -> "/opt/python3.8/bin/python3").
  std::vector<std::pair<std::string, std::string>> interpreters;
  // Makes DynamoDB calls fail or wait on purpose; null: none. Outlives the deployment.
  FaultPlan* faults = nullptr;
  enum class Runtimes { kNearest, kStrict } runtimes = Runtimes::kNearest;
  // Another engine that keeps the tables ("http://127.0.0.1:8000"); empty: ours, over SQLite.
  std::string dynamodb_endpoint;
  // Not with another engine.
  dynamodb::Modes table_modes = {};
  // Hosts besides this machine that handlers and HTTP integrations may connect to:
  // "api.example.com", "*.example.com", "*".
  std::vector<std::string> allow_egress;
  // Functions (physical name, logical id or path) whose process waits for a debugger.
  std::vector<std::string> debug;
  // What is started before the first request.
  lambda::WarmUp warm_up = lambda::WarmUp::kProvisioned;
  // App clients (or "*") whose tokens carry the local issuer: see cognito::Options.
  std::set<std::string> local_issuer_clients;
  // Whether throttling settings of stages and routes count (usage plans' always do).
  enum class Throttling { kOff, kEnforced } throttling = Throttling::kOff;
  // Told of each request to an API and its answer, on the request's path. May be empty.
  std::function<void(const http::Request&, const http::Reply&)> on_exchange;
  // JWT issuers outside the stack: address and where their keys are (see JwksVerifier).
  std::vector<std::pair<std::string, std::string>> jwks;
};

// Outlive the deployment.
struct DeploymentContext {
  const Clock& clock;
  IdSource& ids;
  Log& log;
  Observer& requests;
};

// Thread-safe once started.
class Deployment {
 public:
  // Starts everything; ready to serve when it returns. `state` is null with in-memory storage and
  // must outlive the deployment otherwise.
  static Result<std::unique_ptr<Deployment>> Start(templates::Stack stack, StateFolder* state,
                                                   const DeploymentOptions& options,
                                                   const DeploymentContext& context);
  // Stops the handlers (requests in flight are answered with an error), then the servers, then
  // closes the tables. Nothing is left running.
  ~Deployment();

  const templates::Stack& stack() const;
  dynamodb::TableService& tables();
  cognito::Service& pools();

  Result<std::unique_ptr<SavedState>> SaveState();
  // Brings the data back, after PauseEvents. Asynchronous invocations that wait are dropped;
  // handlers stay warm. Fails when one still runs after `patience`, naming how many: it could write
  // into the restored data.
  Status RestoreState(const SavedState& saved, std::chrono::milliseconds patience);
  // Streams and schedules begin nothing until ResumeEvents, which goes on from the data and the
  // clock as they are then. RestoreState needs the pause.
  void PauseEvents();
  Status ResumeEvents();
  events::Service& events();
  // The parameters of Systems Manager: the template's and the files', and `given` in place of any
  // of the same name. What the template itself made of their values stays.
  void SetParameters(const templates::SsmParameters& given);
  ssm::Service& parameters();
  // Ends running invocations; later ones are refused.
  void StopFunctions();
  lambda::Activity CurrentActivity() const;
  // The next invocation of a function (physical name; empty: of each) starts cold.
  void RetireIdle(const std::string& function);

  // Runs a function by physical name, logical id or path.
  Result<InvokeResult> Invoke(const std::string& function, const std::string& payload);

  // Empty when APIs are not served or there is none.
  std::string api_url() const;
  std::string aws_url() const;
  int api_port() const;
  int aws_port() const;
  // The AWS endpoint by https, as a browser on this machine reaches it, and the file with the
  // authority that signs its certificate.
  std::string https_url() const;
  std::filesystem::path authority_file() const;
  std::vector<gateway::RouteListing> Routes() const;
  // What people should know about how their functions run: interpreters that differ from the
  // declared runtime, functions that cannot run and why.
  std::vector<FunctionNote> FunctionNotes() const;

 private:
  class Impl;
  explicit Deployment(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offstage::app
