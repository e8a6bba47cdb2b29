// LocalTarget: a deployment as scenarios see it.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "app/deployment.h"
#include "app/project.h"
#include "app/scenario_pools.h"
#include "http/client.h"
#include "scenario/target.h"

namespace offstage::app {

// The machine's time, moved. Thread-safe.
class ShiftedClock : public Clock {
 public:
  TimePoint Now() const override { return std::chrono::system_clock::now() + shift_.load(); }
  void Set(TimePoint now) { shift_ = now - std::chrono::system_clock::now(); }
  void Advance(TimePoint::duration by) { shift_ = shift_.load() + by; }
  void Reset() { shift_ = TimePoint::duration::zero(); }

 private:
  std::atomic<TimePoint::duration> shift_{TimePoint::duration::zero()};
};

// Keeps what happens until it is taken. Thread-safe.
class Recorder : public Observer {
 public:
  void Record(Span span) override;
  void Write(const HandlerLine& line) override;
  // Scenarios read the mailbox instead.
  void Line(std::string_view line) override { (void)line; }
  scenario::Record Take();

 private:
  Mutex mutex_;
  scenario::Record record_ OFFSTAGE_GUARDED_BY(mutex_);
};

// Used by one thread, as Target says.
class LocalTarget : public scenario::Target, private scenario::Inside {
 public:
  // Starts a deployment of `stack` in memory, on free ports. `source` makes the stack anew for
  // scenarios that are given other values of SSM parameters which the template itself reads;
  // without it those cannot be run.
  static Result<std::unique_ptr<LocalTarget>> Start(templates::Stack stack,
                                                    DeploymentOptions options, Log& log,
                                                    StackSource source = {});
  ~LocalTarget() override;

  // Ends running invocations and refuses new ones, so that the scenario that runs fails soon. From
  // any thread.
  void Interrupt();

  Status Prepare(const scenario::StartingPoint& start) override;
  Result<http::Reply> Send(const http::Request& request) override;
  TimePoint Now() const override { return clock_.Now(); }
  Result<std::string> PathOf(const std::string& api) const override;
  std::string url() const override { return deployment_->api_url(); }
  std::vector<Json> ApiDefinitions() const override;
  scenario::Inside* inside() override { return this; }
  scenario::UserPools* pools() override { return &pools_; }

 private:
  explicit LocalTarget(Log& log) : log_(log) {}

  Result<InvokeResult> Invoke(const std::string& function, const std::string& payload) override;
  Status Put(const std::string& table, const Json& item) override;
  Result<std::optional<Json>> Get(const std::string& table, const Json& key) override;
  Status Update(const std::string& table, const Json& key, const Json& change,
                const std::vector<std::string>& remove) override;
  Status Delete(const std::string& table, const Json& key) override;
  Result<std::vector<Json>> Query(const std::string& table, const std::string& index,
                                  const Json& where) override;
  Result<std::vector<Json>> Scan(const std::string& table, const std::string& index) override;
  std::vector<std::string> Settle(std::chrono::milliseconds limit) override;
  Status Advance(std::chrono::milliseconds by) override;
  Status ColdStart(const std::vector<std::string>& functions) override;
  Status AddFault(const scenario::FaultRequest& fault) override;
  void NoteCapacity(bool on) override { faults_.NoteCapacity(on); }
  scenario::Record TakeRecord() override;

  Status StartDeployment();
  // Makes the deployment have these parameters; a new one where the template depends on them.
  Status UseParameters(const templates::SsmParameters& given);
  Status RestoreData(const scenario::StartingPoint& start);
  // Runs a DynamoDB operation; TableName is filled in. Fails with the service's words.
  Result<Json> Run(std::string_view operation, const std::string& table, Json request);
  Result<std::vector<Json>> ReadAll(std::string_view operation, const std::string& table,
                                    Json request);
  void ForgetParameters();
  std::string PoolOrClientId(const std::string& name) const;
  void NameForPeople(Span& span) const;
  std::vector<std::string> Describe(const lambda::Activity& activity,
                                    std::vector<std::string> pending) const;

  Log& log_;
  ShiftedClock clock_;
  RandomIds ids_;
  Recorder recorder_;
  FaultPlan faults_;
  LocalPools pools_{[this]() -> cognito::Service& { return deployment_->pools(); },
                    [this](const std::string& name) { return PoolOrClientId(name); }};
  // As it is without any `given: parameters`.
  templates::Stack plain_stack_;
  StackSource source_;
  // What the running deployment is made from.
  templates::Stack stack_;
  // What the last scenario was given, as text; and what `stack_` was resolved with.
  std::string parameters_key_;
  std::string resolved_key_;
  templates::SsmParameters parameters_;
  bool parameters_changed_ = false;
  DeploymentOptions options_;
  // Guards the pointer against Interrupt, not its use on the target's own thread.
  Mutex deployment_mutex_;
  bool interrupted_ OFFSTAGE_GUARDED_BY(deployment_mutex_) = false;
  std::unique_ptr<Deployment> deployment_;
  std::unique_ptr<http::Client> client_;
  // By the data files, items and users that they hold.
  std::map<std::string, std::unique_ptr<SavedState>> saved_;
};

}  // namespace offstage::app
