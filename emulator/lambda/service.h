// The Lambda component: runs a deployment's functions as local processes that speak the Lambda
// Runtime API, and answers the Lambda API on the AWS endpoint.
//
//   auto service = lambda::Service::Create(options, functions, {clock, ids, log, &traces,
//   &output}); dispatcher.AddRestService("lambda", "/2015-03-31/functions", **service);
//   InvokeResult result = (*service)->Invoke({.function = name, .payload = "{}"});
//
// Not emulated: images, Java, .NET, destinations other than functions, dead-letter queues, event
// source mappings (another component's), extensions. Every version runs the code as it is now.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service.h"
#include "base/result.h"
#include "interfaces/caller.h"
#include "interfaces/invoker.h"
#include "lambda/code_facts.h"
#include "lambda/function_config.h"
#include "lambda/options.h"

namespace offstage::lambda {

// How a function will be run, for `start` and `validate`.
struct FunctionSummary {
  FunctionConfig config = {};
  std::string arn = {};
  // The program that runs it: "/usr/bin/python3.11", or the bootstrap of provided.*. Empty: none
  // can be found, and `note` says why.
  std::string interpreter = {};
  // What differs from AWS or is wrong ("python3.8 is not installed: running on Python 3.11.2");
  // empty: nothing.
  std::string note = {};
  // How to attach a debugger; empty: the function is not debugged.
  std::string debugging = {};
};

// A function as the Lambda API describes it.
struct FunctionInfo {
  FunctionConfig config = {};
  std::string arn = {};
};

// What a name with a qualifier stands for.
struct FunctionTarget {
  std::string name = {};
  std::string version = {};
  // With the qualifier, when one was given.
  std::string arn = {};
};

// What is going on right now.
struct Activity {
  // Invocations that wait for an environment, run, or are queued (InvocationType Event).
  int in_flight = 0;
  // Of these, asynchronous ones not yet finished.
  int asynchronous = 0;
  // Processes alive.
  int environments = 0;
  // When the next asynchronous one that waits (for a retry) is due; null: none waits.
  std::optional<TimePoint> next_retry = {};
};

// Thread-safe.
class Service : public Invoker, public CallerDirectory, public aws::RestService {
 public:
  // Starts no process. Fails for what no invocation could survive: two functions of one name, a
  // work folder that cannot be written, and, with RuntimeMatch::kExact, an interpreter that is not
  // installed. A missing handler file or interpreter, or a runtime that does not exist or is not
  // emulated, is a note in Functions() and an error of each invocation: the other functions run.
  static Result<std::unique_ptr<Service>> Create(Options options,
                                                 std::vector<FunctionConfig> functions,
                                                 Dependencies dependencies);
  // Stops.
  ~Service() override;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // To be called before the first invocation, if Options had no URL.
  void SetAwsEndpoint(std::string url);
  // Where AWS's host names are served over TLS, and the APIs (0: nowhere); before the first
  // invocation as well.
  void SetTlsPorts(int tls_port, int api_port);
  // Starts environments in the background, once the endpoints are set.
  void StartWarming(WarmUp what);

  // Invoker. `function` is a physical name, with ":VERSION" or ":ALIAS" if need be, or an ARN.
  InvokeResult Invoke(const InvokeRequest& request) override;
  // InvocationType Event: queues it, runs it in the background, tries again when it fails, and
  // tells the function's destination how it ended. Only `status`, `request_id` and `explanation` of
  // the result are set; kOk: queued.
  InvokeResult InvokeAsync(const InvokeRequest& request);

  // CallerDirectory.
  std::optional<Caller> FindCaller(std::string_view access_key_id) const override;

  // aws::RestService: the Lambda API under its dated paths (/2015-03-31/functions ...).
  http::Reply Execute(const aws::Call& call, aws::CallFacts& facts) override;

  // Whether Invoke would find a function of this name.
  bool Has(std::string_view function) const;
  // Null: there is no such function, version or alias.
  std::optional<FunctionTarget> Find(std::string_view function) const;
  // In order of configuration.
  std::vector<FunctionInfo> List() const;
  // Null: there is no such function. Reads its code when that has changed since the last time.
  std::optional<CodeFacts> FactsOf(std::string_view function) const;
  // In order of configuration. Looks at files: not for the path of a request.
  std::vector<FunctionSummary> Functions() const;
  Activity CurrentActivity() const;

  // Forgets asynchronous invocations that wait (for their first run or a retry).
  void DropQueued();
  // The next invocation of `function` (a physical name; empty: of every function) starts cold.
  void RetireIdle(const std::string& function);
  // Ends the process that runs this invocation as a crash would; false: none does.
  bool KillRunning(std::string_view request_id);

  // Refuses new invocations, ends every process (SIGTERM, after `grace` SIGKILL, the whole process
  // group) and waits until all are gone. Running invocations end with kStopped. Idempotent.
  void Stop(std::chrono::milliseconds grace = std::chrono::milliseconds(500));

 private:
  class Impl;
  explicit Service(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offstage::lambda
